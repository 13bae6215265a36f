package graph_test

import (
	"math/rand/v2"

	"github.com/heapdiff/heapdiff/graph"
	"pgregory.net/rapid"
)

// edge is an edge of a random graph before it is packed.
type edge struct {
	from, to graph.NodeID
	typ      graph.EdgeType
	loose    bool
}

// drawn makes a graph with rapid, which prefers small ones and, when one fails,
// finds the smallest that does.
func drawn(t *rapid.T) *graph.Graph {
	return randomGraph(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "") })
}

// seeded makes a graph of any size up to the largest, evenly.
func seeded(seed uint64) *graph.Graph {
	return randomGraph(rand.New(rand.NewPCG(seed, 1)).IntN)
}

// randomGraph makes a graph of the shapes that matter: hubs that many refer to,
// leaves that one refers to, cycles, nodes that nothing leads to, every type of
// edge, edges that are loose from the start, and objects of 4 GiB and more.
// intn gives a number from 0 to n-1.
func randomGraph(intn func(n int) int) *graph.Graph {
	types := []graph.EdgeType{
		graph.PropertyEdge, graph.PropertyEdge, graph.PropertyEdge, graph.InternalEdge, graph.ElementEdge,
		graph.ContextEdge, graph.HiddenEdge, graph.ShortcutEdge, graph.WeakEdge, graph.UnknownEdge,
	}
	sizes := []uint64{0, 1, 8, 24, 1 << 31, 1<<32 + 5, 1 << 40}
	n := 1 + intn(24)
	hubs := 1 + intn(n)
	plain := intn(2) == 0 // nothing but ordinary edges: deeper trees
	var edges []edge
	for range intn(3*n + 1) {
		e := edge{from: graph.NodeID(intn(n)), to: graph.NodeID(intn(n)), typ: types[intn(len(types))]}
		if intn(4) == 0 {
			e.to = graph.NodeID(intn(hubs))
		}
		e.loose = intn(12) == 11
		if plain {
			e.typ, e.loose = graph.PropertyEdge, false
		}
		edges = append(edges, e)
	}
	g := pack(n, edges)
	g.Root = graph.NodeID([]int{0, 0, n - 1}[intn(3)])
	for _, e := range edges { // owner roots are always held by the root itself
		if e.from == g.Root && e.to != g.Root && !e.loose && e.typ != graph.WeakEdge && intn(2) == 1 {
			g.OwnerRoots = append(g.OwnerRoots, e.to)
		}
	}
	for i := range graph.NodeID(n) {
		g.Self.Set(i, sizes[intn(len(sizes))])
	}
	return g
}

// pack makes columns of edges.
func pack(n int, edges []edge) *graph.Graph {
	g := &graph.Graph{
		TypeNames: graph.NodeTypeNames(),
		Type:      make([]graph.NodeType, n), Name: make([]graph.StringID, n), Flags: make([]graph.Flags, n),
		ID: graph.Wide{Lo: make([]uint32, n)}, Self: graph.Wide{Lo: make([]uint32, n)},
		FirstEdge: make([]graph.EdgeID, n+1),
	}
	g.Strings.Append([]byte("name"))
	for i := range graph.NodeID(n) {
		g.Type[i] = graph.Object
		g.ID.Set(i, uint64(2*i+1))
		for _, e := range edges {
			if e.from != i {
				continue
			}
			l := graph.MakeLink(e.to, e.typ)
			if e.loose {
				l = l.Loosened()
			}
			g.Links = append(g.Links, l)
			g.Labels.Append(0)
		}
		g.FirstEdge[i+1] = graph.EdgeID(len(g.Links))
	}
	return g
}

// unpack is the way back: edge -> its ends.
func unpack(g *graph.Graph) []edge {
	var edges []edge
	for n := range graph.NodeID(g.NumNodes()) {
		from, to := g.Edges(n)
		for _, l := range g.Links[from:to] {
			edges = append(edges, edge{n, l.To(), l.Type(), l.Loose()})
		}
	}
	return edges
}

// clone copies what the dominator pass writes to.
func clone(g *graph.Graph) *graph.Graph {
	c := *g
	c.Links = append([]graph.Link(nil), g.Links...)
	c.Flags = append([]graph.Flags(nil), g.Flags...)
	return &c
}

// reach returns what can be reached from the starts over edges that pass.
func reach(n int, starts []graph.NodeID, edges []edge, passes func(int) bool) []bool {
	reached := make([]bool, n)
	for _, s := range starts {
		reached[s] = true
	}
	for changed := true; changed; {
		changed = false
		for i, e := range edges {
			if reached[e.from] && !reached[e.to] && passes(i) {
				reached[e.to] = true
				changed = true
			}
		}
	}
	return reached
}
