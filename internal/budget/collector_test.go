package budget_test

import (
	"runtime/debug"
	"testing"

	"github.com/heapdiff/heapdiff/internal/budget"
)

// TestSetCollector holds how much garbage may pile up: more beside small heaps, and
// never more than a limit leaves.
func TestSetCollector(t *testing.T) {
	const MiB = 1 << 20
	was := debug.SetGCPercent(100)
	defer debug.SetGCPercent(was)
	for _, c := range []struct {
		used, limit uint64
		percent     int // of what is used
	}{
		{64 * MiB, 0, 100},
		{64 * MiB, 1024 * MiB, 100},
		{64 * MiB, 64 * MiB, 25},
		{64 * MiB, 80 * MiB, 50},
		{64 * MiB, 32 * MiB, 25}, // it would have been refused
		{240 * MiB, 0, 10},
		{4096 * MiB, 0, 2},
		{0, 0, 300},
	} {
		budget.SetCollector(c.used, budget.Limit{Bytes: c.limit})
		if percent := debug.SetGCPercent(100); percent != c.percent {
			t.Errorf("beside %d MiB of %d: %d %%, not %d", c.used/MiB, c.limit/MiB, percent, c.percent)
		}
	}
}
