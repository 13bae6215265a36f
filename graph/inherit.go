package graph

// Inherit passes values down the dominator tree. For each node visit is told the
// value of what immediately dominates it, first for the root, and returns the
// node's own. Nodes are visited after what dominates them, in the order they lie in
// memory. The values stand where nobody needs the semidominators any more; not
// while there is a Tree.
func (d *Dominators) Inherit(first uint32, visit func(n NodeID, retained uint64, above uint32) uint32) {
	cells := d.cells
	cells[0].semi = visit(d.root, d.total, first)
	for v := 1; v < len(cells); v++ {
		c := &cells[v]
		c.semi = visit(d.node[v], c.retained(), cells[c.idom].semi)
	}
	for n, v := range d.number {
		switch n := NodeID(n); {
		case v == unseen:
			visit(n, d.self.At(n), cells[0].semi)
		case v >= satellite:
			visit(n, d.self.At(n), cells[v&^satellite].semi)
		}
	}
}
