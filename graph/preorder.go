package graph

import "maps"

// This file builds what the dominator pass works on: the depth-first spanning
// tree of the retaining edges, and for each vertex the edges that lead to it
// from outside the tree.
//
// Vertices are numbered as they are met, so that an ancestor is smaller than
// its descendants and neighbours in the tree are neighbours in memory. With
// vertices numbered so, an edge u→v that is not in the tree either comes from
// an ancestor (u < v; only the smallest such u matters, and it is kept in the
// cell), or from the right or from below (u > v: a late edge, kept in a list).
//
// More than half of a heap are satellites: strings, numbers and small objects
// that one object alone refers to and that refer to nothing but maps and other
// hubs. A satellite is dominated by the object that refers to it, and whatever
// its edges do to other dominators, the same edges from that object would do.
// So it gets no vertex: its edges are walked as edges of its planet. The one
// thing that could go wrong, a node that is referred to by a single satellite
// and nothing else, is noticed on the way and put right; see moons.

const (
	unseen    = ^uint32(0)
	satellite = 1 << 31 // in number: not a vertex itself; the low bits are the planet's
	sole      = 1 << 31 // in cell.label while walking: entered from a satellite, and so far from it only
)

// walker numbers the vertices. While it does, a cell holds: link, the parent;
// semi, the smallest ancestor with an edge to the vertex; label, how many late
// edges lead to it; idom, the last vertex that was counted there, or none.
type walker struct {
	*Dominators
	g         *Graph
	incoming  []uint8  // node -> edges that lead to it, not counting weak ones; 255 means many
	ownedOnly bool     // what is met now belongs to the owner roots
	strays    []NodeID // targets of owned nodes' edges that do not retain but do own
	stack     []visit
	soles     map[uint32]NodeID // vertex -> the satellite that alone leads to it so far
}

// visit is a node whose edges are being followed, in the name of a vertex.
type visit struct {
	next, end EdgeID
	vertex    uint32
	node      NodeID
}

// walk numbers everything that counts for dominators and marks on the way which
// edges do not retain and which nodes are Owned.
//
// Owned nodes come first: they are what OwnerRoots reach, and edges from
// anywhere else (except the root) to them do not retain, so they have to be
// known before the rest is walked. Then comes the rest of what the root
// reaches, and last, as further children of the root, the nodes that nothing
// retains at all, with what they reach.
func walk(g *Graph) *walker {
	n := g.NumNodes()
	w := &walker{
		Dominators: &Dominators{root: g.Root, number: make([]uint32, n)},
		g:          g,
		incoming:   countIncoming(g),
		soles:      map[uint32]NodeID{},
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
	w.moons = make(map[uint32]NodeID, len(w.soles))
	maps.Copy(w.moons, w.soles)
	return w
}

// countIncoming counts the edges to each node as far as they may retain.
func countIncoming(g *Graph) []uint8 {
	incoming := make([]uint8, g.NumNodes())
	for _, l := range g.Links {
		if l.Type() == WeakEdge {
			continue
		}
		if to := l.To(); incoming[to] != 255 {
			incoming[to]++
		}
	}
	return incoming
}

// reserve makes room for as many vertices as there may be: only memory that is
// written to is really taken.
func (w *walker) reserve() {
	n := len(w.number)
	w.node = make([]NodeID, 0, n)
	w.cells = make([]cell, 0, n)
}

// enter makes n a vertex.
func (w *walker) enter(n NodeID, parent uint32) uint32 {
	v := uint32(len(w.node))
	w.number[n] = v
	w.node = append(w.node, n)
	w.cells = append(w.cells, cell{link: parent, semi: parent, idom: none})
	return v
}

// rootRetains reports whether the root has a retaining edge to n.
func (w *walker) rootRetains(n NodeID) bool {
	from, to := w.g.Edges(w.g.Root)
	for _, l := range w.g.Links[from:to] {
		if l.To() == n && !l.Loose() && l.Type() != WeakEdge {
			return true
		}
	}
	return false
}

// retains tells by the edge alone. Shortcuts count from the root only, and the
// root's edges are walked elsewhere.
func retains(l Link, from, to NodeID) bool {
	t := l.Type()
	return !l.Loose() && t != WeakEdge && t != ShortcutEdge && from != to
}

// descend walks all that the unseen node n reaches, as a child of the root.
func (w *walker) descend(n NodeID) {
	g := w.g
	links, flags, number := g.Links, g.Flags, w.number
	var ownership Flags
	if w.ownedOnly {
		ownership = Owned
	}
	flags[n] |= ownership
	v := w.enter(n, 0)
	stack := append(w.stack[:0], visit{g.FirstEdge[n], g.FirstEdge[n+1], v, n})
walk:
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		u, self := top.vertex, top.node
		owned := flags[self]&Owned != 0
		for e := top.next; e < top.end; e++ {
			l := links[e]
			to := l.To()
			if !retains(l, self, to) {
				if w.ownedOnly && l.Type() != WeakEdge {
					w.strays = append(w.strays, to)
				}
				links[e] = l.Loosened()
				continue
			}
			if !owned && flags[to]&Owned != 0 {
				links[e] = l.Loosened()
				continue
			}
			v := number[to]
			if v == unseen {
				top.next = e + 1
				flags[to] |= ownership
				if w.isSatellite(to) {
					number[to] = u | satellite
					stack = append(stack, visit{g.FirstEdge[to], g.FirstEdge[to+1], u, to})
					continue walk
				}
				v = w.enter(to, u)
				if number[self] >= satellite {
					w.cells[v].label = sole
					w.soles[v] = self
				}
				stack = append(stack, visit{g.FirstEdge[to], g.FirstEdge[to+1], v, to})
				continue walk
			}
			if v == 0 && w.ownedOnly {
				w.strays = append(w.strays, to) // the root itself is owned, and all it has
			}
			w.meet(u, v, self)
		}
		stack = stack[:len(stack)-1]
	}
	w.stack = stack
}

