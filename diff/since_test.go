package diff

import (
	"testing"

	"github.com/heapdiff/heapdiff/graph"
)

// TestSinceBefore: what had been made when the earlier heap was taken counts
// only if both heaps are of one tracking.
func TestSinceBefore(t *testing.T) {
	call := func(id, parent uint32, count uint64) graph.Trace {
		return graph.Trace{ID: id, Parent: parent, Count: count, Size: 10 * count}
	}
	before := []graph.Trace{{}, call(1, 0, 0), call(2, 1, 5), call(3, 2, 7)}
	// Rows differ, as a call got a child before an older sibling.
	after := []graph.Trace{{}, call(1, 0, 0), call(2, 1, 6), call(9, 2, 1), call(3, 2, 7)}
	was, known := sinceBefore(before, after)
	if !known || was[2].Count != 5 || was[3].Count != 0 || was[4].Size != 70 {
		t.Errorf("%v, %+v", known, was)
	}
	for name, spoil := range map[string]func([]graph.Trace){
		"fewer made":   func(a []graph.Trace) { a[4].Count = 6 },
		"other caller": func(a []graph.Trace) { a[4].Parent = 1 },
		"gone":         func(a []graph.Trace) { a[4].ID = 4 },
	} {
		other := append([]graph.Trace(nil), after...)
		spoil(other)
		if was, known := sinceBefore(before, other); known || was[2].Count != 0 {
			t.Errorf("%s: taken for the same tracking", name)
		}
	}
	if _, known := sinceBefore(nil, after); known {
		t.Error("the earlier heap was not tracked")
	}
}
