package rules

import "github.com/heapdiff/heapdiff/graph"

const (
	unowned = ^uint32(0)
	shared  = ^uint32(0) - 1
)

// moveSizes counts the bytes of internal arrays and hidden objects with the one
// object that owns them. A candidate is owned by the only object that leads to
// it, directly or through other candidates of the same owner; what two objects
// lead to keeps its size. The sum stays the same.
func moveSizes(g *graph.Graph) {
	candidate := candidates(g)
	owner := make([]uint32, g.NumNodes()) // candidate -> its owner, unowned or shared
	for n := range owner {
		owner[n] = unowned
	}
	var changed []graph.NodeID // candidates whose owner the next ones must learn
	learn := func(n graph.NodeID, from uint32) {
		switch owner[n] {
		case from, shared:
		case unowned:
			owner[n] = from
			changed = append(changed, n)
		default:
			owner[n] = shared
			changed = append(changed, n)
		}
	}
	tell := func(n graph.NodeID, from uint32) {
		start, end := g.Edges(n)
		for _, l := range g.Links[start:end] {
			if to := l.To(); candidate[to] && l.Type() != graph.WeakEdge {
				learn(to, from)
			}
		}
	}
	for n := range candidate {
		if !candidate[n] {
			tell(graph.NodeID(n), uint32(n))
		}
		for len(changed) > 0 {
			next := changed[len(changed)-1]
			changed = changed[:len(changed)-1]
			tell(next, owner[next])
		}
	}
	for n := range candidate {
		to := owner[n]
		if !candidate[n] || to == unowned || to == shared {
			continue
		}
		if o := graph.NodeID(to); o == g.Root || g.Type[o] == graph.Synthetic {
			continue
		}
		bytes := g.Self.At(graph.NodeID(n))
		g.Self.Set(graph.NodeID(to), g.Self.At(graph.NodeID(to))+bytes)
		g.Self.Set(graph.NodeID(n), 0)
	}
}

// candidates marks the nodes whose bytes may be moved.
func candidates(g *graph.Graph) []bool {
	out := make([]bool, g.NumNodes())
	for n, t := range g.Type {
		switch t {
		case graph.Hidden, graph.Array:
			out[n] = true
		case graph.Native:
			out[n] = is(g, graph.NodeID(n), "system / ExternalStringData")
		}
	}
	return out
}
