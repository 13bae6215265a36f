package graph_test

import (
	"slices"
	"testing"

	"github.com/heapdiff/heapdiff/graph"
	"pgregory.net/rapid"
)

const lastTier = 3

// tierOf gives every edge some tier.
func tierOf(_ graph.NodeID, e graph.EdgeID) uint8 { return uint8(e*7%5) % (lastTier + 1) }

// A way takes the lowest tiers that lead to its end, and goes from start to end.
func TestWaysOfRandomGraphs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkWays(t, drawn(t)) })
	for seed := range uint64(2000) {
		checkWays(seedFailer{t, seed}, seeded(seed))
	}
}

func checkWays(t failer, g *graph.Graph) {
	graph.Dominate(g)
	edges := unpack(g)
	starts := g.OwnerRoots
	w := graph.FindWays(g, starts, lastTier, tierOf)
	best := make([]int, g.NumNodes()) // node -> lowest tier, or lastTier + 1
	for n := range best {
		best[n] = lastTier + 1
	}
	for tier := lastTier; tier >= 0; tier-- {
		from := starts
		if tier == lastTier {
			from = append([]graph.NodeID{g.Root}, starts...)
		}
		for n, reached := range reach(len(best), from, edges, func(i int) bool {
			return !edges[i].loose && int(tierOf(0, graph.EdgeID(i))) <= tier
		}) {
			if reached {
				best[n] = tier
			}
		}
	}
	for n := range graph.NodeID(len(best)) {
		if w.Found(n) != (best[n] <= lastTier) {
			t.Fatalf("node %d found: %v, best tier %d", n, w.Found(n), best[n])
		}
		if !w.Found(n) {
			continue
		}
		if int(w.Tier(n)) != best[n] {
			t.Fatalf("the way to %d is of tier %d, want %d", n, w.Tier(n), best[n])
		}
		start, way := w.To(n)
		if start != g.Root && !slices.Contains(starts, start) {
			t.Fatalf("the way to %d begins at %d", n, start)
		}
		checkPath(t, g, graph.Path{Start: start, Edges: way}, n)
	}
}

// checkPath holds that a path is one: edge after edge, no node twice.
func checkPath(t failer, g *graph.Graph, p graph.Path, target graph.NodeID) {
	at := p.Start
	seen := map[graph.NodeID]bool{at: true}
	for _, e := range p.Edges {
		if g.Source(e) != at || g.Links[e].Loose() {
			t.Fatalf("edge %d of %v leaves from %d, not from %d, or is loose", e, p, g.Source(e), at)
		}
		at = g.Links[e].To()
		if seen[at] {
			t.Fatalf("%v comes twice through %d", p, at)
		}
		seen[at] = true
	}
	if at != target {
		t.Fatalf("%v leads to %d, not %d", p, at, target)
	}
}

func TestPathsOfRandomGraphs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkPaths(t, drawn(t)) })
	for seed := range uint64(2000) {
		checkPaths(seedFailer{t, seed}, seeded(seed))
	}
}

func checkPaths(t failer, g *graph.Graph) {
	d := graph.Dominate(g)
	w := graph.FindWays(g, g.OwnerRoots, lastTier, tierOf)
	r := graph.FindRetainers(g)
	for n := range graph.NodeID(g.NumNodes()) {
		paths := w.Paths(r, d, n, 1000)
		if (len(paths) > 0) != w.Found(n) {
			t.Fatalf("%d paths to %d", len(paths), n)
		}
		known := map[string]bool{}
		for _, p := range paths {
			checkPath(t, g, p, n)
			key := string(rune(p.Start))
			for _, e := range p.Edges {
				key += string(rune(e))
			}
			if known[key] {
				t.Fatalf("the path %v comes twice", p)
			}
			known[key] = true
		}
	}
}

func TestRetainersOfRandomGraphs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawn(t)
		r := graph.FindRetainers(g)
		for n := range graph.NodeID(g.NumNodes()) {
			var want []graph.EdgeID
			for i, e := range unpack(g) {
				if e.to == n && e.typ != graph.WeakEdge {
					want = append(want, graph.EdgeID(i))
				}
			}
			if got := r.Of(n); !slices.Equal(got, want) {
				t.Fatalf("retainers of %d: %v, want %v", n, got, want)
			}
		}
	})
}

// Two ways to one object, through different holders: both are found, the
// shorter one first.
func TestPathsAreDifferent(t *testing.T) {
	b := newBuilder(6)
	b.node(0, 1)    // root → global
	b.node(1, 2, 3) // global → sessions, listeners
	b.node(2, 4)    // sessions → map
	b.node(3, 5)    // listeners → object
	b.node(4, 5)    // map → object
	b.node(5, 1)    // and back
	g := b.g
	d := graph.Dominate(g)
	w := graph.FindWays(g, []graph.NodeID{1}, 1, func(graph.NodeID, graph.EdgeID) uint8 { return 0 })
	paths := w.Paths(graph.FindRetainers(g), d, 5, 100)
	if len(paths) != 2 || len(paths[0].Edges) != 2 || len(paths[1].Edges) != 3 {
		t.Fatalf("paths %v", paths)
	}
	if d.Idom(5) != 1 {
		t.Errorf("the object is below %d", d.Idom(5))
	}
}
