package paths_test

import (
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/heapdiff/heapdiff/paths"
)

// heap makes a heap of nodes "type name" and edges "from type label to", which
// are given in the order of from. Node 0 is the root.
type heap struct {
	g       *graph.Graph
	strings map[string]graph.StringID
}

func newHeap(nodes ...string) *heap {
	n := len(nodes)
	h := &heap{strings: map[string]graph.StringID{}, g: &graph.Graph{
		TypeNames: graph.NodeTypeNames(), Type: make([]graph.NodeType, n), Name: make([]graph.StringID, n),
		Flags: make([]graph.Flags, n), ID: graph.Wide{Lo: make([]uint32, n)}, Self: graph.Wide{Lo: make([]uint32, n)},
		FirstEdge: make([]graph.EdgeID, n+1),
	}}
	for i, node := range nodes {
		typ, name, _ := strings.Cut(node, " ")
		for t, known := range graph.NodeTypeNames() {
			if known == typ {
				h.g.Type[i] = graph.NodeType(t)
			}
		}
		h.g.Name[i] = h.text(name)
	}
	return h
}

func (h *heap) text(s string) graph.StringID {
	if _, ok := h.strings[s]; !ok {
		h.strings[s] = h.g.Strings.Append([]byte(s))
	}
	return h.strings[s]
}

// edge adds an edge; those of one node come one after the other.
func (h *heap) edge(from int, typ graph.EdgeType, label string, to int) {
	g := h.g
	g.Links = append(g.Links, graph.MakeLink(graph.NodeID(to), typ))
	value := uint32(7)
	if !typ.Indexed() {
		value = uint32(h.text(label))
	}
	g.Labels.Append(value)
	for n := from + 1; n < len(g.FirstEdge); n++ {
		g.FirstEdge[n] = graph.EdgeID(len(g.Links))
	}
}

// said finds the way to n and writes it on one line.
func (h *heap) said(n int) string {
	f := paths.New(h.g, func(n graph.NodeID) string { return h.g.NodeName(n) })
	return written(f.To(graph.NodeID(n)))
}

func written(way []paths.Step) string {
	var words []string
	for _, s := range way {
		words = append(words, strings.TrimSpace(s.Edge+" "+s.Class))
	}
	return strings.Join(words, " → ")
}

func TestFolding(t *testing.T) {
	h := newHeap(
		"synthetic ", "object global", "object Map", "array ", "object Record", // 0 … 4
		"closure onLoad", "object system / Context", "object system / Context / scope @9", "object Cache", // 5 … 8
		"hidden system / PropertyCell", "array (object elements)", "object Item", "symbol s", // 9 … 12
		"object Promise", "hidden system / PromiseReaction", "closure ", // 13 … 15
	)
	h.edge(0, graph.ShortcutEdge, "x", 1)
	h.edge(1, graph.PropertyEdge, "records", 2)
	h.edge(1, graph.PropertyEdge, "onload", 5)
	h.edge(1, graph.PropertyEdge, "<symbol kItems>", 11)
	h.edge(1, graph.PropertyEdge, "work", 13)
	h.edge(2, graph.InternalEdge, "table", 3)
	h.edge(3, graph.InternalEdge, "41", 4)
	h.edge(4, graph.InternalEdge, "12 / part of key (Record @9) -> value (Symbol @25) pair in WeakMap (table @3)", 12)
	h.edge(5, graph.InternalEdge, "context", 6)
	h.edge(6, graph.InternalEdge, "previous", 7)
	h.edge(7, graph.ContextEdge, "cache", 8)
	h.edge(8, graph.InternalEdge, "cell", 9)
	h.edge(9, graph.InternalEdge, "value", 10)
	h.edge(13, graph.InternalEdge, "reactions_or_result", 14)
	h.edge(14, graph.InternalEdge, "fulfill_handler", 15)
	for n, want := range map[int]string{
		1:  "global",
		2:  "global → records Map",
		3:  "global → records Map → (table)",
		4:  "global → records Map → [*] Record",
		12: "global → records Map → [*] Record → (WeakMap value) s",
		5:  "global → onload onLoad()",
		8:  "global → onload onLoad() → context:cache Cache",
		11: "global → [Symbol(kItems)] Item",
		15: "global → work Promise → (fulfill_handler)",
	} {
		if got := strings.TrimSpace(h.said(n)); got != want {
			t.Errorf("node %d: %s\nwant    %s", n, got, want)
		}
	}
}

