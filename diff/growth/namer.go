package growth

import (
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

// namer names the edges and nodes of the graph a tree was built from, for as
// long as that graph is there.
type namer struct {
	g     *graph.Graph
	class *classer
	edge  *edger
}

// manner is what there is to know of a node to name the edges that leave it.
type manner struct {
	keyed    bool   // it is used as a dictionary: its properties are keys
	variable uint32 // it keeps the variable of that label + 1
}

// mannerOf looks at a node that has so many edges, a signature, and a class with
// the flags.
func (t *Tree) mannerOf(n graph.NodeID, edges graph.EdgeID, sig uint32, flags labelFlags) manner {
	m := manner{keyed: t.isKeyed(edges, sig)}
	if flags&cell != 0 {
		m.variable = t.namer.edge.exports[n]
	}
	return m
}

// edgeLabel names an edge between nodes of classes with these flags. All that the
// engine knows of an object hangs there under one name.
func (t *Tree) edgeLabel(et graph.EdgeType, name uint32, source, target labelFlags, m manner) uint32 {
	e := t.namer.edge
	switch {
	case target&runtime != 0:
		return e.engine
	case m.keyed && et == graph.PropertyEdge && e.isKey(name):
		return e.any
	case m.variable != 0 && et == graph.InternalEdge && !e.isLate(et, name):
		return m.variable - 1
	}
	return e.of(et, name, source)
}

// hangsAt returns the signature that something of a class with the flags hangs at
// which an object of sig leads to. What the engine knows of objects (their code,
// their shapes) hangs at a signature of its own: it is too much to tell all of its
// owners apart, and not theirs.
func (t *Tree) hangsAt(sig uint32, flags labelFlags) uint32 {
	if flags&runtime != 0 {
		return t.engine
	}
	return sig
}

// sourceFlags returns the flags of the class of a node that has a signature.
func (t *Tree) sourceFlags(n graph.NodeID, s Signature) labelFlags {
	if !s.Internal() {
		return t.met[s].flags
	}
	return t.classes.flags[t.namer.class.of(n)]
}

// placeOf returns the place that an edge to an object leads to, or absent.
func (t *Tree) placeOf(from graph.NodeID, e graph.EdgeID) uint32 {
	m := t.namer
	l := m.g.Links[e]
	s := t.sig(from)
	flags := t.sourceFlags(from, s)
	class := t.sigs[t.sig(l.To()).Row()].class
	first, end := m.g.Edges(from)
	edge := t.edgeLabel(l.Type(), m.g.Label(e), flags, t.classes.flags[class], t.mannerOf(from, end-first, s.Row(), flags))
	if p := t.lookup(t.hangsAt(s.Row(), t.classes.flags[class]), edge, class); p != absent {
		return p
	}
	if t.edges.flags[edge]&named != 0 {
		return t.lookup(s.Row(), m.edge.any, class)
	}
	return absent
}

// Release drops what refers to the graph, the signatures of the nodes included:
// the tree then takes little memory and can be compared still.
func (t *Tree) Release() {
	t.namer, t.met, t.kept, t.code, t.scratch, t.Sig = nil, nil, nil, code{}, nil, Signatures{}
	t.places, t.sigs = slices.Clone(t.places), slices.Clone(t.sigs)
	t.resize(indexSize(len(t.places)))
}
