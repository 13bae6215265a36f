package graph

// lateEdges are lists of the sources of late edges, one list a vertex, in blocks. The
// blocks stand in pieces of a size that never have to be moved.
type lateEdges struct {
	pieces [][]uint32
	spare  [][]uint32 // memory for pieces
}

// lateBlock is three sources, 0 where there is none, and the block that follows.
type lateBlock [4]uint32

const (
	nextBlock  = len(lateBlock{}) - 1
	pieceShift = 16             // numbers in a piece, as a power of two
	lateShift  = pieceShift - 2 // blocks in it
	mostSpare  = 4
	lateMask   = uint32(1)<<lateShift - 1 // of the number of a block, its place in the piece
)

// add puts a source into the list that begins with the block first, and returns
// where the list begins now.
func (l *lateEdges) add(source, first uint32) uint32 {
	if first != none {
		block := l.at(first)
		for i := range nextBlock {
			if block[i] == 0 {
				block[i] = source
				return first
			}
		}
	}
	last := len(l.pieces) - 1
	if last < 0 || len(l.pieces[last]) == 1<<pieceShift {
		l.pieces = append(l.pieces, l.newPiece())
		last++
	}
	piece := &l.pieces[last]
	*piece = append(*piece, source, 0, 0, first)
	return uint32(last)<<lateShift + uint32(len(*piece)/len(lateBlock{})-1)
}

func (l *lateEdges) newPiece() []uint32 {
	last := len(l.spare) - 1
	if last < 0 {
		return make([]uint32, 0, 1<<pieceShift)
	}
	piece := l.spare[last]
	l.spare = l.spare[:last]
	return piece
}

func (l *lateEdges) at(i uint32) *lateBlock {
	return (*lateBlock)(l.pieces[i>>lateShift][i&lateMask*uint32(len(lateBlock{})):])
}

// lateLog is the late edges in the order in which the walk met them, a number each:
// the target, and above it how much larger the source is than the one before it. Where
// it is much larger, or smaller, a number with the source alone stands before. The log
// is in pieces, so that it need not be moved, and can go as it is read.
type lateLog struct {
	pieces [][]uint32
	source uint32 // of the last edge
}

const (
	vertexBits = 28 // MaxNodes is that many
	vertexMask = 1<<vertexBits - 1
	newSource  = 1<<(32-vertexBits) - 1 // above a source
	firstPiece = 10                     // numbers in the first piece, as a power of two
)

func (l *lateLog) add(u, v uint32) {
	step := u - l.source
	if l.source = u; step >= newSource {
		l.put(newSource<<vertexBits | u)
		step = 0
	}
	l.put(step<<vertexBits | v)
}

func (l *lateLog) put(entry uint32) {
	last := len(l.pieces) - 1
	if last < 0 || len(l.pieces[last]) == cap(l.pieces[last]) {
		last++
		l.pieces = append(l.pieces, make([]uint32, 0, 1<<min(firstPiece+last, pieceShift)))
	}
	l.pieces[last] = append(l.pieces[last], entry)
}

// lateSources lists, for each vertex v, the larger vertices with an edge to it.
//
// Nearly all late edges lead from many objects to a few hubs and say the same.
// What counts of a late edge u→v is the smallest semidominator on the way up
// from u, as far as it stays above v. If u is prompt, which is to say that no
// late edges lead to it, its semidominator is known: if that is smaller than v,
// it counts for v; if not, it lies on the way up itself, and its own is smaller
// still. Either way the edge may as well leave from the parent of u, and so on
// up to the nearest tardy vertex, the anchor of u. A list of a million objects
// is then one source of the map of their class, and not a million.
//
// When an edge was met, its source and what is above that were being followed, so
// that all larger vertices there were hang below. That is why of two sources one
// after the other the larger says as much, if it comes first.
//
// While this goes on, a cell holds: link, the parent. Of a tardy vertex: idom, that it
// is, and the source listed last; label, the first block of late edges to it, or none.
// Of a prompt one: idom, the anchor; label, the smallest semidominator from there up
// to the anchor.
func (w *walker) lateSources() lateEdges {
	l := &lister{cells: w.cells}
	for u := 1; u < len(l.cells); u++ {
		l.settle(uint32(u))
	}
	var u uint32
	for i, piece := range w.late.pieces {
		for _, entry := range piece {
			if step := entry >> vertexBits; step == newSource {
				u = entry & vertexMask
			} else {
				u += step
				l.note(u, entry&vertexMask)
			}
		}
		if w.late.pieces[i] = nil; cap(piece) == 1<<pieceShift && len(l.sources.spare) < mostSpare {
			l.sources.spare = append(l.sources.spare, piece[:0])
		}
	}
	l.sources.spare = nil
	for v := range l.cells {
		c := &l.cells[v]
		if c.idom < tardy {
			c.label = none
		}
		c.idom = none
	}
	return l.sources
}

type lister struct {
	cells   []cell
	sources lateEdges
}

// tardy, in idom of a cell, says that late edges lead to the vertex.
const tardy = 1 << 31

// settle finds the anchor of u, that of its parent being known.
func (l *lister) settle(u uint32) {
	c := &l.cells[u]
	c.link &^= single
	switch above := &l.cells[c.link]; {
	case c.label != none:
		c.idom, c.label = tardy, none
	case c.link == 0:
		c.idom = u
	case above.idom >= tardy:
		c.idom, c.label = c.link, c.semi
	default:
		c.idom, c.label = above.idom, min(c.semi, above.label)
	}
}

// note lists the late edge u→v.
func (l *lister) note(u, v uint32) {
	c := &l.cells[v]
	if c.semi == 0 {
		return // nothing is smaller
	}
	from := &l.cells[u]
	switch anchor := from.idom; {
	case anchor >= tardy || anchor == u:
	case anchor >= v:
		if from.label < v {
			c.semi = min(c.semi, from.label)
		}
		u = anchor
	default: // v hangs somewhere below the anchor
		for step := 0; u > v && step < mostClimbs; step++ {
			if from = &l.cells[u]; from.semi < v {
				c.semi = min(c.semi, from.semi)
			}
			u = from.link
		}
	}
	if u <= v || u <= c.idom&^tardy {
		return
	}
	c.idom = u | tardy
	c.label = l.sources.add(u, c.label)
}
