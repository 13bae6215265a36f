package main

import "errors"

// Ordinals of what every heap begins with.
const (
	oRoot = iota
	oGCRoots
	oGlobal
	oMap
	oApp
	oRecords
	oShape // the shape's nodes, then the chunks of records, then the records
)

const (
	recordNodes = 9    // nodes a record
	recordEdges = 26   // and edges out of them
	chunkLen    = 1000 // records a chunk
	baseEdges   = 10   // out of the nodes before oShape, without the references to shape and chunks
)

// newHeap returns a heap of the shape with size objects of its own (0: the
// shape's default), filled up with records to at least the given nodes, or to
// the given edges if these are not 0.
func newHeap(name string, size, nodes, edges int, seed uint64) (heap, error) {
	s, err := findShape(name)
	if err != nil {
		return heap{}, err
	}
	if size < 0 || nodes < 0 || edges < 0 {
		return heap{}, errors.New("a size, number of nodes or edges is negative")
	}
	if size == 0 {
		size = s.size
	}
	f := filler{shape: s, size: size, seed: seed}
	own := s.nodes(size)
	f.chunks = oShape + own
	if edges > 0 {
		// A record costs its edges, one from its chunk, and its share of the chunk's three.
		f.records = records(edges-baseEdges-s.edges(size), (recordEdges+1)*chunkLen+3)
	} else {
		f.records = records(nodes-oShape-own, recordNodes*chunkLen+1)
	}
	f.first = f.chunks + (f.records+chunkLen-1)/chunkLen
	return heap{all: f.emit, texts: f.records}, nil
}

// records returns how many records make up want, when a chunk of them makes up perChunk.
func records(want, perChunk int) int {
	if want <= 0 {
		return 0
	}
	return (want*chunkLen + perChunk - 1) / perChunk
}

// filler yields a whole heap: what every heap begins with, a shape, and records.
type filler struct {
	shape   shape
	size    int
	seed    uint64
	records int
	chunks  int // ordinal of the first chunk
	first   int // ordinal of the first record
}

func (f filler) emit(yield func(*node) bool) {
	app := node{kind: nObject, name: sApp, self: 32, edges: []edge{layout, {eProperty, sRecords, oRecords}}}
	if f.chunks > oShape {
		app.edges = append(app.edges, edge{eProperty, sSpecial, oShape})
	}
	chunks := f.first - f.chunks
	for _, n := range []node{
		oRoot:    {kind: nSynthetic, name: sNone, edges: []edge{{eElement, 1, oGCRoots}, {eShortcut, sNone, oGlobal}}},
		oGCRoots: {kind: nSynthetic, name: sGCRoots, edges: []edge{{eElement, 0, oGlobal}, {eElement, 1, oMap}}},
		oGlobal:  {kind: nObject, name: sGlobal, self: 64, edges: []edge{layout, {eProperty, sApp, oApp}}},
		oMap:     {kind: nHidden, name: sMap, self: 80, edges: []edge{layout}},
		oApp:     app,
		oRecords: {
			kind: nObject, name: sArray, self: 16 + 8*chunks, edges: []edge{layout},
			count: chunks, element: func(i int) int { return f.chunks + i },
		},
	} {
		if !yield(&n) {
			return
		}
	}
	if f.shape.emit(oShape, f.size, yield) && f.emitChunks(yield) {
		f.emitRecords(yield)
	}
}

func (f filler) emitChunks(yield func(*node) bool) bool {
	for start := 0; start < f.records; start += chunkLen {
		count := min(chunkLen, f.records-start)
		chunk := node{
			kind: nObject, name: sArray, self: 16 + 8*count, edges: []edge{layout, {eInternal, sNext, oRecords}},
			count: count, element: func(i int) int { return f.at(start + i) },
		}
		if !yield(&chunk) {
			return false
		}
	}
	return true
}

// at returns the ordinal of the first node of record r.
func (f filler) at(r int) int { return f.first + r*recordNodes }

// emitRecords yields for each record an Order, its id, its lines (an array and two
// objects), a number, a function with its context, and a Customer. Orders refer to
// customers anywhere, to other records mostly nearby, as allocation order has it.
func (f filler) emitRecords(yield func(*node) bool) {
	const order, id, lines, line1, line2, total, handle, context, customer = 0, 1, 2, 3, 4, 5, 6, 7, 8
	edges := make([]edge, 0, 8) // reused: nobody keeps a node
	emit := func(kind nodeType, name, self int, more ...edge) bool {
		edges = append(append(edges[:0], layout), more...)
		return yield(&node{kind: kind, name: name, self: self, edges: edges})
	}
	for r := range f.records {
		b := f.at(r)
		ok := emit(nObject, sOrder, 56,
			edge{eProperty, sID, b + id},
			edge{eProperty, sCustomerField, f.at(f.anywhere(r, 1)) + customer},
			edge{eProperty, sLines, b + lines},
			edge{eProperty, sTotal, b + total},
			edge{eProperty, sHandle, b + handle}) &&
			emit(nString, len(names)+r, 24) &&
			emit(nObject, sArray, 32, edge{eElement, 0, b + line1}, edge{eElement, 1, b + line2}) &&
			emit(nObject, sLine, 48, edge{eProperty, sID, f.at(f.nearby(r, 2)) + id}, edge{eProperty, sTotal, b + total}) &&
			emit(nObject, sLine, 48, edge{eProperty, sPeer, f.at(f.nearby(r, 3)) + order}, edge{eProperty, sTotal, b + total}) &&
			emit(nNumber, sNumber, 16) &&
			emit(nClosure, sHandler, 64, edge{eInternal, sContext, b + context}, edge{eWeak, sNext, f.at(f.nearby(r, 4)) + handle}) &&
			emit(nObject, sContext, 40, edge{eContext, sCustomerField, b + customer}, edge{eInternal, sPrevious, oGlobal}) &&
			emit(nObject, sCustomer, 48, edge{eProperty, sID, b + id}, edge{eProperty, sPeer, f.at(f.mixed(r, 5)) + customer})
		if !ok {
			return
		}
	}
}

// anywhere, nearby and mixed return a record that record r refers to; which makes
// the references of one record differ.
func (f filler) anywhere(r, which int) int {
	return int(f.hash(r, which) % uint64(f.records))
}

func (f filler) nearby(r, which int) int {
	const reach = 500
	low := max(0, r-reach)
	return low + int(f.hash(r, which)%uint64(min(f.records, r+reach)-low))
}

func (f filler) mixed(r, which int) int {
	if f.hash(r, which)%8 == 0 {
		return f.anywhere(r, which+100)
	}
	return f.nearby(r, which+100)
}

func (f filler) hash(r, which int) uint64 {
	return mix(f.seed<<56 ^ uint64(r)<<8 ^ uint64(which))
}

// mix is the finalizer of splitmix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
