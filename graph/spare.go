package graph

import "unsafe"

// Spare is memory that was reserved and turned out not to be needed. Who works
// on the graph for a while may as well use it.
type Spare struct{ pieces [][]uint32 } // all zero

// Words takes n zeros, anew if there are not so many in one piece.
func (s *Spare) Words(n int) []uint32 {
	for i, piece := range s.pieces {
		if n <= len(piece) {
			s.pieces[i] = piece[n:]
			return piece[:n:n]
		}
	}
	return make([]uint32, n)
}

// Narrow takes a column of n zeros.
func (s *Spare) Narrow(n int) Narrow { return Narrow{narrow: halves(s.Words((n + 1) / 2))[:n]} }

// Give adds memory that is not needed any more.
func (s *Spare) Give(words []uint32) {
	clear(words)
	s.pieces = append(s.pieces, words)
}

// spareCells is what cells have behind their end.
func spareCells(cells []cell) Spare {
	behind := cells[len(cells):cap(cells)]
	const words = unsafe.Sizeof(cell{}) / unsafe.Sizeof(uint32(0))
	return Spare{[][]uint32{unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(behind))), cap(behind)*int(words))}}
}

// halves is the same memory as words half as wide.
func halves(words []uint32) []uint16 {
	return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(words))), 2*len(words))
}
