package graph_test

import (
	"testing"

	"github.com/heapdiff/heapdiff/graph"
	"pgregory.net/rapid"
)

// twin computes the same as the dominator pass, slowly and obviously: node d
// dominates node n if n cannot be reached when d is taken away.
type twin struct {
	essential []bool // edge -> whether it keeps its target alive
	owned     []bool // node -> whether the owner roots reach it
	idom      []graph.NodeID
	retained  []uint64
	unreached int
}

func slowly(g *graph.Graph) *twin {
	n := g.NumNodes()
	edges := unpack(g)
	w := &twin{essential: make([]bool, len(edges)), idom: make([]graph.NodeID, n), retained: make([]uint64, n)}
	w.owned = reach(n, g.OwnerRoots, edges, func(i int) bool { return edges[i].typ != graph.WeakEdge })
	held := make([]bool, n)
	for i, e := range edges {
		w.essential[i] = !e.loose && e.typ != graph.WeakEdge && e.from != e.to &&
			(e.from == g.Root || e.typ != graph.ShortcutEdge && (!w.owned[e.to] || w.owned[e.from]))
		held[e.to] = held[e.to] || w.essential[i]
	}
	starts := []graph.NodeID{g.Root} // and the nodes that nothing keeps alive
	for i := range graph.NodeID(n) {
		if !held[i] && i != g.Root {
			starts = append(starts, i)
		}
	}
	alive := reach(n, starts, edges, func(i int) bool { return w.essential[i] })
	dominators := make([][]graph.NodeID, n) // node -> all that dominate it but the root and itself
	for d := range graph.NodeID(n) {
		if d == g.Root || !alive[d] {
			continue
		}
		var others []graph.NodeID
		for _, s := range starts {
			if s != d {
				others = append(others, s)
			}
		}
		without := reach(n, others, edges, func(i int) bool { return w.essential[i] && edges[i].to != d })
		for i := range graph.NodeID(n) {
			if alive[i] && !without[i] && i != d {
				dominators[i] = append(dominators[i], d)
			}
		}
	}
	for i := range graph.NodeID(n) {
		w.idom[i] = g.Root
		if !alive[i] {
			w.unreached++
		}
		for _, d := range dominators[i] { // the nearest is dominated by all others
			if len(dominators[d]) == len(dominators[i])-1 {
				w.idom[i] = d
			}
		}
		w.retained[i] = g.Self.At(i)
	}
	for i := range graph.NodeID(n) {
		if i == g.Root {
			continue
		}
		for _, d := range append(dominators[i], g.Root) {
			w.retained[d] += g.Self.At(i)
		}
	}
	return w
}

func TestDominatorsOfRandomGraphs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkDominators(t, drawn(t)) })
}

func TestDominatorsOfManyGraphs(t *testing.T) {
	for seed := range uint64(20_000) {
		checkDominators(seedFailer{t, seed}, seeded(seed))
	}
}

// seedFailer says which graph it was.
type seedFailer struct {
	*testing.T
	seed uint64
}

func (f seedFailer) Fatalf(format string, args ...any) {
	f.Helper()
	f.T.Fatalf("seed %d: "+format, append([]any{f.seed}, args...)...)
}

// failer is a test or a rapid check.
type failer interface {
	Fatalf(format string, args ...any)
}

func checkDominators(t failer, g *graph.Graph) {
	want := slowly(g)
	d := graph.Dominate(g)
	d.Weigh(&g.Self)
	for n := range graph.NodeID(g.NumNodes()) {
		if got := d.Idom(n); got != want.idom[n] {
			t.Fatalf("the dominator of %d is %d, want %d", n, got, want.idom[n])
		}
		if got := d.Retained(n); got != want.retained[n] {
			t.Fatalf("%d retains %d, want %d", n, got, want.retained[n])
		}
		if got := g.Flags[n]&graph.Owned != 0; got != want.owned[n] {
			t.Fatalf("node %d owned: %v, want %v", n, got, want.owned[n])
		}
	}
	for e, l := range g.Links {
		if l.Loose() == want.essential[e] {
			t.Fatalf("edge %d: loose %v, essential %v", e, l.Loose(), want.essential[e])
		}
	}
	if got := d.Unreached(); got != want.unreached {
		t.Fatalf("%d nodes are not reached, want %d", got, want.unreached)
	}
	checkTree(t, g, d)
}

// checkTree holds the tree downwards against the dominators.
func checkTree(t failer, g *graph.Graph, d *graph.Dominators) {
	tree := d.Tree()
	seen := map[graph.NodeID]bool{}
	var open []graph.NodeID
	tree.Walk(func(n graph.NodeID) {
		if seen[n] {
			t.Fatalf("%d is visited twice", n)
		}
		seen[n] = true
		if n != g.Root && (len(open) == 0 || open[len(open)-1] != d.Idom(n)) {
			t.Fatalf("%d is visited below %v, its dominator is %d", n, open, d.Idom(n))
		}
		open = append(open, n)
	}, func(n graph.NodeID) {
		if open[len(open)-1] != n {
			t.Fatalf("%d is left, %v are open", n, open)
		}
		open = open[:len(open)-1]
	})
	if len(seen) != g.NumNodes() || len(open) != 0 {
		t.Fatalf("%d of %d nodes visited, %d left open", len(seen), g.NumNodes(), len(open))
	}
	for n := range graph.NodeID(g.NumNodes()) {
		last := graph.NoNode
		for c := tree.FirstChild(n); c != graph.NoNode; c = tree.NextSibling(c) {
			if d.Idom(c) != n || c == g.Root || last != graph.NoNode && c <= last {
				t.Fatalf("%d is listed below %d, after %d", c, n, last)
			}
			last = c
		}
	}
}

// A list of 300,000, a chain of as many diamonds, a list whose items stand in an
// array, too, a million under one node, a binary tree whose leaves lead back: the
// shapes that other algorithms take minutes for.
func TestHardShapes(t *testing.T) {
	for _, shape := range hardShapes {
		t.Run(shape.name, func(t *testing.T) {
			g := shape.make(shape.size)
			d := graph.Dominate(g)
			d.Weigh(&g.Self)
			if got, want := d.Retained(g.Root), g.TotalSelf(); got != want {
				t.Errorf("the root retains %d of %d bytes", got, want)
			}
			shape.check(t, g, d)
		})
	}
}

func BenchmarkDominate(b *testing.B) {
	for _, shape := range hardShapes {
		b.Run(shape.name, func(b *testing.B) {
			g := shape.make(shape.size)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				c := clone(g)
				b.StartTimer()
				graph.Dominate(c)
			}
			b.ReportMetric(float64(g.NumNodes())*float64(b.N)/b.Elapsed().Seconds(), "nodes/s")
		})
	}
}
