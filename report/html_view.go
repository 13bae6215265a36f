package report

import (
	"strconv"
	"strings"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/inspect"
	"github.com/heapdiff/heapdiff/internal/human"
)

// view is what a page shows beside the document: what can be drawn.
type view struct {
	Bars   []bar       // a heap each, divided by kind
	Legend []legend    // what the parts of the bars are
	Growth *growthView // nil if places that grew are not known one by one
	How    []measured

	Verdict *verdict // nil if nothing was judged
	Said    Phrase   // the answer
	Fact    Phrase   // what was looked at
}

// verdict is what rules made of a comparison.
type verdict struct {
	Status string // pass, warn or fail
	Said   Phrase
}

// bar is a heap, divided by kind.
type bar struct {
	Label string
	Size  Value
	Parts []barPart
}

// barPart is a kind in a bar. X and Width are thousandths of the largest bar.
type barPart struct {
	Title    string
	Color    int
	X, Width string
}

// legend says what a colour means, and how much of it there is.
type legend struct {
	Kind   string
	Color  int
	Amount Value
}

// measured is a line of how it was measured.
type measured struct {
	What string
	Said Phrase
}

// newView finds what can be drawn of a document.
func newView(d *Document) *view {
	v := &view{}
	v.Said, v.Fact = d.Headline, d.fact(0)
	if j := judgementOf(d); j != nil {
		v.Verdict = &verdict{strings.ToLower(j.Status.String()), d.Headline}
		v.Said, v.Fact = d.fact(0), d.fact(1)
	}
	switch subject := d.subject.(type) {
	case *diff.Result:
		before, after := kindSizes(subject.Kinds)
		v.draw([]string{"before", "after"}, [][]kindSize{before, after})
		v.Growth = newGrowthView(subject)
		v.How = comparedHow(subject)
	case *inspect.Summary:
		var sizes []kindSize
		for _, k := range subject.Kinds {
			sizes = append(sizes, kindSize{k.Kind, k.Size})
		}
		v.draw([]string{"heap"}, [][]kindSize{sizes})
	}
	if v.How == nil {
		for _, fact := range d.Facts {
			v.How = append(v.How, measured{Said: fact})
		}
	}
	return v
}

// fact is the i-th, if there are so many.
func (d *Document) fact(i int) Phrase {
	if i < len(d.Facts) {
		return d.Facts[i]
	}
	return nil
}

type kindSize struct {
	kind string
	size uint64
}

func kindSizes(rows []diff.KindRow) (before, after []kindSize) {
	for _, k := range rows {
		before = append(before, kindSize{k.Kind, k.BeforeSize})
		after = append(after, kindSize{k.Kind, k.AfterSize})
	}
	return before, after
}

// draw makes the bars of heaps and the legend, which tells the largest changes
// first, or the largest kinds if there is one heap.
func (v *view) draw(labels []string, heaps [][]kindSize) {
	totals := make([]uint64, len(heaps))
	most := uint64(0)
	for i, sizes := range heaps {
		for _, k := range sizes {
			totals[i] += k.size
		}
		most = max(most, totals[i])
	}
	if most == 0 {
		return
	}
	for i, sizes := range heaps {
		b := bar{Label: labels[i], Size: size(totals[i])}
		x := uint64(0)
		for _, k := range sizes {
			if k.size == 0 {
				continue
			}
			b.Parts = append(b.Parts, barPart{
				Title: k.kind + ", " + labels[i] + ": " + human.Bytes(k.size),
				Color: colorOf(k.kind),
				X:     thousandths(x, most), Width: thousandths(k.size, most),
			})
			x += k.size
		}
		v.Bars = append(v.Bars, b)
	}
	v.Legend = newLegend(heaps)
}

// legendRows is how many kinds the first screen has room for.
const legendRows = 8

func newLegend(heaps [][]kindSize) []legend {
	var out []legend
	last := heaps[len(heaps)-1]
	for i, k := range last {
		amount := size(k.size)
		if len(heaps) > 1 {
			amount = sizeDelta(int64(k.size - heaps[0][i].size))
		}
		if amount.Number != 0 {
			out = append(out, legend{k.kind, colorOf(k.kind), amount})
		}
	}
	sortStable(out, func(a, b legend) bool { return a.Amount.Number > b.Amount.Number })
	return out[:min(len(out), legendRows)]
}

func thousandths(part, whole uint64) string {
	return strconv.FormatFloat(float64(part)/float64(whole)*1000, 'f', 2, 64)
}

// kindColors are the colours of the kinds, of heaps and of places that grew:
// what is alike looks alike. What is not named here is grey.
var kindColors = map[string]int{
	"JS objects": 0, string(growth.Objects): 0, string(growth.Properties): 0,
	"strings":                 1,
	"arrays":                  2,
	string(growth.Arrays):     2,
	string(growth.LinkedList): 2,
	"closures":                3,
	string(growth.Listeners):  3,
	"ArrayBuffers":            4,
	string(growth.Buffers):    4,
	"sockets and handles":     5,
	"timers":                  6,
	"promises":                7,
	string(growth.WeakRefs):   7,
	"Map/Set":                 8,
	"detached DOM":            9,
	"code":                    10,
	"runtime internals":       11,
	"other native":            11,
}

// gray is the colour of what has none.
const gray = 11

func colorOf(kind string) int {
	if c, ok := kindColors[kind]; ok {
		return c
	}
	return gray
}

// comparedHow says how two heaps were compared.
func comparedHow(r *diff.Result) []measured {
	side := func(s *diff.Side) Phrase {
		p := Phrase{
			name(s.File), words(": "), words(s.Format), words(", "),
			count(s.Nodes), words(" nodes, "), count(s.Edges), words(" edges, "), size(s.Size),
		}
		if s.Extra > 0 {
			p = append(p, words(", and "), size(s.Extra), words(" outside of all objects, which is not counted here"))
		}
		return p
	}
	mode := string(r.Match.Mode)
	if r.Match.Forced {
		mode += ", as asked"
	}
	how := []measured{
		{"before", side(&r.Before)},
	}
	for i := range r.Between {
		how = append(how, measured{"then", side(&r.Between[i])})
	}
	how = append(how,
		measured{"after", side(&r.After)},
		measured{"matched by", Phrase{words(mode + ": " + r.Match.Reason)}},
	)
	if r.Match.Shared > 0 {
		how = append(how, measured{"agreement", Phrase{
			words(human.Percent(r.Match.Agreement, 1) + " of "), count(r.Match.Shared), words(" ids in common name the same kind of object"),
		}})
	}
	if r.Ranking != nil {
		how = append(how, measured{"adds up", remainder(r.Ranking)})
	}
	return how
}
