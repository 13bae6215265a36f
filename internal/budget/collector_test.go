package budget_test

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/internal/budget"
)

const MiB = 1 << 20

// TestSetCollector holds how far the heap may grow until the next collection: to
// what is needed, if that is not much, by more beside small heaps, and never by
// more than a limit leaves.
func TestSetCollector(t *testing.T) {
	was := debug.SetGCPercent(100)
	defer debug.SetGCPercent(was)
	runtime.GC()
	for _, c := range []struct {
		used, limit uint64
		goal        uint64 // beside what this test has, which is little
	}{
		{64 * MiB, 0, 96 * MiB},
		{64 * MiB, 1024 * MiB, 96 * MiB},
		{16 * MiB, 0, 144 * MiB},
		{16 * MiB, 24 * MiB, 24 * MiB},
		{64 * MiB, 32 * MiB, 32 * MiB}, // a part of it lies on disk
		{240 * MiB, 0, 240 * MiB},
		{4096 * MiB, 0, 24 * MiB},
		{48 * MiB, 1<<64 - 1, 112 * MiB},
	} {
		budget.SetCollector(c.used, budget.Limit{Bytes: c.limit})
		if goal := heapGoal(); goal+4*MiB < c.goal || goal > c.goal+8*MiB {
			t.Errorf("beside %d MiB of %d the heap may grow to %d MiB, not %d", c.used/MiB, c.limit/MiB, goal/MiB, c.goal/MiB)
		}
	}
}

// TestCollectorFollows holds that after a collection it counts what is live then.
func TestCollectorFollows(t *testing.T) {
	was := debug.SetGCPercent(100)
	defer debug.SetGCPercent(was)
	budget.SetCollector(64*MiB, budget.Limit{Bytes: 80 * MiB})
	column := make([]byte, 200*MiB)
	runtime.GC()
	for deadline := time.Now().Add(10 * time.Second); heapGoal() > 250*MiB; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("beside 200 MiB the heap may grow to %d MiB", heapGoal()/MiB)
		}
	}
	if goal := heapGoal(); goal < 228*MiB {
		t.Errorf("beside 200 MiB the heap may grow to %d MiB only", goal/MiB)
	}
	runtime.KeepAlive(column)
}

// heapGoal is where the next collection ends.
func heapGoal() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/goal:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
