package diff

import (
	"context"
	"errors"
	"runtime"

	"github.com/heapdiff/heapdiff/diff/growth"
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
	s := &series{options: reduced.options, held: reduced.Size(), trees: []*growth.Tree{reduced.tree}}
	for _, open := range heaps[1 : len(heaps)-1] {
		if err := s.glance(ctx, open); err != nil {
			return nil, err
		}
	}
	runtime.GC() // what the earlier heaps took is room for the last
	c := &comparison{before: reduced, options: reduced.options}
	h, err := heaps[len(heaps)-1](ctx, parse.Options{Known: c.know, Beside: c.read, Held: s.held, PerNode: perNode})
	if err != nil {
		return nil, err
	}
	if c.after == nil {
		c.know(h)
		c.read(h)
	}
	r, err := c.weigh(ctx, h)
	if err != nil {
		return nil, err
	}
	r.Between = s.between
	r.Ranking.Judge(append(s.trees, c.signed), *o.Ranking)
	return r, nil
}

// series is what is kept of the heaps before the last.
type series struct {
	options Options
	held    uint64 // bytes of it, about
	trees   []*growth.Tree
	between []Side
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
	tree := growth.Build(h.Graph, *s.options.Ranking)
	tree.Release()
	s.trees = append(s.trees, tree)
	s.between = append(s.between, sideOf(h))
	s.held += perSignature * uint64(tree.Signatures())
	return ctx.Err()
}
