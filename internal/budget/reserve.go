package budget

import (
	"os"
	"runtime"
	"runtime/debug"

	"github.com/heapdiff/heapdiff/internal/raw"
)

// Reserve lets the Go heap grow at once to what work needs that takes used bytes,
// within the limit, and asks the kernel to back it with large pages. Nothing is
// written, so nothing is used yet.
//
// Where a snapshot's columns are spread over four-kilobyte pages, one half of the
// time goes to page faults and to the walk of page tables. A kernel that gives
// large pages to those who ask (transparent_hugepage/enabled: madvise) must be
// asked after the memory is mapped and before it is touched: between the two there
// is no room in the Go runtime, unless what is mapped is handed back untouched.
func Reserve(used uint64, limit Limit) {
	if !asksForLargePages(os.DirFS("/")) {
		return
	}
	// A comparison keeps some of the heap before beside the heap after. Too much
	// costs next to nothing, too little costs faults.
	want := used + used/4 + leastReserve
	if limit.Bytes > 0 {
		want = min(want, limit.Bytes)
	}
	c := &collector
	c.Lock()
	defer c.Unlock()
	if c.limited {
		want = min(want, uint64(debug.SetMemoryLimit(-1))/2)
	}
	mapped := mappedHeap()
	if want < mapped+largePages || !canMap(want-mapped+headroom) {
		return
	}
	// The collector should not begin because of that, nor be told afterwards that
	// far less will be live: it would give memory back.
	percent := debug.SetGCPercent(int(2 * want * 100 / leastHeap))
	adviseLargePages(raw.Slice[byte](int(want - mapped)))
	runtime.GC()
	debug.SetGCPercent(percent)
}

const (
	leastReserve = 64 << 20 // a baseline, and what the Go heap leaves between objects
	largePages   = 8 << 20  // how much is worth a collection
	headroom     = 64 << 20 // for what the runtime maps beside its heap
)

// mappedHeap is how far the Go heap has grown, in bytes, whether used or not.
func mappedHeap() uint64 {
	return readMetrics("/memory/classes/heap/objects:bytes", "/memory/classes/heap/unused:bytes", "/memory/classes/heap/stacks:bytes",
		"/memory/classes/heap/free:bytes", "/memory/classes/heap/released:bytes")
}
