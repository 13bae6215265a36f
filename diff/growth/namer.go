package growth

import "github.com/heapdiff/heapdiff/graph"

// namer names the edges and nodes of the graph a tree was built from, for as
// long as that graph is there.
type namer struct {
	g     *graph.Graph
	class *classer
	edge  *edger
}

// placeOf returns the place that an edge to an object leads to, or absent.
func (t *Tree) placeOf(from graph.NodeID, e graph.EdgeID) uint32 {
	m := t.namer
	l := m.g.Links[e]
	sig := t.Sig[from].Row()
	edge := m.edge.of(l.Type(), m.g.Labels[e], t.sourceFlags(from))
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
