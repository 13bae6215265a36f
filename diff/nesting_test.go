package diff_test

import (
	"maps"
	"testing"

	"github.com/heapdiff/heapdiff/diff"
)

// TestNesting holds that both ways to find out what stands within what find the
// same, and that the first one gives up when it takes too much.
func TestNesting(t *testing.T) {
	for _, name := range []string{"node14-after", "node20-after", "node26-after"} {
		fast, slow, givesUp := diff.Nestings(load(t, name))
		if len(fast) < 100 || !maps.Equal(fast, slow) {
			t.Errorf("%s: %d ways and %d, which differ", name, len(fast), len(slow))
		}
		if !givesUp {
			t.Errorf("%s: no end to what it takes", name)
		}
	}
}
