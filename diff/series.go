package diff

import (
	"context"
	"errors"
	"slices"

	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/kinds"
	"github.com/heapdiff/heapdiff/parse"
)

// Series compares heaps of one program that were taken one after the other,
// however many: the first with the last, and those between say how it went
// there, in [Result.Ranking] and [Result.Between]. Only one of them is in
// memory at a time. Two heaps are what [Compare] compares; of more, growth is
// always ranked.
func Series(ctx context.Context, heaps []Opener, o Options) (*Result, error) {
	switch {
	case len(heaps) < 2:
		return nil, errors.New("a series needs two heaps at least")
	case len(heaps) == 2:
		return Compare(ctx, heaps[0], heaps[1], o)
	case o.Ranking == nil:
		o.Ranking = new(growth.Options)
	}
	reduced, err := reduce(ctx, heaps[0], o)
	if err != nil {
		return nil, err
	}
	s := &series{options: reduced.options, held: reduced.Size(), trees: []*growth.Tree{reduced.tree}, witness: reduced.witness}
	for _, open := range heaps[1 : len(heaps)-1] {
		if err := s.glance(ctx, open); err != nil {
			return nil, err
		}
	}
	reduced.tidy(someNodes)
	c := newComparison(reduced, true)
	c.ofSeries = true
	h, err := c.load(ctx, heaps[len(heaps)-1], s.held)
	if err != nil {
		return nil, err
	}
	s.meet(h.Graph)
	r, err := c.weigh(ctx, h)
	if err != nil {
		return nil, err
	}
	r.Between = s.between
	for i := range r.Kinds {
		for _, sums := range s.kinds {
			r.Kinds[i].Between = append(r.Kinds[i].Between, sums[r.Kinds[i].Kind])
		}
	}
	var hint string
	r.Doubts, hint = s.doubts(slices.Concat([]Side{r.Before}, r.Between, []Side{r.After}))
	first := slices.Clone(r.Doubts)
	if hint != "" {
		first = append(first, hint)
	}
	r.Warnings = append(first, r.Warnings...)
	r.Ranking.Judge(append(s.trees, c.signed), *o.Ranking)
	return r, nil
}

// series is what is kept of the heaps before the last.
type series struct {
	options Options
	held    uint64 // bytes of it, about
	trees   []*growth.Tree
	between []Side
	kinds   []map[string]uint64 // of each heap between: kind -> bytes

	witness *witness    // of the last heap so far
	met     []encounter // of each heap but the first with the one before it
	last    []uint64    // the last id of each heap
}

// meet notes how a heap stands to the one before it.
func (s *series) meet(g *graph.Graph) {
	e := s.witness.meet(g)
	if s.met = append(s.met, e); len(s.last) == 0 {
		s.last = append(s.last, e.firstLast)
	}
	s.last = append(s.last, e.lastLast)
}

// perSignature is how many bytes a released tree takes, about.
const perSignature = 80

// glance keeps of a heap between the first and the last what hangs where in it.
func (s *series) glance(ctx context.Context, open Opener) error {
	h, err := open(ctx, parse.Options{SkipDominators: true, Held: s.held, PerNode: perNode})
	if err != nil {
		return err
	}
	s.options.Progress("signatures")
	var tree *growth.Tree
	s.options.both(func() {
		tree = growth.Build(h.Graph, *s.options.Ranking)
		tree.Release()
	}, func() {
		s.meet(h.Graph)
		s.witness = newWitness(h.Graph, newIDs(&h.ID, h.NumNodes()))
	})
	s.trees = append(s.trees, tree)
	s.between = append(s.between, sideOf(h))
	s.kinds = append(s.kinds, kindSizes(h.Graph))
	s.held += perSignature * uint64(tree.Signatures())
	return ctx.Err()
}

// kindSizes adds up the bytes of a heap by kind.
func kindSizes(g *graph.Graph) map[string]uint64 {
	table, sizes := kinds.New(g), map[string]uint64{}
	all := make([]uint64, len(kinds.All()))
	for n := range graph.NodeID(g.NumNodes()) {
		all[table.Of(n)] += g.Self.At(n)
	}
	for i, kind := range kinds.All() {
		sizes[kind.String()] = all[i]
	}
	return sizes
}
