package report

import (
	"strconv"
	"strings"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/internal/human"
)

// Compare makes the report of a comparison: how much the heap grew, what grew
// and who holds it, then the tables that let one check it.
func Compare(r *diff.Result, o Options) *Document {
	return &Document{
		Title:    shortFile(r.Before.File) + " → " + shortFile(r.After.File),
		Headline: growthHeadline(r),
		Facts:    compareFacts(r),
		Sections: compareSections(r, o),
		Warnings: r.Warnings,
		Options:  o,
		data:     newCompareJSON(r, o),
		subject:  r,
	}
}

// compareSections are the answer and the tables behind it. Without places that
// grew, what gained most retained size is the best answer there is.
func compareSections(r *diff.Result, o Options) []Section {
	if r.Counted {
		return []Section{kindChanges(r.Kinds), classChanges(r, o)}
	}
	if r.Ranking == nil {
		return []Section{growers(r, o), kindChanges(r.Kinds), classChanges(r, o), inPlace(r)}
	}
	return append(append(places(r, o), allocated(r.Allocated, o)...), kindChanges(r.Kinds), gainers(r, o), classChanges(r, o), inPlace(r))
}

func growthHeadline(r *diff.Result) Phrase {
	growth := r.Growth()
	if growth == 0 {
		return Phrase{words("No growth: "), size(r.After.Size), words(" before and after")}
	}
	relative := ", " + human.DeltaPercent(float64(r.Before.Size), float64(r.After.Size))
	if r.Before.Size == 0 {
		relative = ""
	}
	return Phrase{
		sizeDelta(growth),
		words("  ("), size(r.Before.Size), words(" → "), size(r.After.Size), words(relative + ")"),
	}
}

func compareFacts(r *diff.Result) []Phrase {
	mode := "Matched by " + string(r.Match.Mode)
	if r.Match.Forced {
		mode += ", as asked"
	}
	files := Phrase{name(r.Before.File)}
	for i := range r.Between {
		files = append(files, words(" → "), name(r.Between[i].File))
	}
	facts := []Phrase{
		append(files, words(" → "), name(r.After.File)),
		{words(mode + ": "), words(r.Match.Reason)},
	}
	facts = append(facts, pressure(r)...)
	if r.Before.Extra != r.After.Extra {
		facts = append(facts, Phrase{
			words("Outside of all objects, and not counted here: "),
			size(r.Before.Extra), words(" → "), size(r.After.Extra),
		})
	}
	return facts
}

func growers(r *diff.Result, o Options) Section {
	s := Section{Title: "What grew, and who holds it", Places: true, Empty: "No owner of the growth was found."}
	if r.Growth() <= 0 {
		s.Empty = "The heap did not grow."
	}
	small := 0
	for i := range r.Growers {
		g := &r.Growers[i]
		if !o.All && isSmall(g.Delta, r.Growth()) {
			small++
			continue
		}
		what := Phrase{name(holder(g.Path.Steps, g.Class))}
		if len(g.Holds) > 0 {
			what = append(what, words(" → "), name(g.Holds[0].Class), words(" ×"), count(g.Holds[0].Count))
		}
		f := Finding{Amount: sizeDelta(g.Delta), What: what}
		var detail Phrase
		if g.New {
			detail = Phrase{words("is new and retains "), size(g.AfterRetained)}
		} else {
			detail = Phrase{words("retained "), size(g.BeforeRetained), words(", now "), size(g.AfterRetained)}
		}
		if g.Holders > 1 {
			detail = append(Phrase{
				words("with an equal part of what "), count(g.Holders), words(" of these hold together"), dot, words("alone it "),
			}, detail...)
		}
		f.Details = append(f.Details, whichObject(detail, g.ID, g.Path.Steps))
		if len(g.Holds) > 0 {
			f.Details = append(f.Details, holds(g.Holds))
		}
		s.Findings = append(s.Findings, f)
	}
	if small > 0 && len(s.Findings) > 0 {
		s.Tail = Phrase{count(small), words(" more, of less than half a percent of the growth"), plural(small, "", " each")}
	}
	return s
}

// retainedTop is how many growers are listed beside the places that grew.
const retainedTop = 5

