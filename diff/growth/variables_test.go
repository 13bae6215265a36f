package growth

import (
	"slices"
	"testing"

	"github.com/heapdiff/heapdiff/graph"
)

// TestCode holds that a tree knows what has variables and what sees them.
func TestCode(t *testing.T) {
	s := &sketch{nodes: []sketchNode{
		{typ: graph.Synthetic},
		{typ: graph.Object, name: "global"},
		{typ: graph.Closure, name: "listen"},
		{typ: graph.Object, name: "system / Context / listen"},
		{typ: graph.Hidden, name: "system / Context"},
		{typ: graph.Hidden, name: "system / SourceTextModule"},
		{typ: graph.Object, name: "AsyncGenerator"},
		{typ: graph.Object, name: "Generators"},
		{typ: graph.Closure, name: ""},
	}}
	s.edges = make([][]sketchEdge, len(s.nodes))
	for to := 1; to < len(s.nodes); to++ {
		s.edges[0] = append(s.edges[0], sketchEdge{to: to, typ: graph.ElementEdge})
	}
	code := Build(s.graph(len(s.nodes)), Options{}).code
	for _, list := range []struct {
		what      string
		got, want []graph.NodeID
	}{
		{"scopes", code.scopes, []graph.NodeID{3, 4}},
		{"modules", code.modules, []graph.NodeID{5}},
		{"functions", code.functions, []graph.NodeID{2, 6, 8}},
	} {
		if !slices.Equal(list.got, list.want) {
			t.Errorf("%s: %v, not %v", list.what, list.got, list.want)
		}
	}
}
