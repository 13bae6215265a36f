package graph

import (
	"math"
	"unsafe"
)

// Narrow is a column of numbers that nearly always fit 16 bits. The first that
// does not makes all of them twice as wide.
type Narrow struct {
	narrow []uint16
	wide   []uint32 // instead, once it is needed
}

// MakeNarrow makes a column of n zeros.
func MakeNarrow(n int) Narrow { return Narrow{narrow: make([]uint16, n)} }

// NarrowIn makes a column of words, none of them above most, in the memory of
// these. It returns what is not needed of that.
func NarrowIn(words []uint32, most uint32) (c Narrow, rest []uint32) {
	if most > math.MaxUint16 {
		return Narrow{wide: words}, nil
	}
	narrow := halves(words)[:len(words)]
	for i, v := range words {
		narrow[i] = uint16(v) // never behind what has been read
	}
	return Narrow{narrow: narrow}, words[(len(words)+1)/2:]
}

// MakeNarrowIn makes a column of n zeros, in the memory of these words if they
// are enough.
func MakeNarrowIn(words []uint32, n int) Narrow {
	if need := (n + 1) / 2; need <= len(words) {
		clear(words[:need])
		return Narrow{narrow: halves(words)[:n]}
	}
	return MakeNarrow(n)
}

// halves is the same memory as words half as wide.
func halves(words []uint32) []uint16 {
	return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(words))), 2*len(words))
}

// Len returns the number of rows.
func (c *Narrow) Len() int { return max(len(c.narrow), len(c.wide)) }

// Size returns the bytes of memory that the column takes.
func (c *Narrow) Size() uint64 { return 2*uint64(len(c.narrow)) + 4*uint64(len(c.wide)) }

// At returns the number in a row.
func (c *Narrow) At(row uint32) uint32 {
	if c.wide != nil {
		return c.wide[row]
	}
	return uint32(c.narrow[row])
}

// Set stores the number of a row.
func (c *Narrow) Set(row, v uint32) {
	switch {
	case c.wide != nil:
		c.wide[row] = v
	case v > math.MaxUint16:
		c.wide = make([]uint32, len(c.narrow))
		for i, old := range c.narrow {
			c.wide[i] = uint32(old)
		}
		c.narrow = nil
		c.wide[row] = v
	default:
		c.narrow[row] = uint16(v)
	}
}
