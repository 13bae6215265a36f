package report

import (
	"io"

	"github.com/google/pprof/profile"

	"github.com/heapdiff/heapdiff/diff/growth"
	diffprofile "github.com/heapdiff/heapdiff/diff/profile"
)

// GrowthStack is growth at the end of a path: of calls, or of references.
type GrowthStack struct {
	Frames                  []GrowthFrame // the leaf first
	Before, After           int64         // bytes, or what is measured
	BeforeCount, AfterCount int64         // objects
}

// GrowthFrame is one step of the path.
type GrowthFrame struct {
	Function, File string
	Line           int64
}

// Pprof writes growth as a profile that go tool pprof, speedscope, Pyroscope and
// Parca open: its values are growth_space and growth_objects, after - before.
// With base, what was there before stands in samples of its own, negative and
// labelled pprof::base=true, so that shares are of what was there, as with
// -diff_base. Stores such as Pyroscope drop negative values without a word: for
// them each stack has its growth alone.
func Pprof(w io.Writer, stacks []GrowthStack, unit string, taken int64, base bool) error {
	b := newPprofBuilder(unit, taken)
	for i := range stacks {
		s := stacks[i]
		if !base {
			s = GrowthStack{Frames: s.Frames, After: s.After - s.Before, AfterCount: s.AfterCount - s.BeforeCount}
		}
		b.add(&s)
	}
	return b.p.Write(w)
}

type pprofBuilder struct {
	p         *profile.Profile
	functions map[[2]string]*profile.Function
	locations map[GrowthFrame]*profile.Location
}

func newPprofBuilder(unit string, taken int64) *pprofBuilder {
	kind := "growth_space"
	if unit != "bytes" {
		kind = "growth"
	}
	return &pprofBuilder{
		p: &profile.Profile{
			SampleType:        []*profile.ValueType{{Type: "growth_objects", Unit: "count"}, {Type: kind, Unit: unit}},
			DefaultSampleType: kind, PeriodType: &profile.ValueType{Type: "space", Unit: unit}, Period: 1, TimeNanos: taken,
		},
		functions: map[[2]string]*profile.Function{}, locations: map[GrowthFrame]*profile.Location{},
	}
}

func (b *pprofBuilder) add(s *GrowthStack) {
	var stack []*profile.Location
	for _, f := range s.Frames {
		stack = append(stack, b.location(f))
	}
	if s.After != 0 || s.AfterCount != 0 {
		b.p.Sample = append(b.p.Sample, &profile.Sample{Location: stack, Value: []int64{s.AfterCount, s.After}})
	}
	if s.Before != 0 || s.BeforeCount != 0 {
		b.p.Sample = append(b.p.Sample, &profile.Sample{
			Location: stack, Value: []int64{-s.BeforeCount, -s.Before}, Label: map[string][]string{"pprof::base": {"true"}},
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

// ProfileStacks are the ways to what grew between two profiles. What is not told
// way by way stands at its site alone, so that the sum is exact.
func ProfileStacks(r *diffprofile.Result) []GrowthStack {
	var all []GrowthStack
	for i := range r.Sites {
		s := &r.Sites[i]
		rest := GrowthStack{
			Frames: []GrowthFrame{{Function: s.Function}},
			Before: s.Before, After: s.After, BeforeCount: s.BeforeCount, AfterCount: s.AfterCount,
		}
		for _, way := range s.Stacks {
			g := GrowthStack{Before: way.Before, After: way.After, BeforeCount: way.BeforeCount, AfterCount: way.AfterCount}
			for _, f := range way.Frames {
				g.Frames = append(g.Frames, GrowthFrame(f))
			}
			all = append(all, g)
			rest.Before -= way.Before
			rest.After -= way.After
			rest.BeforeCount -= way.BeforeCount
			rest.AfterCount -= way.AfterCount
		}
		if rest.Before != 0 || rest.After != 0 || rest.BeforeCount != 0 || rest.AfterCount != 0 {
			all = append(all, rest)
		}
	}
	return all
}

// RankingStacks are the places that grew between two snapshots, as stacks from
// the root to what accumulates there. Their growth is each place's share, so
// that nothing is counted twice.
func RankingStacks(r *growth.Ranking) []GrowthStack {
	var all []GrowthStack
	for i := range r.Lines {
		l := &r.Lines[i]
		g := GrowthStack{
			Before: int64(l.SizeBefore), After: int64(l.SizeBefore + l.Share),
			BeforeCount: int64(l.CountBefore), AfterCount: int64(l.CountAfter),
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
		all = append(all, g)
	}
	return all
}
