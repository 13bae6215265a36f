package report

import (
	"slices"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
)

// growthView is the places that grew, as a page tells them.
type growthView struct {
	Lines []growthLine
	Shown []growthLine // those that stand in the page itself
	Top   []growthLine // those of the first screen
	Empty string       // what is said if there are none
	Rest  Phrase       // how they add up to the growth, and what is in none of them

	ranking *growth.Ranking
	after   string // the file of the later heap, for commands
}

// growthLine is one place that grew.
type growthLine struct {
	*growth.Line
	ID      string // names the place in links
	Amount  Value
	What    Phrase
	Details []Phrase
	Color   int
}

// topLines is how many places the first screen tells.
const topLines = 5

// newGrowthView is nil if the comparison did not look for places.
func newGrowthView(r *diff.Result) *growthView {
	if r.Ranking == nil {
		return nil
	}
	v := &growthView{ranking: r.Ranking, after: r.After.File, Empty: nothingGrew(r)}
	for i := range r.Ranking.Lines {
		v.Lines = append(v.Lines, newGrowthLine(&r.Ranking.Lines[i]))
	}
	v.Shown = v.Lines[:min(len(v.Lines), staticRows)]
	for _, l := range v.Lines {
		if isOwn(l.Tier) && len(v.Top) < topLines {
			v.Top = append(v.Top, l)
		}
	}
	v.Rest = remainder(r.Ranking)
	return v
}

// More is how many places do not stand in the page itself.
func (v *growthView) More() int { return len(v.Lines) - len(v.Shown) }

// Series says that there are three heaps or more, and lines to be drawn.
func (v *growthView) Series() bool { return len(v.Lines) > 0 && len(v.Lines[0].Counts) > 2 }

// isOwn says whether a place is the program's own doing, as far as anybody knows.
func isOwn(t growth.Tier) bool { return t == growth.Leak || t == growth.Growth }

func newGrowthLine(l *growth.Line) growthLine {
	return growthLine{
		Line: l, ID: l.Fingerprint,
		Amount:  sizeDelta(int64(l.Share)),
		What:    sentence(l),
		Details: about(l),
		Color:   colorOf(string(l.Kind)),
	}
}

// remainders are what stands beside the places in a picture of the whole growth,
// so that all of it adds up: what is in none of the lines shown, and what went.
func remainders(r *growth.Ranking, shown []growthLine) []remaining {
	rec := &r.Reconciliation
	told := uint64(0)
	for i := range shown {
		told += shown[i].Share
	}
	all := rec.Accumulated + rec.InPlace
	list := []remaining{
		{"(too small to be listed)", all - min(told, all), 0},
		{"(not attributed)", rec.Unattributed, 0},
		{"(freed)", 0, rec.Freed},
	}
	return slices.DeleteFunc(list, func(r remaining) bool { return r.up == 0 && r.down == 0 })
}

// remaining is bytes that came and bytes that went.
type remaining struct {
	name     string
	up, down uint64
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