// gainers are the objects that keep most more than they did, for those who come
// from the Retained Size column of other tools.
func gainers(r *diff.Result, o Options) Section {
	t := &Table{
		Things: [2]string{"object", "objects"},
		Columns: []Column{
			{Title: "object"},
			{Title: "id", Drop: 1},
			{Title: "retained before", Drop: 2},
			{Title: "retained after", Drop: 3},
			{Title: "gained"},
		},
	}
	var together, nested bool
	for i := range r.Growers {
		g := &r.Growers[i]
		if !o.All && (isSmall(g.Delta, r.Growth()) || o.Top == 0 && i >= retainedTop) {
			break
		}
		together = together || g.Holders > 1
		nested = nested || g.Delta < int64(g.AfterRetained)-int64(g.BeforeRetained)
		t.Rows = append(t.Rows, Row{
			name(holder(g.Path.Steps, g.Class)), objectID(g.ID), size(g.BeforeRetained), size(g.AfterRetained), sizeDelta(g.Delta),
		})
	}
	var lead Phrase
	if together {
		lead = Phrase{words("What several of them hold is in the retained size of none, and is divided among them in what they gained.")}
	}
	if nested {
		if together {
			lead = append(lead, words(" "))
		}
		lead = append(lead, words("What one of them holds by way of another is in the retained size of both, and only the nearer one gained it."))
	}
	return Section{Title: "Objects that retain more", Lead: lead, Table: t, Fold: Long}
}

// isSmall says whether a growth is too small to be spoken of without being
// asked: less than half a percent of the heap's, and no 64 KiB.
func isSmall(delta, growth int64) bool {
	return delta < 64<<10 && float64(delta) < 0.005*float64(growth)
}

// holdsShown is how many classes of what is held are named.
const holdsShown = 4

// holds says what the new bytes are made of.
func holds(list []diff.Held) Phrase {
	p := Phrase{words("more of ")}
	for i, h := range list[:min(len(list), holdsShown)] {
		if i > 0 {
			p = append(p, dot)
		}
		p = append(p, name(h.Class), words(" ×"), count(h.Count), words(" ("), size(h.Size), words(")"))
	}
	if more := len(list) - holdsShown; more > 0 {
		p = append(p, dot, count(more), words(" more"))
	}
	return p
}

// whichObject adds to a phrase the id of an object and where it was defined.
func whichObject(p Phrase, id uint64, path []diff.Step) Phrase {
	if id != 0 {
		p = append(p, dot, objectID(id))
	}
	if where := lastWhere(path); where != "" {
		p = append(p, dot, words("defined at "), name(where))
	}
	return p
}

// objectID writes the number that other tools show for an object, too.
func objectID(id uint64) Value { return name("@" + strconv.FormatUint(id, 10)) }

// lastWhere is the definition site nearest to the object.
func lastWhere(steps []diff.Step) string {
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].Where != "" {
			return steps[i].Where
		}
	}
	return ""
}

func kindChanges(kinds []diff.KindRow) Section {
	t := &Table{
		Whole: true,
		Columns: []Column{
			{Title: "kind"},
			{Title: "objects before", Drop: 3, Adds: true},
			{Title: "objects after", Drop: 2, Adds: true},
			{Title: "objects delta", Drop: 1, Adds: true},
			{Title: "size before", Drop: 4, Adds: true},
			{Title: "size after", Adds: true},
			{Title: "size delta", Adds: true},
		},
	}
	for _, k := range kinds {
		t.Rows = append(t.Rows, Row{
			words(k.Kind),
			count(k.BeforeCount), count(k.AfterCount), countDelta(k.AfterCount - k.BeforeCount),
			size(k.BeforeSize), size(k.AfterSize), sizeDelta(int64(k.AfterSize - k.BeforeSize)),
		})
	}
	t.addTotal()
	return Section{Title: "By kind", Table: t}
}

// addTotal adds the rows up.
func (t *Table) addTotal() {
	if len(t.Rows) == 0 {
		return
	}
	total := make(Row, len(t.Columns))
	total[0] = words("total")
	for i, column := range t.Columns {
		if column.Adds {
			for _, row := range t.Rows {
				total[i] = total[i].plus(row[i])
			}
		}
	}
	t.Total = &total
}

