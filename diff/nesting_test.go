package diff

import (
	"context"
	"reflect"
	"testing"

	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
)

// TestNesting holds that both ways to find out what stands within what find the
// same, the ways of the first one in whatever order, and that the first one gives up.
func TestNesting(t *testing.T) {
	for _, name := range []string{"node14-after", "node20-after", "node26-after"} {
		src, err := input.Open(t.Context(), "../testdata/"+name+".heapsnapshot.zst", input.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		h, err := parse.Load(context.Background(), src, parse.Options{})
		if err != nil {
			t.Fatal(err)
		}
		fast := newNesting(h, h.Naming())
		slow := newNestingSlowly(h, h.Dominators.Tree(), h.Naming())
		if len(fast.ways) < 10 || len(fast.ways) != len(slow.ways) || !reflect.DeepEqual(fast.retained, slow.retained) {
			t.Errorf("%s: %d ways and %d", name, len(fast.ways), len(slow.ways))
		}
		if a, b := byWay(fast), byWay(slow); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: the ways differ: %v\n%v", name, a, b)
		}
		if newNestingWithin(h, h.Naming(), 0, 1<<20) != nil || newNestingWithin(h, h.Naming(), 1<<30, 3) != nil {
			t.Errorf("%s: no end to what it takes", name)
		}
	}
}

// byWay names ways by their classes.
func byWay(n *nesting) map[string]uint64 {
	out := map[string]uint64{}
	names := make([]string, len(n.ways))
	for i, w := range n.ways[1:] {
		names[i+1] = names[w.above] + " " + string(rune(w.class))
		out[names[i+1]] = w.retained
	}
	return out
}
