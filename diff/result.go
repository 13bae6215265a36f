package diff

import "github.com/heapdiff/heapdiff/diff/growth"

// Result is what the comparison of two heaps found. Everything in it is plain
// data: writers and gates read it, nothing in it refers to a graph.
//
// Sizes are bytes. Counts and sizes are of objects with a size of their own, as
// Chrome DevTools counts them: a node whose bytes were moved to its owner is
// part of the owner.
type Result struct {
	// Counted says that objects were counted by name and nothing else: nothing is
	// known of what retains what, and the fields about that mean nothing.
	Counted bool

	Match  Match
	Before Side
	After  Side
	// Between are the heaps of a series between the two, in order. Nothing but
	// the judgement of Ranking and the kinds are about them.
	Between []Side

	Kinds   []KindRow  // every kind that occurs; their sizes add up to the heaps'
	Classes []ClassRow // every class that occurs in either heap, most interesting first
	Totals  ClassRow   // the sum over Classes, survivors included: its SizeDelta is the growth of the heap

	InPlace []InPlace // objects alive in both heaps that weigh more now, largest growth first
	Growers []Grower  // what gained the most retained size, with the way to it

	Allocated *Allocated // what was made in between, and by what calls; nil if that was not tracked

	Ranking *growth.Ranking // what grew, by its path and to the byte; nil unless it was asked for

	Warnings []string // what a reader must know of
	// Doubts are those of the warnings for which nothing can be concluded from
	// the comparison: heaps in the wrong order, or one heap twice.
	Doubts []string
}

// Mode is how objects of two heaps were recognised.
type Mode string

const (
	// Identity matches objects by id: both heaps are of one process.
	Identity Mode = "identity"
	// Structure matches classes by name and definition site: the heaps are of
	// different processes, where equal ids mean nothing.
	Structure Mode = "structure"
)

// Match says how the heaps were matched and why.
type Match struct {
	Mode      Mode
	Forced    bool    // the user chose, whatever was found
	Agreement float64 // share of the shared ids that name the same kind of object, 0 to 1
	Shared    int     // ids that both heaps have
	Reason    string  // one sentence
}

// Side is one of the heaps.
type Side struct {
	File   string // as the user named it
	Format string // such as "V8 heap snapshot"
	Nodes  int
	Edges  int
	Size   uint64 // bytes of all objects
	Extra  uint64 // bytes the producer counted but gave to no object; not in Size
}

// Growth is what the heap gained, in bytes; negative if it shrank.
func (r *Result) Growth() int64 { return int64(r.After.Size) - int64(r.Before.Size) }

// KindRow counts the objects of one kind.
type KindRow struct {
	Kind                    string // a name of the table in package kinds, such as "ArrayBuffers"
	BeforeCount, AfterCount int
	BeforeSize, AfterSize   uint64
	Between                 []uint64 // bytes in each heap of a series between the two
}

// ClassRow compares one class. Added, Removed and the two deltas are what
// Chrome DevTools' Comparison shows: in identity mode objects by id, so that an
// object alive in both heaps is in neither; in structure mode what the class
// gained or lost in number. CountDelta is AddedCount - RemovedCount.
type ClassRow struct {
	Class string // as a person reads it
	// Key names the class: "script,line,column,name", or ",name". Where objects
	// cannot be recognised it lacks the number of the script.
	Key   string
	Where string // where it is defined, "file:line:column" counted from 1; may be empty

	AddedCount, RemovedCount, CountDelta int
	AddedSize, RemovedSize               uint64
	// SizeDelta is AddedSize - RemovedSize: in identity mode without what
	// survivors gained, which is InPlaceDelta. In Totals it is the sum of both,
	// and so exactly what the heap gained.
	SizeDelta int64
	// InPlaceDelta is what objects of the class that live in both heaps gained.
	InPlaceDelta int64

	BeforeCount, AfterCount       int
	BeforeSize, AfterSize         uint64
	BeforeRetained, AfterRetained uint64 // of the class: objects within objects of it count once
	RetainedDelta                 int64
}

// InPlace is an object that lives in both heaps and weighs more now.
type InPlace struct {
	ID           uint64
	Class        string
	BeforeSize   uint64
	AfterSize    uint64
	Path         Path
	BeforeLength int // elements of a collection, -1 if it is none or not known
	AfterLength  int
}

// Grower is an object that keeps more than it did: the place that a program
// adds to, and not one of those above it, which retain as much and say less.
//
// Where objects cannot be recognised, a grower is a place that objects of the
// earlier heap had, too: ID names the first of them, and BeforeRetained is 0 if
// none of them was large.
type Grower struct {
	ID             uint64
	Class          string
	New            bool
	BeforeRetained uint64
	AfterRetained  uint64
	// Delta is what it gained, in bytes, without what other growers below it
	// gained. Objects that several growers hold are in the retained size of none
	// of them; they are divided equally here, so that no byte is counted twice.
	Delta int64
	// Holders is how many growers hold the same objects: 1 if it holds them alone.
	Holders int
	Path    Path
	// Holds are the classes of what it gained: first the one that says most, then
	// the largest.
	Holds []Held
}

// Held is a class of objects below a grower.
type Held struct {
	Class string
	Count int // how many are new
	// Size is what they retain, in bytes: each object with what it alone keeps
	// alive, so that sizes of classes within each other overlap.
	Size uint64
}

// Path is the way from the root to an object, as short as a person would say it.
type Path struct {
	Steps []Step
}

// Step is one object on the way and the edge that leads to it.
type Step struct {
	Edge  string // property name, "[*]" for elements, "context:name" for variables of closures
	Class string
	ID    uint64
	Where string // where the constructor or closure is defined; may be empty
}