func classChanges(r *diff.Result, o Options) Section {
	t := &Table{
		Things: [2]string{"class", "classes"},
		Columns: []Column{
			{Title: "class"},
			{Title: "new", Drop: 4, Adds: true},
			{Title: "deleted", Drop: 5, Adds: true},
			{Title: "count delta", Adds: true},
			{Title: "allocated size", Drop: 8, Adds: true},
			{Title: "freed size", Drop: 9, Adds: true},
			{Title: "size delta", Adds: true},
			{Title: "grew in place", Drop: 1, Adds: true},
			{Title: "size before", Drop: 7, Adds: true},
			{Title: "size after", Drop: 6, Adds: true},
			{Title: "retained before", Drop: 10},
			{Title: "retained after", Drop: 3},
			{Title: "retained delta", Drop: 2},
			{Title: "defined at", Drop: 11},
		},
	}
	unchanged := 0
	for i := range r.Classes {
		c := &r.Classes[i]
		if !o.All && !changed(c) {
			unchanged++
			continue
		}
		t.Rows = append(t.Rows, append(Row{name(c.Class)}, classNumbers(c)...))
	}
	if len(r.Classes) > 0 {
		total := append(Row{words("total")}, classNumbers(&r.Totals)...)
		// SizeDelta of the totals has what grew in place in it, that of a row has
		// not: under the column stands the sum of the column.
		total[6] = sizeDelta(r.Totals.SizeDelta - r.Totals.InPlaceDelta)
		total[10], total[11], total[12], total[13] = Value{}, Value{}, Value{}, Value{}
		t.Total = &total
	}
	if r.Counted {
		t.leaveOut("grew in place", "retained before", "retained after", "retained delta", "defined at")
	}
	s := Section{Title: "Classes", Table: t, Empty: "No class changed.", Lead: reconciliation(r), Fold: Long}
	if unchanged > 0 {
		s.Lead = append(s.Lead, words(" "), count(unchanged), plural(unchanged, " class", " classes"), words(" did not change."))
	}
	return s
}

// reconciliation says how the columns add up to the growth of the heap.
func reconciliation(r *diff.Result) Phrase {
	if len(r.Classes) == 0 || r.Counted {
		return nil
	}
	return Phrase{
		words("Size delta "), sizeDelta(r.Totals.SizeDelta - r.Totals.InPlaceDelta),
		words(" and growth in place "), sizeDelta(r.Totals.InPlaceDelta),
		words(" make the growth of the heap, "), sizeDelta(r.Totals.SizeDelta), words("."),
	}
}

func classNumbers(c *diff.ClassRow) []Value {
	return []Value{
		count(c.AddedCount), count(c.RemovedCount), countDelta(c.CountDelta),
		size(c.AddedSize), size(c.RemovedSize), sizeDelta(c.SizeDelta), sizeDelta(c.InPlaceDelta),
		size(c.BeforeSize), size(c.AfterSize),
		size(c.BeforeRetained), size(c.AfterRetained), sizeDelta(c.RetainedDelta),
		name(c.Where),
	}
}

func changed(c *diff.ClassRow) bool {
	return c.AddedCount != 0 || c.RemovedCount != 0 || c.SizeDelta != 0 || c.InPlaceDelta != 0 || c.RetainedDelta != 0
}

// inPlace are the objects that became larger themselves: the column of that name
// in the table of classes, one by one.
func inPlace(r *diff.Result) Section {
	t := &Table{
		Things: [2]string{"object", "objects"},
		Columns: []Column{
			{Title: "object"},
			{Title: "elements before", Drop: 4},
			{Title: "elements after", Drop: 4},
			{Title: "size before", Drop: 4, Adds: true},
			{Title: "size after", Drop: 4, Adds: true},
			{Title: "gained", Adds: true},
			{Title: "id", Drop: 4},
		},
	}
	s := Section{Title: "Grew in place", Fold: Detail, Sheet: t}
	if len(r.InPlace) > 0 {
		s.Lead = Phrase{
			words("Objects of both heaps that became larger themselves, such as the tables of the containers above; in all "),
			sizeDelta(r.Totals.InPlaceDelta), words(", as in Classes."),
		}
	}
	for _, g := range r.InPlace {
		what := Phrase{name(holder(g.Path.Steps, g.Class))}
		if g.BeforeLength >= 0 && g.AfterLength >= 0 {
			what = append(what, words(", "), count(g.BeforeLength), words(" → "), count(g.AfterLength), words(" elements"))
		}
		row := Row{
			name(holder(g.Path.Steps, g.Class)), {}, {}, size(g.BeforeSize), size(g.AfterSize), sizeDelta(int64(g.AfterSize - g.BeforeSize)), objectID(g.ID),
		}
		if g.BeforeLength >= 0 && g.AfterLength >= 0 {
			row[1], row[2] = count(g.BeforeLength), count(g.AfterLength)
		}
		t.Rows = append(t.Rows, row)
		s.Findings = append(s.Findings, Finding{
			Amount:  sizeDelta(int64(g.AfterSize - g.BeforeSize)),
			What:    what,
			Details: []Phrase{whichObject(Phrase{words("was "), size(g.BeforeSize), words(", is "), size(g.AfterSize)}, g.ID, nil)},
		})
	}
	return s
}

// shortFile is the last element of a path, however it was written.
func shortFile(path string) string {
	return path[strings.LastIndexAny(path, `/\`)+1:]
}
