package growth

import (
	"slices"
	"testing"
)

func TestTrend(t *testing.T) {
	for _, test := range []struct {
		counts []uint64
		want   Tier
	}{
		{[]uint64{200, 600, 1000, 1400}, Leak},
		{[]uint64{200, 600, 1001, 1390}, Leak},
		{[]uint64{0, 1, 2}, Leak},
		{[]uint64{20, 120, 120, 120}, WarmUp},
		{[]uint64{20, 120, 121, 121}, WarmUp}, // one in a hundred is not growing on
		{[]uint64{20, 60, 120, 120}, WarmUp},
		{[]uint64{20, 20, 120, 120}, WarmUp}, // began late
		{[]uint64{100, 300, 100, 300}, Churn},
		{[]uint64{100, 300, 299, 298}, WarmUp},
		{[]uint64{100, 100, 100, 300}, Growth}, // nobody can tell yet
		{[]uint64{100, 300, 300, 500}, Growth},
	} {
		l := Line{Counts: test.counts}
		if got := l.trend(); got != test.want {
			t.Errorf("%v is %s, want %s", test.counts, got, test.want)
		}
		inPlace := Line{InPlace: true, Counts: make([]uint64, len(test.counts)), Sizes: test.counts}
		if got := inPlace.trend(); got != test.want {
			t.Errorf("%v bytes in place is %s, want %s", test.counts, got, test.want)
		}
	}
}

func TestMask(t *testing.T) {
	var m masker
	for name, want := range map[string]string{
		"k17": "k#", "k1": "k1", "utf8": "utf8", "cache": "cache", "user-1700000000-3": "user-#-3",
		"deadbeefcafe": "deadbeefcafe", "d41d8cd98f00b204": "#", "6f1ed002ab5595859014ebf0951522d9.js": "#.js",
		"550e8400-e29b-41d4-a716-446655440000": "#-e#b-#d4-a#-#", "": "", "feedface1": "feedface1",
	} {
		if got := string(m.mask([]byte(name))); got != want {
			t.Errorf("%q is masked as %q, want %q", name, got, want)
		}
	}
}

// drawGrown makes a heap whose list has n items and whose cache has m.
func drawGrown(n, m int) *sketch {
	s := &sketch{nodes: []sketchNode{{name: "", typ: 9}, {name: "global", typ: 3}}, edges: make([][]sketchEdge, 2)}
	add := func(from int, class, edge string, self uint64) int {
		i := len(s.nodes)
		s.nodes = append(s.nodes, sketchNode{typ: 3, name: class, id: uint64(2*i + 1), self: self})
		e := sketchEdge{to: i, typ: 2, name: edge}
		if edge == "" {
			e.typ = 1
		}
		s.edges = append(s.edges, nil)
		s.edges[from] = append(s.edges[from], e)
		return i
	}
	s.edges[0] = []sketchEdge{{to: 1, typ: 5, name: "1"}}
	list, cache := add(1, "Array", "list", 32), add(1, "Map", "cache", 32)
	for range n {
		add(add(list, "Item", "", 40), "Object", "options", 24)
	}
	for range m {
		add(cache, "Template", "", 100)
	}
	return s
}

// A series tells a leak from a cache that fills, at any place in it.
func TestJudge(t *testing.T) {
	o := Options{Iterations: 50, All: true}
	var trees []*Tree
	var last *sketch
	for _, heap := range [][2]int{{100, 20}, {150, 60}, {200, 60}, {250, 60}} {
		last = drawGrown(heap[0], heap[1])
		trees = append(trees, Build(last.graph(len(last.nodes)), o))
	}
	r, err := Rank(trees[0], trees[3], heapOf(trees[3]), nil, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, tree := range trees {
		tree.Release()
	}
	r.Judge(trees, o)
	if len(r.Lines) != 2 {
		t.Fatalf("lines: %+v", r.Lines)
	}
	leak, cache := r.Lines[0], r.Lines[1]
	if leak.Tier != Leak || leak.Path != "global.list (Array) → [*] Item" || !slices.Equal(leak.Counts, []uint64{100, 150, 200, 250}) {
		t.Errorf("leak: %+v", leak)
	}
	if want := (Rate{Count: 1, Size: 64}); leak.PerIteration != want {
		t.Errorf("the leak grows by %+v an iteration, want %+v", leak.PerIteration, want)
	}
	if !slices.Equal(leak.Sizes, []uint64{6400, 9600, 12800, 16000}) {
		t.Errorf("sizes of the leak: %v", leak.Sizes)
	}
	if cache.Tier != WarmUp || cache.Path != "global.cache (Map) → [*] Template" || !slices.Equal(cache.Counts, []uint64{20, 60, 60, 60}) {
		t.Errorf("cache: %+v", cache)
	}
}
