package diff

import (
	"math"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse"
)

// record is what is remembered of an object after its heap has been dropped.
type record struct {
	class    graph.ClassID // provisional
	self     uint32        // bytes, or tooBig
	retained uint32        // bytes, or tooBig
}

// tooBig says that a size stands in the table for sizes that need 64 bits.
const tooBig = math.MaxUint32

// records are the objects of a heap by id, 12 bytes each.
type records struct {
	ids  ids
	rows []record // row of ids -> record
	big  map[uint32]bigSizes
}

type bigSizes struct{ self, retained uint64 }

func newRecords(h *parse.Heap) *records {
	n := h.NumNodes()
	r := &records{ids: newIDs(&h.ID, n), big: map[uint32]bigSizes{}}
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
		self, retained := h.Self.At(i), h.Dominators.Retained(i)
		if retained >= tooBig {
			r.big[row] = bigSizes{self, retained}
		}
		r.rows[row] = record{h.Class[i], uint32(min(self, tooBig)), uint32(min(retained, tooBig))}
	}
	return r
}

// self returns the self size of the object in a row, in bytes.
func (r *records) self(row uint32) uint64 {
	if v := r.rows[row].self; v != tooBig {
		return uint64(v)
	}
	return r.big[row].self
}

// retained returns the retained size of the object in a row, in bytes.
func (r *records) retained(row uint32) uint64 {
	if v := r.rows[row].retained; v != tooBig {
		return uint64(v)
	}
	return r.big[row].retained
}
