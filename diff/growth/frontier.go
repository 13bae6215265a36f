package growth

import (
	"math/bits"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/raw"
)

// frontier is the nodes of a level: few in the order in which they came, many in
// that of the file, so that who follows them goes through memory from front to
// back.
type frontier struct {
	few  []graph.NodeID // while there are less than the capacity
	many bitset
	full bool // they stand in many
}

func newFrontier(nodes int) frontier {
	return frontier{few: raw.Room[graph.NodeID](nodes / 256), many: newBitset(nodes)}
}

func (f *frontier) empty() bool { return len(f.few) == 0 && !f.full }

func (f *frontier) add(n graph.NodeID) {
	if f.full {
		f.many.set(n)
		return
	}
	if len(f.few)+1 < cap(f.few) {
		f.few = append(f.few, n)
		return
	}
	f.full = true
	for _, had := range f.few {
		f.many.set(had)
	}
	f.many.set(n)
	f.few = f.few[:0]
}

// each calls do with every node.
func (f *frontier) each(do func(graph.NodeID)) { f.walk(do, ^uint64(0)) }

// drain is each, and leaves none.
func (f *frontier) drain(do func(graph.NodeID)) {
	f.walk(do, 0)
	f.few, f.full = f.few[:0], false
}

// walk keeps of each word of many what the mask leaves.
func (f *frontier) walk(do func(graph.NodeID), keep uint64) {
	for _, n := range f.few {
		do(n)
	}
	if !f.full {
		return
	}
	for i, word := range f.many {
		f.many[i] = word & keep
		for ; word != 0; word &= word - 1 {
			do(graph.NodeID(i*64 + bits.TrailingZeros64(word)))
		}
	}
}
