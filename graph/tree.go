package graph

// Tree is the dominator tree, downwards: the nodes that each node immediately
// dominates. It is built from the immediate dominators in one pass and takes 8
// bytes a node; drop it when it is no longer needed.
type Tree struct {
	d     *Dominators
	root  NodeID
	first []NodeID // node -> its first child, or NoNode
	next  []NodeID // node -> the next child of its dominator, or NoNode
}

// Tree returns the dominator tree downwards.
func (d *Dominators) Tree() *Tree {
	n := len(d.number)
	both := make([]NodeID, 2*n)
	t := &Tree{d: d, root: d.root, first: both[:n:n], next: both[n:]}
	for i := range t.first {
		t.first[i] = NoNode
	}
	for i := n - 1; i >= 0; i-- { // backwards, so that children are in the order of the file
		child := NodeID(i)
		if child == t.root {
			t.next[child] = NoNode
			continue
		}
		above := d.Idom(child)
		t.next[child] = t.first[above]
		t.first[above] = child
	}
	return t
}

// FirstChild returns the first node that n immediately dominates, or NoNode.
// Children stand in the order of the file.
func (t *Tree) FirstChild(n NodeID) NodeID { return t.first[n] }

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
		if child := t.first[n]; child != NoNode {
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
