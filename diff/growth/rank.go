package growth

import (
	"errors"

	"github.com/heapdiff/heapdiff/parse"
)

// Rank compares two trees and says what grew. The tree after must not have been
// released, and h is its heap. id is nil where objects cannot be recognised by
// their ids. It fails only if the sums do not add up, which is a bug.
func Rank(before, after *Tree, h *parse.Heap, id Identity, o Options) (*Ranking, error) {
	if after.namer == nil {
		return nil, errors.New("growth: the later tree was released before it was ranked")
	}
	led := newLedger(before, after, h.Graph, id)
	points := led.findPoints(o.minimum())
	s := newSharer(h.Graph, led, points)
	a := attribute(led, s)
	r := &Ranking{}
	var err error
	if r.Reconciliation, err = a.reconcile(before, after); err != nil {
		return nil, err
	}
	w := &writer{led: led, sharer: s, att: a, h: h, o: o}
	w.lines(r)
	return r, nil
}
