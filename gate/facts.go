package gate

import (
	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
)

// Facts are what rules are about: one comparison as plain data. Sizes are bytes.
type Facts struct {
	Before, After diff.Side
	Kinds         []diff.KindRow
	Classes       []diff.ClassRow

	// Lines are all places that grew, the small ones included, and how they add
	// up to the growth of the heap.
	Lines          []growth.Line
	Reconciliation growth.Reconciliation

	// Profiled is set if the heaps are known from profiles.
	Profiled *Profiled

	// Doubts are why nothing can be concluded from the comparison: heaps in the
	// wrong order, one heap twice.
	Doubts []string

	// Wasted are the bytes of duplicate strings before and after. They are only
	// known if HasWasted is set: finding them takes time.
	Wasted    [2]uint64
	HasWasted bool

	// Iterations is how often the program did its work between the heaps; 0 if
	// that is not known.
	Iterations int
}

// kind returns the row of a kind of package kinds, or an empty one.
func (f *Facts) kind(name string) diff.KindRow {
	for _, row := range f.Kinds {
		if row.Kind == name {
			return row
		}
	}
	return diff.KindRow{Kind: name}
}

// external is what the later heap holds outside of the engine's own memory, and
// what is inside.
func (f *Facts) external() (outside, inside uint64) {
	for _, row := range f.Kinds {
		switch row.Kind {
		case kindBuffers, kindNative:
			outside += row.AfterSize
		default:
			inside += row.AfterSize
		}
	}
	return outside + f.After.Extra, inside
}
