package report

import (
	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/inspect"
)

// Inspect makes the report of one heap: what it is made of, and what holds most
// of it.
func Inspect(s *inspect.Summary, o Options) *Document {
	return &Document{
		Title: shortFile(s.File),
		Headline: Phrase{
			size(s.Size), words(" in "), count(objects(s.Kinds)), words(" objects"),
		},
		Facts:    summaryFacts(s),
		Sections: summarySections(s),
		Warnings: s.Warnings,
		Options:  o,
		data:     newInspectJSON(s, o),
		subject:  s,
	}
}

func summarySections(s *inspect.Summary) []Section {
	if s.Counted {
		classes := classSizes("Classes by size", s.Classes, "")
		classes.Table.leaveOut("retained", "distance", "defined at")
		return []Section{kindCounts(s.Kinds), classes}
	}
	return []Section{
		largest(s.Largest, s.Size),
		kindCounts(s.Kinds),
		classSizes("Classes by retained size", s.Classes, ""),
		duplicates(s.Strings),
		detached(s.Detached),
		statistics(s.Statistics),
	}
}

// objects is how many nodes count as objects, each with a size of its own.
func objects(kinds []inspect.Kind) int {
	n := 0
	for _, k := range kinds {
		n += k.Count
	}
	return n
}

func summaryFacts(s *inspect.Summary) []Phrase {
	facts := []Phrase{{
		name(s.File), words(": "), words(s.Format), words(", "),
		count(s.Nodes), words(" nodes, "), count(s.Edges), words(" edges"),
	}}
	if s.Extra > 0 {
		facts = append(facts, Phrase{words("Outside of all objects, and not counted here: "), size(s.Extra)})
	}
	if s.Unreached > 0 {
		facts = append(facts, Phrase{words("Reached by nothing: "), count(s.Unreached), words(" nodes that only hold each other")})
	}
	return facts
}

func largest(list []inspect.Object, whole uint64) Section {
	t := &Table{
		Things: [2]string{"object", "objects"},
		Columns: []Column{
			{Title: "object"}, {Title: "retained"}, {Title: "of the heap", Drop: 4}, {Title: "size", Drop: 4, Adds: true}, {Title: "id"}, {Title: "defined at", Drop: 5},
		},
	}
	s := Section{Title: "What holds most", Empty: "Nothing retains anything.", Sheet: t}
	for _, o := range list {
		path := steps(o.Path)
		detail := Phrase{
			share(o.Retained, whole), words(" of the heap, weighs "), size(o.Size), words(" itself"),
		}
		s.Findings = append(s.Findings, Finding{
			Amount:  size(o.Retained),
			What:    Phrase{name(holder(path, o.Class))},
			Details: []Phrase{whichObject(detail, o.ID, path)},
		})
		t.Rows = append(t.Rows, Row{
			name(holder(path, o.Class)), size(o.Retained), share(o.Retained, whole), size(o.Size), objectID(o.ID), name(lastWhere(path)),
		})
	}
	return s
}

func kindCounts(kinds []inspect.Kind) Section {
	t := &Table{
		Whole:   true,
		Columns: []Column{{Title: "kind"}, {Title: "objects", Adds: true}, {Title: "size", Adds: true}, {Title: "share", Drop: 1}},
	}
	whole := uint64(0)
	for _, k := range kinds {
		whole += k.Size
	}
	for _, k := range kinds {
		t.Rows = append(t.Rows, Row{words(k.Kind), count(k.Count), size(k.Size), share(k.Size, whole)})
	}
	t.addTotal()
	return Section{Title: "By kind", Table: t}
}

func classSizes(title string, classes []inspect.Class, empty string) Section {
	t := &Table{
		Things: [2]string{"class", "classes"},
		Columns: []Column{
			{Title: "class"},
			{Title: "objects", Drop: 2, Adds: true},
			{Title: "size", Drop: 1, Adds: true},
			{Title: "retained"},
			{Title: "distance", Drop: 3},
			{Title: "defined at", Drop: 4},
		},
	}
	for i := range classes {
		c := &classes[i]
		t.Rows = append(t.Rows, Row{
			name(c.Class), count(c.Count), size(c.Size), size(c.Retained), distance(c.Distance), name(c.Where),
		})
	}
	return Section{Title: title, Table: t, Empty: empty, Fold: Long}
}

// distance is blank for what only the collector's own roots reach.
func distance(n int) Value {
	if n < 0 {
		return Value{}
	}
	return count(n)
}

func duplicates(d inspect.Duplicates) Section {
	t := &Table{
		Things: [2]string{"text", "texts"},
		Columns: []Column{
			{Title: "text"}, {Title: "length"}, {Title: "copies", Adds: true}, {Title: "wasted", Adds: true},
		},
	}
	for _, w := range d.Worst {
		text := words("SHA-256 " + w.SHA + "…")
		if w.Text != "" {
			text = name(w.Text)
		}
		t.Rows = append(t.Rows, Row{text, count(w.Length), count(w.Copies), size(w.Wasted)})
	}
	return Section{
		Title: "Duplicate strings", Table: t, Fold: Detail,
		Lead: Phrase{
			count(d.Copies), words(" strings say what "), count(d.Texts), words(" could say: "),
			size(d.Wasted), words(" wasted."),
		},
	}
}

func detached(classes []inspect.Class) Section {
	s := classSizes("Detached DOM", classes, "")
	s.Lead = Phrase{words("Nodes that left their document and are still held.")}
	return s
}

func statistics(st inspect.Statistics) Section {
	t := &Table{Whole: true, Columns: []Column{{Title: "as Chrome DevTools counts"}, {Title: "size"}, {Title: "share"}}}
	for _, part := range statisticsParts(st) {
		t.Rows = append(t.Rows, Row{words(part.name), size(part.size), share(part.size, st.Total)})
	}
	t.Total = &Row{words("total"), size(st.Total), Value{}}
	return Section{Title: "Statistics", Table: t, Fold: Detail}
}

// statisticsParts are the slices of DevTools' pie.
func statisticsParts(st inspect.Statistics) []struct {
	name string
	size uint64
} {
	return []struct {
		name string
		size uint64
	}{
		{"code", st.Code},
		{"strings", st.Strings},
		{"JS arrays", st.JSArrays},
		{"typed arrays", st.TypedArrays},
		{"system objects", st.System},
		{"other JS objects", st.OtherJS},
		{"other native objects", st.OtherNative},
	}
}

// steps are the same in both packages: one way to write a path is enough.
func steps(list []inspect.Step) []diff.Step {
	out := make([]diff.Step, len(list))
	for i, s := range list {
		out[i] = diff.Step(s)
	}
	return out
}
