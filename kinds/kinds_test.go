package kinds_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/kinds"
	"github.com/heapdiff/heapdiff/parse"
)

func load(t testing.TB, name string) *parse.Heap {
	t.Helper()
	src, err := input.Open(t.Context(), filepath.Join("..", "testdata", name+".heapsnapshot.zst"), input.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	h, err := parse.Load(context.Background(), src, parse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// count returns the number of nodes and the bytes of each kind.
func count(h *parse.Heap) (nodes map[kinds.Kind]int, size map[kinds.Kind]uint64) {
	k := kinds.New(h.Graph)
	nodes, size = map[kinds.Kind]int{}, map[kinds.Kind]uint64{}
	for n := range graph.NodeID(h.NumNodes()) {
		nodes[k.Of(n)]++
		size[k.Of(n)] += h.Self.At(n)
	}
	return nodes, size
}

// What leaked in each pair is what the kind of it grew by.
func TestLeaksShowInTheirKind(t *testing.T) {
	for _, test := range []struct {
		pair         string
		kind         kinds.Kind
		nodes, bytes int // at least as many more
	}{
		{"node14", kinds.JSObjects, 1000, 48_000},
		{"node18", kinds.Handles, 400, 100_000},
		{"node20", kinds.Collections, 0, 900_000},
		{"node24", kinds.ArrayBuffers, 800, 400 * 8192},
		{"node26", kinds.Promises, 1600, 70_000},
		{"chromium156", kinds.DetachedDOM, 3000, 300_000},
	} {
		t.Run(test.pair, func(t *testing.T) {
			before, beforeSize := count(load(t, test.pair+"-before"))
			h := load(t, test.pair+"-after")
			after, afterSize := count(h)
			if more := after[test.kind] - before[test.kind]; more < test.nodes {
				t.Errorf("%s: %d more nodes, want at least %d", test.kind, more, test.nodes)
			}
			if more := int(afterSize[test.kind]) - int(beforeSize[test.kind]); more < test.bytes {
				t.Errorf("%s: %d more bytes, want at least %d", test.kind, more, test.bytes)
			}
			var sum uint64
			for kind, size := range afterSize {
				sum += size
				if kind.String() == "" || kind == kinds.Other && size > 0 {
					t.Errorf("%d bytes of kind %q", size, kind)
				}
			}
			if sum != h.TotalSelf() {
				t.Errorf("the kinds hold %d bytes, the heap %d", sum, h.TotalSelf())
			}
		})
	}
}

func TestOf(t *testing.T) {
	for _, test := range []struct {
		typ   graph.NodeType
		name  string
		flags graph.Flags
		want  kinds.Kind
	}{
		{graph.Object, "Session", 0, kinds.JSObjects},
		{graph.Object, "Array", 0, kinds.Arrays},
		{graph.Object, "Uint8Array", 0, kinds.ArrayBuffers},
		{graph.Object, "TLSSocket", 0, kinds.Handles},
		{graph.Object, "Timeout", 0, kinds.Timers},
		{graph.Object, "WeakMap", 0, kinds.Collections},
		{graph.Object, "system / Context", 0, kinds.Closures},
		{graph.Object, "system / Context / scope @51061", 0, kinds.Closures},
		{graph.Object, "system / ContextSidePropertyCell", 0, kinds.JSObjects},
		{graph.String, "Socket", 0, kinds.Strings},
		{graph.ConsString, "Timeout", 0, kinds.Strings},
		{graph.Closure, "Promise", 0, kinds.Closures},
		{graph.Code, "", 0, kinds.Code},
		{graph.RegExp, "a+", 0, kinds.JSObjects},
		{graph.BigInt, "bigint", 0, kinds.Numbers},
		{graph.ObjectShape, "system / Map", 0, kinds.Runtime},
		{graph.Hidden, "system / PromiseReaction", 0, kinds.Promises},
		{graph.Hidden, "system / Map", 0, kinds.Runtime},
		{graph.Hidden, "Node / TCPSocketWrap", 0, kinds.Runtime},
		{graph.Hidden, "whatever", 0, kinds.Runtime},
		{graph.Native, "system / JSArrayBufferData", 0, kinds.ArrayBuffers},
		{graph.Native, "system / ExternalStringData", 0, kinds.Strings},
		{graph.Native, "system / Map", 0, kinds.Runtime},
		{graph.Native, "Node / TCPSocketWrap", 0, kinds.Handles},
		{graph.Native, "Node / node::http2::Http2Session", 0, kinds.Handles},
		{graph.Native, "Node / TCPSocketWrap", graph.Detached | graph.RenamedDetached, kinds.Handles},
		{graph.Native, "Node / BindingData", graph.Detached | graph.RenamedDetached, kinds.OtherNative},
		{graph.Synthetic, "Node / TCPSocketWrap", 0, kinds.Handles},
		{graph.Synthetic, "(GC roots)", 0, kinds.Runtime},
		{graph.Synthetic, "", 0, kinds.Runtime},
		{graph.Native, "blink::DOMTimer", 0, kinds.Timers},
		{graph.Native, "blink::BasicHeapHashMap<blink::DOMTimer>", 0, kinds.OtherNative},
		{graph.Native, "HTMLDivElement", graph.Detached | graph.RenamedDetached, kinds.DetachedDOM},
		{graph.Native, "HTMLDivElement", graph.Attached, kinds.OtherNative},
		{graph.Frame, "main", 0, kinds.Other},
		{graph.FirstUnknownType + 3, "main", 0, kinds.Other},
	} {
		g := &graph.Graph{
			Type: []graph.NodeType{test.typ}, Name: []graph.StringID{0}, Flags: []graph.Flags{test.flags},
		}
		g.Strings.Append([]byte(test.name))
		if got := kinds.New(g).Of(0); got != test.want {
			t.Errorf("type %d named %q: %s, want %s", test.typ, test.name, got, test.want)
		}
	}
}

func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range kinds.All() {
		name := kind.String()
		if name == "" || seen[name] || strings.TrimSpace(name) != name {
			t.Errorf("kind %d is named %q", kind, name)
		}
		seen[name] = true
	}
	if got := kinds.Kind(200).String(); got != "other" {
		t.Errorf("a kind that is none is named %q", got)
	}
}

func TestOfAllocatesNothing(t *testing.T) {
	h := load(t, "node20-before")
	k := kinds.New(h.Graph)
	var sum int
	if allocs := testing.AllocsPerRun(3, func() {
		for n := range graph.NodeID(h.NumNodes()) {
			sum += int(k.Of(n))
		}
	}); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}
