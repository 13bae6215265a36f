package profile

import "github.com/heapdiff/heapdiff/parse/pprof"

// Result is what the comparison of two profiles found, or what there is in one.
// It is plain data. Values are in the unit of Value; After - Before of all sites
// is that of the profiles, exactly, and so it is of packages and of kinds.
type Result struct {
	Nature pprof.Nature
	Value  pprof.ValueType // what is compared
	// Counts says that BeforeCount and AfterCount are known: how many objects.
	Counts bool
	// Single says that there is one profile: nothing is known of before.
	Single bool
	// Accumulates says that values only grow while a process runs, as those of
	// alloc_space do: their growth is what happened in between, freed or not.
	Accumulates bool

	Before, After Side
	Process       Process
	Sampling      Sampling

	Sites     []Site     // by tier, noise last, most growth first
	Packages  []Group    // of the sites
	Kinds     []Group    // what it is
	Functions []Function // of all stacks, most growth first, as go tool pprof -top
	Total     Amount

	Warnings []string
}

// Side is one of the profiles.
type Side struct {
	File      string
	Types     []pprof.ValueType
	Samples   int
	Functions int
	Rate      int64 // the period, in the unit of PeriodType
	Period    pprof.ValueType
	Time      int64 // when, in nanoseconds since 1970; 0 if not known
	Duration  int64 // nanoseconds; 0 for a moment
}

// Process says whether both profiles are of one process, which makes sampling
// errors smaller.
type Process string

const (
	// SameProcess is sure.
	SameProcess Process = "same"
	// OtherProcess is sure.
	OtherProcess Process = "different"
	// UnknownProcess is treated as different.
	UnknownProcess Process = "unknown"
)

// Sampling says how values were found.
type Sampling struct {
	// Rate is how many bytes lie between two samples on average: 1 if everything
	// was counted, 0 if it is not known.
	Rate  int64
	Exact bool // nothing is estimated
}

// Amount is a value before and after.
type Amount struct {
	Before, After           int64
	BeforeCount, AfterCount int64 // objects, if Result.Counts
	// Error is three standard deviations of the growth; 0 if it is exact or not known.
	Error int64
}

// Growth is After - Before.
func (a *Amount) Growth() int64 { return a.After - a.Before }

// Noise says that the growth may be no more than an accident of sampling.
func (a *Amount) Noise() bool {
	return a.Error > 0 && a.Growth() <= a.Error && a.Growth() >= -a.Error
}

// Origin says whose code a function is.
type Origin string

// The origins, in the order of reports.
const (
	Own        Origin = "own"
	Dependency Origin = "dependency"
	Runtime    Origin = "runtime" // the language's runtime and standard library
)

// Site is a place in the program where memory is allocated that stays, or where
// goroutines stay.
type Site struct {
	Amount
	// Fingerprint names the site in every build and run: 12 hexadecimal digits.
	Fingerprint string
	Origin      Origin
	Function    string // as the profile names it
	Place       string // file and line
	Package     string // of the function
	Via         string // the package of a dependency that does it for Function; may be empty
	Kind        string // what most of it is

	Leaves   []Part // the functions that do it in the end, most growth first
	Contexts []Part // the ways that lead to it, most growth first, as "main → handle → put"
	Entry    string // for goroutines: the function each runs, or who created it

	// Goroutines is how many more goroutines stay at this site, if a goroutine
	// profile was given as well; Waiting says in what.
	Goroutines int64
	Waiting    string

	Stacks []Stack // what grew most, as stacks
}

// IsStacks says that what grew are stacks of goroutines: a profile of goroutines
// tells of which.
func (s *Site) IsStacks() bool { return s.Kind == kindNames[goroutines] }

// Part is a share of a site.
type Part struct {
	Name   string
	Growth int64
}

// Stack is one way through the program, the leaf first.
type Stack struct {
	Frames                  []Frame
	Before, After           int64
	BeforeCount, AfterCount int64
}

// Frame is one call.
type Frame struct {
	Function, File string
	Line           int64
}

// Group is sites or samples that belong together.
type Group struct {
	Amount
	Name   string
	Origin Origin
}

// Function is a row of go tool pprof -top.
type Function struct {
	Name                  string
	Object                string // the file it is in, if it has no symbol and the name is an address
	Unresolved            bool
	FlatBefore, FlatAfter int64 // measured in the function itself
	CumBefore, CumAfter   int64 // and in all it called
}

// Flat is the growth of the function itself.
func (f *Function) Flat() int64 { return f.FlatAfter - f.FlatBefore }

// Cum is the growth of the function and of what it called.
func (f *Function) Cum() int64 { return f.CumAfter - f.CumBefore }
