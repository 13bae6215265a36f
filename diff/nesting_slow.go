package diff

import (
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse"
)

// newNestingSlowly is newNesting by a walk over the dominator tree, which takes the
// same time whatever stands within what: for heaps in which very many classes do.
func newNestingSlowly(h *parse.Heap, tree *graph.Tree, naming *parse.Naming) *nesting {
	w := nestingWalk{adder: adder{nesting: settle(naming)}, h: h}
	w.open = make([]uint32, w.settled+len(w.groups))
	tree.Walk(w.enter, w.leave)
	return w.nesting
}

type nestingWalk struct {
	adder
	h    *parse.Heap
	open []uint32 // group -> how many of it are above the node
	at   uint32   // the way to the node
}

func (w *nestingWalk) enter(n graph.NodeID) {
	if w.h.Self.At(n) == 0 {
		return
	}
	group := w.groups[w.h.ClassOf(n)]
	if w.open[group]++; w.open[group] > 1 {
		return
	}
	w.add(w.at, group, w.h.Dominators.Retained(n))
	if int(group) >= w.settled {
		w.at = w.continued(w.at, group)
	}
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
