// Package spill makes large slices that may lie on disk: for heaps that are
// larger than the memory there is, and machines that have a fast disk.
//
// A slice is a file in the given folder, mapped into memory. The system keeps
// the pages that are used and writes the others out when it needs room. The file
// has no name from the start, so nothing is left behind however the process
// ends, and its space is reserved at once: a disk that is full is an error here
// and not a crash later. The memory is given back when the process ends.
package spill

import (
	"fmt"
	"unsafe"
)

// Make returns a slice of n zeros in a file in the folder dir. T must not hold
// pointers.
func Make[T any](dir string, n int) ([]T, error) {
	if n == 0 {
		return nil, nil
	}
	size := int64(n) * int64(unsafe.Sizeof(*new(T)))
	memory, err := mapped(dir, size)
	if err != nil {
		return nil, fmt.Errorf("no room for %d bytes in %s: %w", size, dir, err)
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(memory))), n), nil
}