// The way through the program is taken, though the one through a map is shorter.
func TestReadableBeforeShort(t *testing.T) {
	h := newHeap("synthetic ", "object global", "object A", "object B", "code Shape", "object Target", "synthetic (GC roots)")
	h.edge(0, graph.ElementEdge, "", 6)
	h.edge(0, graph.ShortcutEdge, "x", 1)
	h.edge(1, graph.InternalEdge, "map", 4)
	h.edge(1, graph.PropertyEdge, "a", 2)
	h.edge(2, graph.PropertyEdge, "b", 3)
	h.edge(3, graph.ElementEdge, "", 5)
	h.edge(4, graph.InternalEdge, "prototype", 5)
	h.edge(6, graph.ElementEdge, "", 5)
	if got, want := h.said(5), "global → a A → b B → [*] Target"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := h.said(4), "global → (map) Shape"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := h.said(6), "(GC roots)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Everybody knows these by their names, and need not be told where they hang.
func TestLandmarks(t *testing.T) {
	h := newHeap("synthetic ", "object global / http://x", "closure get", "object process", "closure Module",
		"object Object", "object Module", "synthetic Node / TCPSocketWrap", "object TCP", "synthetic (Global handles)")
	h.edge(0, graph.ShortcutEdge, "x", 1)
	h.edge(0, graph.ElementEdge, "", 9)
	h.edge(0, graph.ElementEdge, "", 7)
	h.edge(1, graph.PropertyEdge, "get process", 2)
	h.edge(1, graph.PropertyEdge, "other", 4)
	h.edge(2, graph.ContextEdge, "_process", 3)
	h.edge(4, graph.PropertyEdge, "_cache", 5)
	h.edge(5, graph.PropertyEdge, "/srv/app.js", 6)
	h.edge(7, graph.InternalEdge, "4 / native_to_javascript", 8)
	for n, want := range map[int]string{
		1: "global", 3: "process", 5: "require.cache", 6: "require.cache → /srv/app.js Module",
		8: "Node / TCPSocketWrap → (native_to_javascript) TCP", 9: "(Global handles)",
	} {
		if got := h.said(n); got != want {
			t.Errorf("node %d: %s, want %s", n, got, want)
		}
	}
}

// Without a shortcut the globals of all realms are where ways begin.
func TestRealms(t *testing.T) {
	h := newHeap("synthetic ", "synthetic (GC roots)", "native system / NativeContext / http://x", "object Window [JSGlobalObject] / http://x", "object App")
	h.edge(0, graph.ElementEdge, "", 1)
	h.edge(1, graph.ElementEdge, "", 2)
	h.edge(2, graph.InternalEdge, "global_object", 3)
	h.edge(3, graph.PropertyEdge, "app", 4)
	if got, want := h.said(4), "window → app App"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// In a real heap every node that is kept alive has a way, it ends there, and
// none is longer than a person would read.
func TestRealHeaps(t *testing.T) {
	for _, name := range []string{"node14-after", "node26-after", "chromium156-after"} {
		src, err := input.Open(t.Context(), "../testdata/"+name+".heapsnapshot.zst", input.Options{})
		if err != nil {
			t.Fatal(err)
		}
		h, err := parse.Load(t.Context(), src, parse.Options{})
		src.Close()
		if err != nil {
			t.Fatal(err)
		}
		h.Settle()
		f := paths.New(h.Graph, func(n graph.NodeID) string { return h.Classes[h.ClassOf(n)].Name })
		without, longest := 0, 0
		for n := range graph.NodeID(h.NumNodes()) {
			way := f.To(n)
			if len(way) == 0 {
				without++
				continue
			}
			longest = max(longest, len(way))
			if way[len(way)-1].Node != n || way[0].Edge != "" || way[0].Class == "" {
				t.Fatalf("%s, node %d: %s", name, n, written(way))
			}
		}
		if without*20 > h.NumNodes() || longest > 120 {
			t.Errorf("%s: %d of %d nodes have no way, the longest has %d steps", name, without, h.NumNodes(), longest)
		}
	}
}
