package growth

import (
	"bytes"

	"github.com/heapdiff/heapdiff/graph"
)

// edger names edges: properties by their name, variables of closures by theirs,
// everything that is one of many as [*].
type edger struct {
	g      *graph.Graph
	labels *labels
	mask   *masker
	byName [3][]uint32 // property, context, internal: name -> label + 1

	element uint32 // [*]
	hidden  uint32 // edges that have no name
	any     uint32 // a key of an object that is used as a dictionary
	start   uint32 // from the root
}

func newEdger(g *graph.Graph, m *masker) *edger {
	e := &edger{g: g, labels: newLabels(), mask: m}
	e.start = e.labels.put("", "", system)
	e.element = e.labels.put("[*]", "[*]", entry)
	e.hidden = e.labels.put("(hidden)", "(hidden)", internal)
	e.any = e.labels.put(".*", ".*", entry)
	for i := range e.byName {
		e.byName[i] = make([]uint32, g.Strings.Len())
	}
	return e
}

// of returns the label of an edge that leaves a node of the class from.
func (e *edger) of(t graph.EdgeType, label uint32, from labelFlags) uint32 {
	switch t {
	case graph.ElementEdge:
		return e.element
	case graph.HiddenEdge:
		if from&folded != 0 {
			return e.element
		}
		return e.hidden
	case graph.PropertyEdge:
		return e.named(0, label, e.property)
	case graph.ContextEdge:
		return e.named(1, label, e.variable)
	default:
		return e.named(2, label, e.internal)
	}
}

func (e *edger) named(kind int, name uint32, make func([]byte) uint32) uint32 {
	if id := e.byName[kind][name]; id != 0 {
		return id - 1
	}
	id := make(e.g.Strings.Bytes(graph.StringID(name)))
	e.byName[kind][name] = id + 1
	return id
}

func (e *edger) property(name []byte) uint32 {
	masked := "." + string(e.mask.mask(name))
	shown := "." + string(name)
	flags := named
	switch {
	case string(name) == "__proto__":
		flags = slow | proto
	case allDigits(name):
		return e.element
	case masked != shown:
		flags = named | entry
	}
	if len(name) > longest {
		shown = masked
	}
	return e.labels.put(masked, shown, flags)
}

func (e *edger) variable(name []byte) uint32 {
	masked := "context:" + string(e.mask.mask(name))
	return e.labels.put(masked, masked, named)
}

var ephemeronMark = []byte(" / part of key (")

func (e *edger) internal(name []byte) uint32 {
	switch {
	case allDigits(name):
		return e.element
	case bytes.Contains(name, ephemeronMark):
		return e.labels.put("(weak value)", "(weak value)", internal|slow)
	}
	// Names of roots count: "12 / name".
	if i := bytes.Index(name, []byte(" / ")); i > 0 && allDigits(name[:i]) {
		return e.element
	}
	text := "(" + string(e.mask.mask(name)) + ")"
	flags := internal
	if lateInternals[string(name)] {
		flags |= late
	}
	return e.labels.put(text, text, flags)
}

// lateInternals are edges that lead from an object to what the engine knows
// about it, and from there to anything.
var lateInternals = map[string]bool{
	"map": true, "shared": true, "code": true, "feedback_cell": true, "scope_info": true, "initial_map": true,
	"dependent_code": true, "native_context": true, "instance_template": true, "bindings": false,
}

func allDigits(name []byte) bool {
	for _, c := range name {
		if !isDigit(c) {
			return false
		}
	}
	return len(name) > 0
}
