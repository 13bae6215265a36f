package graph

// preorder is the depth-first spanning tree of the retaining edges, and what
// the dominator pass needs to know of the edges that are not in it. Vertices
// are numbered as they are met, so that an ancestor is smaller than its
// descendants and neighbours in the tree are neighbours in memory.
//
// With vertices numbered so, an edge u→v that is not in the tree either comes
// from an ancestor (u < v: a forward edge, and only the smallest u matters), or
// from the right or from below (u > v: kept in the reverse adjacency).
type preorder struct {
	number []uint32 // node -> vertex, or unseen
	node   []NodeID // vertex -> node
	parent []uint32 // vertex -> its parent in the tree
	high   []uint32 // vertex -> smallest ancestor with an edge to it: at most its parent
	late   []uint32 // vertex -> number of retaining edges from larger vertices; later their offsets
}

const unseen = ^uint32(0)

// walkPreorder numbers everything that counts for dominators and marks on the
// way which edges do not retain and which nodes are Owned.
//
// Owned nodes come first: they are what OwnerRoots reach, and edges from
// anywhere else (except the root) to them do not retain, so they have to be
// known before the rest is walked. Then comes the rest of what the root
// reaches, and last, as further children of the root, the nodes that nothing
// retains at all, with what they reach.
func walkPreorder(g *Graph) *preorder {
	n := g.NumNodes()
	p := &preorder{
		number: make([]uint32, n),
		node:   make([]NodeID, 0, n),
		parent: make([]uint32, 0, n),
		high:   make([]uint32, 0, n),
		late:   make([]uint32, 0, n+1),
	}
	for i := range p.number {
		p.number[i] = unseen
	}
	w := walker{preorder: p, g: g}
	w.visit(g.Root, 0)
	w.ownedOnly = true
	for _, owner := range g.OwnerRoots {
		if w.rootRetains(owner) && p.number[owner] == unseen {
			w.descend(owner)
		}
	}
	w.flood()
	w.ownedOnly = false
	w.rootEdges()
	for _, orphan := range w.orphans() {
		w.descend(orphan)
	}
	return p
}

type walker struct {
	*preorder
	g         *Graph
	ownedOnly bool     // what is met now belongs to the owner roots
	strays    []NodeID // targets of owned nodes' edges that do not retain but do own
	stack     []frame
}

// frame is a vertex whose edges are being followed.
type frame struct {
	next, end EdgeID
	vertex    uint32
}

func (w *walker) visit(n NodeID, parent uint32) uint32 {
	v := uint32(len(w.node))
	w.number[n] = v
	w.node = append(w.node, n)
	w.parent = append(w.parent, parent)
	w.high = append(w.high, parent)
	w.late = append(w.late, 0)
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

// descend walks all that the unseen node n reaches, as a child of the root.
func (w *walker) descend(n NodeID) {
	g := w.g
	links, flags := g.Links, g.Flags
	push := func(n NodeID, parent uint32) {
		v := w.visit(n, parent)
		if w.ownedOnly {
			flags[n] |= Owned
		}
		w.stack = append(w.stack, frame{g.FirstEdge[n], g.FirstEdge[n+1], v})
	}
	push(n, 0)
	for len(w.stack) > 0 {
		top := &w.stack[len(w.stack)-1]
		u := top.vertex
		self := w.node[u]
		selfOwned := flags[self]&Owned != 0
		descended := false
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
			v := w.number[to]
			if v == unseen {
				if !selfOwned && flags[to]&Owned != 0 {
					links[e] = l.Loosened()
					continue
				}
				top.next = e + 1
				push(to, u)
				descended = true
				break
			}
			if !selfOwned && flags[to]&Owned != 0 {
				links[e] = l.Loosened()
				continue
			}
			if v == 0 && w.ownedOnly {
				w.strays = append(w.strays, to) // the root itself is owned, and all it has
			}
			w.meet(u, v)
		}
		if !descended {
			w.stack = w.stack[:len(w.stack)-1]
		}
	}
}

// meet notes the retaining edge u→v that is not in the tree.
func (w *walker) meet(u, v uint32) {
	if u < v {
		w.high[v] = min(w.high[v], u)
	} else {
		w.late[v]++
	}
}

// retains tells by the edge alone. Shortcuts count from the root only, and the
// root's edges are walked elsewhere.
func retains(l Link, from, to NodeID) bool {
	t := l.Type()
	return !l.Loose() && t != WeakEdge && t != ShortcutEdge && from != to
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
			w.meet(0, v)
		}
	}
}

// orphans returns the nodes that no retaining edge leads to. Edges among nodes
// that cannot be reached count too: members of a lost cycle are no orphans.
func (w *walker) orphans() []NodeID {
	g := w.g
	n := g.NumNodes()
	if len(w.node) == n {
		return nil
	}
	held := make([]bool, n)
	for u := NodeID(0); int(u) < n; u++ {
		if w.number[u] != unseen {
			continue
		}
		selfOwned := g.Flags[u]&Owned != 0
		from, to := g.Edges(u)
		for e := from; e < to; e++ {
			l := g.Links[e]
			target := l.To()
			if !retains(l, u, target) || !selfOwned && g.Flags[target]&Owned != 0 {
				g.Links[e] = l.Loosened()
				continue
			}
			held[target] = true
		}
	}
	var orphans []NodeID
	for u := NodeID(0); int(u) < n; u++ {
		if w.number[u] == unseen && !held[u] {
			orphans = append(orphans, u)
		}
	}
	return orphans
}
