package graph_test

import (
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
