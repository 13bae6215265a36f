package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/heapdiff/heapdiff/advice"
	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/internal/human"
)

// placesView is the places that grew, as a page tells them: those of a heap, or
// the sites of a profile.
type placesView struct {
	Title string
	Lead  Phrase
	List  []pagePlace
	Shown []pagePlace // those that stand in the page itself
	Top   []pagePlace // those of the first screen
	Empty string      // what is said if there are none
	Rest  Phrase      // what is in none of them
	Sums  []sum       // how it adds up
	Went  []went      // what became less, if nothing became more
	Drawn bool        // there is a tree of ways to be drawn

	Series bool // there are three heaps or more, and lines to be drawn

	single bool      // nothing is compared
	unit   string    // of amounts: "" for bytes, "ns", or what is counted
	ways   []pageWay // what came and went, the way of all first
	file   string    // of the later heap, for commands
}

// pagePlace is one place that grew.
type pagePlace struct {
	ID      string // names the place in links
	Tier    string
	Kind    string
	Color   int
	Amount  Value
	What    Phrase
	Brief   Phrase   // that, with long names cut
	Gist    Phrase   // the most important in one line
	Details []Phrase // all else that is told without a script
	Part    string   // of what came, in thousandths

	share uint64 // what Amount is about
	err   int64  // what it may be off by

	line *growth.Line  // or
	site *profile.Site // what it is
}

// sum is a part of how the growth adds up.
type sum struct {
	Name, Class string
	Amount      Value
	X, Width    string // thousandths, of what came and what went
}

// went is a way on which bytes went.
type went struct {
	Amount Value
	What   Phrase
}

// pageWay is a step of the tree of ways.
type pageWay struct {
	above      int
	edge, what string
	up, down   uint64
	id         string // of the place it is about
}

// remaining is bytes that came and bytes that went.
type remaining struct {
	name     string
	up, down uint64
}

// topPlaces is how many places the first screen tells.
const topPlaces = 5

// heapPlaces is nil if the comparison did not look for places.
func heapPlaces(r *diff.Result) *placesView {
	if r.Ranking == nil {
		return nil
	}
	rec := &r.Ranking.Reconciliation
	v := &placesView{
		Title: "What grew, and who holds it", Empty: nothingGrew(r), file: r.After.File,
		Rest: tooSmall(r.Ranking), Sums: sumsOf(rec),
	}
	if rec.Accumulated+rec.InPlace+rec.Unattributed+rec.Freed == 0 {
		v.Sums = nil
	}
	came := rec.Accumulated + rec.InPlace + rec.Unattributed
	for i := range r.Ranking.Lines {
		l := &r.Ranking.Lines[i]
		p := pagePlace{
			line: l, share: l.Share, ID: l.Fingerprint, Tier: string(l.Tier), Kind: string(l.Kind), Color: colorOf(string(l.Kind)),
			Amount: sizeDelta(int64(l.Share)), What: sentence(l), Brief: brief(sentence(l)), Gist: gist(l, came), Details: about(l), Part: thousandths(l.Share, max(came, 1)),
		}
		v.List = append(v.List, p)
		if isOwn(l.Tier) && len(v.Top) < topPlaces {
			v.Top = append(v.Top, p)
		}
		if len(l.CoOwners) > 0 {
			v.Lead = inEqualParts
		}
	}
	for _, w := range r.Ranking.Ways {
		v.ways = append(v.ways, pageWay{w.Above, w.Edge, w.Class, w.Up, w.Down, w.Fingerprint})
	}
	v.Drawn = len(v.ways) > 1
	if len(v.Top) == 0 {
		v.Went = whatWent(r.Ranking.Ways)
	}
	v.Shown = v.List[:min(len(v.List), staticRows)]
	v.Series = len(r.Between) > 0
	return v
}

// briefName is how many characters of a name the first screen shows.
const briefName = 72

// brief cuts long names in their middle, so that all of a sentence is seen.
func brief(p Phrase) Phrase {
	out := slices.Clone(p)
	for i, v := range out {
		if v.Kind == Name {
			out[i].Text = cutMiddle(visible(v.Text), briefName)
		}
	}
	return out
}

// isOwn says whether a place is the program's own doing, as far as anybody knows.
func isOwn(t growth.Tier) bool { return t == growth.Leak || t == growth.Growth }

