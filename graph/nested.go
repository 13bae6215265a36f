package graph

import "math/bits"

// Bits is a set of nodes.
type Bits []uint64

// NewBits makes an empty set of nodes 0 … n-1.
func NewBits(n int) Bits { return make(Bits, (n+63)/64) }

// Has reports whether n is in the set.
func (b Bits) Has(n NodeID) bool { return b[n/64]>>(n%64)&1 != 0 }

// Add puts n into the set.
func (b Bits) Add(n NodeID) { b[n/64] |= 1 << (n % 64) }

// Len returns how many nodes are in the set.
func (b Bits) Len() int {
	count := 0
	for _, word := range b {
		count += bits.OnesCount64(word)
	}
	return count
}

// NoGroup is the group of nodes that count for nothing.
const NoGroup = ^uint32(0)

// Nested returns the nodes that have a node of their own group above them in
// the dominator tree: those that a sum of retained sizes by group must leave
// out, lest bytes count twice. Groups are numbered from 0.
//
// Every vertex gets a word with the groups on the way down to it: a bit for each
// of the 31 most frequent groups, and one for all others together, for which the
// way has to be climbed. So the tree need not be walked, and vertices are met in
// the order they lie in memory. The words stand in the cells, where nobody needs
// the semidominators any more; not while there is a Tree.
func (d *Dominators) Nested(groups int, group func(NodeID) uint32) Bits {
	n := &nester{d: d, group: group, bit: frequent(len(d.number), groups, group)}
	n.steps = climbs * len(d.number)
	out := NewBits(len(d.number))
	for v := range d.cells {
		node := d.node[v]
		above := d.cells[v].idom
		g := group(node)
		if v > 0 && n.nested(above, g) {
			out.Add(node)
		}
		groups := n.bitOf(g)
		if v > 0 {
			groups |= d.cells[above].semi
		}
		d.cells[v].semi = groups
	}
	for i, v := range d.number {
		if v < satellite {
			continue
		}
		above := v &^ satellite
		if v == unseen {
			above = 0
		}
		if n.nested(above, group(NodeID(i))) {
			out.Add(NodeID(i))
		}
	}
	if n.steps < 0 {
		return d.nestedSlowly(groups, group)
	}
	return out
}

type nester struct {
	d     *Dominators
	group func(NodeID) uint32
	bit   []uint8 // group -> its bit, rare for most
	steps int     // that may still be climbed
}

const (
	rare   = 31
	climbs = 32 // steps a node that climbing may take on average before it is given up
)

func (n *nester) bitOf(group uint32) uint32 {
	if group == NoGroup {
		return 0
	}
	return 1 << n.bit[group]
}

// nested reports whether the vertex above, or one above that, is of the group.
func (n *nester) nested(above, group uint32) bool {
	cells := n.d.cells
	if group == NoGroup || cells[above].semi>>n.bit[group]&1 == 0 {
		return false
	}
	if n.bit[group] != rare {
		return true
	}
	for v := above; cells[v].semi>>rare != 0; v = cells[v].idom {
		if n.group(n.d.node[v]) == group {
			return true
		}
		if n.steps--; v == 0 || n.steps < 0 {
			break
		}
	}
	return false
}

// frequent gives the 31 groups with most nodes a bit each.
func frequent(nodes, groups int, group func(NodeID) uint32) []uint8 {
	count := make([]uint32, groups)
	for n := range NodeID(nodes) {
		if g := group(n); g != NoGroup {
			count[g]++
		}
	}
	bit := make([]uint8, groups)
	for g := range bit {
		bit[g] = rare
	}
	var top []int // groups, most frequent first
	for g, c := range count {
		at := len(top)
		for at > 0 && count[top[at-1]] < c {
			at--
		}
		if at == rare {
			continue
		}
		if len(top) < rare {
			top = append(top, 0)
		}
		copy(top[at+1:], top[at:])
		top[at] = g
	}
	for i, g := range top {
		bit[g] = uint8(i)
	}
	return bit
}

// nestedSlowly walks the tree: for heaps in which rare groups stand deep.
func (d *Dominators) nestedSlowly(groups int, group func(NodeID) uint32) Bits {
	out := NewBits(len(d.number))
	above := make([]uint32, groups)
	d.Tree().Walk(func(n NodeID) {
		if g := group(n); g != NoGroup {
			if above[g] > 0 {
				out.Add(n)
			}
			above[g]++
		}
	}, func(n NodeID) {
		if g := group(n); g != NoGroup {
			above[g]--
		}
	})
	return out
}
