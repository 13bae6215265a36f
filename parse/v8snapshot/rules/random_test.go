package rules_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/heapdiff/heapdiff/graph"
)

// heap is a random heap before it is made columns of: V8's types, the names that
// rules look at, WeakMap entries, detached nodes, clashes.
type heap struct {
	types   []graph.NodeType
	names   []string
	states  []graph.Flags // detachedness in the file
	self    []uint64
	edges   [][]edge // node -> its edges
	hasDOM  bool
	located map[graph.NodeID]graph.Location
}

type edge struct {
	typ   graph.EdgeType
	name  string // of named edges
	index uint32 // of others
	to    graph.NodeID
}

var (
	nodeTypes = []graph.NodeType{
		graph.Object, graph.Object, graph.Object, graph.Hidden, graph.Hidden, graph.Array, graph.Array,
		graph.Native, graph.Native, graph.Synthetic, graph.String, graph.Closure, graph.Code, graph.Symbol,
	}
	nodeNames = []string{
		"Object", "Object", "Object", "Session", "Map", "system / NativeContext", "(map descriptors)", "system / ExternalStringData",
		"(Document DOM trees)", "Detached Tree", "<div id=\"a\">", "Detached <li class>", "<b>", "", "(system)", "Function",
	}
	edgeNames = []string{
		"a", "b", "c", "d,e", "__proto__", "elements", "sloppy_function_map", "1", "4", "7", "10 / x",
		"a property with a name so long that few of its kind go into the hundred and twenty units",
		"and a second one that does not fit behind it any more",
	}
	edgeTypes = []graph.EdgeType{
		graph.PropertyEdge, graph.PropertyEdge, graph.PropertyEdge, graph.InternalEdge, graph.InternalEdge,
		graph.ElementEdge, graph.HiddenEdge, graph.ContextEdge, graph.ShortcutEdge, graph.WeakEdge,
	}
)

func id(n int) uint64 { return uint64(2*n + 1) }

// randomHeap makes the heap of a seed.
func randomHeap(seed uint64) *heap {
	r := rand.New(rand.NewPCG(seed, 2))
	n := 2 + r.IntN(24)
	h := &heap{edges: make([][]edge, n), hasDOM: r.IntN(3) > 0, located: map[graph.NodeID]graph.Location{}}
	for i := range n {
		h.types = append(h.types, nodeTypes[r.IntN(len(nodeTypes))])
		h.names = append(h.names, nodeNames[r.IntN(len(nodeNames))])
		h.self = append(h.self, uint64(r.IntN(4)*8))
		state := graph.Flags(0)
		if h.hasDOM && r.IntN(4) == 0 {
			state = graph.Flags(1 + r.IntN(2))
		}
		h.states = append(h.states, state)
		if h.types[i] == graph.Object && r.IntN(4) == 0 {
			h.located[graph.NodeID(i)] = graph.Location{Script: int32(r.IntN(2)), Line: int32(r.IntN(2))}
		}
	}
	h.types[0], h.names[0] = graph.Synthetic, ""
	for range r.IntN(4 * n) {
		from := r.IntN(n)
		h.edges[from] = append(h.edges[from], edge{
			typ: edgeTypes[r.IntN(len(edgeTypes))], name: edgeNames[r.IntN(len(edgeNames))],
			index: uint32(r.IntN(12)), to: graph.NodeID(r.IntN(n)),
		})
	}
	plain := r.IntN(3) == 0
	for i := 1; plain && i < n; i++ { // plain objects that share properties, so that several names fit
		if r.IntN(2) == 0 {
			h.types[i], h.names[i] = graph.Object, "Object"
			h.edges[i] = nil
			for range 1 + r.IntN(3) {
				h.edges[i] = append(h.edges[i], edge{
					typ: graph.PropertyEdge, name: edgeNames[r.IntN(3)], to: graph.NodeID(r.IntN(n)),
				})
			}
		}
	}
	for i := range r.IntN(3) { // WeakMap entries
		key, value, table := r.IntN(n), r.IntN(n), r.IntN(n)
		called := []string{"Object", "two\nlines", "Tab\u2028le"}[r.IntN(3)]
		for _, from := range []int{key, table} {
			h.edges[from] = append(h.edges[from], edge{
				typ: graph.InternalEdge, to: graph.NodeID(value),
				name: fmt.Sprintf("%d / part of key (%s @%d) -> value (Map @%d) pair in WeakMap (table @%d)",
					10+i+from, called, id(key), id(value), id(table)),
			})
		}
	}
	return h
}

// graph makes columns of it.
func (h *heap) graph() *graph.Graph {
	n := len(h.types)
	g := &graph.Graph{
		TypeNames: graph.NodeTypeNames(), Type: append([]graph.NodeType(nil), h.types...),
		Name: make([]graph.StringID, n), Flags: append([]graph.Flags(nil), h.states...),
		ID: graph.Wide{Lo: make([]uint32, n)}, Self: graph.Wide{Lo: make([]uint32, n)},
		FirstEdge: make([]graph.EdgeID, n+1), HasDOMStates: h.hasDOM,
	}
	known := map[string]graph.StringID{}
	text := func(s string) graph.StringID {
		if _, ok := known[s]; !ok {
			known[s] = g.Strings.Append([]byte(s))
		}
		return known[s]
	}
	text("<dummy>")
	var (
		nodes  []graph.NodeID
		places []uint32
		table  []graph.Location
	)
	for i := range n {
		g.Name[i] = text(h.names[i])
		g.ID.Set(graph.NodeID(i), id(i))
		g.Self.Set(graph.NodeID(i), h.self[i])
		for _, e := range h.edges[i] {
			g.Links = append(g.Links, graph.MakeLink(e.to, e.typ))
			label := e.index
			if !e.typ.Indexed() {
				label = uint32(text(e.name))
			}
			g.Labels.Append(label)
		}
		g.FirstEdge[i+1] = graph.EdgeID(len(g.Links))
		if at, ok := h.located[graph.NodeID(i)]; ok {
			nodes = append(nodes, graph.NodeID(i))
			places = append(places, uint32(len(table)))
			table = append(table, at)
		}
	}
	g.Locations = graph.NewLocations(n, nodes, places, distinct(table, places))
	return g
}

// distinct makes places of equal locations equal, as the parser does.
func distinct(table []graph.Location, places []uint32) []graph.Location {
	known := map[graph.Location]uint32{}
	var out []graph.Location
	for i, at := range table {
		if _, ok := known[at]; !ok {
			known[at] = uint32(len(out))
			out = append(out, at)
		}
		places[i] = known[at]
	}
	return out
}
