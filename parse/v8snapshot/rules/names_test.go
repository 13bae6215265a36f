package rules_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse/v8snapshot/rules"
	"pgregory.net/rapid"
)

func TestCompareNames(t *testing.T) {
	text := rapid.StringOf(rapid.SampledFrom([]rune("aZ é\u0430\uD7FF\uE000\uFFFD\U00010000\U0001F600\U0010FFFF")))
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		want := slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
		if got := rules.CompareNames(a, b); cmp.Compare(got, 0) != want {
			t.Fatalf("%q, %q: %d, want %d", a, b, got, want)
		}
	})
}

// plain makes a plain object with properties, one of them from its prototype.
func plain(properties ...string) *heap {
	h := &heap{
		types: []graph.NodeType{graph.Object}, names: []string{"Object"}, states: make([]graph.Flags, 1),
		self: []uint64{8}, edges: make([][]edge, 1),
	}
	h.edges[0] = append(h.edges[0], edge{typ: graph.PropertyEdge, name: "__proto__"})
	for _, p := range properties {
		h.edges[0] = append(h.edges[0], edge{typ: graph.PropertyEdge, name: p}, edge{typ: graph.InternalEdge, name: "map"})
	}
	return h
}

func TestNamesOfPlainObjects(t *testing.T) {
	long := strings.Repeat("x", 60)
	for _, test := range []struct {
		properties []string
		want       string
	}{
		{nil, "{}"},
		{[]string{"a"}, "{a}"},
		{[]string{"a", "b"}, "{a, b}"},
		{[]string{"a", "b", "c"}, "{a, b, c}"},
		{[]string{"a,b", "it's", "c"}, `{"a,b", "it's", c}`},
		{[]string{long, long}, "{" + long + ", …}"},
		{[]string{long + long, "b"}, "{" + long + long + ", …}"},
		{[]string{"a", long, long, "z"}, "{a, " + long + ", …, z}"},
		{[]string{"a", "b", "c", "d", long, long, "w", "x", "y", "z"}, "{a, b, c, d, " + long + ", …, w, x, y, z}"},
	} {
		g := plain(test.properties...).graph()
		if got := rules.NodeName(g, 0); got != test.want {
			t.Errorf("%q: %s\nwant %s", test.properties, got, test.want)
		}
	}
}

// joined makes a concatenated string; halves refer to nodes by their number.
func joined(texts []string, halves ...[2]int) *heap {
	h := &heap{}
	for _, s := range texts {
		h.types, h.names = append(h.types, graph.String), append(h.names, s)
	}
	for range halves {
		h.types, h.names = append(h.types, graph.ConsString), append(h.names, "(concatenated string)")
	}
	n := len(h.types)
	h.states, h.self, h.edges = make([]graph.Flags, n), make([]uint64, n), make([][]edge, n)
	for i, half := range halves {
		for k, label := range []string{"first", "second"} {
			h.edges[len(texts)+i] = append(h.edges[len(texts)+i], edge{typ: graph.InternalEdge, name: label, to: graph.NodeID(half[k])})
		}
	}
	return h
}

func TestNamesOfJoinedStrings(t *testing.T) {
	half := strings.Repeat("x", 600)
	for _, test := range []struct {
		h    *heap
		want string
		flat bool
	}{
		{joined([]string{"a", "b"}, [2]int{0, 1}), "ab", false},
		{joined([]string{"a", "b"}, [2]int{0, 1}, [2]int{2, 0}), "aba", false},
		{joined([]string{"a", ""}, [2]int{0, 1}), "a", true},
		{joined([]string{"a", ""}, [2]int{1, 1}, [2]int{2, 0}), "a", true},
		{joined([]string{half, "never"}, [2]int{0, 0}, [2]int{2, 1}), half + half, false},
	} {
		g := test.h.graph()
		last := graph.NodeID(g.NumNodes() - 1)
		if got := rules.NodeName(g, last); got != test.want {
			t.Errorf("%.40s, want %.40s", got, test.want)
		}
		if got := rules.IsFlattened(g, last); got != test.flat {
			t.Errorf("%.40s is flattened: %v", test.want, got)
		}
	}
	// Strings that contain each other, and nothing else, come to an end.
	loop := joined([]string{""}, [2]int{1, 1})
	if got := rules.NodeName(loop.graph(), 1); got != "" {
		t.Errorf("%q", got)
	}
	wide := joined([]string{""}, [2]int{0, 0})
	for i := 1; i < 60; i++ { // 2^60 empty halves
		wide = joined([]string{""}, append(halvesOf(wide), [2]int{i, i})...)
	}
	if got := rules.NodeName(wide.graph(), 60); got != "" {
		t.Errorf("%q", got)
	}
}

func halvesOf(h *heap) [][2]int {
	var all [][2]int
	for _, edges := range h.edges[1:] {
		all = append(all, [2]int{int(edges[0].to), int(edges[1].to)})
	}
	return all
}
