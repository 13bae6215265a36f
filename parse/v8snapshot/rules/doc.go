// Package rules applies to a V8 heap the rules by which Chrome DevTools counts
// it, so that every number can be checked there:
//
//   - Detachedness spreads from documents and detached nodes to what hangs on them.
//   - The program's own roots are told from the collector's.
//   - The bytes of internal arrays and hidden objects are moved to the object
//     that owns them, so that a Map weighs what its table weighs.
//   - WeakMap entries are kept alive by their key and not by the table.
//   - Distances are counted from the program's roots.
//   - Objects are put into classes; plain objects by the properties they have.
//
// Two deviations are intended: self sizes of 4 GiB and more are not cut to 32
// bits, and classes of one key are one class.
package rules

import "github.com/heapdiff/heapdiff/graph"

// Options say what to do beside the rules.
type Options struct {
	KeepRaw bool // fill Graph.RawSelf with the sizes as the file has them
}

// Prepare settles what the dominator pass depends on: detachedness, the owner
// roots, and which WeakMap edges retain. jobs is how many goroutines work.
func Prepare(g *graph.Graph, jobs int) {
	spreadDetachedness(g)
	g.OwnerRoots = ownerRoots(g)
	loosenEphemerons(g, jobs)
}

// Weigh moves the sizes to where they belong. Of the graph it writes nothing but
// sizes and reads nothing that the first half of the dominator pass writes.
func Weigh(g *graph.Graph, o Options) {
	if o.KeepRaw {
		g.RawSelf = copyWide(g.Self)
	}
	if len(userRoots(g)) > 0 {
		moveSizes(g)
	}
}

func copyWide(w graph.Wide) graph.Wide {
	out := graph.Wide{Lo: append([]uint32(nil), w.Lo...)}
	if w.Hi != nil {
		out.Hi = append([]uint32(nil), w.Hi...)
	}
	return out
}
