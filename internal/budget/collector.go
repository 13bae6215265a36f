package budget

import "runtime/debug"

// garbage is how much may pile up between two collections, about. The columns of
// a heap hold no pointers, so collections cost next to nothing, and what they
// leave uncollected counts as our memory.
const garbage = 16 << 20

// SetCollector lets garbage pile up beside that many bytes that are in use. Where
// little is in use more of it may be garbage, as collections cost a little still.
func SetCollector(used uint64) {
	debug.SetGCPercent(int(min(max(garbage*100/max(used, 1), 2), 50)))
}
