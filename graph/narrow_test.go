package graph_test

import (
	"math"
	"testing"

	"github.com/heapdiff/heapdiff/graph"
)

// TestNarrow: numbers beyond 16 bits widen the column and change nothing.
func TestNarrow(t *testing.T) {
	c := graph.MakeNarrow(100)
	before := c.Size()
	for row := range uint32(100) {
		c.Set(row, row*1000)
	}
	for row := range uint32(100) {
		if got := c.At(row); got != row*1000 {
			t.Fatalf("row %d has %d", row, got)
		}
	}
	if c.Len() != 100 || c.Size() != 2*before {
		t.Errorf("%d rows in %d bytes, before in %d", c.Len(), c.Size(), before)
	}
}

// What was packed into half of its memory is what it was, and the other half can
// be used at once.
func TestNarrowIn(t *testing.T) {
	for _, n := range []int{1, 2, 7, 64} {
		words := make([]uint32, n)
		for i := range words {
			words[i] = uint32(math.MaxUint16 - i)
		}
		c, rest := graph.NarrowIn(words, math.MaxUint16)
		if len(rest) != n/2 || c.Len() != n || c.Size() != 2*uint64(n) {
			t.Fatalf("%d words: %d rows of %d bytes, %d words left", n, c.Len(), c.Size(), len(rest))
		}
		other := graph.MakeNarrowIn(rest, n)
		for i := range uint32(n) {
			if other.At(i) != 0 {
				t.Fatalf("row %d of the new column is %d", i, other.At(i))
			}
			other.Set(i, 7)
		}
		for i := range uint32(n) {
			if c.At(i) != math.MaxUint16-i {
				t.Fatalf("row %d is %d", i, c.At(i))
			}
		}
	}
	wide, rest := graph.NarrowIn([]uint32{1, math.MaxUint16 + 1}, math.MaxUint16+1)
	if wide.At(1) != math.MaxUint16+1 || len(rest) != 0 {
		t.Errorf("a column that does not fit: %d, %d words left", wide.At(1), len(rest))
	}
}
