package diff

import (
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse"
)

// TestTimes: objects belong to the part of the tracking by whose end their id
// had been given away, and what follows the last note to the last part.
func TestTimes(t *testing.T) {
	g := &graph.Graph{}
	for id := uint32(1); id < 2000; id += 2 {
		g.ID.Lo, g.Self.Lo, g.Type = append(g.ID.Lo, id), append(g.Self.Lo, 8), append(g.Type, graph.Object)
	}
	c := &comparison{after: &parse.Heap{Graph: g}, met: encounter{firstLast: 99}}
	moments := []graph.Moment{{Micros: 0, LastID: 199}}
	for i := uint64(1); i <= 100; i++ {
		moments = append(moments, graph.Moment{Micros: i * 50_000, LastID: 199 + i*10})
	}
	parts := c.times(moments)
	var sum uint64
	for i, p := range parts {
		if sum += p.Count; p.Size != 8*p.Count || i > 0 && p.From != parts[i-1].To {
			t.Errorf("part %d is %+v", i, p)
		}
	}
	if len(parts) != mostTimes || sum != 900 || parts[0].Count != 50 || parts[0].To != 500*time.Millisecond || parts[9].Count != 50+400 {
		t.Errorf("%d objects in %d parts: %+v", sum, len(parts), parts)
	}
	for _, bad := range [][]graph.Moment{nil, moments[:1], {{Micros: 5}, {Micros: 1}}, {{}, {Micros: 1 << 63}}} {
		if parts := c.times(bad); parts != nil {
			t.Errorf("%v makes %v", bad, parts)
		}
	}
}
