package diff

import (
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse"
)

// record is what is remembered of an object after its heap has been dropped:
//
//	 63   44 43   24 23          0
//	┌───────┬───────┬─────────────┐
//	│ class │ self  │ retained    │   bytes; retained without self
//	└───────┴───────┴─────────────┘
//
// The class is provisional. What does not fit is in a table of its own.
type record uint64

const (
	selfBits, retainedBits = 20, 24
	tooBig                 = ^record(0)
)

// entry is a record unpacked.
type entry struct {
	class          graph.ClassID
	self, retained uint64 // bytes
}

// records are the objects of a heap by id, 8 bytes each.
type records struct {
	ids  ids
	rows []record // row of ids -> record
	big  map[uint32]entry
}

func newRecords(h *parse.Heap) *records {
	n := h.NumNodes()
	r := &records{ids: newIDs(&h.ID, n), big: map[uint32]entry{}}
	r.rows = make([]record, r.ids.len())
	unique := len(r.rows) == n
	var taken bitset
	if !unique {
		taken = newBitset(len(r.rows))
	}
	for i := range graph.NodeID(n) {
		row, _ := r.ids.row(h.ID.At(i))
		if !unique { // no producer does that; the first object keeps the id
			if taken.has(row) {
				continue
			}
			taken.add(row)
		}
		r.set(row, entry{h.Class[i], h.Self.At(i), h.Dominators.Retained(i)})
	}
	return r
}

func (r *records) set(row uint32, e entry) {
	below := e.retained - e.self
	if uint64(e.class)>>(64-selfBits-retainedBits) != 0 || e.self>>selfBits != 0 || below>>retainedBits != 0 {
		r.rows[row], r.big[row] = tooBig, e
		return
	}
	v := record(e.class)<<(selfBits+retainedBits) | record(e.self)<<retainedBits | record(below)
	if r.rows[row] = v; v == tooBig {
		r.big[row] = e
	}
}

// at returns what is known of the object in a row.
func (r *records) at(row uint32) entry {
	v := r.rows[row]
	if v == tooBig {
		return r.big[row]
	}
	self := uint64(v >> retainedBits & (1<<selfBits - 1))
	return entry{graph.ClassID(v >> (selfBits + retainedBits)), self, self + uint64(v&(1<<retainedBits-1))}
}

// find returns what is known of the object with an id, and its row.
func (r *records) find(id uint64) (e entry, row uint32, ok bool) {
	row, ok = r.ids.row(id)
	if !ok {
		return entry{}, 0, false
	}
	return r.at(row), row, true
}
