package graph_test

import (
	"testing"

	"github.com/heapdiff/heapdiff/graph"
)

// hardShape is a family of graphs that is hard on some algorithm, and what must
// come out.
type hardShape struct {
	name  string
	size  int
	make  func(size int) *graph.Graph
	check func(t *testing.T, g *graph.Graph, d *graph.Dominators)
}

var hardShapes = []hardShape{
	{"list", 300_000, makeList, func(t *testing.T, g *graph.Graph, d *graph.Dominators) {
		n := graph.NodeID(g.NumNodes())
		for i := graph.NodeID(1); i < n; i++ {
			if d.Idom(i) != i-1 || d.Retained(i) != uint64(n-i) {
				t.Fatalf("%d: below %d, retains %d", i, d.Idom(i), d.Retained(i))
			}
		}
	}},
	{"diamonds", 100_000, makeDiamonds, func(t *testing.T, g *graph.Graph, d *graph.Dominators) {
		for i := graph.NodeID(3); int(i)+2 < g.NumNodes(); i += 3 {
			if d.Idom(i) != i-3 || d.Idom(i+1) != i || d.Idom(i+2) != i {
				t.Fatalf("%d: below %d", i, d.Idom(i))
			}
		}
	}},
	{"list in an array", 300_000, makeListInArray, func(t *testing.T, g *graph.Graph, d *graph.Dominators) {
		size := graph.NodeID(g.NumNodes()-2) / 2
		for i := range size {
			if item := 2 + size + i; d.Idom(item) != g.Root {
				t.Fatalf("item %d is below %d", i, d.Idom(item))
			}
		}
		if d.Idom(2+size-1) != 2+size-2 {
			t.Errorf("the last link is below %d", d.Idom(2+size-1))
		}
	}},
	{"one holds all", 1_000_000, makeStar, func(t *testing.T, g *graph.Graph, d *graph.Dominators) {
		if got := d.Retained(1); got != uint64(g.NumNodes()-1) {
			t.Errorf("the holder retains %d", got)
		}
	}},
	{"ladder back", 200_000, makeLadder, func(t *testing.T, g *graph.Graph, d *graph.Dominators) {
		for i := graph.NodeID(1); int(i) < g.NumNodes(); i++ {
			if d.Idom(i) != g.Root {
				t.Fatalf("%d is below %d", i, d.Idom(i))
			}
		}
	}},
}

// builder makes large graphs: edges are added node by node.
type builder struct{ g *graph.Graph }

func newBuilder(n int) *builder {
	g := &graph.Graph{
		TypeNames: graph.NodeTypeNames(),
		Type:      make([]graph.NodeType, n), Name: make([]graph.StringID, n), Flags: make([]graph.Flags, n),
		ID: graph.Wide{Lo: make([]uint32, n)}, Self: graph.Wide{Lo: make([]uint32, n)},
		FirstEdge: make([]graph.EdgeID, n+1),
	}
	g.Strings.Append([]byte("name"))
	for i := range n {
		g.Self.Lo[i] = 1
		g.Type[i] = graph.Object
	}
	return &builder{g}
}

// node says where the edges of the next node lead.
func (b *builder) node(n int, to ...int) {
	for _, target := range to {
		b.g.Links = append(b.g.Links, graph.MakeLink(graph.NodeID(target), graph.PropertyEdge))
		b.g.Labels.Append(0)
	}
	b.g.FirstEdge[n+1] = graph.EdgeID(len(b.g.Links))
}

func makeList(size int) *graph.Graph {
	b := newBuilder(size)
	for i := range size - 1 {
		b.node(i, i+1)
	}
	b.node(size - 1)
	return b.g
}

// makeDiamonds is a promise chain: each leads to the next in two ways.
func makeDiamonds(size int) *graph.Graph {
	b := newBuilder(3 * size)
	for i := range size {
		if i == size-1 {
			b.node(3*i, 3*i+1, 3*i+2)
			b.node(3*i + 1)
			b.node(3*i + 2)
			break
		}
		b.node(3*i, 3*i+1, 3*i+2)
		b.node(3*i+1, 3*i+3)
		b.node(3*i+2, 3*i+3)
	}
	return b.g
}

// makeListInArray: root 0, array 1, links 2…, items after them.
func makeListInArray(size int) *graph.Graph {
	b := newBuilder(2 + 2*size)
	items := make([]int, size)
	for i := range items {
		items[i] = 2 + size + i
	}
	b.node(0, 1, 2)
	b.node(1, items...)
	for i := range size {
		if i == size-1 {
			b.node(2+i, items[i])
		} else {
			b.node(2+i, items[i], 2+i+1)
		}
	}
	for _, item := range items {
		b.node(item)
	}
	return b.g
}

func makeStar(size int) *graph.Graph {
	b := newBuilder(2 + size)
	all := make([]int, size)
	for i := range all {
		all[i] = 2 + i
	}
	b.node(0, 1)
	b.node(1, all...)
	for _, n := range all {
		b.node(n, 1)
	}
	return b.g
}

// makeLadder: a list of which each node leads back to the one before, too, and
// the root leads to both ends: nothing but the root dominates anything.
func makeLadder(size int) *graph.Graph {
	b := newBuilder(size)
	b.node(0, 1, size-1)
	for i := 1; i < size; i++ {
		switch {
		case i == 1:
			b.node(i, 2)
		case i == size-1:
			b.node(i, i-1)
		default:
			b.node(i, i-1, i+1)
		}
	}
	return b.g
}
