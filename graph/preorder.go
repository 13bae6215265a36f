package graph

import "github.com/heapdiff/heapdiff/internal/raw"

// This file builds what the dominator pass works on: the depth-first spanning
// tree of the retaining edges, and for each vertex the edges that lead to it
// from outside the tree.
//
// Vertices are numbered as they are met, so that an ancestor is smaller than
// its descendants and neighbours in the tree are neighbours in memory. With
// vertices numbered so, an edge u→v that is not in the tree either comes from
// an ancestor (u < v; only the smallest such u matters, and it is kept in the
// cell), or from the right or from below (u > v: a late edge, noted in a log).
//
// Most late edges lead from many objects to a few hubs, such as the map of their
// class, and nearly all of those say the same; see [walker.lateSources].
//
// About half of a heap are satellites: strings, numbers and small objects that
// one object alone refers to and that refer to nothing but maps and other hubs,
// which have been met before. A satellite is dominated by the object that refers
// to it, and as there are other ways to its hubs, it dominates nothing; whatever
// its edges do to other dominators, the same edges from that object would do. So
// it gets no vertex: its edges are walked as edges of its planet.

const (
	many  = 1<<7 - 1
	owned = 1 << 7
)

const (
	unseen    = ^uint32(0)
	satellite = 1 << 31 // in number: not a vertex itself; the low bits are the planet's
)

// single marks, in the link of a cell, a vertex that one edge leads to.
const single = 1 << 31

// walker numbers the vertices. While it does, a cell holds: link, the parent, and
// whether the vertex is single; semi, the smallest ancestor with an edge to the
// vertex; label, the source of the last late edge to it, or none.
type walker struct {
	*Dominators
	g         *Graph
	seen      []uint8 // node -> edges that lead to it and are not weak, up to many; and whether it is owned
	late      lateLog
	ownedOnly bool     // what is met now belongs to the owner roots
	loosened  []EdgeID // edges found not to retain
	strays    []NodeID // targets of owned nodes' edges that do not retain but do own
	stack     []visit
}

// visit is a vertex whose edges are being followed.
type visit struct {
	next, end EdgeID
	vertex    uint32
	node      NodeID
}

// Walk is the first half of the dominator pass: it numbers everything that
// counts and finds out which edges do not retain and which nodes are Owned. It
// only reads the graph, so that other work on it can go on beside it; see
// [Span.Settle] for what is written.
//
// Owned nodes come first: they are what OwnerRoots reach, and edges from
// anywhere else (except the root) to them do not retain, so they have to be
// known before the rest is walked. Then comes the rest of what the root
// reaches, and last, as further children of the root, the nodes that nothing
// retains at all, with what they reach.
func Walk(g *Graph) *Span {
	n := g.NumNodes()
	w := &walker{
		Dominators: &Dominators{root: g.Root, number: raw.Slice[uint32](n)},
		g:          g,
		seen:       countIncoming(g),
	}
	for i := range w.number {
		w.number[i] = unseen
	}
	w.reserve()
	w.enter(g.Root, 0)
	w.ownedOnly = true
	for _, owner := range g.OwnerRoots {
		if w.number[owner] == unseen && w.rootRetains(owner) {
			w.descend(owner)
		}
	}
	w.flood()
	w.ownedOnly = false
	w.rootEdges()
	for _, orphan := range w.orphans() {
		w.descend(orphan)
	}
	w.stack, w.strays = nil, nil
	return &Span{w}
}

// Span is the result of [Walk]: a spanning tree of what counts for dominators.
type Span struct{ w *walker }

// Settle writes into the graph what was found: edges that retain nothing become
// loose, nodes get the flag Owned. Nothing may read the graph meanwhile.
func (s *Span) Settle() {
	g := s.w.g
	for _, e := range s.w.loosened {
		g.Links[e] = g.Links[e].Loosened()
	}
	for n, seen := range s.w.seen {
		if seen&owned != 0 {
			g.Flags[n] |= Owned
		}
	}
	s.w.loosened, s.w.seen = nil, nil
}

