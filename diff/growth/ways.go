package growth

import (
	"cmp"
	"slices"
)

// Way is a signature as a part of the whole: what came and what went there and
// at all that is reached through it. What came and went of one signature is set
// off against each other first. As Up and Down are sums over many, a way on which
// as much came as went is seen, where a difference alone would be nothing.
type Way struct {
	Above       int    // row of the way it leads on from; -1 of the first, which is the heap
	Edge, Class string // how it is reached, and what is there
	Up, Down    uint64 // bytes
	Fingerprint string // of the line that is about what it holds; may be empty
}

// A way is told if what came and went on it is one part in so many of all that
// did, as long as there are not more of them than anybody looks at.
const (
	leastWay = 2000
	mostWays = 3000
)

// ways returns the signatures on which much happened, those that lead to others
// first. lineOf names the lines by the signatures they are about.
func (l *ledger) ways(lineOf map[uint32]string) []Way {
	f := l.flows()
	all := &f.nodes[rootSig]
	least := max((all.up+all.down)/leastWay, 1)
	out := []Way{{Above: -1, Up: all.up, Down: all.down}}
	rows := []uint32{rootSig}
	for at := 0; at < len(rows); at++ {
		below := f.below[rows[at]]
		slices.SortFunc(below, func(a, b uint32) int {
			x, y := &f.nodes[a], &f.nodes[b]
			return cmp.Or(cmp.Compare(y.up+y.down, x.up+x.down), cmp.Compare(x.edge, y.edge), cmp.Compare(x.class, y.class), cmp.Compare(a, b))
		})
		for _, n := range below {
			node := &f.nodes[n]
			if node.up+node.down < least || len(out) >= mostWays {
				break
			}
			w := Way{Above: at, Edge: node.edge, Class: node.class, Up: node.up, Down: node.down}
			if int(n) < len(l.after.sigs) {
				w.Fingerprint = lineOf[n]
			}
			out = append(out, w)
			rows = append(rows, n)
		}
	}
	return out
}

// flows is the tree after, and behind it what of the tree before is no more.
type flows struct {
	nodes []flow     // signature after, then len(after.sigs) + signature before
	below [][]uint32 // node -> the nodes that it leads to
}

type flow struct {
	edge, class string
	up, down    uint64
}

// flows adds up what came and what went, from the ends of all ways to the root.
func (l *ledger) flows() flows {
	first := uint32(len(l.after.sigs))
	f := flows{nodes: make([]flow, int(first)+len(l.before.sigs))}
	f.below = make([][]uint32, len(f.nodes))
	standsAt := make([]uint32, len(l.before.sigs)) // signature before -> node
	for s := range l.before.sigs {
		standsAt[s] = first + uint32(s)
	}
	for s, m := range l.match {
		if m != 0 {
			standsAt[m] = uint32(s)
		}
	}
	join := func(n, above uint32, name func(n *flow)) {
		node := &f.nodes[n]
		if node.up+node.down == 0 {
			return
		}
		name(node)
		f.nodes[above].up += node.up
		f.nodes[above].down += node.down
		f.below[above] = append(f.below[above], n)
	}
	// Signatures come after those that lead to them.
	for s := uint32(len(l.before.sigs)) - 1; s > rootSig; s-- {
		if standsAt[s] < first {
			continue
		}
		sig := &l.before.sigs[s]
		f.nodes[first+s].down += l.gone[s]
		join(first+s, standsAt[sig.parent], func(n *flow) {
			n.edge, n.class = l.before.edges.shown[sig.edge], l.before.classes.shown[sig.class]
		})
	}
	for s := first - 1; s >= rootSig; s-- {
		acct, sig := &l.accounts[s], &l.after.sigs[s]
		node := &f.nodes[s]
		node.up += acct.grew + uint64(max(acct.gain, 0))
		node.down += acct.shrank + uint64(max(-acct.gain, 0))
		if s > rootSig {
			join(s, sig.parent, func(n *flow) {
				n.edge, n.class = l.after.edges.shown[sig.edge], l.after.classes.shown[sig.class]
			})
		}
	}
	return f
}
