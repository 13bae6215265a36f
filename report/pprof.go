package report

import (
	"io"
	"math/bits"

	"github.com/google/pprof/profile"

	"github.com/heapdiff/heapdiff/diff/growth"
	diffprofile "github.com/heapdiff/heapdiff/diff/profile"
)

// GrowthStack is growth at the end of a path: of calls, or of references.
type GrowthStack struct {
	Frames              []GrowthFrame // the leaf first
	Growth, GrowthCount int64         // bytes, or what is measured, and objects; never below zero
	Base, BaseCount     int64         // what was there before
}

// GrowthFrame is one step of the path.
type GrowthFrame struct {
	Function, File string
	Line           int64
}

// Pprof writes growth as a profile that go tool pprof, speedscope, Pyroscope and
// Parca open. What grew has the types growth_objects and growth_space; what was
// there before stands in samples of its own, labelled pprof::base=true, and has
// the types base_objects and base_space. No value is below zero, as values are in
// what -diff_base writes: Pyroscope drops those without a word and shows what
// there is now as growth, and speedscope opens no file that has any. Pyroscope
// refuses a label of that name, too: for it there is growth without base.
func Pprof(w io.Writer, stacks []GrowthStack, unit string, taken int64, base bool) error {
	b := newPprofBuilder(unit, taken, base)
	for i := range stacks {
		b.add(&stacks[i])
	}
	return b.p.Write(w)
}

type pprofBuilder struct {
	base      bool // has samples of what was there before
	p         *profile.Profile
	functions map[[2]string]*profile.Function
	locations map[GrowthFrame]*profile.Location
}

func newPprofBuilder(unit string, taken int64, withBase bool) *pprofBuilder {
	growth, base := "growth_space", "base_space"
	if unit != "bytes" {
		growth, base = "growth", "base"
	}
	// The last type is what tools show first, and by what Pyroscope names a profile.
	types := []*profile.ValueType{{Type: "growth_objects", Unit: "count"}, {Type: growth, Unit: unit}}
	if withBase {
		types = append([]*profile.ValueType{{Type: "base_objects", Unit: "count"}, {Type: base, Unit: unit}}, types...)
	}
	return &pprofBuilder{
		base: withBase,
		p: &profile.Profile{
			SampleType: types, DefaultSampleType: growth, PeriodType: &profile.ValueType{Type: "space", Unit: unit}, Period: 1, TimeNanos: taken,
		},
		functions: map[[2]string]*profile.Function{}, locations: map[GrowthFrame]*profile.Location{},
	}
}

func (b *pprofBuilder) add(s *GrowthStack) {
	var stack []*profile.Location
	for _, f := range s.Frames {
		stack = append(stack, b.location(f))
	}
	grew, was := []int64{s.GrowthCount, s.Growth}, []int64{s.BaseCount, s.Base}
	none := []int64{0, 0}
	if !b.base {
		none = nil
	}
	if grew[0] != 0 || grew[1] != 0 {
		b.p.Sample = append(b.p.Sample, &profile.Sample{Location: stack, Value: append(none[:len(none):len(none)], grew...)})
	}
	if b.base && (was[0] != 0 || was[1] != 0) {
		b.p.Sample = append(b.p.Sample, &profile.Sample{
			Location: stack, Value: append(was, none...), Label: map[string][]string{"pprof::base": {"true"}},
		})
	}
}

func (b *pprofBuilder) location(f GrowthFrame) *profile.Location {
	if l := b.locations[f]; l != nil {
		return l
	}
	key := [2]string{f.Function, f.File}
	fn := b.functions[key]
	if fn == nil {
		fn = &profile.Function{ID: uint64(len(b.p.Function)) + 1, Name: f.Function, SystemName: f.Function, Filename: f.File}
		b.functions[key] = fn
		b.p.Function = append(b.p.Function, fn)
	}
	l := &profile.Location{ID: uint64(len(b.p.Location)) + 1, Line: []profile.Line{{Function: fn, Line: f.Line}}}
	b.locations[f] = l
	b.p.Location = append(b.p.Location, l)
	return l
}

// ProfileStacks are the ways to what grew between two profiles: what they add up
// to at a site is what the site gained. What is not told way by way stands at its
// site alone.
func ProfileStacks(r *diffprofile.Result) []GrowthStack {
	var all []GrowthStack
	for i := range r.Sites {
		s := &r.Sites[i]
		rest := diffprofile.Stack{
			Frames: []diffprofile.Frame{{Function: s.Function}},
			Before: s.Before, After: s.After, BeforeCount: s.BeforeCount, AfterCount: s.AfterCount,
		}
		for _, way := range s.Stacks {
			rest.Before -= way.Before
			rest.After -= way.After
			rest.BeforeCount -= way.BeforeCount
			rest.AfterCount -= way.AfterCount
		}
		all = append(all, siteStacks(s, append(s.Stacks[:len(s.Stacks):len(s.Stacks)], rest))...)
	}
	return all
}

// siteStacks divides what a site gained among the ways to it that grew, as much as
// each of them grew: others may have shrunk meanwhile.
func siteStacks(s *diffprofile.Site, ways []diffprofile.Stack) []GrowthStack {
	var value, objects divider
	for _, w := range ways {
		value.whole += max(w.After-w.Before, 0)
		objects.whole += max(w.AfterCount-w.BeforeCount, 0)
	}
	value.give, objects.give = max(s.Growth(), 0), max(s.AfterCount-s.BeforeCount, 0)
	var list []GrowthStack
	for _, w := range ways {
		g := GrowthStack{
			Growth: value.part(w.After - w.Before), GrowthCount: objects.part(w.AfterCount - w.BeforeCount),
			Base: max(w.Before, 0), BaseCount: max(w.BeforeCount, 0),
		}
		for _, f := range w.Frames {
			g.Frames = append(g.Frames, GrowthFrame(f))
		}
		list = append(list, g)
	}
	return list
}

// divider gives away a number in parts, so that they add up to it.
type divider struct{ give, whole, met int64 }

// part is what belongs to one of those that whole is the sum of.
func (d *divider) part(of int64) int64 {
	if of <= 0 || d.whole <= 0 {
		return 0
	}
	share := func(n int64) int64 { // give * n / whole
		hi, lo := bits.Mul64(uint64(min(d.give, d.whole)), uint64(n))
		q, _ := bits.Div64(hi, lo, uint64(d.whole))
		return int64(q)
	}
	from := share(d.met)
	d.met += of
	return share(d.met) - from
}

// RankingStacks are the places that grew between two snapshots, as stacks from
// the root to what accumulates there. Their growth is each place's share, so
// that nothing is counted twice.
func RankingStacks(r *growth.Ranking) []GrowthStack {
	var all []GrowthStack
	for i := range r.Lines {
		l := &r.Lines[i]
		g := GrowthStack{
			Growth: int64(l.Share), GrowthCount: max(int64(l.CountAfter)-int64(l.CountBefore), 0),
			Base: int64(l.SizeBefore), BaseCount: int64(l.CountBefore),
		}
		if !l.InPlace {
			g.Frames = append(g.Frames, GrowthFrame{Function: l.Class, File: l.Location})
		}
		for j := len(l.Steps) - 1; j >= 0; j-- {
			s := &l.Steps[j]
			f := GrowthFrame{Function: s.Class, File: s.Where}
			if s.Edge != "" {
				f.Function = s.Edge + " (" + s.Class + ")"
			}
			g.Frames = append(g.Frames, f)
		}
		if len(g.Frames) == 0 {
			g.Frames = []GrowthFrame{{Function: l.Path}}
		}
		all = append(all, g)
	}
	return all
}
