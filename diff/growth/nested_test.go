package growth

import (
	"strconv"
	"testing"

	"github.com/heapdiff/heapdiff/graph"
)

// A list that is seen only by way of what another list gained, as a closure's
// list is by its timers, has all that it gained: who leads to the list has none.
func TestListBehindAList(t *testing.T) {
	const (
		sessions, hub, log = 2, 3, 4
		first, more        = 5, 12
		small, large       = 10, 1000
	)
	s := &sketch{}
	node := func(typ graph.NodeType, name string, self uint64) int {
		s.nodes = append(s.nodes, sketchNode{typ, name, uint64(2*len(s.nodes) + 1), self})
		s.edges = append(s.edges, nil)
		return len(s.nodes) - 1
	}
	edge := func(from, to int, typ graph.EdgeType, name string) {
		s.edges[from] = append(s.edges[from], sketchEdge{to, typ, name})
	}
	node(graph.Synthetic, "", 0)
	edge(0, node(graph.Object, "global", 0), graph.ShortcutEdge, "1")
	edge(1, node(graph.Object, "Array", 0), graph.PropertyEdge, "sessions")
	node(graph.Object, "Hub", 0)
	edge(hub, node(graph.Object, "Array", 0), graph.PropertyEdge, "log")
	request := func(i int) {
		session := node(graph.Object, "Session", small)
		edge(sessions, session, graph.ElementEdge, strconv.Itoa(i))
		edge(session, hub, graph.PropertyEdge, "hub")
		edge(log, node(graph.Object, "Entry", large), graph.ElementEdge, strconv.Itoa(i))
	}
	for i := range first {
		request(i)
	}
	earlier := s.graph(len(s.nodes))
	for i := range more {
		request(first + i)
	}
	later := s.graph(len(s.nodes))
	before, after := Build(earlier, Options{}), Build(later, Options{})
	for name, id := range map[string]Identity{"identity": firstOnes{before, earlier}, "structure": nil} {
		r, err := Rank(before, after, heapOf(after), id, Options{All: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Lines) != 2 {
			t.Fatalf("%s: %d lines, want 2", name, len(r.Lines))
		}
		for i, want := range []struct {
			owner string
			bytes uint64
		}{{"global.sessions[*].hub.log", more * large}, {"global.sessions", more * small}} {
			if l := r.Lines[i]; l.Owner != want.owner || l.Share != want.bytes || l.Exclusive != want.bytes || len(l.CoOwners) > 0 {
				t.Errorf("%s: %s has %d bytes, %d of them alone, beside %v; want %s with %d", name, l.Owner, l.Share, l.Exclusive, l.CoOwners, want.owner, want.bytes)
			}
		}
	}
}
