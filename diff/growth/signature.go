package growth

import (
	"unsafe"

	"github.com/heapdiff/heapdiff/graph"
)

// Signature is the number of a signature in its tree. The top bit marks
// internals: nodes that are part of another object and not counted.
type Signature uint32

const (
	internalBit Signature = 1 << 31
	rootSig               = 1
)

// Row returns the row of the signature in its tree.
func (s Signature) Row() uint32 { return uint32(s &^ internalBit) }

// Internal reports whether the node is part of the object of that signature.
func (s Signature) Internal() bool { return s&internalBit != 0 }

// Signatures is a column of signatures: in 2 bytes each, unless there are many.
type Signatures struct{ packed graph.Narrow }

// MakeSignatures makes a column of n rows.
func MakeSignatures(n int) Signatures { return Signatures{graph.MakeNarrow(n)} }

// Len returns the number of rows.
func (c *Signatures) Len() int { return c.packed.Len() }

// Size returns the bytes of memory that the column takes.
func (c *Signatures) Size() uint64 { return c.packed.Size() }

// At returns the signature in a row.
func (c *Signatures) At(row uint32) Signature {
	packed := c.packed.At(row)
	return Signature(packed>>1 | packed<<31)
}

// Set stores the signature of a row.
func (c *Signatures) Set(row uint32, s Signature) { c.packed.Set(row, s.packed()) }

// packed is a number that is small if the row of the signature is.
func (s Signature) packed() uint32 { return uint32(s)<<1 | uint32(s>>31) }

// pack makes a column of signatures, which are less than so many, in the memory
// of these, and returns what is not needed of that.
func pack(signatures []Signature, below uint32) (c Signatures, rest []uint32) {
	words := unsafe.Slice((*uint32)(unsafe.SliceData(signatures)), len(signatures))
	for i, s := range signatures {
		words[i] = s.packed()
	}
	c.packed, rest = graph.NarrowIn(words, below*2-1)
	return c, rest
}
