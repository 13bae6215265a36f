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
	all := f.nodes[rootSig]
	least := max((all.up+all.down)/leastWay, 1)
	out := []Way{{Above: -1, Up: all.up, Down: all.down}}
	rows := []uint32{rootSig}
	for at := 0; at < len(rows); at++ {
		var below []wayStep
		for n := f.first[rows[at]]; n != 0; n = f.next[n] {
			if node := f.nodes[n]; node.up+node.down >= least {
				edge, class := l.namesOf(n)
				below = append(below, wayStep{n, edge, class})
			}
		}
		slices.SortFunc(below, func(a, b wayStep) int {
			x, y := f.nodes[a.node], f.nodes[b.node]
			return cmp.Or(cmp.Compare(y.up+y.down, x.up+x.down), cmp.Compare(a.edge, b.edge), cmp.Compare(a.class, b.class), cmp.Compare(a.node, b.node))
		})
		for _, to := range below[:min(len(below), mostWays-len(out))] {
			node := f.nodes[to.node]
			w := Way{Above: at, Edge: to.edge, Class: to.class, Up: node.up, Down: node.down}
			if int(to.node) < len(l.after.sigs) {
				w.Fingerprint = lineOf[to.node]
			}
			out = append(out, w)
			rows = append(rows, to.node)
		}
	}
	return out
}

// wayStep is a node of flows that another leads to, and its names.
type wayStep struct {
	node        uint32
	edge, class string
}

// namesOf returns how a node of flows is reached, and what is there.
func (l *ledger) namesOf(n uint32) (edge, class string) {
	t := l.after
	if first := uint32(len(t.sigs)); n >= first {
		t, n = l.before, n-first
	}
	return t.edges.shown[t.sigs[n].edge], t.classes.shown[t.sigs[n].class]
}

// flows is the tree after, and behind it what of the tree before is no more.
type flows struct {
	nodes []flow   // signature after, then len(after.sigs) + signature before
	first []uint32 // node -> one of the nodes that it leads to, or 0
	next  []uint32 // node -> the next that its parent leads to, or 0
}

type flow struct{ up, down uint64 }

// flows adds up what came and what went, from the ends of all ways to the root.
func (l *ledger) flows() flows {
	first := uint32(len(l.after.sigs))
	count := int(first) + len(l.before.sigs)
	f := flows{make([]flow, count), make([]uint32, count), make([]uint32, count)}
	standsAt := make([]uint32, len(l.before.sigs)) // signature before -> node
	for s := range l.before.sigs {
		standsAt[s] = first + uint32(s)
	}
	for s, m := range l.match {
		if m != 0 {
			standsAt[m] = uint32(s)
		}
	}
	join := func(n, above uint32) {
		node := f.nodes[n]
		if node.up+node.down == 0 {
			return
		}
		f.nodes[above].up += node.up
		f.nodes[above].down += node.down
		f.next[n], f.first[above] = f.first[above], n
	}
	// Signatures come after those that lead to them.
	for s := uint32(len(l.before.sigs)) - 1; s > rootSig; s-- {
		if standsAt[s] >= first {
			f.nodes[first+s].down += l.gone[s]
			join(first+s, standsAt[l.before.sigs[s].parent])
		}
	}
	for s := first - 1; s >= rootSig; s-- {
		acct := &l.accounts[s]
		node := &f.nodes[s]
		node.up += acct.grew + uint64(max(acct.gain, 0))
		node.down += acct.shrank + uint64(max(-acct.gain, 0))
		if s > rootSig {
			join(s, l.after.sigs[s].parent)
		}
	}
	return f
}
