package inspect

import (
	"cmp"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/kinds"
	"github.com/heapdiff/heapdiff/parse"
)

// Counted is the summary of a heap of which only the nodes were counted: kinds
// and classes by their own size, and nothing of who holds what.
func Counted(c *parse.Counts) *Summary {
	s := &Summary{
		Counted: true, File: c.File, Format: c.Format, Nodes: c.Nodes, Edges: c.Edges, Size: c.Bytes,
		Warnings: []string{"objects were counted and nothing else (--fast): there are no retained sizes, and internal arrays are not counted with the objects that own them"},
	}
	of := kinds.New(c.Graph)
	all := kinds.All()
	byKind := make([]Kind, len(all))
	byClass := map[string]*Class{}
	for n, count := range c.Count {
		kind := &byKind[of.Of(graph.NodeID(n))]
		kind.Count += count
		kind.Size += c.Size[n]
		class := byClass[c.Class[n]]
		if class == nil {
			class = &Class{Class: c.Class[n], Key: "," + c.Class[n], Distance: -1}
			byClass[c.Class[n]] = class
		}
		class.Count += count
		class.Size += c.Size[n]
	}
	for i, kind := range byKind {
		if kind.Count > 0 {
			kind.Kind = all[i].String()
			s.Kinds = append(s.Kinds, kind)
		}
	}
	for _, class := range byClass {
		s.Classes = append(s.Classes, *class)
	}
	slices.SortFunc(s.Classes, func(a, b Class) int {
		return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.Class, b.Class))
	})
	return s
}
