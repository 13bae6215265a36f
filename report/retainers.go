package report

import (
	"strconv"

	"github.com/heapdiff/heapdiff/inspect"
)

// Retain makes the report of why an object is alive.
func Retain(r *inspect.Retainers, o Options) *Document {
	d := &Document{
		Title:    r.Target + " in " + shortFile(r.File),
		Headline: retainHeadline(r),
		Facts:    []Phrase{{name(r.File)}},
		Options:  o,
		data:     newRetainersJSON(r, o),
	}
	for i := range r.Object {
		d.Sections = append(d.Sections, retained(&r.Object[i])...)
	}
	return d
}

func retainHeadline(r *inspect.Retainers) Phrase {
	switch {
	case r.Count == 0:
		return Phrase{words("Nothing is called "), name(r.Target)}
	case r.Count == 1:
		return Phrase{words("Why "), name(r.Target), words(" is alive")}
	case len(r.Object) < r.Count:
		return Phrase{
			words("Why "), name(r.Target), words(" are alive: "), count(len(r.Object)), words(" of "),
			count(r.Count), words(", those that retain most"),
		}
	}
	return Phrase{words("Why "), name(r.Target), words(" are alive: "), count(r.Count), words(" objects")}
}

func retained(r *inspect.RetainedObject) []Section {
	o := &r.Object
	head := Section{
		Title: o.Class + " @" + strconv.FormatUint(o.ID, 10),
		Lead: Phrase{
			words("weighs "), size(o.Size), words(", retains "), size(o.Retained),
		},
	}
	if o.Distance >= 0 {
		head.Lead = append(head.Lead, words(", distance "), count(o.Distance))
	}
	list := []Section{head}
	for i, path := range r.Paths {
		list = append(list, pathSection(i+1, path))
	}
	return append(list, dominators(r.Dominators), direct(r.Direct))
}

func pathSection(number int, path []inspect.Step) Section {
	t := &Table{Whole: true, Columns: []Column{{Title: "edge"}, {Title: "leads to"}, {Title: "object"}, {Title: "defined at", Drop: 1}}}
	for _, s := range path {
		t.Rows = append(t.Rows, Row{name(s.Edge), name(s.Class), objectID(s.ID), name(s.Where)})
	}
	return Section{
		Title: "Path " + strconv.Itoa(number), Level: 1, Table: t,
		Lead: Phrase{name(place(steps(path)))},
	}
}

func dominators(list []inspect.Object) Section {
	t := &Table{
		Whole:   true,
		Columns: []Column{{Title: "dominated by"}, {Title: "object"}, {Title: "size", Drop: 1}, {Title: "retained"}},
	}
	for i := range list {
		o := &list[i]
		t.Rows = append(t.Rows, Row{name(o.Class), objectID(o.ID), size(o.Size), size(o.Retained)})
	}
	return Section{Title: "Dominators: freeing any of them frees it", Level: 1, Table: t}
}

func direct(list []inspect.Retainer) Section {
	t := &Table{
		Things: [2]string{"retainer", "retainers"},
		Columns: []Column{
			{Title: "held by"},
			{Title: "object"},
			{Title: "through"},
			{Title: "type", Drop: 2},
			{Title: "retained", Drop: 1},
			{Title: "distance", Drop: 1},
		},
	}
	for i := range list {
		r := &list[i]
		t.Rows = append(t.Rows, Row{
			name(r.From.Class), objectID(r.From.ID), name(r.Edge), words(r.EdgeType), size(r.From.Retained), distance(r.From.Distance),
		})
	}
	return Section{Title: "Held directly by", Level: 1, Table: t}
}
