package diff

import (
	"strings"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse"
)

// nesting is what the retained sizes of classes are computed from.
//
// A class retains what those of its objects retain that have no other object of
// the class above them in the dominator tree. So it has to be known which
// classes are one before the sizes are summed up, and for some classes that is
// decided later: plain objects are named by the interfaces of the later heap,
// and across processes classes are compared without the ids in their names.
//
// Classes for which it is known now are summed up directly. For the others
// every way in which they stand within each other is remembered, with the sum
// of what is retained there. There are few such ways, whatever the number of
// objects: an object within another of its own provisional class adds nothing.
type nesting struct {
	groups   []graph.ClassID // provisional class -> group: a settled class, or itself behind those
	settled  int             // number of settled classes
	retained []uint64        // settled class -> bytes
	ways     []way           // the root first; a way comes after the one it continues
}

// way is a chain of classes, each within the one before it.
type way struct {
	above    uint32 // the way without its last class
	class    graph.ClassID
	retained uint64
}

// newNesting finds out how the classes of h stand within each other, whose
// provisional classes are named by naming.
//
// What stands above a node is passed down the dominator tree as the number of a
// chain of classes, so that the tree need not be walked and nodes are met in the
// order they lie in memory.
//
// Trees of very many classes have too many chains for that, and are walked.
func newNesting(h *parse.Heap, naming *parse.Naming) *nesting {
	if n := newNestingWithin(h, naming, mostClimbs*h.NumNodes(), fewChains+h.NumNodes()/nodesForChain); n != nil {
		return n
	}
	return newNestingSlowly(h, h.Dominators.Tree(), naming)
}

// newNestingWithin is newNesting with so much to look up and so many chains at the
// most; it returns nil if that is not enough.
func newNestingWithin(h *parse.Heap, naming *parse.Naming, climbs, chains int) *nesting {
	w := nester{adder: adder{nesting: settle(naming)}, h: h, chains: make([]chain, 1), climbs: climbs, most: chains}
	h.Dominators.Inherit(0, w.visit)
	if w.isOver() {
		return nil
	}
	return w.nesting
}

// settle decides which classes are known already.
func settle(naming *parse.Naming) *nesting {
	classes, final := naming.Resolve(nil)
	first := int(naming.FirstShape())
	sites := map[string]int{} // structural key -> settled classes that have it
	counted := make([]bool, len(classes))
	for _, class := range final[:first] {
		if !counted[class] {
			counted[class] = true
			sites[structuralKey(&classes[class])]++
		}
	}
	n := &nesting{
		groups: make([]graph.ClassID, len(final)), settled: len(classes), retained: make([]uint64, len(classes)),
		ways: []way{{}},
	}
	for p, class := range final {
		c := &classes[class]
		open := p >= first || c.Name == "Object" || strings.HasPrefix(c.Name, "{") || sites[structuralKey(c)] > 1
		if n.groups[p] = class; open {
			n.groups[p] = graph.ClassID(n.settled + p)
		}
	}
	return n
}

// nester adds up what nodes retain by what stands above them.
type nester struct {
	adder
	h      *parse.Heap
	chains []chain // none first
	most   int     // chains
	longer steps   // from chain to chain
	climbs int     // that may still be done
}

// isOver reports whether all is to be done another way.
func (w *nester) isOver() bool { return w.climbs < 0 || len(w.chains) > w.most }

// chain is the groups that stand above a node, each once.
type chain struct {
	above uint32 // the chain without its last group
	group graph.ClassID
	way   uint32 // of those groups that are not settled
	bits  uint64 // one for each group, which others may share
}

const (
	mostClimbs    = 32 // looks at a chain for a node, on average
	nodesForChain = 64
	fewChains     = 1 << 12
)

