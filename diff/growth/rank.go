package growth

import (
	"errors"

	"github.com/heapdiff/heapdiff/internal/crew"
	"github.com/heapdiff/heapdiff/parse"
)

// Rank compares two trees and says what grew. The tree after must not have been
// released, and h is its heap. id is nil where objects cannot be recognised by
// their ids. It fails only if the sums do not add up, which is a bug.
func Rank(before, after *Tree, h *parse.Heap, id Identity, o Options) (*Ranking, error) {
	if after.namer == nil {
		return nil, errors.New("growth: the later tree was released before it was ranked")
	}
	var led *ledger
	var s *sharer
	var a *attribution
	var c *code
	crew.Both(o.Jobs, func() {
		led = newLedger(before, after, h.Graph, id)
		s = newSharer(h.Graph, led, led.findPoints(o.minimum()))
		a = attribute(led, s)
	}, func() {
		c = findCode(after, o.Maps)
	})
	r := &Ranking{}
	var err error
	if r.Reconciliation, err = a.reconcile(before, after); err != nil {
		return nil, err
	}
	w := &writer{led: led, sharer: s, att: a, code: c, h: h, o: o}
	w.lines(r)
	return r, nil
}
