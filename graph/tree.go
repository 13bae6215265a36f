package graph

// Tree is the dominator tree, downwards: the nodes that each node immediately
// dominates. It is built from the immediate dominators in one pass and takes 4
// bytes a node; drop it when it is no longer needed. The first child of a node
// stands in its cell, where nobody needs the semidominator any more.
type Tree struct {
	d    *Dominators
	root NodeID
	next []NodeID // node -> the next child of its dominator, or NoNode
}

// Tree returns the dominator tree downwards.
func (d *Dominators) Tree() *Tree {
	t := &Tree{d: d, root: d.root, next: make([]NodeID, len(d.number))}
	for v := range d.cells {
		d.cells[v].semi = uint32(NoNode)
	}
	for i := len(d.number) - 1; i >= 0; i-- { // backwards, so that children are in the order of the file
		child := NodeID(i)
		if child == t.root {
			t.next[child] = NoNode
			continue
		}
		above := &d.cells[d.idomVertex(child)]
		t.next[child] = NodeID(above.semi)
		above.semi = uint32(child)
	}
	return t
}

// FirstChild returns the first node that n immediately dominates, or NoNode.
// Children stand in the order of the file.
func (t *Tree) FirstChild(n NodeID) NodeID {
	if v := t.d.number[n]; v < satellite {
		return NodeID(t.d.cells[v].semi)
	}
	return NoNode // satellites and members of lost cycles dominate nothing
}

// NextSibling returns the node after n that has the same immediate dominator,
// or NoNode.
func (t *Tree) NextSibling(n NodeID) NodeID { return t.next[n] }

// Walk visits all nodes depth first: enter before what is below a node, leave
// after it. It does not recurse, however deep the tree is.
func (t *Tree) Walk(enter, leave func(NodeID)) { t.WalkFrom(t.root, enter, leave) }

// WalkFrom visits top and what is below it, as [Tree.Walk] does.
func (t *Tree) WalkFrom(top NodeID, enter, leave func(NodeID)) {
	n := top
	for {
		enter(n)
		if child := t.FirstChild(n); child != NoNode {
			n = child
			continue
		}
		for leave(n); n != top && t.next[n] == NoNode; leave(n) {
			n = t.d.Idom(n)
		}
		if n == top {
			return
		}
		n = t.next[n]
	}
}
