package graph_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/heapdiff/heapdiff/graph"
)

// nestedByTree is the slow twin of Nested: it walks the tree and counts.
func nestedByTree(d *graph.Dominators, nodes, groups int, group func(graph.NodeID) uint32) graph.Bits {
	out := graph.NewBits(nodes)
	above := make([]int, groups)
	d.Tree().Walk(func(n graph.NodeID) {
		if g := group(n); g != graph.NoGroup {
			if above[g] > 0 {
				out.Add(n)
			}
			above[g]++
		}
	}, func(n graph.NodeID) {
		if g := group(n); g != graph.NoGroup {
			above[g]--
		}
	})
	return out
}

func TestNestedIsWhatTheTreeSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawn(t)
		d := graph.Dominate(g)
		groups := rapid.SampledFrom([]int{1, 3, 70, 200}).Draw(t, "groups")
		seed := rapid.Uint32().Draw(t, "seed")
		group := func(n graph.NodeID) uint32 {
			h := (uint32(n) + seed) * 0x9E3779B1 >> 8
			if h%7 == 0 {
				return graph.NoGroup
			}
			return h % uint32(groups)
		}
		if got, want := d.Nested(groups, group), nestedByTree(d, g.NumNodes(), groups, group); !slices.Equal(got, want) {
			t.Fatalf("nested: %b, the tree says %b", got, want)
		}
	})
}

// TestNestedDeepRareGroups has more rare groups on a longer way than it pays to
// climb.
func TestNestedDeepRareGroups(t *testing.T) {
	const groups = 60_000
	g := makeList(60_000)
	d := graph.Dominate(g)
	group := func(n graph.NodeID) uint32 { return uint32(n) * 7919 % groups }
	got, want := d.Nested(groups, group), nestedByTree(d, g.NumNodes(), groups, group)
	if !slices.Equal(got, want) {
		t.Fatal("the fast way differs from the tree")
	}
}
