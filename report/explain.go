package report

import (
	"strconv"
	"strings"

	"github.com/heapdiff/heapdiff/advice"
	"github.com/heapdiff/heapdiff/diff/growth"
)

// Explained is one place that grew, out of a comparison of two files.
type Explained struct {
	Line          *growth.Line
	Before, After string // the files
	Growth        int64  // of the heap, in bytes
}

// Explain makes the report of one place that grew: all that is known of it.
func Explain(e *Explained, o Options) *Document {
	l := e.Line
	d := &Document{
		Title:    l.Fingerprint + " in " + shortFile(e.After),
		Headline: append(Phrase{sizeDelta(int64(l.Share)), words("  ")}, sentence(l)...),
		Facts:    explainFacts(e),
		Options:  o,
		data:     &explainJSON{Schema: explainSchema, Tool: o.Tool, Before: e.Before, After: e.After, growthJSON: newLineJSON(l)},
	}
	d.Sections = append(d.Sections, way(l), held(l), coowners(l), objectsOf(l, e.After), dominatorsOf(l))
	d.Sections = append(d.Sections, meaning(l)...)
	return d
}

func explainFacts(e *Explained) []Phrase {
	l := e.Line
	facts := []Phrase{
		{name(e.Before), words(" → "), name(e.After)},
		identified(l),
		mending(l),
	}
	if l.HolderID != 0 {
		facts = append(facts, heldBy(l))
	}
	if len(l.Counts) > 0 {
		facts = append(facts, course(l))
	} else {
		facts = append(facts, Phrase{
			natural(l.CountBefore), words(" → "), natural(l.CountAfter), words(" "), what(l.Class), dot,
			size(l.SizeBefore), words(" → "), size(l.SizeAfter), words(" with what hangs on them"),
		})
	}
	var more Phrase
	if e.Growth > 0 {
		more = append(more, share(l.Share, uint64(e.Growth)), words(" of the growth of the heap"))
	}
	if l.Own > 0 && !l.InPlace {
		more = append(more, dot, size(l.Own), words(" of it by the container itself"))
	}
	if l.PerIteration != (growth.Rate{}) {
		more = append(more, dot, words(anIteration(l.PerIteration)))
	}
	if l.Location != "" {
		more = append(more, dot)
		more = append(more, definedAt(l)...)
	}
	if len(more) > 0 {
		if more[0] == dot {
			more = more[1:]
		}
		facts = append(facts, more)
	}
	return facts
}

// way is the path to the container, step by step.
func way(l *growth.Line) Section {
	t := &Table{Whole: true, Columns: []Column{{Title: "step"}, {Title: "leads to"}, {Title: "defined at", Drop: 1}}}
	for i, s := range l.Steps {
		edge := s.Edge
		if edge == "" && i == 0 {
			edge = "(root)"
		}
		t.Rows = append(t.Rows, Row{name(edge), name(s.Class), name(s.Where)})
	}
	return Section{Title: "The way there", Lead: Phrase{name(l.Path)}, Table: t}
}

func held(l *growth.Line) Section {
	t := &Table{
		Things: [2]string{"class", "classes"},
		Columns: []Column{
			{Title: "what came"}, {Title: "class", Drop: 1}, {Title: "objects more"}, {Title: "size more"},
		},
	}
	for _, c := range l.Children {
		t.Rows = append(t.Rows, Row{
			name(c.Path), name(c.Class), Value{Kind: CountDelta, Number: c.Count}, sizeDelta(int64(c.Size)),
		})
	}
	return Section{Title: "What accumulates", Table: t}
}

func coowners(l *growth.Line) Section {
	t := &Table{Things: [2]string{"place", "places"}, Columns: []Column{{Title: "place"}, {Title: "fingerprint"}, {Title: "held together"}}}
	for _, c := range l.CoOwners {
		t.Rows = append(t.Rows, Row{ownerOf(c), words(c.Fingerprint), size(c.Size)})
	}
	return Section{Title: "Held by these, too: to free it all, mend each", Table: t}
}

// objectsOf names some of the objects, for other tools.
func objectsOf(l *growth.Line, after string) Section {
	if len(l.SampleIDs) == 0 {
		return Section{}
	}
	ids := make([]string, len(l.SampleIDs))
	for i, id := range l.SampleIDs {
		ids[i] = "@" + strconv.FormatUint(id, 10)
	}
	return Section{
		Title: "Some of the objects",
		Lead: Phrase{
			words(strings.Join(ids, " ") + dot.Text + "heapdiff retainers "), name(after), words(" " + ids[0] + " says why one is alive."),
		},
	}
}

func dominatorsOf(l *growth.Line) Section {
	t := &Table{Whole: true, Columns: []Column{{Title: "dominated by"}, {Title: "as", Drop: 1}}}
	for i, s := range l.Dominators {
		if i > 0 && sameStep(s, l.Dominators[i-1]) {
			continue // what an object keeps its entries in counts as the object
		}
		t.Rows = append(t.Rows, Row{name(s.Class), name(s.Edge)})
	}
	return Section{Title: "Dominators of one: freeing any of them frees it", Table: t}
}

// meaning is the advice in full.
func meaning(l *growth.Line) []Section {
	a, ok := advice.Of(l.Advice)
	if !ok {
		return nil
	}
	list := []Section{
		{Title: "What it means: " + a.Title, Lead: Phrase{words(a.Cause)}, Table: lookTable(a)},
		{Title: "What to do", Lead: Phrase{words(a.Fix)}, Code: a.Code},
	}
	if b, ok := payloadAdvice(l); ok {
		list = append(list, Section{Title: "What most of it is: " + string(l.Payload), Lead: Phrase{words(b.Cause + " " + b.Fix)}, Table: lookTable(b)})
	}
	return list
}

func lookTable(a advice.Advice) *Table {
	t := &Table{Whole: true, Columns: []Column{{Title: "where to look"}}}
	for _, look := range a.Look {
		t.Rows = append(t.Rows, Row{words(look)})
	}
	return t
}

// sameStep says whether two steps read alike: an object and a part of it that has
// no name of its own.
func sameStep(a, b growth.Step) bool {
	return a.Edge == b.Edge && a.Class == b.Class && a.Where == b.Where
}
