package synth

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
)

// file is a snapshot as encoding/json sees it.
type file struct {
	Snapshot struct {
		Meta struct {
			NodeFields     []string          `json:"node_fields"`
			NodeTypes      []json.RawMessage `json:"node_types"`
			EdgeTypes      []json.RawMessage `json:"edge_types"`
			LocationFields []string          `json:"location_fields"`
		}
		NodeCount int `json:"node_count"`
		EdgeCount int `json:"edge_count"`
	}
	Nodes, Edges, Locations []uint64
	Strings                 []string

	nodeTypes, edgeTypes []string
}

func read(t testing.TB, o Options) *file {
	t.Helper()
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	n, err := h.WriteTo(&b)
	if err != nil || n != int64(b.Len()) {
		t.Fatalf("wrote %d bytes, said %d: %v", b.Len(), n, err)
	}
	f := &file{}
	if err := json.Unmarshal(b.Bytes(), f); err != nil {
		t.Fatal(err)
	}
	typeColumn := slices.Index(f.Snapshot.Meta.NodeFields, "type")
	if err := json.Unmarshal(f.Snapshot.Meta.NodeTypes[typeColumn], &f.nodeTypes); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(f.Snapshot.Meta.EdgeTypes[0], &f.edgeTypes); err != nil {
		t.Fatal(err)
	}
	if h.Nodes() != f.Snapshot.NodeCount || h.Edges() != f.Snapshot.EdgeCount {
		t.Errorf("planned %d nodes and %d edges, the head says %d and %d", h.Nodes(), h.Edges(), f.Snapshot.NodeCount, f.Snapshot.EdgeCount)
	}
	return f
}

func (f *file) width() int { return len(f.Snapshot.Meta.NodeFields) }

// get is a column of a node.
func (f *file) get(node int, column string) uint64 {
	return f.Nodes[node*f.width()+slices.Index(f.Snapshot.Meta.NodeFields, column)]
}

func (f *file) name(node int) string     { return f.Strings[f.get(node, "name")] }
func (f *file) typeName(node int) string { return f.nodeTypes[f.get(node, "type")] }

// check holds what every snapshot must: counts agree, and everything leads somewhere.
func (f *file) check(t *testing.T) {
	t.Helper()
	nodes, edges := f.Snapshot.NodeCount, f.Snapshot.EdgeCount
	if len(f.Nodes) != nodes*f.width() || len(f.Edges) != edges*3 {
		t.Fatalf("%d nodes in %d numbers, %d edges in %d", nodes, len(f.Nodes), edges, len(f.Edges))
	}
	if len(f.Locations)%len(f.Snapshot.Meta.LocationFields) != 0 || len(f.Locations) == 0 {
		t.Fatalf("locations: %d numbers", len(f.Locations))
	}
	for i := 0; i < len(f.Locations); i += len(f.Snapshot.Meta.LocationFields) {
		if at := f.Locations[i]; at%uint64(f.width()) != 0 || at >= uint64(len(f.Nodes)) {
			t.Fatalf("a location is of %d", at)
		}
	}
	start := make([]int, nodes+1) // node -> its first edge
	ids := map[uint64]bool{}
	for n := range nodes {
		start[n+1] = start[n] + int(f.get(n, "edge_count"))
		id := f.get(n, "id")
		if f.get(n, "name") >= uint64(len(f.Strings)) || ids[id] || (id%2 == 0) != (f.typeName(n) == "native") {
			t.Fatalf("node %d: %s %d, id %d", n, f.typeName(n), f.get(n, "name"), id)
		}
		ids[id] = true
	}
	if start[nodes] != edges {
		t.Fatalf("edge counts add up to %d of %d", start[nodes], edges)
	}
	reached := make([]bool, nodes)
	reached[0] = true
	for queue := []int{0}; len(queue) > 0; queue = queue[1:] {
		for e := start[queue[0]]; e < start[queue[0]+1]; e++ {
			kind, label, to := f.edgeTypes[f.Edges[3*e]], f.Edges[3*e+1], int(f.Edges[3*e+2])
			if to%f.width() != 0 || to >= len(f.Nodes) {
				t.Fatalf("edge %d leads to %d", e, to)
			}
			if kind != "element" && kind != "hidden" && label >= uint64(len(f.Strings)) {
				t.Fatalf("edge %d: no string %d", e, label)
			}
			if to /= f.width(); !reached[to] && kind != "weak" {
				reached[to] = true
				queue = append(queue, to)
			}
		}
	}
	if n := slices.Index(reached, false); n >= 0 {
		t.Fatalf("node %d (%s) is unreachable", n, f.name(n))
	}
}

