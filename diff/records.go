package diff

import (
	"math"
	"math/bits"

	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse"
)

// records are what is remembered of the objects of a heap, by id, after it has
// been dropped: some 4 bytes each, where the engine keeps a hundred.
//
// Most objects are like many others: of one class, and as large. So each has
// but the number of its sort. And most hold nothing alone; those that do have a
// bit, and their retained sizes stand in the order of the bits.
//
//	row of id │ sort   deep │            sort │ class  self     deep │ retained
//	──────────┼─────────────┤            ─────┼────────────    ──────┼─────────
//	    0     │   17    0   │              17 │   3     48       0   │    9,120
//	    1     │    4    1 ──┼─▶ deep 0      4 │  12     16       1   │       88
type records struct {
	ids   ids
	sort  graph.Narrow // row -> sort
	sorts []objectSort // sort -> what its objects have in common

	deep     bitset   // row -> whether the object retains more than itself
	before   []uint32 // word of deep -> deep rows in the words before
	retained []uint32 // deep row -> bytes, or tooBig
	large    map[uint32]uint64

	sigs growth.Signatures // row -> signature; empty if not asked for

	// repeated are the nodes whose id another node before them has. No producer
	// writes any; the first one keeps the id.
	repeated bitset
}

// objectSort is what many objects have in common.
type objectSort struct {
	class graph.ClassID // provisional
	self  uint64        // bytes
}

const tooBig = math.MaxUint32

// entry is what is known of one object.
type entry struct {
	objectSort
	retained uint64 // bytes
}

// newRecords notes all but retained sizes.
func newRecords(h *parse.Heap) *records {
	n := h.NumNodes()
	r := &records{ids: newIDs(&h.ID, n), large: map[uint32]uint64{}}
	rows := r.ids.len()
	if rows < n {
		r.findRepeated(h)
	}
	r.sort = graph.MakeNarrow(rows)
	numbers := newSorter(&r.sorts)
	for i := range graph.NodeID(n) {
		if row, ok := r.rowOf(h, i); ok {
			r.sort.Set(row, numbers.of(objectSort{h.ClassOf(i), h.Self.At(i)}))
		}
	}
	return r
}

func (r *records) findRepeated(h *parse.Heap) {
	taken := newBitset(r.ids.len())
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

// weigh notes the retained sizes.
func (r *records) weigh(h *parse.Heap) {
	rows := r.ids.len()
	r.deep = newBitset(rows)
	r.eachDeep(h, func(row uint32, _ uint64) { r.deep.add(row) })
	r.before = make([]uint32, len(r.deep))
	var count uint32
	for w, word := range r.deep {
		r.before[w] = count
		count += uint32(bits.OnesCount64(word))
	}
	r.retained = make([]uint32, count)
	r.eachDeep(h, func(row uint32, retained uint64) {
		at := r.deepRow(row)
		if r.retained[at] = uint32(min(retained, tooBig)); retained >= tooBig {
			r.large[at] = retained
		}
	})
}

func (r *records) eachDeep(h *parse.Heap, f func(row uint32, retained uint64)) {
	for n := range graph.NodeID(h.NumNodes()) {
		if retained := h.Dominators.Retained(n); retained != h.Self.At(n) {
			if row, ok := r.rowOf(h, n); ok {
				f(row, retained)
			}
		}
	}
}

// deepRow is the number of deep rows before a row.
func (r *records) deepRow(row uint32) uint32 {
	word := r.deep[row>>6] & (1<<(row&63) - 1)
	return r.before[row>>6] + uint32(bits.OnesCount64(word))
}

// sign notes the signatures.
func (r *records) sign(h *parse.Heap, sigs *growth.Signatures) {
	r.sigs = growth.MakeSignatures(r.ids.len())
	for n := range graph.NodeID(h.NumNodes()) {
		if row, ok := r.rowOf(h, n); ok {
			r.sigs.Set(row, sigs.At(uint32(n)))
		}
	}
}

// at returns what is known of the object in a row.
func (r *records) at(row uint32) entry {
	e := entry{objectSort: r.sorts[r.sort.At(row)]}
	if e.retained = e.self; r.deep.has(row) {
		at := r.deepRow(row)
		if e.retained = uint64(r.retained[at]); e.retained == tooBig {
			e.retained = r.large[at]
		}
	}
	return e
}

// find returns the sort of the object with an id, and its row.
func (r *records) find(id uint64) (s objectSort, row uint32, ok bool) {
	row, ok = r.ids.row(id)
	if !ok {
		return objectSort{}, 0, false
	}
	return r.sorts[r.sort.At(row)], row, true
}

// size returns the bytes of memory that the records take.
func (r *records) size() uint64 {
	return r.ids.size() + 8*uint64(len(r.deep)) + 4*uint64(len(r.before)+len(r.retained)) +
		r.sort.Size() + r.sigs.Size() + 16*uint64(len(r.sorts))
}

// sorter numbers sorts. The ones asked for lately are found without the map.
type sorter struct {
	sorts  *[]objectSort
	number map[objectSort]uint32
	recent [1 << 10]struct {
		objectSort
		next uint32 // its number + 1
	}
}

func newSorter(sorts *[]objectSort) *sorter {
	return &sorter{sorts: sorts, number: map[objectSort]uint32{}}
}

func (s *sorter) of(o objectSort) uint32 {
	slot := &s.recent[(uint64(o.class)*0x9E3779B97F4A7C15+o.self*0xD6E8FEB86659FD93)>>54]
	if slot.next != 0 && slot.objectSort == o {
		return slot.next - 1
	}
	n, ok := s.number[o]
	if !ok {
		n = uint32(len(*s.sorts))
		*s.sorts = append(*s.sorts, o)
		s.number[o] = n
	}
	slot.objectSort, slot.next = o, n+1
	return n
}
