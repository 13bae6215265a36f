package graph

import "unsafe"

// Spare is memory that was reserved and turned out not to be needed. Who works
// on the graph for a while may as well use it.
type Spare struct{ words []uint32 } // all zero

// Words takes n zeros, anew if there are not so many.
func (s *Spare) Words(n int) []uint32 {
	if n > len(s.words) {
		return make([]uint32, n)
	}
	taken := s.words[:n:n]
	s.words = s.words[n:]
	return taken
}

// Narrow takes a column of n zeros.
func (s *Spare) Narrow(n int) Narrow {
	words := s.Words((n + 1) / 2)
	return Narrow{narrow: unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(words))), n)}
}

// spareCells is what cells have behind their end.
func spareCells(cells []cell) Spare {
	behind := cells[len(cells):cap(cells)]
	const words = unsafe.Sizeof(cell{}) / unsafe.Sizeof(uint32(0))
	return Spare{unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(behind))), cap(behind)*int(words))}
}
