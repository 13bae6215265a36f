package diff

import (
	"github.com/heapdiff/heapdiff/diff/growth"
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
	sigs []growth.Signature // row -> signature; nil if not asked for

	// repeated are the nodes whose id another node before them has. No producer
	// writes any; the first one keeps the id.
	repeated bitset
}

// newRecords notes all but retained sizes.
func newRecords(h *parse.Heap) *records {
	n := h.NumNodes()
	r := &records{ids: newIDs(&h.ID, n), big: map[uint32]entry{}}
	r.rows = make([]record, r.ids.len())
	if len(r.rows) < n {
		r.findRepeated(h)
	}
	for i := range graph.NodeID(n) {
		if row, ok := r.rowOf(h, i); ok {
			self := h.Self.At(i)
			r.set(row, entry{h.Class[i], self, self})
		}
	}
	return r
}

func (r *records) findRepeated(h *parse.Heap) {
	taken := newBitset(len(r.rows))
	r.repeated = newBitset(h.NumNodes())
	for n := range graph.NodeID(h.NumNodes()) {
		row, _ := r.ids.row(h.ID.At(n))
		if taken.has(row) {
			r.repeated.add(uint32(n))
		}
		taken.add(row)
	}
}

// rowOf returns the row of a node of the heap that the records are made of.
func (r *records) rowOf(h *parse.Heap, n graph.NodeID) (row uint32, ok bool) {
	if r.repeated != nil && r.repeated.has(uint32(n)) {
		return 0, false
	}
	return r.ids.row(h.ID.At(n))
}

// weigh notes the retained sizes. Those of objects that hold nothing alone are
// there already.
func (r *records) weigh(h *parse.Heap) {
	for n := range graph.NodeID(h.NumNodes()) {
		retained := h.Dominators.Retained(n)
		self := h.Self.At(n)
		if retained == self {
			continue
		}
		if row, ok := r.rowOf(h, n); ok {
			r.set(row, entry{h.Class[n], self, retained})
		}
	}
	r.repeated = nil
}

// sign notes the signatures.
func (r *records) sign(h *parse.Heap, sigs []growth.Signature) {
	r.sigs = make([]growth.Signature, len(r.rows))
	for n := range graph.NodeID(h.NumNodes()) {
		if row, ok := r.rowOf(h, n); ok {
			r.sigs[row] = sigs[n]
		}
	}
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
