// Package paths finds short ways from the roots of a heap to its objects and
// says them as a person would:
//
//	global.indexerState.cache[*]
//
// and not: the root's shortcut to global, its property indexerState, that one's
// property cache, which is a Map, its internal table, which is an array, and in
// there the internal edge 33956. What the runtime puts between two objects of a
// program is folded into the edge between them, ways through the program are
// preferred to ways through the runtime, and long lists are shortened.
//
//	graph.Graph ── New ──▶ Finder ── To, Between ──▶ []Step
//
// The package reads names and edges as V8 writes them. Other graphs have none
// of them, and their ways come out as they are.
package paths

import (
	"bytes"
	"strings"

	"github.com/heapdiff/heapdiff/graph"
)

// Step is one object on a way and the edge that leads to it.
type Step struct {
	// Edge is a property name, "[*]" for elements and entries, "context:name" for
	// variables of closures, "(name)" for what the runtime keeps; empty at the start.
	Edge  string
	Class string
	Node  graph.NodeID
}

// Finder knows a short way to every object of one heap.
type Finder struct {
	g     *graph.Graph
	class func(graph.NodeID) string
	ways  *graph.Ways // nil until they have been looked for
	words *words
}

// New looks for ways to all objects; class says what an object is called. The
// edges that do not retain must have been loosened.
func New(g *graph.Graph, class func(graph.NodeID) string) *Finder {
	f := Names(g, class)
	f.ways = graph.FindWays(g, f.Globals(), byCollector, f.words.tier)
	return f
}

// Names knows how objects and edges are said, and no ways until [Finder.Seek].
func Names(g *graph.Graph, class func(graph.NodeID) string) *Finder {
	return &Finder{g: g, class: class, words: newWords(g)}
}

// Seek looks for ways to the targets only, and forgets the ways it knew. It is
// much faster than New where the targets are near to the roots.
func (f *Finder) Seek(targets []graph.NodeID) {
	if len(targets) > 0 {
		f.ways = graph.FindWaysTo(f.g, targets, f.Globals(), byCollector, f.words.tier)
	}
}

// Ways returns the ways as they are in the graph.
func (f *Finder) Ways() *graph.Ways { return f.ways }

// Globals returns the global objects of the program, where ways begin: what the
// root points out as such, or those of all its contexts if it points out none.
func (f *Finder) Globals() []graph.NodeID {
	g := f.g
	var globals []graph.NodeID
	contexts := map[graph.NodeID]bool{}
	from, to := g.Edges(g.Root)
	for _, l := range g.Links[from:to] {
		switch {
		case l.Type() == graph.ElementEdge && g.NodeName(l.To()) == "(Document DOM trees)":
			globals = append(globals, l.To())
		case l.Type() != graph.ShortcutEdge:
		case f.words.isContextOfRealm(l.To()):
			contexts[l.To()] = true
		default:
			globals = append(globals, l.To())
		}
	}
	if len(globals) == 0 && len(contexts) == 0 {
		for n := range graph.NodeID(g.NumNodes()) {
			if f.words.isContextOfRealm(n) {
				contexts[n] = true
			}
		}
	}
	for n := range graph.NodeID(g.NumNodes()) {
		if !contexts[n] {
			continue
		}
		from, to := g.Edges(n)
		for e := from; e < to; e++ {
			if g.Links[e].Type() == graph.InternalEdge && f.words.label(e) == "global_object" {
				globals = append(globals, g.Links[e].To())
			}
		}
	}
	return globals
}

// To returns the way to n, or nil if there is none.
func (f *Finder) To(n graph.NodeID) []Step {
	if f.ways == nil || !f.ways.Found(n) {
		return nil
	}
	start, edges := f.ways.To(n)
	return f.Read(graph.Path{Start: start, Edges: edges})
}

// Read says a way as a person would.
func (f *Finder) Read(p graph.Path) []Step {
	g := f.g
	var steps []Step
	if p.Start != g.Root {
		steps = append(steps, Step{Class: f.global(p.Start), Node: p.Start})
	}
	var best phrase
	for i, e := range p.Edges {
		to := g.Links[e].To()
		if next := f.words.phrase(e); next.rank >= best.rank {
			best = next
		}
		if start := f.landmark(e); start != "" {
			best = phrase{}
			steps = append(steps[:0], Step{Class: start, Node: to})
			continue
		}
		if i < len(p.Edges)-1 && f.words.folded(to) {
			continue
		}
		step := Step{Edge: best.text, Class: f.Name(to), Node: to}
		if len(steps) == 0 {
			step.Edge = ""
		}
		steps = append(steps, step)
		best = phrase{}
	}
	return shorten(steps)
}

// landmark names the target of e if everybody knows it by a name, so that the
// way may as well begin there. It is empty if not.
func (f *Finder) landmark(e graph.EdgeID) string {
	g := f.g
	to := g.Links[e].To()
	switch name := g.NodeName(to); g.Type[to] {
	case graph.Synthetic:
		if !strings.HasPrefix(name, node) {
			return name
		}
	case graph.Object:
		if name == "process" {
			return name
		}
		if g.Links[e].Type() == graph.PropertyEdge && f.words.label(e) == "_cache" {
			if from := g.Source(e); g.Type[from] == graph.Closure && g.NodeName(from) == "Module" {
				return "require.cache"
			}
		}
	}
	return ""
}

// Edge says what one edge is called, as in a path.
func (f *Finder) Edge(e graph.EdgeID) string { return f.words.phrase(e).text }

// Folded reports whether n is part of how the runtime lays out an object, such
// as the table of a Map, and not a thing that a program would name.
func (f *Finder) Folded(n graph.NodeID) bool { return f.words.folded(n) }

// global names the global object as programs do.
func (f *Finder) global(n graph.NodeID) string {
	name := f.g.Strings.Bytes(f.g.Name[n])
	switch {
	case bytes.HasPrefix(name, []byte("Window")):
		return "window"
	case bytes.HasPrefix(name, []byte("global")):
		return "global"
	}
	return f.Name(n)
}

// Name returns the class of n, or a name of its own if it has a better one: a
// function is onRequest(), what the runtime keeps is system / PromiseReaction.
func (f *Finder) Name(n graph.NodeID) string {
	name := f.g.NodeName(n)
	switch f.g.Type[n] {
	case graph.Closure:
		if name != "" {
			return name + "()"
		}
	case graph.Hidden, graph.Synthetic:
		if name != "" {
			return name
		}
		if n == f.g.Root {
			return "(root)"
		}
	}
	return f.class(n)
}

// Doubled reports whether the way goes through the backing store of an object,
// beside which there is always a shorter one: V8 lists what an object holds
// with the object itself, too.
func (f *Finder) Doubled(p graph.Path) bool {
	for _, e := range p.Edges {
		if f.g.Links[e].Type() == graph.InternalEdge {
			switch f.words.label(e) {
			case "properties", "elements":
				return true
			}
		}
	}
	return false
}
