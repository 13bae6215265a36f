package graph

// Dominators is the dominator tree of a graph, over its retaining edges.
//
// Node d dominates node n if every path from the root to n leads through d: if d
// went away, so would n. The immediate dominator is the nearest such node, and
// the retained size of a node is what its subtree of immediate dominators
// weighs: what would be freed with it.
type Dominators struct {
	root   NodeID
	number []uint32 // node -> vertex, satellite of a vertex, or unseen
	node   []NodeID // vertex -> node
	cells  []cell   // vertex -> its cell
	self   *Wide    // node -> bytes, as given to Weigh
	total  uint64   // retained by the root
}

// cell is what the algorithm knows of a vertex, in one quarter of a cache line.
//
// The fields change their meaning as the pass goes on, which saves two thirds
// of the memory; see walker for the first. While the pass runs, link is the
// vertex's ancestor in the forest of the paper (its parent until paths are
// compressed), label the vertex of smallest semidominator on the way there (the
// first block of late edges to the vertex until it is processed), and semi that
// semidominator. Once retained sizes are known they stand in link (low half) and
// label (high half), and semi is the first
// child for a Tree, the groups that Nested needs, or the value that Inherit passes on.
type cell struct {
	link  uint32
	label uint32
	semi  uint32
	// idom is, in this order: the first vertex of the bucket (the vertices whose
	// semidominator this vertex is), the next vertex in the bucket that this
	// vertex lies in, the immediate dominator, perhaps deferred.
	idom uint32
}

const (
	none     = ^uint32(0)
	deferred = 1 << 31 // idom holds a vertex whose immediate dominator is the one sought
)

// Dominate computes the dominator tree.
//
// The algorithm is the simple version of Lengauer and Tarjan, "A fast algorithm
// for finding dominators in a flowgraph" (TOPLAS 1979), with path compression:
// O(E log N) and, unlike the iterative and the semi-NCA algorithms, without bad
// cases on the long lists and promise chains of real heaps. Nothing recurses.
//
// It also loosens the edges that retain nothing (see [Graph.OwnerRoots]) and
// sets the Owned flags. Nodes that nothing retains hang off the root and count;
// cycles that only hold themselves have the root as their dominator and do not
// influence anything else.
func Dominate(g *Graph) *Dominators {
	span := Walk(g)
	span.Settle()
	return span.Dominators()
}

// solve runs steps 2 to 4 of the paper over the vertices from the last to the
// first. A vertex is linked into the forest when it has been processed, so
// "linked" is simply "larger than the vertex at hand".
func (d *Dominators) solve(late lateEdges) {
	cells := d.cells
	for w := uint32(len(cells) - 1); w > 0; w-- {
		// Step 3: all paths from w to the members of its bucket are known now.
		c := &cells[w]
		for v := c.idom; v != none; {
			member := &cells[v]
			next := member.idom
			if label, semi := d.eval(v, w); semi < w {
				member.idom = label | deferred
			} else {
				member.idom = w
			}
			v = next
		}
		// Step 2: the semidominator of w.
		semi := c.semi
		for at := c.label; at != none && semi > 0; {
			block := late.at(at)
			for _, u := range block[:nextBlock] {
				if u == 0 {
					break
				}
				if _, s := d.eval(u, w); s < semi {
					semi = s
				}
			}
			at = block[nextBlock]
		}
		c.semi, c.label = semi, w
		if semi == c.link {
			c.idom = semi // its parent: nothing can lie between
			continue
		}
		c.idom = cells[semi].idom
		cells[semi].idom = w
	}
	// The root dominates whatever it semidominates.
	for v := cells[0].idom; v != none; {
		next := cells[v].idom
		cells[v].idom = 0
		v = next
	}
	// Step 4, in the order of the numbers.
	cells[0].idom = 0
	for w := 1; w < len(cells); w++ {
		if idom := cells[w].idom; idom&deferred != 0 {
			cells[w].idom = cells[idom&^deferred].idom
		}
	}
}

// eval returns the vertex of smallest semidominator, and that semidominator, on
// the forest path from v up to but without its root. Vertices larger than
// current are linked. The path is compressed on the way.
func (d *Dominators) eval(v, current uint32) (label, semi uint32) {
	cells := d.cells
	c := &cells[v]
	up := c.link
	if up <= current {
		return c.label, c.semi
	}
	if cells[up].link <= current { // two steps: nothing to compress but this one
		top := &cells[up]
		if top.semi < c.semi {
			c.semi, c.label = top.semi, top.label
		}
		c.link = top.link
		return c.label, c.semi
	}
	return d.compress(v, current)
}

// compress reverses the links on the way up and restores them, shortened, on
// the way down, so that a path of any length needs no stack.
func (d *Dominators) compress(v, current uint32) (label, semi uint32) {
	cells := d.cells
	below, x := none, v
	for cells[x].link > current {
		up := cells[x].link
		cells[x].link = below
		below, x = x, up
	}
	end := cells[x].link // the root of the forest's tree
	top := &cells[x]     // the best on the path down to here
	for x = below; x != none; {
		c := &cells[x]
		next := c.link
		if top.semi < c.semi {
			c.semi, c.label = top.semi, top.label
		}
		c.link = end
		top, x = c, next
	}
	return top.label, top.semi
}

// Weigh computes retained sizes, in bytes, from the self sizes of the nodes.
// It is a step of its own so that sizes may still be settled while Dominate
// runs. Sums are exact.
func (d *Dominators) Weigh(self *Wide) {
	d.self, d.total = self, self.Sum()
	cells := d.cells
	for v := range cells {
		cells[v].setRetained(0)
	}
	for n, v := range d.number {
		if v != unseen {
			c := &cells[v&^satellite]
			c.setRetained(c.retained() + self.At(NodeID(n)))
		}
	}
	for v := len(cells) - 1; v > 0; v-- {
		c := &cells[v]
		above := &cells[c.idom]
		above.setRetained(above.retained() + c.retained())
	}
}

func (c *cell) retained() uint64     { return uint64(c.label)<<32 | uint64(c.link) }
func (c *cell) setRetained(v uint64) { c.link, c.label = uint32(v), uint32(v>>32) }

// Retained returns the retained size of n in bytes; the root's is the whole heap.
func (d *Dominators) Retained(n NodeID) uint64 {
	if n == d.root {
		return d.total
	}
	v := d.number[n]
	if v >= satellite {
		return d.self.At(n)
	}
	return d.cells[v].retained()
}

// Idom returns the immediate dominator of n. The root is its own, and that of
// nodes in cycles that only hold themselves.
func (d *Dominators) Idom(n NodeID) NodeID { return d.node[d.idomVertex(n)] }

// idomVertex returns the vertex of the immediate dominator of n.
func (d *Dominators) idomVertex(n NodeID) uint32 {
	switch v := d.number[n]; {
	case v == unseen:
		return 0
	case v >= satellite:
		return v &^ satellite
	default:
		return d.cells[v].idom
	}
}

// Unreached returns the number of nodes in cycles that only hold themselves.
func (d *Dominators) Unreached() int {
	count := 0
	for _, v := range d.number {
		if v == unseen {
			count++
		}
	}
	return count
}
