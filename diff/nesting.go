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

// newNesting walks the dominator tree of h, whose provisional classes are named
// by naming.
func newNesting(h *parse.Heap, tree *graph.Tree, naming *parse.Naming) *nesting {
	n := settle(naming)
	w := nestingWalk{nesting: n, h: h, open: make([]uint32, n.settled+len(n.groups)), known: map[uint64]uint32{}}
	n.ways = append(n.ways, way{})
	w.walk(tree)
	return n
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
	n := &nesting{groups: make([]graph.ClassID, len(final)), settled: len(classes), retained: make([]uint64, len(classes))}
	for p, class := range final {
		c := &classes[class]
		open := p >= first || c.Name == "Object" || strings.HasPrefix(c.Name, "{") || sites[structuralKey(c)] > 1
		if n.groups[p] = class; open {
			n.groups[p] = graph.ClassID(n.settled + p)
		}
	}
	return n
}

type nestingWalk struct {
	*nesting
	h    *parse.Heap
	open []uint32 // group -> how many of it are above the node
	at   uint32   // the way to the node

	known    map[uint64]uint32 // way and class -> the way that goes on with it
	last     uint64            // the key asked for last: siblings are alike
	lastGoes uint32
}

// walk visits all nodes depth first. Most of them have nothing below them: they
// retain themselves, and nobody has to remember them.
func (w *nestingWalk) walk(tree *graph.Tree) {
	var above []graph.NodeID
	for n := w.h.Root; ; {
		if child := tree.FirstChild(n); child != graph.NoNode {
			w.enter(n)
			above = append(above, n)
			n = child
			continue
		}
		if self := w.h.Self.At(n); self != 0 {
			if group := w.groups[w.h.ClassOf(n)]; w.open[group] == 0 {
				w.leaf(group, self)
			}
		}
		for len(above) > 0 && tree.NextSibling(n) == graph.NoNode {
			n = above[len(above)-1]
			above = above[:len(above)-1]
			w.leave(n)
		}
		if len(above) == 0 {
			return
		}
		n = tree.NextSibling(n)
	}
}

func (w *nestingWalk) leaf(group graph.ClassID, self uint64) {
	if int(group) < w.settled {
		w.retained[group] += self
	} else {
		w.ways[w.continued(group-graph.ClassID(w.settled))].retained += self
	}
}

func (w *nestingWalk) enter(n graph.NodeID) {
	if w.h.Self.At(n) == 0 {
		return
	}
	group := w.groups[w.h.ClassOf(n)]
	if w.open[group]++; w.open[group] > 1 {
		return
	}
	retained := w.h.Dominators.Retained(n)
	if int(group) < w.settled {
		w.retained[group] += retained
		return
	}
	w.at = w.continued(group - graph.ClassID(w.settled))
	w.ways[w.at].retained += retained
}

func (w *nestingWalk) leave(n graph.NodeID) {
	if w.h.Self.At(n) == 0 {
		return
	}
	group := w.groups[w.h.ClassOf(n)]
	if w.open[group]--; w.open[group] == 0 && int(group) >= w.settled {
		w.at = w.ways[w.at].above
	}
}

// continued returns the way that goes on with class.
func (w *nestingWalk) continued(class graph.ClassID) uint32 {
	key := uint64(w.at)<<32 | uint64(class)
	if key == w.last && w.lastGoes != 0 {
		return w.lastGoes
	}
	to, ok := w.known[key]
	if !ok {
		to = uint32(len(w.ways))
		w.ways = append(w.ways, way{above: w.at, class: class})
		w.known[key] = to
	}
	w.last, w.lastGoes = key, to
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