func TestFiles(t *testing.T) {
	for _, s := range specials {
		for _, l := range layouts {
			t.Run(s.name+"/"+l.name, func(t *testing.T) {
				const nodes = 8_000
				f := read(t, Options{Nodes: nodes, Shape: s.name, Size: 1500, Seed: 7, Layout: l.name})
				f.check(t)
				if f.Snapshot.NodeCount != nodes {
					t.Errorf("%d nodes, want %d", f.Snapshot.NodeCount, nodes)
				}
				if f.width() != len(l.columns) || len(f.nodeTypes) != l.types {
					t.Errorf("%d columns and %d types, want %d and %d", f.width(), len(f.nodeTypes), len(l.columns), l.types)
				}
			})
		}
	}
}

// What makes each shape hard is really there.
func TestShapes(t *testing.T) {
	count := func(f *file, name string) (n, mostEdges int) {
		for i := range f.Snapshot.NodeCount {
			if f.name(i) == name {
				n++
			}
			mostEdges = max(mostEdges, int(f.get(i, "edge_count")))
		}
		return n, mostEdges
	}
	for _, test := range []struct {
		shape, class string
		want         int
		edges        int
	}{
		{"list", "ListNode", 5000, 0},
		{"shared-list", "ListNode", 5000, 5000},
		{"promises", "system / PromiseReaction", 5000, 0},
		{"closures", "inner", 5000, 0},
		{"array", "Item", 500, 5000},
		{"map", "Item", 5000, 10_000},
	} {
		f := read(t, Options{Shape: test.shape, Size: 5000})
		f.check(t)
		n, most := count(f, test.class)
		if n < test.want || n > test.want+2 || // its prototype and constructor have the name too
			most < test.edges {
			t.Errorf("%s: %d of %q, want %d; most edges %d, want %d", test.shape, n, test.class, test.want, most, test.edges)
		}
	}
}

// An ordinary heap has the shares of a real Node server's.
func TestOrdinaryShares(t *testing.T) {
	f := read(t, Options{Nodes: 50_000})
	n := float64(f.Snapshot.NodeCount)
	share := map[string]float64{}
	for i := range f.Snapshot.NodeCount {
		share[f.typeName(i)] += 1 / n
	}
	for kind, within := range map[string][2]float64{
		"object":              {0.25, 0.40},
		"string":              {0.18, 0.30},
		"number":              {0.12, 0.25},
		"array":               {0.05, 0.12},
		"code":                {0.03, 0.10},
		"closure":             {0.03, 0.08},
		"concatenated string": {0.02, 0.06},
		"object shape":        {0.005, 0.04},
		"hidden":              {0.005, 0.03},
		"native":              {0.0005, 0.01},
	} {
		if s := share[kind]; s < within[0] || s > within[1] {
			t.Errorf("%s: %.1f %% of the nodes, want %.1f to %.1f", kind, 100*s, 100*within[0], 100*within[1])
		}
	}
	if each := float64(f.Snapshot.EdgeCount) / n; each < 2.8 || each > 3.8 {
		t.Errorf("%.2f edges a node", each)
	}
	if each := float64(len(f.Strings)) / n; each < 0.1 || each > 0.35 {
		t.Errorf("%.2f strings a node", each)
	}
}

