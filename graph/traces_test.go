package graph_test

import (
	"testing"

	"github.com/heapdiff/heapdiff/graph"
)

// TestStack: a stack is what V8 keeps of it, however deep the tree claims to be.
func TestStack(t *testing.T) {
	const depth = 100_000
	traces := &graph.Traces{Functions: make([]graph.TraceFunction, depth), Calls: make([]graph.Trace, depth)}
	for row := range uint32(depth) {
		traces.Functions[row].Line = int32(row)
		traces.Calls[row] = graph.Trace{Function: row, Parent: max(row, 1) - 1}
	}
	for row, want := range map[uint32]int{0: 0, 1: 0, 2: 1, 3: 2, 65: 64, depth - 1: 64} {
		stack := traces.Stack(row)
		if len(stack) != want || want > 0 && stack[0].Line != int32(row) {
			t.Errorf("the stack of row %d has %d functions, want %d", row, len(stack), want)
		}
	}
}
