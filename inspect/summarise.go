// Package inspect describes one heap: what it is made of, what holds most of it
// and why an object is alive. What comes in is a parse.Heap, what goes out is
// plain data for writers: a [Summary] or [Retainers].
//
// The numbers are those of Chrome DevTools: its Statistics, its Summary, its
// Retainers pane. Values of strings are secret and left out unless asked for.
package inspect

import (
	"runtime"
	"runtime/debug"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/crew"
	"github.com/heapdiff/heapdiff/kinds"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/heapdiff/heapdiff/paths"
)

// Options say how much to find. Zero means the number in the comment.
type Options struct {
	Largest     int  // objects in Summary.Largest: 20
	Duplicates  int  // texts in Duplicates.Worst: 20
	ShowStrings bool // tell the values of strings
	Objects     int  // of a class whose retainers are asked for, those that retain most: 3
	Paths       int  // different ways to each object: 3
	Direct      int  // direct retainers of each: 100
	Jobs        int  // goroutines; it changes no result: one a core
	Last        bool // nothing else is done with the heap: what was used of it may go
}

// subject is a heap with what is found out about its nodes.
type subject struct {
	*parse.Heap
	options  Options
	distance []int32 // node -> see rules.Distances; nil when it is not needed
	paths    *paths.Finder
	scripts  paths.Scripts
	loading  *parse.Loading // of the heap; nil if it has been loaded
}

// often is how many nodes or edges are looked at in between, a power of two.
const often = 1 << 14

// yield lets others write the heap; at counts what was looked at.
func (s *subject) yield(at int) {
	if at%often == 0 && s.loading != nil {
		s.loading.Yield()
	}
}

func newSubject(h *parse.Heap, o Options) *subject {
	s := &subject{Heap: h, options: o}
	s.paths = paths.Names(h.Graph, s.class)
	return s
}

// Look is a summary in the making.
type Look struct {
	*subject
	sum Summary
}

// Begin finds out what can be known before the dominators are. It only reads the
// heap, and may be called while it is loaded: see [parse.Options.Beside].
func Begin(h *parse.Heap, o Options, loading *parse.Loading) *Look {
	loading.Known()
	l := &Look{subject: newSubject(h, o)}
	l.loading = loading
	l.sum = Summary{Nodes: h.NumNodes(), Edges: h.NumEdges(), Size: h.TotalSelf(), Extra: h.ExtraBytes}
	l.sum.Statistics = l.statistics()
	l.sum.Kinds = l.kinds()
	if l.NumNodes() > giantNodes {
		loading.Settled() // the walk has its memory to itself
	}
	l.sum.Strings = l.duplicates()
	l.scripts = paths.FindScripts(h.Graph)
	return l
}

// Summarise describes a heap. It settles the heap's classes.
func Summarise(h *parse.Heap, o Options) *Summary { return Begin(h, o, new(parse.Loading)).Summarise() }

// Summarise finds out the rest. It settles the heap's classes.
func (l *Look) Summarise() *Summary {
	h, sum, s := l.Heap, &l.sum, l.subject
	sum.File, sum.Format = h.File, h.Format
	h.Settle()
	s.tidy()
	var classes *aggregates
	var largest []graph.NodeID
	count := func() {
		classes = s.aggregate()
		largest = s.largest()
		for _, n := range largest {
			sum.Largest = append(sum.Largest, s.object(n))
		}
		sum.Unreached = h.Dominators.Unreached()
		if l.options.Last {
			h.Dominators = nil
			s.tidy()
		}
	}
	var distance []int32
	measure := func() { distance = h.Distances() }
	jobs := l.options.Jobs
	if s.NumNodes() > hugeNodes {
		jobs = 1 // distances where the dominators were
	}
	crew.Both(jobs, count, measure)
	s.distance, distance = distance, nil
	classes.findNearest(s)
	for i, n := range largest {
		sum.Largest[i].Distance = shownDistance(s.distance[n])
	}
	s.distance = nil
	s.tidy() // ways take as much memory as distances
	s.paths.Seek(largest)
	for i, n := range largest {
		sum.Largest[i].Path = s.steps(s.paths.To(n))
	}
	sum.Classes, sum.Detached = classes.rows(s)
	sum.Warnings = warnings(h)
	return sum
}

const (
	manyNodes  = 1 << 18 // where the memory of a column is worth the time of a collection
	giantNodes = 1 << 22 // where it is worth to be given back
	hugeNodes  = 1 << 26 // and where it is worth more than time
)

// tidy collects what a large heap left behind, as room for what comes next.
func (s *subject) tidy() {
	switch n := s.NumNodes(); {
	case n > giantNodes:
		debug.FreeOSMemory()
	case n > manyNodes:
		runtime.GC()
	}
}

// kinds counts the nodes that weigh something by what they are.
func (s *subject) kinds() []Kind {
	of := kinds.New(s.Graph)
	all := kinds.All()
	rows := make([]Kind, len(all))
	for n := range graph.NodeID(s.NumNodes()) {
		s.yield(int(n))
		if size := s.Self.At(n); size > 0 {
			row := &rows[of.Of(n)]
			row.Count++
			row.Size += size
		}
	}
	var out []Kind
	for i, row := range rows {
		if row.Count > 0 {
			row.Kind = all[i].String()
			out = append(out, row)
		}
	}
	return out
}

// class returns the class name of n.
func (s *subject) class(n graph.NodeID) string { return s.Classes[s.ClassOf(n)].Name }

// object describes n. Path is left out, and Distance as long as none are known.
func (s *subject) object(n graph.NodeID) Object {
	o := Object{
		ID: s.ID.At(n), Class: s.paths.Name(n), Size: s.Self.At(n), Retained: s.Dominators.Retained(n), Distance: -1,
	}
	if s.distance != nil {
		o.Distance = shownDistance(s.distance[n])
	}
	return o
}

// steps puts a readable way into the form of reports.
func (s *subject) steps(way []paths.Step) []Step {
	out := make([]Step, len(way))
	for i, step := range way {
		out[i] = Step{Edge: step.Edge, Class: step.Class, ID: s.ID.At(step.Node), Where: s.where(step.Node)}
	}
	return out
}

// where says where the constructor of n, or n itself if it is a function, is defined.
func (s *subject) where(n graph.NodeID) string {
	if at, ok := s.Locations.Of(n); ok {
		return s.scripts.Where(at)
	}
	return ""
}

// warnings are what a reader of the numbers should know.
func warnings(h *parse.Heap) []string {
	var out []string
	if len(h.OwnerRoots) == 0 {
		out = append(out, "the snapshot names no global object (it was taken with internals exposed), so sizes are not moved to owners and distances count from the collector's roots, as in DevTools")
	}
	return out
}

// or is n, or what is said otherwise if n is not positive.
func or(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}
