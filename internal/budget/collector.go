package budget

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// Garbage is what may pile up between two collections, about, in bytes. The
// columns of a heap hold no pointers, so collections of large heaps cost next to
// nothing, and what they leave uncollected counts as our memory. Beside a small
// heap there is room for more, and what refers to it takes longer to follow.
const (
	garbage      = 24 << 20
	smallGarbage = 160 << 20
	// leastGarbage is counted in what a heap is said to need.
	leastGarbage = 16 << 20
	// large is the need from which on the collector keeps close to what is live:
	// what a heap is said to need is a little too high, and a little of much is much.
	large = 512 << 20
	// leastHeap is the heap from which on the runtime counts per cents.
	leastHeap = 4 << 20
	// backstop keeps the runtime's own limit above what is reserved.
	backstop = 256 << 20
)

// collector is how far the Go heap of this process may grow until the next
// collection: to what the work needs in any case if that is not large, or, once that
// is live, by so much garbage.
var collector struct {
	sync.Mutex
	used, room uint64
	watched    bool
	limited    bool // by who started the process
}

// Prepare makes ready for work that needs so many bytes, within the limit, before any
// of them are allocated.
func Prepare(need uint64, limit Limit) {
	Reserve(need, limit)
	SetCollector(need, limit)
}

// SetCollector lets garbage pile up beside that many bytes that are needed, within
// the limit. Where it is not known yet what is needed, which 0 says, three quarters
// of the heap may be garbage.
func SetCollector(used uint64, limit Limit) {
	c := &collector
	c.Lock()
	defer c.Unlock()
	c.used, c.room = used, max(garbage, smallGarbage-min(used, smallGarbage))
	if limit.Bytes > 0 {
		c.used = min(used, limit.Bytes)
		if left := limit.Bytes - c.used; left < c.room {
			c.room = min(c.room, left+leastGarbage)
		}
	}
	if !c.watched {
		c.watched = true
		c.limited = debug.SetMemoryLimit(-1) != math.MaxInt64
		afterCollection(func() {
			c.Lock()
			defer c.Unlock()
			tune()
		})
	}
	tune()
}

// tune tells the runtime in per cent of what is live how far the heap may grow.
// The collector is locked.
func tune() {
	if collector.used == 0 {
		debug.SetGCPercent(300)
		return
	}
	live := readMetrics("/gc/heap/live:bytes")
	goal := live + collector.room
	if collector.used < large {
		goal = max(goal, collector.used)
	}
	debug.SetGCPercent(int(max((goal-live)*100/max(live, leastHeap), 2)))
	if !collector.limited {
		// If much comes to be live before this is called again, per cents of what
		// was live let the heap grow without end.
		debug.SetMemoryLimit(int64(min(2*max(goal, collector.used)+backstop, math.MaxInt64)))
	}
}

// afterCollection has do called soon after each collection from now on.
func afterCollection(do func()) {
	runtime.AddCleanup(new(sign), func(do func()) {
		do()
		afterCollection(do)
	}, do)
}

// sign is garbage from the beginning. It is as large that it does not share its
// place with what lives on.
type sign [16]uintptr

// readMetrics adds up metrics of the Go runtime.
func readMetrics(names ...string) (sum uint64) {
	samples := make([]metrics.Sample, len(names))
	for i, name := range names {
		samples[i].Name = name
	}
	metrics.Read(samples)
	for _, s := range samples {
		sum += s.Value.Uint64()
	}
	return sum
}
