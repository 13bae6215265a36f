package growth_test

import (
	"reflect"
	"testing"

	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/v8snapshot"
	"github.com/heapdiff/heapdiff/parse/v8snapshot/rules"
)

// slow settles a graph when it has been asked so many times whether it wants to, or
// when somebody waits for it.
type slow struct {
	g       *graph.Graph
	patient int
	settled bool
}

func (s *slow) Yield() {
	if s.patient--; s.patient < 0 {
		s.Settled()
	}
}

func (s *slow) Settled() {
	if !s.settled {
		s.settled = true
		graph.Walk(s.g).Settle()
	}
}

func (s *slow) Known() { rules.Weigh(s.g, rules.Options{}) }

// TestBuildBeside holds that it does not matter when it is settled which edges
// retain.
func TestBuildBeside(t *testing.T) {
	type heap struct {
		name       string
		rootItself bool // is the only one that it has shortcuts to
	}
	for _, heap := range []heap{{"node14-after", false}, {"node20-before", false}, {"node26-after", false}, {"node26-after", true}, {"chromium156-after", false}} {
		name := heap.name
		prepared := func() *graph.Graph {
			src, err := input.Open(t.Context(), file(name), input.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer src.Close()
			g, err := v8snapshot.Read(t.Context(), src, v8snapshot.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if heap.rootItself {
				from, to := g.Edges(g.Root)
				for i, l := range g.Links[from:to] {
					if l.Type() == graph.ShortcutEdge {
						g.Links[int(from)+i] = graph.MakeLink(g.Root, graph.ShortcutEdge)
					}
				}
			}
			rules.Prepare(g, 1)
			return g
		}
		before := prepared()
		graph.Walk(before).Settle()
		rules.Weigh(before, rules.Options{})
		want := growth.Build(before, growth.Options{})
		for _, patience := range []int{0, 1, 7, 60, 300, 1 << 30} {
			g := prepared()
			got := growth.BuildBeside(g, growth.Options{}, &slow{g: g, patient: patience})
			for n := range uint32(g.NumNodes()) {
				if got.Sig.At(n) != want.Sig.At(n) {
					t.Fatalf("%s: settled after %d, node %d has signature %v, and %v if it is settled before", name, patience, n, got.Sig.At(n), want.Sig.At(n))
				}
			}
			if !reflect.DeepEqual(got.Store(), want.Store()) {
				t.Errorf("%s: settled after %d, the trees differ", name, patience)
			}
		}
	}
}