// Dominators is the second half of the pass; Settle has to come before it. It
// only reads the graph. The Span is used up.
func (s *Span) Dominators() *Dominators {
	w := s.w
	s.w = nil
	late := w.lateSources()
	w.g = nil
	w.solve(late)
	return w.Dominators
}

// countIncoming counts the edges to each node as far as they may retain.
func countIncoming(g *Graph) []uint8 {
	count := make([]uint8, g.NumNodes())
	for _, l := range g.Links {
		if l.Type() == WeakEdge {
			continue
		}
		if to := l.To(); count[to] != many {
			count[to]++
		}
	}
	return count
}

// reserve makes room for as many vertices as there may be: only memory that is
// written to is really taken.
func (w *walker) reserve() {
	n := len(w.number)
	w.node = raw.Room[NodeID](n)
	w.cells = raw.Room[cell](n)
}

// enter makes n a vertex.
func (w *walker) enter(n NodeID, parent uint32) uint32 {
	v := uint32(len(w.node))
	w.number[n] = v
	w.node = append(w.node, n)
	w.cells = append(w.cells, cell{link: parent, semi: parent, label: none})
	return v
}

// rootRetains reports whether the root has a retaining edge to n.
func (w *walker) rootRetains(n NodeID) bool {
	from, to := w.g.Edges(w.g.Root)
	for _, l := range w.g.Links[from:to] {
		if l.To() == n && !l.Loose() {
			return true
		}
	}
	return false
}

// retains tells by the edge alone. Shortcuts count from the root only, and the
// root's edges are walked elsewhere.
func retains(l Link, from, to NodeID) bool {
	return !l.Loose() && l.Type() != ShortcutEdge && from != to
}

// descend walks all that the unseen node n reaches, as a child of the root.
func (w *walker) descend(n NodeID) {
	g := w.g
	links, seen, number := g.Links, w.seen, w.number
	var ownership uint8
	if w.ownedOnly {
		ownership = owned
	}
	seen[n] |= ownership
	v := w.enter(n, 0)
	stack := append(w.stack[:0], visit{g.FirstEdge[n], g.FirstEdge[n+1], v, n})
walk:
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		u, self := top.vertex, top.node
		outside := ^seen[self] & owned // what it may not retain: owned nodes, if it is not
		for e := top.next; e < top.end; e++ {
			l := links[e]
			to := l.To()
			if !retains(l, self, to) {
				w.pass(e, to)
				continue
			}
			if outside != 0 && seen[to]&outside != 0 {
				w.loosened = append(w.loosened, e)
				continue
			}
			v := number[to]
			if v == unseen {
				top.next = e + 1
				seen[to] |= ownership
				alone := seen[to]&many == 1
				if alone && w.isSatellite(to) {
					w.orbit(u, to)
					continue walk
				}
				if v = w.enter(to, u); alone {
					w.cells[v].link |= single
				}
				stack = append(stack, visit{g.FirstEdge[to], g.FirstEdge[to+1], v, to})
				continue walk
			}
			w.arrive(u, v, to)
		}
		stack = stack[:len(stack)-1]
	}
	w.stack = stack
}

// pass notes an edge that does not retain by itself. It may own all the same.
func (w *walker) pass(e EdgeID, to NodeID) {
	l := w.g.Links[e]
	if w.ownedOnly && l.Type() != WeakEdge {
		w.strays = append(w.strays, to)
	}
	if !l.Loose() {
		w.loosened = append(w.loosened, e)
	}
}

// manyEdges is where looking at the edges of a node twice gets dear.
const manyEdges = 16