func TestPair(t *testing.T) {
	o := Options{Nodes: 50_000, Leak: 4000, Seed: 3}
	before := read(t, o)
	o.After = true
	after := read(t, o)
	before.check(t)
	after.check(t)

	type record struct{ class, kind string }
	of := func(f *file) map[uint64]record {
		all := map[uint64]record{}
		for n := range f.Snapshot.NodeCount {
			all[f.get(n, "id")] = record{f.name(n), f.typeName(n)}
		}
		return all
	}
	old, recent := of(before), of(after)
	newest := slices.Max(slices.Collect(maps.Keys(old)))
	added, removed := map[string]int{}, map[string]int{}
	for id, r := range recent {
		was, ok := old[id]
		if !ok {
			added[r.kind+" "+r.class]++
			if id < newest {
				t.Fatalf("%v is new and has the id %d, below %d", r, id, newest)
			}
		} else if was != r {
			t.Fatalf("id %d was %v and is %v", id, was, r)
		}
	}
	for id, r := range old {
		if _, ok := recent[id]; !ok {
			removed[r.kind+" "+r.class]++
		}
	}
	if added["object CachedRecord"] != 4000 || added["object Array"] != 4000 || len(removed) != 1 || removed["object TemporaryBuffer"] != 1000 {
		t.Errorf("added %d records and %d arrays, removed %v", added["object CachedRecord"], added["object Array"], removed)
	}
	if before.Snapshot.NodeCount != 50_000 || after.Snapshot.NodeCount != 50_000-1000+4000*5 {
		t.Errorf("%d nodes before, %d after", before.Snapshot.NodeCount, after.Snapshot.NodeCount)
	}

	// The table of the cache lives in both, and grew.
	largest := func(f *file) (edges uint64, self, id uint64) {
		for n := range f.Snapshot.NodeCount {
			if e := f.get(n, "edge_count"); f.typeName(n) == "array" && e > edges {
				edges, self, id = e, f.get(n, "self_size"), f.get(n, "id")
			}
		}
		return edges, self, id
	}
	e1, s1, id1 := largest(before)
	e2, s2, id2 := largest(after)
	if id1 != id2 || e1 != 2*400+1 || e2 != 2*4400+1 || s2-s1 != 24*4000 {
		t.Errorf("the table: id %d and %d, %d and %d edges, %d and %d bytes", id1, id2, e1, e2, s1, s2)
	}
}

func TestGiants(t *testing.T) {
	f := read(t, Options{Giant: 3})
	f.check(t)
	giants := 0
	for n := range f.Snapshot.NodeCount {
		if f.get(n, "self_size") >= 5<<30 {
			giants++
		}
	}
	if giants != 3 {
		t.Errorf("%d nodes of 5 GiB and more, want 3", giants)
	}
}

func TestDeterministic(t *testing.T) {
	write := func(seed uint64) []byte {
		h, err := New(Options{Nodes: 10_000, Seed: seed, Leak: 10})
		if err != nil {
			t.Fatal(err)
		}
		var once, twice bytes.Buffer
		if _, err := h.WriteTo(&once); err != nil {
			t.Fatal(err)
		}
		if _, err := h.WriteTo(&twice); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Error("written twice, it differs")
		}
		return once.Bytes()
	}
	if one := write(1); !bytes.Equal(one, write(1)) || bytes.Equal(one, write(2)) {
		t.Error("the seed does not decide")
	}
}

// The largest heap is planned as fast as the smallest, and writing needs no
// memory that grows.
func TestConstantMemory(t *testing.T) {
	h, err := New(Options{Nodes: MaxNodes})
	if err != nil || h.Nodes() != MaxNodes || h.Edges() < 2*MaxNodes {
		t.Fatalf("%d nodes, %d edges: %v", h.Nodes(), h.Edges(), err)
	}
	allocs := func(nodes int) float64 {
		h, err := New(Options{Nodes: nodes})
		if err != nil {
			t.Fatal(err)
		}
		return testing.AllocsPerRun(1, func() {
			if _, err := h.WriteTo(io.Discard); err != nil {
				t.Error(err)
			}
		})
	}
	if small, large := allocs(2_000), allocs(200_000); large > small+5 {
		t.Errorf("%v allocations for 200,000 nodes, %v for 2,000", large, small)
	}
}

func TestErrors(t *testing.T) {
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{Shape: "torus"}, `no shape named "torus" (there are: ordinary; list: 300000 nodes`},
		{Options{Layout: "node4"}, `no layout named "node4" (there are: node20, node14`},
		{Options{Nodes: 10}, "10 nodes are too few: this heap has at least"},
		{Options{Nodes: -1}, "negative"},
		{Options{Nodes: MaxNodes + 1}, "no heap has more than 268435455 nodes"},
		{Options{Shape: "map", Size: MaxNodes}, "no heap has more than 268435455 nodes"},
	} {
		if _, err := New(test.o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %q", test.o, err, test.want)
		}
	}
	h, err := New(Options{Nodes: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space left")
	if n, err := h.WriteTo(failing{full}); err != full || n != 0 {
		t.Errorf("%d bytes, %v", n, err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func BenchmarkWrite(b *testing.B) {
	h, err := New(Options{Nodes: 1_000_000})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		n, err := h.WriteTo(io.Discard)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(n)
	}
}
