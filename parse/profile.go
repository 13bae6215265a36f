package parse

import (
	"context"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/pprof"
	"github.com/heapdiff/heapdiff/parse/v8profile"
	"github.com/heapdiff/heapdiff/parse/v8snapshot"
)

// Profiles have stacks and no objects; package diff/profile compares them by
// their samples. As a Heap, a profile is the tree of its stacks.

// IsProfile reports whether src is a profile and not a heap snapshot.
func IsProfile(src *input.Source) bool {
	start, _ := src.Peek(sniffed)
	return !v8snapshot.Recognises(start) && (v8profile.Recognises(start) || pprof.Recognises(start))
}

// Describe says what src is: the name of its format, or what else it looks like.
func Describe(src *input.Source) string {
	start, _ := src.Peek(sniffed)
	for _, f := range formats {
		if f.recognises(start) {
			return "a " + f.name
		}
	}
	return "no heap snapshot and no profile: " + describe(start)
}

// LoadProfile reads a profile to its end.
func LoadProfile(ctx context.Context, src *input.Source, o Options) (*pprof.Profile, error) {
	po := pprof.Options{Symbols: o.Symbols, Admit: func(bytes uint64) error { return o.Memory.Admit(src.Name(), bytes+o.Held) }}
	if o.Progress != nil {
		o.Progress("reading", 0, 0)
		po.Progress = func(done, total int64) { o.Progress("reading", done, total) }
	}
	start, err := src.Peek(sniffed)
	if len(start) == 0 && err != nil {
		return nil, err
	}
	if v8profile.Recognises(start) {
		return v8profile.Read(ctx, src, po)
	}
	return pprof.Read(ctx, src, po)
}

// loadTree loads a profile as the tree of its stacks: a node is a frame in its
// context, its self size the flat value, its retained size the cumulative one.
func loadTree(ctx context.Context, src *input.Source, o Options) (*Heap, error) {
	p, err := LoadProfile(ctx, src, o)
	if err != nil {
		return nil, err
	}
	index, err := p.SampleIndex("")
	if err != nil {
		return nil, err
	}
	g, err := p.Graph(index, pprof.Options{Admit: func(bytes uint64) error { return o.Memory.Admit(src.Name(), bytes+o.Held) }})
	if err != nil {
		return nil, err
	}
	if o.KeepRaw {
		g.RawSelf = g.Self
	}
	h := &Heap{Graph: g, Dominators: graph.Dominate(g)}
	if o.Known != nil {
		o.Known(h)
	}
	if o.Beside != nil {
		o.Beside(h, new(Loading))
	}
	if o.Settled != nil {
		o.Settled(h)
	}
	h.Dominators.Weigh(&g.Self)
	if o.Weighed != nil {
		o.Weighed(h)
	}
	return h, nil
}
