package graph

import (
	"cmp"
	"slices"
)

// Retainers knows the incoming edges of each node: those that may retain, which
// is all but the weak ones.
type Retainers struct {
	g     *Graph
	first []EdgeID // node -> its first row in edges; one entry more than nodes
	edges []EdgeID // incoming edges of one node after those of another, in file order
}

// FindRetainers lists the incoming edges by counting, cumulating and filling.
// It takes 4 bytes an edge and 4 a node.
func FindRetainers(g *Graph) *Retainers {
	n := g.NumNodes()
	r := &Retainers{g: g, first: make([]EdgeID, n+1)}
	for _, l := range g.Links {
		if l.Type() != WeakEdge {
			r.first[l.To()]++
		}
	}
	var sum EdgeID
	for i, count := range r.first {
		sum += count
		r.first[i] = sum // filling goes down from the end to the start
	}
	r.edges = make([]EdgeID, sum)
	for e := len(g.Links) - 1; e >= 0; e-- {
		if l := g.Links[e]; l.Type() != WeakEdge {
			r.first[l.To()]--
			r.edges[r.first[l.To()]] = EdgeID(e)
		}
	}
	return r
}

// Of returns the edges that lead to n, to be read only.
func (r *Retainers) Of(n NodeID) []EdgeID { return r.edges[r.first[n]:r.first[n+1]] }

// A Path leads from a node where a way begins to another.
type Path struct {
	Start NodeID
	Edges []EdgeID
}

// Paths returns different paths to the target, best first: lower tiers before
// higher ones, then by length. The first is that of w. The others leave it
// somewhere between the target and its immediate dominator, which all of them
// lead through; every one of them keeps the target alive.
//
// The search goes back from the target and looks at no more than effort nodes,
// so that nearby ways are found even where there are millions.
func (w *Ways) Paths(r *Retainers, d *Dominators, target NodeID, effort int) []Path {
	if !w.Found(target) {
		return nil
	}
	s := &pathSearch{w: w, r: r, stop: d.Idom(target), steps: effort * 64}
	s.search(target, effort)
	slices.SortStableFunc(s.found, func(a, b foundPath) int {
		return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(len(a.Edges), len(b.Edges)))
	})
	start, edges := w.To(target)
	paths := []Path{{start, edges}}
	for _, p := range s.found {
		paths = append(paths, p.Path)
	}
	return paths
}

// pathSearch goes back over retaining edges, breadth first.
type pathSearch struct {
	w     *Ways
	r     *Retainers
	stop  NodeID // the target's immediate dominator
	steps int    // how far the ways of candidates may still be followed, in all
	found []foundPath
}

type foundPath struct {
	Path
	tier uint8
}

func (s *pathSearch) search(target NodeID, effort int) {
	g := s.w.g
	next := map[NodeID]EdgeID{target: NoEdge} // node -> edge that goes on towards the target
	queue := []NodeID{target}
	for head := 0; head < len(queue) && head < effort; head++ {
		n := queue[head]
		for _, e := range s.r.Of(n) {
			if g.Links[e].Loose() {
				continue
			}
			from := g.Source(e)
			if _, been := next[from]; been || !s.w.Found(from) {
				continue
			}
			if e != s.w.via[n] {
				s.try(from, e, next)
			}
			if s.steps <= 0 {
				return
			}
			if from != s.stop && from != g.Root && len(queue) < effort {
				next[from] = e
				queue = append(queue, from)
			}
		}
	}
}

// try adds the way to from, then e, then what follows, if no node comes twice.
func (s *pathSearch) try(from NodeID, e EdgeID, next map[NodeID]EdgeID) {
	g := s.w.g
	ahead := map[NodeID]bool{}
	var rest []EdgeID
	tier := s.w.Tier(from)
	for at := e; at != NoEdge; at = next[g.Links[at].To()] {
		rest = append(rest, at)
		tier = max(tier, s.w.tier(g.Source(at), at))
		ahead[g.Links[at].To()] = true
		s.steps--
	}
	var way []EdgeID
	n := from
	for {
		if ahead[n] {
			return
		}
		if s.steps--; s.steps <= 0 {
			return
		}
		up := s.w.via[n]
		if up == NoEdge {
			break
		}
		way = append(way, up)
		n = g.Source(up)
	}
	slices.Reverse(way)
	s.found = append(s.found, foundPath{Path{n, append(way, rest...)}, tier})
}
