package diff

import (
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse"
)

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