// isSatellite reports whether n, which only the edge that has just led to it
// leads to, needs no vertex: there must be other ways to all it leads to.
func (w *walker) isSatellite(n NodeID) bool {
	from, to := w.g.Edges(n)
	if to-from > manyEdges {
		return false
	}
	for _, l := range w.g.Links[from:to] {
		if w.number[l.To()] >= satellite && !l.Loose() {
			return false
		}
	}
	return true
}

// orbit makes n a satellite of u and follows its edges.
func (w *walker) orbit(u uint32, n NodeID) {
	g := w.g
	w.number[n] = u | satellite
	outside := ^w.seen[n] & owned
	from, to := g.Edges(n)
	for e := from; e < to; e++ {
		l := g.Links[e]
		target := l.To()
		switch {
		case !retains(l, n, target):
			w.pass(e, target)
		case w.seen[target]&outside != 0:
			w.loosened = append(w.loosened, e)
		default:
			w.arrive(u, w.number[target], target)
		}
	}
}

// arrive notes the retaining edge u→v, to the node n, that is not in the tree.
func (w *walker) arrive(u, v uint32, n NodeID) {
	if v == 0 && w.ownedOnly {
		w.strays = append(w.strays, n) // the root itself is owned, and all it has
	}
	w.meet(u, v)
}

// mostClimbs bounds the way up from the source of an edge. Wherever it ends is a
// source as good as the first.
const mostClimbs = 8

// meet notes that an edge leads from u, which is being followed, to v. From a
// single vertex it may as well lead from its parent: the backing store of an array,
// say, is the array.
func (w *walker) meet(u, v uint32) {
	for step := 0; u > v && step < mostClimbs && w.cells[u].link >= single; step++ {
		u = w.cells[u].link &^ single
	}
	switch {
	case u < v:
		c := &w.cells[v]
		c.semi = min(c.semi, u)
	case u > v:
		// Of those that were met below u, the last edge to v says as much.
		if c := &w.cells[v]; c.label+1 <= u && c.semi > 0 { // none + 1 is 0
			c.label = u
			w.late.add(u, v)
		}
	}
}

// flood marks as Owned what owned nodes reach only over edges that do not
// retain: few nodes, and they are not numbered here.
func (w *walker) flood() {
	g := w.g
	for len(w.strays) > 0 {
		n := w.strays[len(w.strays)-1]
		w.strays = w.strays[:len(w.strays)-1]
		if w.seen[n]&owned != 0 {
			continue
		}
		w.seen[n] |= owned
		from, to := g.Edges(n)
		for _, l := range g.Links[from:to] {
			if l.Type() != WeakEdge {
				w.strays = append(w.strays, l.To())
			}
		}
	}
}

// rootEdges walks what the root itself retains: all its edges but weak ones.
func (w *walker) rootEdges() {
	g := w.g
	from, to := g.Edges(g.Root)
	for e := from; e < to; e++ {
		l := g.Links[e]
		target := l.To()
		if l.Loose() || target == g.Root {
			w.pass(e, target)
			continue
		}
		if v := w.number[target]; v == unseen {
			w.descend(target)
		} else {
			w.meet(0, v)
		}
	}
}

// orphans returns the nodes that no retaining edge leads to. Edges among nodes
// that cannot be reached count too: members of a lost cycle are no orphans.
func (w *walker) orphans() []NodeID {
	g := w.g
	n := g.NumNodes()
	var held []bool
	for u := range NodeID(n) {
		if w.number[u] != unseen {
			continue
		}
		if held == nil {
			held = make([]bool, n)
		}
		outside := ^w.seen[u] & owned
		from, to := g.Edges(u)
		for e := from; e < to; e++ {
			l := g.Links[e]
			target := l.To()
			if retains(l, u, target) && w.seen[target]&outside == 0 {
				held[target] = true
			} else if !l.Loose() {
				w.loosened = append(w.loosened, e)
			}
		}
	}
	var orphans []NodeID
	for u := range NodeID(len(held)) {
		if w.number[u] == unseen && !held[u] {
			orphans = append(orphans, u)
		}
	}
	return orphans
}
