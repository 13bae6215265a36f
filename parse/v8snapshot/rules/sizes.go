package rules

import (
	"math/bits"

	"github.com/heapdiff/heapdiff/graph"
)

const (
	unowned = ^uint32(0)
	shared  = ^uint32(0) - 1
)

// moveSizes counts the bytes of internal arrays and hidden objects with the one
// object that owns them. A candidate is owned by the only object that leads to
// it, directly or through other candidates of the same owner; what two objects
// lead to keeps its size. The sum stays the same.
func moveSizes(g *graph.Graph) {
	c := findCandidates(g)
	owner := make([]uint32, c.count) // row of a candidate -> its owner, unowned or shared
	for row := range owner {
		owner[row] = unowned
	}
	var changed []graph.NodeID // candidates whose owner the next ones must learn
	learn := func(n graph.NodeID, from uint32) {
		switch at := &owner[c.row(n)]; *at {
		case from, shared:
		case unowned:
			*at = from
			changed = append(changed, n)
		default:
			*at = shared
			changed = append(changed, n)
		}
	}
	tell := func(n graph.NodeID, from uint32) {
		start, end := g.Edges(n)
		for _, l := range g.Links[start:end] {
			if to := l.To(); c.Has(to) && l.Type() != graph.WeakEdge {
				learn(to, from)
			}
		}
	}
	for n := range graph.NodeID(g.NumNodes()) {
		if !c.Has(n) {
			tell(n, uint32(n))
		}
		for len(changed) > 0 {
			next := changed[len(changed)-1]
			changed = changed[:len(changed)-1]
			tell(next, owner[c.row(next)])
		}
	}
	for n := range graph.NodeID(g.NumNodes()) {
		if !c.Has(n) {
			continue
		}
		to := owner[c.row(n)]
		if to == unowned || to == shared {
			continue
		}
		o := graph.NodeID(to)
		if o == g.Root || g.Type[o] == graph.Synthetic {
			continue
		}
		g.Self.Set(o, g.Self.At(o)+g.Self.At(n))
		g.Self.Set(n, 0)
	}
}

// candidates are the nodes whose bytes may be moved, with a row for each.
type candidates struct {
	graph.Bits
	before []uint32 // word of the bits -> candidates in the words before
	count  uint32
}

func findCandidates(g *graph.Graph) candidates {
	c := candidates{Bits: graph.NewBits(g.NumNodes())}
	for n, t := range g.Type {
		n := graph.NodeID(n)
		switch t {
		case graph.Hidden, graph.Array:
			c.Add(n)
		case graph.Native:
			if is(g, n, "system / ExternalStringData") {
				c.Add(n)
			}
		}
	}
	c.before = make([]uint32, len(c.Bits))
	for w, word := range c.Bits {
		c.before[w] = c.count
		c.count += uint32(bits.OnesCount64(word))
	}
	return c
}

// row returns the row of a candidate.
func (c *candidates) row(n graph.NodeID) uint32 {
	return c.before[n/64] + uint32(bits.OnesCount64(c.Bits[n/64]&(1<<(n%64)-1)))
}
