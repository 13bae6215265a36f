package inspect

import "github.com/heapdiff/heapdiff/parse"

// Wasted returns how many bytes are copies of strings that exist already. It
// leaves the heap as it is.
func Wasted(h *parse.Heap) uint64 {
	s := &subject{Heap: h, options: Options{Duplicates: 1}}
	return s.duplicates().Wasted
}
