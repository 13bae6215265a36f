package graph

import (
	"slices"
	"sort"

	"github.com/heapdiff/heapdiff/internal/raw"
)

// NoEdge stands where there is no edge.
const NoEdge = ^EdgeID(0)

// Source returns the node that e leaves from.
func (g *Graph) Source(e EdgeID) NodeID {
	after := sort.Search(g.NumNodes(), func(n int) bool { return g.FirstEdge[n+1] > e })
	return NodeID(after)
}

// Ways holds one short way to each node: a tree over retaining edges.
type Ways struct {
	g    *Graph
	tier func(from NodeID, e EdgeID) uint8
	via  []EdgeID // node -> last edge on the way to it, NoEdge where a way begins or nothing leads
	at   []uint8  // node -> tier of the way and whether it is settled
}

// States of a node in Ways.at, beside the tier.
const (
	unmet  = 0
	later  = 1    // an edge of a later tier leads here; better ones may come
	passed = 0x80 // the way is settled
	wanted = 0x40 // the way is asked for
	tiers  = 0x3F
)

// FindWays finds ways breadth first from starts, and from the root for what
// they do not reach.
//
// Not every short way is a good one: everything is two steps from its map, and
// through maps from everything of its class. So each edge has a tier, and an
// edge of a higher tier is only taken for what no edge of a lower tier leads
// to. Tiers are 0 to maxTier; the root itself is a start of the last. Loose and
// weak edges are never taken.
func FindWays(g *Graph, starts []NodeID, maxTier uint8, tier func(from NodeID, e EdgeID) uint8) *Ways {
	return FindWaysTo(g, nil, starts, maxTier, tier)
}

// FindWaysTo finds the same ways and stops when it has those to the targets,
// which may be much earlier. Without targets it finds all.
func FindWaysTo(g *Graph, targets, starts []NodeID, maxTier uint8, tier func(from NodeID, e EdgeID) uint8) *Ways {
	n := g.NumNodes()
	w := &Ways{g: g, tier: tier, via: raw.Slice[EdgeID](n), at: make([]uint8, n)}
	for i := range w.via {
		w.via[i] = NoEdge
	}
	missing := -1 // targets without a way; never 0 if there are none
	for _, target := range targets {
		if w.at[target]&wanted == 0 {
			w.at[target] |= wanted
			missing = max(missing, 0) + 1
		}
	}
	settle := func(n NodeID, tier uint8) {
		if w.at[n]&wanted != 0 {
			missing--
		}
		w.at[n] = passed | tier
	}
	var level, next []NodeID // settled last, and from there
	postponed := make([][]NodeID, int(maxTier)+1)
	for _, start := range starts {
		if w.at[start]&passed == 0 {
			settle(start, 0)
			next = append(next, start)
		}
	}
	if w.at[g.Root]&^wanted == unmet {
		w.at[g.Root] += later + maxTier
		postponed[maxTier] = append(postponed[maxTier], g.Root)
	}
	for now := uint8(0); ; now++ {
		for _, n := range postponed[now] {
			if w.at[n]&^wanted == later+now {
				settle(n, now)
				next = append(next, n)
			}
		}
		postponed[now] = nil
		for at := 0; missing != 0; at++ {
			if at == len(level) {
				level, next, at = next, level[:0], 0
			}
			if len(level) == 0 {
				break
			}
			n := level[at]
			from, to := g.Edges(n)
			for e := from; e < to; e++ {
				l := g.Links[e]
				target := l.To()
				state := w.at[target] &^ wanted
				if state&passed != 0 || l.Loose() || l.Type() == WeakEdge {
					continue
				}
				t := max(min(tier(n, e), maxTier), now)
				switch {
				case t == now:
					settle(target, now)
					next = append(next, target)
				case state == unmet || state > later+t:
					w.at[target] = w.at[target]&wanted | later + t
					postponed[t] = append(postponed[t], target)
				default:
					continue
				}
				w.via[target] = e
			}
		}
		level, next = level[:0], next[:0]
		if now == maxTier || missing == 0 {
			return w
		}
	}
}

// Found reports whether there is a way to n.
func (w *Ways) Found(n NodeID) bool { return w.at[n]&passed != 0 }

// Tier returns the highest tier of the edges on the way to n.
func (w *Ways) Tier(n NodeID) uint8 { return w.at[n] & tiers }

// Via returns the last edge of the way to n, or NoEdge if the way begins at n.
func (w *Ways) Via(n NodeID) EdgeID { return w.via[n] }

// To returns the start of the way to n and its edges from there. It may be as
// long as the longest list of the heap.
func (w *Ways) To(n NodeID) (start NodeID, edges []EdgeID) {
	for e := w.via[n]; e != NoEdge; e = w.via[n] {
		edges = append(edges, e)
		n = w.g.Source(e)
	}
	slices.Reverse(edges)
	return n, edges
}
