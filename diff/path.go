package diff

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/heapdiff/heapdiff/graph"
)

// pathfinder finds the way to objects and writes it as a person would say it.
type pathfinder struct {
	g       *graph.Graph
	shown   *shown
	classOf func(graph.NodeID) string
	starts  []graph.NodeID
	ways    *graph.Ways
	labels  []labelKind // string -> what it means as the label of an internal edge
}

// Tiers of edges: an edge of a higher tier is only taken where no lower one leads.
const (
	plainTier    = iota // what a program writes: properties, variables, elements
	internalTier        // what the engine needs to do that
	clutterTier         // maps, prototypes, code: everything is near to everything
	rootTier            // from the collector's roots
)

type labelKind uint8

const (
	unknownLabel labelKind = iota
	innerLabel             // between a container and its inside
	clutterLabel
	otherLabel
)

// innerLabels lead from an object to a part of it.
var innerLabels = map[string]bool{
	"table": true, "elements": true, "properties": true, "context": true, "previous": true, "extension": true,
	"backing_store": true, "buffer": true, "parameters_and_registers": true, "global_object": true,
	"reactions_or_result": true, "reactions": true, "fulfill_handler": true, "reject_handler": true, "promise_or_capability": true,
	"first": true, "second": true, "parent": true, "value": true, "bound_this": true, "bound_arguments": true, "bound_function": true,
}

// clutterLabels lead from an object to what all of its class share.
var clutterLabels = map[string]bool{
	"map": true, "shared": true, "code": true, "feedback_cell": true, "initial_map": true, "scope_info": true,
	"native_context": true, "prototype_info": true, "dependent_code": true, "constructor": true, "constructor_or_backpointer": true,
	"transition": true, "transitions": true, "prototype": true, "script": true, "script_or_debug_info": true,
}

// newPathfinder looks for the ways to all nodes; classOf says what a node is called.
func newPathfinder(g *graph.Graph, s *shown, classOf func(graph.NodeID) string) *pathfinder {
	p := &pathfinder{g: g, shown: s, classOf: classOf, labels: make([]labelKind, g.Strings.Len())}
	p.starts = globals(g, s)
	p.ways = graph.FindWays(g, p.starts, rootTier, p.tier)
	return p
}

// globals returns the objects that programs call global or window: those that
// the roots name, and in heaps that name realms instead, the realms' own.
func globals(g *graph.Graph, s *shown) []graph.NodeID {
	var found []graph.NodeID
	realm := func(n graph.NodeID) {
		from, to := g.Edges(n)
		for e := from; e < to; e++ {
			if g.Links[e].Type() == graph.InternalEdge && string(g.Strings.Bytes(graph.StringID(g.Labels[e]))) == "global_object" {
				found = append(found, g.Links[e].To())
			}
		}
	}
	for _, n := range g.OwnerRoots {
		if s.isRoot(n) {
			realm(n)
		} else if g.Type[n] == graph.Object {
			found = append(found, n)
		}
	}
	if len(g.OwnerRoots) == 0 {
		for n := range graph.NodeID(g.NumNodes()) {
			if g.Type[n] != graph.String && s.name(n)&native != 0 {
				realm(n)
			}
		}
	}
	return found
}

func (p *pathfinder) label(e graph.EdgeID) labelKind {
	kind := &p.labels[p.g.Labels[e]]
	if *kind == unknownLabel {
		text := string(p.g.Strings.Bytes(graph.StringID(p.g.Labels[e])))
		switch {
		case innerLabels[text] || text != "" && strings.Trim(text, "0123456789") == "":
			*kind = innerLabel
		case clutterLabels[text]:
			*kind = clutterLabel
		default:
			*kind = otherLabel
		}
	}
	return *kind
}

func (p *pathfinder) tier(from graph.NodeID, e graph.EdgeID) uint8 {
	g := p.g
	switch g.Type[from] {
	case graph.Code, graph.ObjectShape:
		return clutterTier
	case graph.Synthetic:
		return rootTier
	}
	switch g.Links[e].Type() {
	case graph.PropertyEdge:
		if string(g.Strings.Bytes(graph.StringID(g.Labels[e]))) == "__proto__" {
			return clutterTier
		}
		return plainTier
	case graph.ContextEdge, graph.ElementEdge:
		return plainTier
	case graph.HiddenEdge:
		if g.Type[from] == graph.Array {
			return plainTier
		}
		return internalTier
	}
	switch p.label(e) {
	case innerLabel:
		return plainTier
	case clutterLabel:
		return clutterTier
	}
	return internalTier
}

// maxSteps is how many steps of a path are written.
const maxSteps = 24

// To returns the way to n.
func (p *pathfinder) to(n graph.NodeID) Path {
	if !p.ways.Found(n) {
		return Path{}
	}
	start, edges := p.ways.To(n)
	var steps []Step
	if start != p.g.Root {
		steps = append(steps, Step{Class: p.globalName(start), ID: p.g.ID.At(start)})
	}
	name := ""
	for _, e := range edges {
		to := p.g.Links[e].To()
		if text := p.edgeName(e); text != "" {
			name = text
		}
		if p.shown.folds(to) && to != n {
			continue
		}
		if p.shown.isRoot(to) && len(steps) == 0 && to != n {
			name = ""
			continue
		}
		steps = append(steps, Step{Edge: name, Class: p.classOf(to), ID: p.g.ID.At(to), Where: where(p.g, to)})
		name = ""
	}
	if len(steps) > maxSteps {
		const head = maxSteps / 2
		tail := steps[len(steps)-(maxSteps-head-1):]
		steps = append(append(steps[:head:head], Step{Edge: "(…)"}), tail...)
	}
	return Path{steps}
}

// edgeName is how a program would follow the edge, or empty if it could not.
func (p *pathfinder) edgeName(e graph.EdgeID) string {
	l, label := p.g.Links[e], p.g.Labels[e]
	switch l.Type() {
	case graph.PropertyEdge:
		return p.g.Strings.String(graph.StringID(label))
	case graph.ContextEdge:
		return "context:" + p.g.Strings.String(graph.StringID(label))
	case graph.ElementEdge:
		return "[*]"
	case graph.HiddenEdge:
		if p.g.Type[p.g.Source(e)] == graph.Array {
			return "[*]"
		}
		return ""
	}
	text := p.g.Strings.Bytes(graph.StringID(label))
	switch {
	case len(text) > 0 && len(bytes.Trim(text, "0123456789")) == 0:
		return "[*]"
	case bytes.Contains(text, []byte(" / part of key (")):
		return "[*]"
	}
	return ""
}

// globalName is what a program calls its global object.
func (p *pathfinder) globalName(n graph.NodeID) string {
	name := p.g.NodeName(n)
	switch {
	case name == "global" || strings.HasPrefix(name, "global "):
		return "global"
	case name == "Window" || strings.HasPrefix(name, "Window "):
		return "window"
	}
	return p.classOf(n)
}

// where says where the constructor or the closure stands, counted from 1.
func where(g *graph.Graph, n graph.NodeID) string {
	at, ok := g.Locations.Of(n)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d:%d:%d", at.Script, at.Line+1, at.Column+1)
}

// isGlobal reports whether n is an object that programs call global or window.
func (p *pathfinder) isGlobal(n graph.NodeID) bool { return slices.Contains(p.starts, n) }
