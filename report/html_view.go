package report

import (
	"slices"
	"strings"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/gate"
	"github.com/heapdiff/heapdiff/inspect"
	"github.com/heapdiff/heapdiff/internal/human"
)

// view is what a page shows beside the document: what can be drawn.
type view struct {
	Bars   []bar       // a heap each, divided by kind
	Legend []legend    // what the parts of the bars are
	Places *placesView // nil if places that grew are not known one by one
	Trends []trend     // of a series
	How    []measured

	Verdict *verdict // nil if nothing was judged
	Said    Phrase   // the answer
	About   []Phrase // what was looked at
}

// verdict is what rules made of a comparison.
type verdict struct {
	Status string
	Rules  []Phrase // those that decided it, or what it rests on
	More   int      // rules that are as broken
}

// trend is a sum in each heap of a series.
type trend struct {
	Name  string
	Color int // of a kind, -1 of the heap
	Sizes []uint64
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
	v := &view{Said: d.Headline, About: d.Facts[:min(1, len(d.Facts))]}
	if j := judgementOf(d); j != nil {
		v.Verdict = newVerdict(j, d.Headline)
		v.Said, v.About = d.fact(0), []Phrase{d.fact(1)}
	}
	switch subject := d.subject.(type) {
	case *diff.Result:
		before, after := kindSizes(subject.Kinds)
		v.draw([]string{"before", "after"}, [][]kindSize{before, after})
		v.Places = heapPlaces(subject)
		v.Trends = trends(subject)
		v.How = comparedHow(subject)
	case *profile.Result:
		v.drawProfile(subject)
		v.Places = profilePlaces(subject)
		v.About = d.Facts
	case *inspect.Summary:
		var sizes []kindSize
		for _, k := range subject.Kinds {
			sizes = append(sizes, kindSize{k.Kind, k.Size})
		}
		v.draw([]string{"heap"}, [][]kindSize{sizes})
	}
	if v.How == nil {
		v.How = factsHow(d.Facts)
	}
	return v
}

// rulesShown is how many rules the first screen has room for.
const rulesShown = 3

// newVerdict tells the rules that decided.
func newVerdict(j *judged, headline Phrase) *verdict {
	v := &verdict{Status: strings.ToLower(j.Status.String())}
	for i := range j.Outcomes {
		o := &j.Outcomes[i]
		if !o.Broken && o.Doubt == "" || (o.Severity != gate.Failure && j.Status == gate.Fail) {
			continue
		}
		p := Phrase{name(o.RuleText()), words(": "), words(o.ValueText())}
		if o.Doubt != "" {
			p = append(p, words(", "+o.Doubt))
		} else if len(o.Findings) > 0 {
			p = append(append(p, words(", by ")), pieces(o.Findings[0].Pieces())...)
		}
		v.Rules = append(v.Rules, p)
	}
	if len(v.Rules) == 0 && len(headline) > 0 {
		v.Rules = []Phrase{headline[1:]} // what it rests on
	}
	v.More = max(0, len(v.Rules)-rulesShown)
	v.Rules = v.Rules[:len(v.Rules)-v.More]
	return v
}

// trends are the heap and its kinds through a series, the largest changes first.
func trends(r *diff.Result) []trend {
	if len(r.Between) == 0 {
		return nil
	}
	heap := trend{Name: "heap", Color: -1, Sizes: []uint64{r.Before.Size}}
	for i := range r.Between {
		heap.Sizes = append(heap.Sizes, r.Between[i].Size)
	}
	heap.Sizes = append(heap.Sizes, r.After.Size)
	var list []trend
	for _, k := range r.Kinds {
		if len(k.Between) == len(r.Between) {
			sizes := append(append([]uint64{k.BeforeSize}, k.Between...), k.AfterSize)
			list = append(list, trend{k.Kind, colorOf(k.Kind), sizes})
		}
	}
	sortStable(list, func(a, b trend) bool { return a.spread() > b.spread() })
	return append([]trend{heap}, list...)
}

// spread is how far a trend goes up and down.
func (t *trend) spread() uint64 { return slices.Max(t.Sizes) - slices.Min(t.Sizes) }

// drawProfile draws the kinds of two profiles, or of one.
func (v *view) drawProfile(r *profile.Result) {
	if r.Value.Unit != "bytes" {
		return
	}
	var before, after []kindSize
	for i := range r.Kinds {
		k := &r.Kinds[i]
		before = append(before, kindSize{k.Name, uint64(max(k.Before, 0))})
		after = append(after, kindSize{k.Name, uint64(max(k.After, 0))})
	}
	switch {
	case r.Single:
		v.draw([]string{"profile"}, [][]kindSize{after})
	case len(after) > 0:
		v.draw([]string{"before", "after"}, [][]kindSize{before, after})
	}
}

// factsHow tells facts, the first of which is what was looked at.
func factsHow(facts []Phrase) []measured {
	var how []measured
	for i, fact := range facts {
		what := "measured"
		if i == 0 {
			what = "looked at"
		}
		how = append(how, measured{what, fact})
	}
	return how
}

func sortStable[T any](list []T, less func(a, b T) bool) {
	slices.SortStableFunc(list, func(a, b T) int {
		switch {
		case less(a, b):
			return -1
		case less(b, a):
			return 1
		}
		return 0
	})
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
	"sockets and connections": 5,
	"goroutine stacks":        3,
	"timers and tickers":      6,
	"sync.Pool":               7,
	"JSON":                    10,
	"protobuf":                10,
	"maps":                    8,
	"buffers and bodies":      4,
	"slices":                  2,
	"other objects":           0,
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
