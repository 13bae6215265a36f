package pprof

import (
	"fmt"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
)

// Graph makes the calling-context tree of one value: a node is a frame in its
// context, its self size what was measured there (flat), and what it dominates
// what was measured in all it called (cumulative). A class is a function. The
// root stands above all stacks.
//
// Values below zero, as differences have them, are an *input.SyntaxError.
func (p *Profile) Graph(index int, o Options) (*graph.Graph, error) {
	t := &tree{child: map[uint64]uint32{}, parent: []uint32{0}, function: []uint32{noFunction}, self: []int64{0}}
	samples := 0
	for s := range p.Samples {
		if samples++; samples&0xfff == 0 && o.Admit != nil {
			if err := o.Admit(uint64(len(t.parent)) * bytesANode); err != nil {
				return nil, err
			}
		}
		v := s.Values[index]
		if v == 0 {
			continue
		}
		if len(t.parent)+64*len(s.Locations) > graph.MaxNodes {
			return nil, p.refuse("too many different stacks for a tree", "")
		}
		at := uint32(0)
		for i := len(s.Locations) - 1; i >= 0; i-- {
			frames := p.At(s.Locations[i])
			for j := len(frames) - 1; j >= 0; j-- {
				at = t.step(at, frames[j].Function)
			}
		}
		t.self[at] += v
	}
	for _, v := range t.self {
		if v < 0 {
			return nil, p.refuse("values below zero have no tree", "it is a difference of two profiles already; heapdiff inspect shows it")
		}
	}
	return t.graph(p), nil
}

// bytesANode is what a node of the tree takes, in it and in the graph.
const bytesANode = 110

func (p *Profile) refuse(what, try string) error {
	return &input.SyntaxError{File: p.File, Offset: -1, What: what, Try: try}
}

const noFunction = ^uint32(0)

// tree is a calling-context tree being built; node 0 is the root.
type tree struct {
	child    map[uint64]uint32 // parent and function -> node
	parent   []uint32          // node -> the frame that called it
	function []uint32          // node -> row of Functions
	self     []int64           // node -> flat
}

func (t *tree) step(parent, function uint32) uint32 {
	key := uint64(parent)<<32 | uint64(function)
	n, ok := t.child[key]
	if !ok {
		n = uint32(len(t.parent))
		t.child[key] = n
		t.parent = append(t.parent, parent)
		t.function = append(t.function, function)
		t.self = append(t.self, 0)
	}
	return n
}

func (t *tree) graph(p *Profile) *graph.Graph {
	n := len(t.parent)
	g := &graph.Graph{
		TypeNames: graph.NodeTypeNames(),
		Type:      make([]graph.NodeType, n), Name: make([]graph.StringID, n), Class: graph.MakeNarrow(n), Flags: make([]graph.Flags, n),
		ID: graph.Wide{Lo: make([]uint32, n)}, Self: graph.Wide{Lo: make([]uint32, n)},
		FirstEdge: make([]graph.EdgeID, n+1), Links: make([]graph.Link, n-1),
	}
	calls := g.Strings.Append([]byte("calls"))
	names := newNames(g)
	names.add(&Function{Name: "(root)"}) // class 0
	class := make([]graph.ClassID, len(p.Functions))
	for i := range p.Functions {
		class[i] = names.add(&p.Functions[i])
	}
	for i := range n {
		g.ID.Lo[i] = uint32(i)
		g.Self.Set(graph.NodeID(i), uint64(t.self[i]))
		g.Type[i] = graph.Frame
		if i > 0 {
			g.Class.Set(uint32(i), uint32(class[t.function[i]]))
			g.FirstEdge[t.parent[i]+1]++
		}
		g.Name[i] = names.name[g.ClassOf(graph.NodeID(i))]
	}
	g.Type[0] = graph.Synthetic
	for i := range n {
		g.FirstEdge[i+1] += g.FirstEdge[i]
	}
	next := append([]graph.EdgeID(nil), g.FirstEdge...)
	for i := 1; i < n; i++ {
		e := next[t.parent[i]]
		next[t.parent[i]]++
		g.Links[e] = graph.MakeLink(graph.NodeID(i), graph.InternalEdge)
		g.Labels.Append(uint32(calls))
	}
	return g
}

// names makes a class of each function; functions of one name and file are one.
type names struct {
	g     *graph.Graph
	class map[[2]string]graph.ClassID
	name  []graph.StringID // class -> name
}

func newNames(g *graph.Graph) *names {
	return &names{g: g, class: map[[2]string]graph.ClassID{}}
}

func (n *names) add(f *Function) graph.ClassID {
	key := [2]string{f.Name, f.File}
	c, ok := n.class[key]
	if !ok {
		c = graph.ClassID(len(n.name))
		n.class[key] = c
		shown := f.Shown()
		n.name = append(n.name, n.g.Strings.Append([]byte(shown)))
		k := "," + shown
		if f.File != "" {
			k = fmt.Sprintf("%s,%s", f.File, shown)
		}
		n.g.Classes = append(n.g.Classes, graph.Class{Key: k, Name: shown})
	}
	return c
}

// Shown is the name as people read it: never empty.
func (f *Function) Shown() string {
	switch {
	case f.Name != "":
		return f.Name
	case f.System != "":
		return f.System
	}
	return "<unknown>"
}
