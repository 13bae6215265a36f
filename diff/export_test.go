package diff

import (
	"fmt"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse"
)

// Nestings finds out what stands within what in both ways, and whether the first
// gives up where it has nothing to look up or hardly any chains.
func Nestings(h *parse.Heap) (fast, slow map[string]uint64, givesUp bool) {
	n := h.Naming()
	givesUp = newNestingWithin(h, n, 0, 1<<20) == nil && newNestingWithin(h, n, 1<<30, 3) == nil
	return newNesting(h, n).byWay(), newNestingSlowly(h, h.Dominators.Tree(), n).byWay(), givesUp
}

// byWay names what is retained: settled classes by their number, ways by those of
// their classes.
func (n *nesting) byWay() map[string]uint64 {
	out := map[string]uint64{}
	for class, retained := range n.retained {
		out[fmt.Sprint("settled ", class)] = retained
	}
	names := make([]string, len(n.ways))
	for i, w := range n.ways[1:] {
		names[i+1] = fmt.Sprint(names[w.above], " ", w.class)
		out[names[i+1]] = w.retained
	}
	return out
}

// Recall returns what is remembered of the objects of h, by id.
func Recall(h *parse.Heap) func(id uint64) (class graph.ClassID, self, retained uint64, ok bool) {
	r := newRecords(h)
	r.weigh(h)
	return func(id uint64) (graph.ClassID, uint64, uint64, bool) {
		row, ok := r.ids.row(id)
		if !ok {
			return 0, 0, 0, false
		}
		e := r.at(row)
		return e.class, e.self, e.retained, true
	}
}
