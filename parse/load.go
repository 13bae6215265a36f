package parse

import (
	"context"
	"runtime"
	"runtime/debug"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/budget"
	"github.com/heapdiff/heapdiff/internal/crew"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/pprof"
	"github.com/heapdiff/heapdiff/parse/symbols"
	"github.com/heapdiff/heapdiff/parse/v8profile"
	"github.com/heapdiff/heapdiff/parse/v8snapshot"
	"github.com/heapdiff/heapdiff/parse/v8snapshot/rules"
)

// Options say how to load.
type Options struct {
	Jobs    int  // goroutines; 0 means one a core
	KeepRaw bool // keep the self sizes as the file has them, in Graph.RawSelf

	// Memory is how much may be used in all; a heap that needs more is refused
	// before memory is taken, with a *budget.Error. Zero is no limit. Held is what
	// the caller uses already, and PerNode what it will need beside the heap.
	// Tmp is a folder on a fast disk: if it is given, a heap that needs more memory
	// has a part of its columns there.
	Memory        budget.Limit
	Tmp           string
	Held, PerNode uint64 // bytes

	// Symbols tell names where a profile has only addresses; nil if there are none.
	Symbols *symbols.Set

	// SkipDominators leaves out what is the longest part of the work: the heap
	// has no dominators, no retained sizes and no classes, and nobody is called.
	SkipDominators bool

	// Known is called with a heap of which nodes, sizes and classes are settled, but
	// not which edges retain. It may read it, and may be nil.
	Known func(*Heap)

	// Beside is called while edges are settled and dominators are computed, with a
	// heap of which the rest is as Loading says. It may read it, and may be nil.
	Beside func(*Heap, *Loading)

	// Settled is called before the dominators are computed, with a heap that has
	// everything but them. It may read it, and may be nil.
	Settled func(*Heap)

	// Weighed is called with a heap that has everything, while Beside may still be at
	// work. It may read it, and may be nil.
	Weighed func(*Heap)

	// Sized is told how large the heap is that may be loaded, before memory is
	// taken; it may be nil.
	Sized func(nodes, edges int64)

	// Progress is told what is being done: bytes done of a total that is -1 if it
	// is not known. A call with done = total = 0 begins a phase without bytes.
	Progress func(phase string, done, total int64)
}

// format is one kind of file.
type format struct {
	name       string
	recognises func(start []byte) bool
	load       func(ctx context.Context, src *input.Source, o Options) (*Heap, error)
}

// formats, the surest signs first.
var formats = []format{
	{"V8 heap snapshot", v8snapshot.Recognises, loadV8},
	{"V8 sampling profile", v8profile.Recognises, loadTree},
	{"profile", pprof.Recognises, loadTree},
}

// Load reads the heap in src to its end. Errors are *input.SyntaxError for what
// is wrong with the file, or those of src.
func Load(ctx context.Context, src *input.Source, o Options) (*Heap, error) {
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	start, err := src.Peek(sniffed)
	if len(start) == 0 && err != nil {
		return nil, err
	}
	for _, f := range formats {
		if f.recognises(start) {
			h, err := f.load(ctx, src, o)
			if err != nil {
				return nil, err
			}
			h.File, h.Format = src.Name(), f.name
			return h, nil
		}
	}
	return nil, unknown(src, start)
}

func loadV8(ctx context.Context, src *input.Source, o Options) (*Heap, error) {
	o.Progress("reading", 0, 0)
	g, err := v8snapshot.Read(ctx, src, v8snapshot.Options{
		Jobs: o.Jobs,
		Admit: func(nodes, edges int64) (folder string, err error) {
			folder, err = o.admit(src.Name(), nodes, edges)
			if err == nil && o.Sized != nil {
				o.Sized(nodes, edges)
			}
			return folder, err
		},
		Keep:     func(bytes int64) error { return o.Memory.Admit(src.Name(), o.Held+uint64(bytes)) },
		Progress: func(done, total int64) { o.Progress("reading", done, total) },
	})
	if err != nil {
		return nil, err
	}
	h := &Heap{Graph: g}
	if o.SkipDominators {
		o.Progress("reachable", 0, 0)
		rules.Prepare(g, o.Jobs)
		span := graph.Walk(g)
		rules.Weigh(g, rules.Options{KeepRaw: o.KeepRaw})
		span.Settle()
		return h, ctx.Err()
	}
	o.Progress("owners", 0, 0)
	rules.Prepare(g, o.Jobs)
	tidy(g, false)
	l := newLoading(func() {
		rules.Weigh(g, rules.Options{KeepRaw: o.KeepRaw})
		h.classes = rules.Classify(g)
		if o.Known != nil {
			o.Known(h)
		}
	})
	crew.Both(o.Jobs, func() {
		defer l.giveUp()
		o.Progress("reachable", 0, 0)
		span := graph.Walk(g)
		l.Known()
		if ctx.Err() != nil {
			return
		}
		l.settle(span.Settle)
		tidy(g, o.PerNode == 0) // a comparison needs most later
		if o.Settled != nil {
			o.Settled(h)
		}
		if ctx.Err() != nil {
			return
		}
		o.Progress("dominators", 0, 0)
		h.Dominators = span.Dominators()
		h.Dominators.Weigh(&g.Self)
		if o.Weighed != nil {
			o.Weighed(h)
		}
	}, func() {
		if o.Beside != nil && ctx.Err() == nil {
			l.beside(func() { o.Beside(h, l) })
		}
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	tidy(g, false)
	return h, nil
}

const (
	// manyNodes is where a phase's leftovers are worth more than the milliseconds
	// that a collection takes: the columns hold no pointers to follow.
	manyNodes = 1 << 20
	// giantNodes is where they are worth a system call for each piece of them.
	giantNodes = 1 << 22
)

// tidy makes what a phase left behind room for the next. Before the phase that
// needs most, a giant heap gives it back.
func tidy(g *graph.Graph, beforePeak bool) {
	switch n := g.NumNodes(); {
	case n > giantNodes && beforePeak:
		debug.FreeOSMemory()
	case n > manyNodes:
		runtime.GC()
	}
}

// admit decides whether a heap can be loaded, and whether a part of it has to lie
// on disk.
func (o *Options) admit(file string, nodes, edges int64) (folder string, err error) {
	need := Need(nodes, edges) + o.Held + o.PerNode*uint64(nodes)
	err = o.Memory.Admit(file, need)
	if err == nil || o.Tmp == "" {
		return "", err
	}
	return o.Tmp, o.Memory.Admit(file, need-v8snapshot.OnDisk(nodes, edges))
}

// Need predicts how many bytes it takes to load a heap, at the peak: 20 a node
// and 6 an edge for the columns, 4 a node for numbers, 20 for each node that is
// not a satellite, some for the edges that come late, and the texts. It is meant
// to be a little too high.
func Need(nodes, edges int64) uint64 {
	const base, node, edge = 32 << 20, 40, 10
	return base + node*uint64(nodes) + edge*uint64(edges)
}