// gist is what a person who looks once should know of a place.
func gist(l *growth.Line, came uint64) Phrase {
	p := Phrase{words(human.Percent(float64(l.Share), float64(came)) + " of what came")}
	if l.PerIteration != (growth.Rate{}) {
		p = append(p, dot, words(anIteration(l.PerIteration)))
	}
	if l.Exclusive < l.Share {
		p = append(p, dot, words("mending it alone frees "), size(l.Exclusive))
	}
	if a, ok := advice.Of(l.Advice); ok {
		p = append(p, dot, words(a.Title))
	}
	return p
}

// tooSmall says what is not listed.
func tooSmall(r *growth.Ranking) Phrase {
	if r.Hidden.Lines == 0 {
		return nil
	}
	return Phrase{count(r.Hidden.Lines), plural(r.Hidden.Lines, " place is", " places are"), words(" too small to be listed: "), size(r.Hidden.Size)}
}

// sumsOf divides what came and what went.
func sumsOf(rec *growth.Reconciliation) []sum {
	all := max(rec.Accumulated+rec.InPlace+rec.Unattributed+rec.Freed, 1)
	var list []sum
	at := uint64(0)
	for _, part := range []struct {
		name, class string
		n           uint64
	}{
		{"accumulated", "accumulated", rec.Accumulated},
		{"grew in place", "in-place", rec.InPlace},
		{"not attributed", "nowhere", rec.Unattributed},
		{"freed", "freed", rec.Freed},
	} {
		amount := sizeDelta(int64(part.n))
		if part.class == "freed" {
			amount = sizeDelta(-int64(part.n))
		}
		list = append(list, sum{part.name, part.class, amount, thousandths(at, all), thousandths(part.n, all)})
		at += part.n
	}
	return list
}

// whatWent are the ways on which most went, down to where it hung: what leads on
// to many, or weighs more itself than what it leads to.
func whatWent(ways []growth.Way) []went {
	if len(ways) == 0 {
		return nil
	}
	onward := make([]uint64, len(ways)) // way -> what went on the named ways on from it
	for _, w := range ways[1:] {
		if !strings.HasPrefix(w.Edge, "[") && w.Edge != ".*" {
			onward[w.Above] += w.Down
		}
	}
	var list []went
	var told []bool
	for i, w := range ways {
		told = append(told, i > 0 && told[w.Above])
		ends := i > 0 && onward[i] <= w.Down/2
		if told[i] || !ends || w.Down < ways[0].Down/50 || w.Down <= w.Up {
			continue
		}
		told[i] = true
		list = append(list, went{sizeDelta(-int64(w.Down - w.Up)), Phrase{name(wayText(ways, i))}})
	}
	sortStable(list, func(a, b went) bool { return a.Amount.Number > b.Amount.Number })
	return list[:min(len(list), topPlaces)]
}

// wayText writes a way as a path.
func wayText(ways []growth.Way, i int) string {
	w := &ways[i]
	if i == 0 {
		return ""
	}
	before, step := wayText(ways, w.Above), w.Edge
	if step == "" {
		step = w.Class
	}
	if before != "" && !strings.HasPrefix(step, ".") && !strings.HasPrefix(step, "[") {
		before += " → "
	}
	return before + step
}

// First is the title of what the first screen tells.
func (v *placesView) First() string {
	switch {
	case len(v.Top) == 0:
		return "What grew"
	case v.single:
		return "What there is most of"
	}
	return "What grew most"
}

// More is how many places do not stand in the page itself.
func (v *placesView) More() int { return len(v.List) - len(v.Shown) }

// remainders are what stands beside the places in a picture of the whole growth,
// so that all of it adds up: what is in none of those shown, and what went.
func remainders(rec *growth.Reconciliation, shown []pagePlace) []remaining {
	told := uint64(0)
	for i := range shown {
		told += shown[i].share
	}
	all := rec.Accumulated + rec.InPlace
	return someOf([]remaining{
		{"(too small to be listed)", all - min(told, all), 0},
		{"(not attributed)", rec.Unattributed, 0},
		{"(freed)", 0, rec.Freed},
	})
}

// someOf leaves out what is nothing.
func someOf(list []remaining) (some []remaining) {
	for _, r := range list {
		if r.up > 0 || r.down > 0 {
			some = append(some, r)
		}
	}
	return some
}

func thousandths(part, whole uint64) string {
	return strconv.FormatFloat(float64(part)/float64(whole)*1000, 'f', 2, 64)
}
