package growth

import "github.com/heapdiff/heapdiff/advice"

// Ranking is what grew between two heaps, who holds it and by how much. It is
// plain data: nothing in it refers to a graph. Sizes are bytes.
type Ranking struct {
	// Lines are the places that grew, most important first: by tier, and within
	// a tier by share, exclusive bytes, count, and fingerprint.
	Lines          []Line
	Hidden         Hidden
	Reconciliation Reconciliation
	// Ways are what came and what went, by the ways on which objects are reached:
	// those on which much did. The first is the whole heap.
	Ways []Way
}

// Tier says how far a line is the program's own doing.
type Tier string

const (
	// Leak grew in every step of a series of three heaps and more.
	Leak Tier = "LEAK"
	// Growth grew between two heaps, of which nobody can tell more.
	Growth Tier = "GROWTH"
	// WarmUp grew and then stopped.
	WarmUp Tier = "WARM-UP"
	// Churn went up and down.
	Churn Tier = "CHURN"
	// Library grew inside a package or the platform's own modules.
	Library Tier = "LIBRARY"
	// Runtime is the engine's own: code, feedback, shapes, loaded modules.
	Runtime Tier = "RUNTIME"
)

// Line is one place that grew: an accumulation point, or objects that became
// larger where they are.
type Line struct {
	// Fingerprint names the finding in every run, machine and version: 12
	// hexadecimal digits.
	Fingerprint string
	Tier        Tier
	Kind        Kind
	Payload     Kind // of most of the bytes, if that is of interest beside Kind: Buffers
	InPlace     bool // the objects themselves became larger; nothing accumulated

	Path     string // as a person reads it: global.indexer.cache (Map) → [*] Record
	Owner    string // the names of the path up to what holds: global.indexer.cache
	Steps    []Step // the path in parts, from the root to the container
	Holders  uint64 // how many objects have this path: one, unless what holds is itself one of many
	HolderID uint64 // of the one among them that retains most; 0 if the runtime itself holds
	Class    string // class of what accumulates, or of the object that became larger
	Location string // "script:line:column" of the constructor or closure; may be empty
	Located  string // what stands there, if it is not Class but something that came with it

	CountBefore, CountAfter uint64 // objects at the place that grew most
	SizeBefore, SizeAfter   uint64 // bytes of all objects with the signatures that accumulated
	Share                   uint64 // bytes of the growth; what k places hold counts 1/k for each
	Exclusive               uint64 // bytes that only this place holds: what mending it alone frees
	Own                     uint64 // bytes of Share that the container itself became larger
	CoOwners                []CoOwner
	Children                []Child // what accumulates, most bytes first
	SampleIDs               []uint64
	Dominators              []Step         // from a sample's immediate dominator up to the root
	PerIteration            Rate           // zero if the iterations are not known
	Advice                  advice.Pattern // what is likely behind it, for advice.Of
	Allocated               []Allocation   // by what calls it was made, most bytes first; empty if that was not tracked

	Counts []uint64 // objects at the place in each heap of a series
	Sizes  []uint64 // and the bytes of the signatures that accumulated

	standing standing // what it is about, to be found in other heaps
}

// Step is one part of a path.
type Step struct {
	Edge  string // ".name", "context:name", "[*]", "(internal)"; empty for the first
	Class string
	Where string // where the constructor or closure is defined; may be empty

	Count    uint64 // objects with this path; 0 if that is not told
	Retained uint64 // bytes that the one of them that retains most retains; 0 if that is not known
}

// CoOwner is another place that holds some of the same objects.
type CoOwner struct {
	Fingerprint string // of its line; empty if it has none, as it did not grow itself
	Owner       string
	Size        uint64 // bytes that both hold
}

// Child is what accumulates at a place, or below it.
type Child struct {
	Path  string // from the container on: [*] Record.tags
	Class string
	Count uint64 // objects more
	Size  uint64 // bytes more, shared or not
}

// Rate is growth for each iteration of the program.
type Rate struct {
	Count float64
	Size  float64
}

// Hidden is what was too small for a line.
type Hidden struct {
	Lines int
	Size  uint64
}

// Reconciliation shows that nothing is counted twice or left out: Accumulated +
// InPlace + Unattributed - Freed = Growth, to the byte.
type Reconciliation struct {
	Accumulated  uint64  // the shares of all accumulation points
	Own          uint64  // the part of Accumulated that the containers themselves became larger
	InPlace      uint64  // what objects gained that are not accumulation points
	Unattributed uint64  // what came and hangs at no accumulation point
	Freed        uint64  // what went, or became smaller
	Growth       int64   // heap after - heap before
	Coverage     float64 // (Accumulated + InPlace) / (Accumulated + InPlace + Unattributed), 0 to 1
}
