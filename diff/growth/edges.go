package growth

import (
	"bytes"
	"strconv"

	"github.com/heapdiff/heapdiff/graph"
)

// edger names edges: properties by their name, variables of closures by theirs,
// everything that is one of many as [*].
type edger struct {
	g      *graph.Graph
	labels *labels
	mask   *masker
	cache  cache

	element uint32 // [*]
	hidden  uint32 // edges that have no name
	any     uint32 // a key of an object that is used as a dictionary
	start   uint32 // from the root
	engine  uint32 // to what the engine knows of an object

	masked, shown []byte // of the name at hand

	exports map[graph.NodeID]uint32 // what a module keeps an exported variable in -> its label + 1
	tables  map[graph.NodeID]bool   // where names of exports have been looked for
}

func newEdger(g *graph.Graph, m *masker) *edger {
	e := &edger{g: g, labels: newLabels(labelsOf(g)), mask: m, cache: newCache(g.Strings.Len()), exports: map[graph.NodeID]uint32{}, tables: map[graph.NodeID]bool{}}
	e.start = e.labels.put("", "", system)
	e.element = e.labels.put("[*]", "[*]", entry)
	e.hidden = e.labels.put("(hidden)", "(hidden)", internal)
	e.any = e.labels.put(".*", ".*", entry)
	e.engine = e.labels.put("(engine)", "", internal|late) // the class says it all
	e.labels.rest = e.any
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
		return e.named(asProperty, label)
	case graph.ContextEdge:
		return e.named(asVariable, label)
	default:
		return e.named(asInternal, label)
	}
}

func (e *edger) named(way, name uint32) uint32 {
	if id := e.cache.find(way, name); id != 0 {
		return id - 1
	}
	text := e.g.Strings.Bytes(graph.StringID(name))
	switch way {
	case asProperty:
		return e.cache.put(way, name, e.property(text))
	case asVariable:
		return e.cache.put(way, name, e.variable(text))
	default:
		return e.cache.put(way, name, e.internal(text))
	}
}

// Ways in which edges use names.
const (
	asProperty = iota + 1
	asVariable
	asInternal
)

// isKey reports whether a property may be a key of a dictionary: not what every
// object has.
func (e *edger) isKey(name uint32) bool {
	if id := e.cache.find(asProperty, name); id != 0 {
		return e.labels.flags[id-1]&proto == 0
	}
	return string(e.g.Strings.Bytes(graph.StringID(name))) != "__proto__"
}

func (e *edger) property(name []byte) uint32 {
	if allDigits(name) {
		return e.element
	}
	flags := named
	e.shown = append(append(e.shown[:0], '.'), name...)
	e.masked = append(append(e.masked[:0], '.'), e.mask.mask(lastPart(name))...)
	switch {
	case string(name) == "__proto__":
		flags = slow | proto
	case !bytes.Equal(e.masked, e.shown):
		flags = named | entry
	}
	if len(name) > longest {
		return e.labels.putBytes(e.masked, e.masked, flags)
	}
	return e.labels.putBytes(e.masked, e.shown, flags)
}

func (e *edger) variable(name []byte) uint32 {
	e.masked = append(append(e.masked[:0], variablePrefix...), e.mask.mask(name)...)
	return e.labels.putBytes(e.masked, e.masked, named)
}

// lastPart takes off the name of a file or a route what differs from checkout to
// checkout.
func lastPart(name []byte) []byte {
	for i := len(name) - 2; i >= 0; i-- {
		if c := name[i]; c != '/' && c != '\\' {
			continue
		}
		if bytes.HasPrefix(name, []byte("<symbol ")) {
			return name
		}
		return append([]byte("…"), name[i:]...)
	}
	return name
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

// nameExports learns the names of the variables that an ES module exports. A
// table of the module's has them: a name, and next to it what keeps the value.
func (e *edger) nameExports(module graph.NodeID) {
	g := e.g
	from, to := g.Edges(module)
	for _, l := range g.Links[from:to] {
		if g.Type[l.To()] != graph.Array || e.tables[l.To()] {
			continue
		}
		e.tables[l.To()] = true
		names := map[int]graph.NodeID{} // index in the table -> name
		e.eachEntry(l.To(), func(index int, entry graph.NodeID) {
			if g.Type[entry].IsString() {
				names[index] = entry
			} else if name, ok := names[index-1]; ok && (g.Type[entry] == graph.Hidden || g.Type[entry] == graph.Native) {
				e.exports[entry] = e.variable(g.Strings.Bytes(g.Name[name])) + 1
			}
		})
	}
}

// exportsOf returns what a module keeps its exported variables in.
func (e *edger) exportsOf(module graph.NodeID) []graph.NodeID {
	var cells []graph.NodeID
	from, to := e.g.Edges(module)
	for _, l := range e.g.Links[from:to] {
		if e.tables[l.To()] {
			e.eachEntry(l.To(), func(_ int, entry graph.NodeID) {
				if e.exports[entry] != 0 {
					cells = append(cells, entry)
				}
			})
		}
	}
	return cells
}

// eachEntry calls f with the entries of a table, in their order.
func (e *edger) eachEntry(table graph.NodeID, f func(index int, entry graph.NodeID)) {
	from, to := e.g.Edges(table)
	for edge := from; edge < to; edge++ {
		if index, err := strconv.Atoi(string(e.internalName(edge))); err == nil {
			f(index, e.g.Links[edge].To())
		}
	}
}

// internalName returns the name of an internal edge, or nothing.
func (e *edger) internalName(edge graph.EdgeID) []byte {
	if e.g.Links[edge].Type() != graph.InternalEdge {
		return nil
	}
	return e.g.Strings.Bytes(graph.StringID(e.g.Label(edge)))
}

// isLate reports whether an edge leads to what the engine knows of an object.
func (e *edger) isLate(t graph.EdgeType, name uint32) bool {
	return t == graph.InternalEdge && lateInternals[string(e.g.Strings.Bytes(graph.StringID(name)))]
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
