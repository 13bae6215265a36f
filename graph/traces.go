package graph

// Traces are the stacks that allocated the objects of a heap, where the producer
// kept track of them: a tree of calls, and for each node the call it was made in.
type Traces struct {
	Of        []uint32        // node -> row of Calls, 0 if nobody saw it being made; nil if that is not known of any
	Calls     []Trace         // row -> call, callers first; row 0 stands for what was not seen
	Functions []TraceFunction // what is called
	Moments   []Moment        // in the order of time
}

// Trace is a call: a function in the context of those that called it.
type Trace struct {
	ID       uint32 // the producer's number, the same in all heaps of one tracking
	Parent   uint32 // row of the call that it was made in; 0 for the first
	Function uint32 // row of Functions
	Count    uint64 // objects that were made in it since tracking began, freed or not
	Size     uint64 // their bytes
}

// TraceFunction is a function and the place in it that is called from.
type TraceFunction struct {
	Name, Script StringID
	Line, Column int32 // counted from 1; 0 if not known
}

// Moment says which objects existed at a time: those with ids up to LastID.
type Moment struct {
	Micros uint64 // microseconds since tracking began
	LastID uint64
}

// mostFrames is how much of a stack V8 itself keeps. A tree that claims to be
// deeper must not cost its depth for each of its calls.
const mostFrames = 64

// Stack returns the functions of a trace, the innermost first, as many as V8
// keeps. The root, which is no function, is left out.
func (t *Traces) Stack(row uint32) []TraceFunction {
	var stack []TraceFunction
	for ; row != 0 && t.Calls[row].Parent != 0 && len(stack) < mostFrames; row = t.Calls[row].Parent {
		stack = append(stack, t.Functions[t.Calls[row].Function])
	}
	return stack
}
