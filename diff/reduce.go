package diff

import (
	"context"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/kinds"
	"github.com/heapdiff/heapdiff/parse"
)

// Options say how to compare.
type Options struct {
	// Match forces a mode; empty leaves it to what the heaps have in common.
	Match Mode
	// Top is how many growers and objects that grew in place are listed; 0 means 50.
	Top int
	// Progress is told what is being done; it may be nil.
	Progress func(phase string)
}

func (o Options) withDefaults() Options {
	if o.Top <= 0 {
		o.Top = 50
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	return o
}

// Reduction is what a comparison needs of the earlier heap: about 12 bytes an
// object, and sums. It does not keep the heap alive.
type Reduction struct {
	options Options
	side    Side
	sums    *sums
	objects *records // nil if ids are not to be looked at
	prints  *fingerprints
	places  *places // nil if ids are to be believed whatever they say
	lastID  uint64  // largest id of a JavaScript object
}

// Reduce prepares h, whose classes must be provisional as parse.Load leaves
// them, to be compared with a later heap. Then h can be dropped.
func Reduce(ctx context.Context, h *parse.Heap, o Options) (*Reduction, error) {
	o = o.withDefaults()
	r := &Reduction{options: o, side: sideOf(h)}
	for _, step := range []struct {
		phase string
		run   func()
	}{
		{"sums", func() {
			tree := h.Dominators.Tree()
			r.sums = newSums(h, tree)
			if o.Match != Identity {
				r.places = newPlaces(h, tree, newShown(h.Graph))
			}
		}},
		{"objects", func() {
			if o.Match == Structure {
				return
			}
			r.objects = newRecords(h)
			r.lastID = lastObjectID(h.Graph)
			r.prints = newFingerprints(h.Graph, r.lastID)
		}},
	} {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		o.Progress(step.phase)
		step.run()
	}
	return r, nil
}

func sideOf(h *parse.Heap) Side {
	return Side{File: h.File, Format: h.Format, Nodes: h.NumNodes(), Edges: h.NumEdges(), Size: h.TotalSelf(), Extra: h.ExtraBytes}
}

// sums are the totals of a heap by provisional class and by kind, of objects
// that have a size.
type sums struct {
	naming *parse.Naming
	count  []int    // provisional class -> objects
	size   []uint64 // provisional class -> bytes
	kinds  []kindSum
	nest   *nesting
}

type kindSum struct {
	count int
	size  uint64
}

func newSums(h *parse.Heap, tree *graph.Tree) *sums {
	classes := h.Provisional()
	s := &sums{
		naming: h.Naming(),
		count:  make([]int, classes),
		size:   make([]uint64, classes),
		kinds:  make([]kindSum, len(kinds.All())),
	}
	table := kinds.New(h.Graph)
	for n := range graph.NodeID(h.NumNodes()) {
		self := h.Self.At(n)
		if self == 0 {
			continue
		}
		class := h.Class[n]
		s.count[class]++
		s.size[class] += self
		kind := &s.kinds[table.Of(n)]
		kind.count++
		kind.size += self
	}
	s.nest = newNesting(h, tree, s.naming)
	return s
}
