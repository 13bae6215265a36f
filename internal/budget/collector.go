package budget

import "runtime/debug"

// Garbage is what may pile up between two collections, about, in bytes. The
// columns of a heap hold no pointers, so collections of large heaps cost next to
// nothing, and what they leave uncollected counts as our memory. Beside a small
// heap there is room for more, and what refers to it takes longer to follow.
const (
	garbage      = 24 << 20
	smallGarbage = 96 << 20
	// leastGarbage is counted in what a heap is said to need.
	leastGarbage = 16 << 20
)

// SetCollector lets garbage pile up beside that many bytes that are needed, within
// the limit.
func SetCollector(used uint64, limit Limit) {
	room := max(garbage, smallGarbage-min(used/2, smallGarbage))
	if limit.Bytes > 0 {
		room = min(room, leastGarbage+limit.Bytes-min(used, limit.Bytes))
	}
	debug.SetGCPercent(int(min(max(room*100/max(used, 1), 2), 300)))
}
