package diff

import (
	"math/bits"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

// ids numbers the ids of a heap: row 0 is the smallest. V8 deals ids out in
// sequence, so that nearly all lie in a narrow range; there a bit says whether
// an id occurs, and the bits before it say its row. What lies beyond (ids of
// embedder objects, addresses) is searched.
//
//	bits  │ 0101…1 │ 0110…0 │ …     64 ids a word
//	below │    0   │   40   │ …     rows in the words before
//	far   │ 2171035776 3204871112   their rows follow those of the bits
type ids struct {
	bits  []uint64
	below []uint32
	near  uint32 // rows that have a bit
	far   []uint64
}

// bitsPerNode limits the range of ids that have a bit: 4 bytes a node at most.
const bitsPerNode = 32

// newIDs numbers the ids in the column of n nodes.
func newIDs(column *graph.Wide, n int) ids {
	limit := uint64(n)*bitsPerNode + 1<<12
	var top uint64
	var far []uint64
	for i := range n {
		if id := column.At(graph.NodeID(i)); id < limit {
			top = max(top, id)
		} else {
			far = append(far, id)
		}
	}
	slices.Sort(far)
	t := ids{bits: make([]uint64, top>>6+1), far: slices.Clip(slices.Compact(far))}
	for i := range n {
		if id := column.At(graph.NodeID(i)); id < limit {
			t.bits[id>>6] |= 1 << (id & 63)
		}
	}
	t.below = make([]uint32, len(t.bits))
	for w, word := range t.bits {
		t.below[w] = t.near
		t.near += uint32(bits.OnesCount64(word))
	}
	return t
}

// len returns the number of different ids.
func (t *ids) len() int { return int(t.near) + len(t.far) }

// size returns the bytes of memory that they take.
func (t *ids) size() uint64 { return 8*uint64(len(t.bits)+len(t.far)) + 4*uint64(len(t.below)) }

// has reports whether the id occurs.
func (t *ids) has(id uint64) bool {
	if w := id >> 6; w < uint64(len(t.bits)) && t.bits[w]>>(id&63)&1 != 0 {
		return true
	}
	_, ok := t.farRow(id)
	return ok
}

// row returns the row of an id.
func (t *ids) row(id uint64) (row uint32, ok bool) {
	if w := id >> 6; w < uint64(len(t.bits)) {
		word, bit := t.bits[w], id&63
		if word>>bit&1 != 0 {
			return t.below[w] + uint32(bits.OnesCount64(word&(1<<bit-1))), true
		}
	}
	return t.farRow(id)
}

// farRow returns the row of an id that has no bit. Most that are asked for are
// of new objects, a little above the last bit.
func (t *ids) farRow(id uint64) (row uint32, ok bool) {
	if len(t.far) == 0 || id < t.far[0] {
		return 0, false
	}
	at, ok := slices.BinarySearch(t.far, id)
	return t.near + uint32(at), ok
}

// countObjects counts the ids of JavaScript objects, and those above last.
func (t *ids) countObjects(last uint64) (total, above int) {
	const odd = 0xAAAAAAAAAAAAAAAA
	for w, word := range t.bits {
		word &= odd
		total += bits.OnesCount64(word)
		switch first := uint64(w) << 6; {
		case first > last:
			above += bits.OnesCount64(word)
		case first+63 > last:
			above += bits.OnesCount64(word >> (last - first) >> 1)
		}
	}
	for _, id := range t.far {
		if isObjectID(id) {
			total++
			if id > last {
				above++
			}
		}
	}
	return total, above
}

// bitset is a set of rows or nodes.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i uint32) bool { return b[i>>6]>>(i&63)&1 != 0 }
func (b bitset) add(i uint32)      { b[i>>6] |= 1 << (i & 63) }
