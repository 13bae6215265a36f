package growth

import (
	"errors"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/heapdiff/heapdiff/paths"
)

// Shares are the growth between two heaps, divided among the places that gained it.
type Shares struct {
	led    *ledger
	sharer *sharer
	att    *attribution
	sums   Reconciliation
	o      Options
}

// Share compares two trees and finds out whose it is what came. The tree after must
// not have been released, and g is its heap, of which no dominators are needed. id
// is nil where objects cannot be recognised by their ids. It fails only if the sums
// do not add up, which is a bug.
func Share(before, after *Tree, g *graph.Graph, id Identity, o Options) (*Shares, error) {
	if after.namer == nil {
		return nil, errors.New("growth: the later tree was released before it was ranked")
	}
	s := &Shares{o: o, led: newLedger(before, after, g, id)}
	s.sharer = newSharer(g, s.led, s.led.findPoints(o.minimum()), o.Jobs)
	s.att = attribute(s.led, s.sharer)
	var err error
	s.sums, err = s.att.reconcile(before, after)
	return s, err
}

// Rank says what grew. h is the heap that was looked at, names are its scripts.
func (s *Shares) Rank(h *parse.Heap, names paths.Scripts) *Ranking {
	r := &Ranking{Reconciliation: s.sums}
	w := &writer{led: s.led, sharer: s.sharer, att: s.att, h: h, o: s.o}
	w.lines(r, &scripts{names, s.o.Maps})
	return r
}