// visit counts a node below a chain, and returns that of what is below it.
func (w *nester) visit(n graph.NodeID, retained uint64, above uint32) uint32 {
	self := w.h.Self.At(n)
	if self == 0 || w.isOver() {
		return above
	}
	group := w.groups[w.h.ClassOf(n)]
	if w.isWithin(above, group) {
		return above
	}
	w.add(w.chains[above].way, group, retained)
	if retained == self { // nothing that counts is below it
		return above
	}
	return w.continuedChain(above, group)
}

// isWithin reports whether a group is in a chain.
func (w *nester) isWithin(at uint32, group graph.ClassID) bool {
	if w.chains[at].bits>>(group%64)&1 == 0 {
		return false
	}
	for ; at > 0 && w.climbs >= 0; at = w.chains[at].above {
		if w.chains[at].group == group {
			return true
		}
		w.climbs--
	}
	return false
}

// continuedChain returns the chain that goes on with group.
func (w *nester) continuedChain(at uint32, group graph.ClassID) uint32 {
	to := w.longer.from(at, group)
	if *to == 0 {
		c := chain{above: at, group: group, way: w.chains[at].way, bits: w.chains[at].bits | 1<<(group%64)}
		if int(group) >= w.settled {
			c.way = w.continued(c.way, group)
		}
		*to = uint32(len(w.chains))
		w.chains = append(w.chains, c)
	}
	return *to
}

// adder adds up what nodes retain, and makes ways for it.
type adder struct {
	*nesting
	steps steps // from way to way
}

// add adds up what a node of a group retains that stands in a way, and in none of
// its own group.
func (a *adder) add(at uint32, group graph.ClassID, retained uint64) {
	if int(group) < a.settled {
		a.retained[group] += retained
	} else {
		a.ways[a.continued(at, group)].retained += retained
	}
}

// continued returns the way that goes on with the class of a group.
func (a *adder) continued(at uint32, group graph.ClassID) uint32 {
	to := a.steps.from(at, group)
	if *to == 0 {
		*to = uint32(len(a.ways))
		a.ways = append(a.ways, way{above: at, class: group - graph.ClassID(a.settled)})
	}
	return *to
}

// steps lead from one of many to another by a group. The zero value has none.
type steps struct {
	known  map[uint64]*uint32
	recent [256]step // siblings are alike
}

type step struct {
	key uint64
	to  *uint32
}

// from returns where a step leads to, or where that is to be written if it is 0.
func (s *steps) from(at uint32, group graph.ClassID) *uint32 {
	key := uint64(at)<<32 | uint64(group)
	recent := &s.recent[(uint64(at)*31+uint64(group))%uint64(len(s.recent))]
	if recent.key == key && recent.to != nil {
		return recent.to
	}
	to := s.known[key]
	if to == nil {
		if s.known == nil {
			s.known = map[uint64]*uint32{}
		}
		to = new(uint32)
		s.known[key] = to
	}
	*recent = step{key, to}
	return to
}

// sum adds the retained sizes of classes up: rows maps provisional classes to
// the n rows of a table, by which they are grouped.
func (n *nesting) sum(rows []uint32, size int) []uint64 {
	out := make([]uint64, size)
	done := make([]bool, n.settled)
	for p, group := range n.groups {
		if g := int(group); g < n.settled && !done[g] {
			done[g] = true
			out[rows[p]] += n.retained[g]
		}
	}
	// The ways make a tree; the row of a way counts if no way above has it.
	first := make([]uint32, len(n.ways)) // way -> its first continuation
	next := make([]uint32, len(n.ways))
	for i := len(n.ways) - 1; i > 0; i-- {
		above := n.ways[i].above
		next[i], first[above] = first[above], uint32(i)
	}
	open := make([]uint32, size)
	for at := first[0]; at != 0; {
		row := rows[n.ways[at].class]
		if open[row] == 0 {
			out[row] += n.ways[at].retained
		}
		if open[row]++; first[at] != 0 {
			at = first[at]
			continue
		}
		for {
			open[rows[n.ways[at].class]]--
			if next[at] != 0 {
				at = next[at]
				break
			}
			if at = n.ways[at].above; at == 0 {
				break
			}
		}
	}
	return out
}
