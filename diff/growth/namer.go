package growth

import "github.com/heapdiff/heapdiff/graph"

// namer names the edges and nodes of the graph a tree was built from, for as
// long as that graph is there.
type namer struct {
	g     *graph.Graph
	class *classer
	edge  *edger
}

// edgeLabel names an edge that leaves a node of a class with the flags source;
// keyed says that its properties are keys.
func (t *Tree) edgeLabel(et graph.EdgeType, name uint32, source labelFlags, keyed bool) uint32 {
	e := t.namer.edge
	if keyed && et == graph.PropertyEdge && e.isKey(name) {
		return e.any
	}
	return e.of(et, name, source)
}

// placeOf returns the place that an edge to an object leads to, or absent.
func (t *Tree) placeOf(from graph.NodeID, e graph.EdgeID) uint32 {
	m := t.namer
	l := m.g.Links[e]
	sig := t.Sig[from].Row()
	edge := t.edgeLabel(l.Type(), m.g.Label(e), t.sourceFlags(from), t.isKeyed(from))
	class := t.sigs[t.Sig[l.To()].Row()].class
	if p := t.lookup(sig, edge, class); p != absent {
		return p
	}
	if t.edges.flags[edge]&named != 0 {
		return t.lookup(sig, m.edge.any, class)
	}
	return absent
}

// Release drops what refers to the graph, the signatures of the nodes included:
// the tree then takes little memory and can be compared still.
func (t *Tree) Release() {
	t.namer, t.Sig = nil, nil
}