// manyEdges is where looking at the edges of a node twice gets dear.
const manyEdges = 16

// isSatellite reports whether n, which an edge has just led to, needs no vertex.
func (w *walker) isSatellite(n NodeID) bool {
	if w.incoming[n] != 1 {
		return false
	}
	from, to := w.g.Edges(n)
	degree := to - from
	if degree > manyEdges {
		return false
	}
	for _, l := range w.g.Links[from:to] {
		if w.incoming[l.To()] <= uint8(degree) && l.Type() != WeakEdge {
			return false // it may lead to something that nothing else leads to
		}
	}
	return true
}

// meet notes the retaining edge u→v that is not in the tree; it leaves from the
// node n, which is u's or that of a satellite of u.
func (w *walker) meet(u, v uint32, n NodeID) {
	c := &w.cells[v]
	if c.label&sole != 0 && w.soles[v] != n {
		c.label &^= sole
		delete(w.soles, v)
	}
	if u < v {
		c.semi = min(c.semi, u)
	} else if c.idom != u {
		c.idom = u
		c.label++
	}
}

// flood marks as Owned what owned nodes reach only over edges that do not
// retain: few nodes, and they are not numbered here.
func (w *walker) flood() {
	g := w.g
	for len(w.strays) > 0 {
		n := w.strays[len(w.strays)-1]
		w.strays = w.strays[:len(w.strays)-1]
		if g.Flags[n]&Owned != 0 {
			continue
		}
		g.Flags[n] |= Owned
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
		if l.Loose() || l.Type() == WeakEdge || target == g.Root {
			g.Links[e] = l.Loosened()
			continue
		}
		if v := w.number[target]; v == unseen {
			w.descend(target)
		} else {
			w.meet(0, v, g.Root)
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
		owned := g.Flags[u]&Owned != 0
		from, to := g.Edges(u)
		for e := from; e < to; e++ {
			l := g.Links[e]
			target := l.To()
			if !retains(l, u, target) || !owned && g.Flags[target]&Owned != 0 {
				g.Links[e] = l.Loosened()
				continue
			}
			held[target] = true
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

// lateSources lists, for each vertex v, the larger vertices with an edge to it,
// by counting, cumulating and filling: those of v begin at sources[cells[v].label]
// and end where those of v+1 begin. What was counted twice leaves zeros.
func (w *walker) lateSources() []uint32 {
	g, cells := w.g, w.cells
	var sum uint32
	for v := range cells {
		c := &cells[v]
		sum += c.label &^ sole
		c.label = sum // filling goes down from the end to the start
		c.idom = none
	}
	sources := make([]uint32, sum)
	fill := func(u uint32, n NodeID) {
		from, to := g.Edges(n)
		for _, l := range g.Links[from:to] {
			if l.Loose() {
				continue
			}
			v := w.number[l.To()]
			if v >= u { // satellites too
				continue
			}
			if c := &cells[v]; c.idom != u {
				c.idom = u
				c.label--
				sources[c.label] = u
			}
		}
	}
	for u := uint32(1); int(u) < len(w.node); u++ {
		n := w.node[u]
		fill(u, n)
		from, to := g.Edges(n)
		for _, l := range g.Links[from:to] {
			if !l.Loose() && w.number[l.To()] == u|satellite {
				fill(u, l.To())
			}
		}
	}
	for v := range cells {
		cells[v].idom = none
	}
	return sources
}
