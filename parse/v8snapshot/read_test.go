package v8snapshot_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/internal/synth"
	"github.com/heapdiff/heapdiff/parse/v8snapshot"
	"github.com/klauspost/compress/zstd"
)

// expected is the sample as it must be read.
func expected(t *testing.T) *graph.Graph {
	t.Helper()
	g, err := read(t, sample().String(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestSample(t *testing.T) {
	g := expected(t)
	if err := g.Check(); err != nil {
		t.Fatal(err)
	}
	for n, want := range []string{
		"type 9 name 1 id 1 self 0 flags 0 at {0 0 0} false, shortcut 2 → 1 false, element 1 → 4 false",
		"type 3 name 2 id 3 self 40 flags 0 at {82 0 0} true, property 3 → 2 false, internal 7 → 4 false",
		"type 3 name 4 id 5 self 32 flags 0 at {82 6 13} true, element 17 → 3 false, weak 7 → 4 true",
		"type 2 name 5 id 7 self 24 flags 0 at {0 0 0} false, hidden 2 → 4 false",
		"type 0 name 6 id 9 self 72 flags 0 at {0 0 0} false",
	} {
		if got := describe(g, graph.NodeID(n)); got != want {
			t.Errorf("node %d: %s\nwant    %s", n, got, want)
		}
	}
	if got, want := g.Strings.String(5), "café \"😀\"\n/"; got != want {
		t.Errorf("string 5 is %q, want %q", got, want)
	}
	if g.Root != 0 || !g.HasDOMStates || g.ExtraBytes != 0 {
		t.Errorf("root %d, states %v, %d bytes more", g.Root, g.HasDOMStates, g.ExtraBytes)
	}
}

// However a snapshot is written, it is the same heap.
func TestForms(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(f *file)
	}{
		{"V8's own line breaks", func(f *file) { f.space = "\n" }},
		{"pretty-printed", func(f *file) { f.space = "\r\n\t  " }},
		{"byte order mark", func(f *file) { f.before = "\xEF\xBB\xBF" }},
		{"byte order mark and white space", func(f *file) { f.before = "\xEF\xBB\xBF \r\n" }},
		{"white space before and after", func(f *file) { f.before, f.after = "\n  ", " \r\n\t" }},
		{"zeros after", func(f *file) { f.after = "\x00\x00\n\x00" }},
		{"fields in another order", func(f *file) {
			f.nodeFields = []string{"detachedness", "self_size", "edge_count", "name", "trace_node_id", "id", "type"}
			f.edgeFields = []string{"to_node", "type", "name_or_index"}
			f.locationFields = []string{"column", "line", "object_index", "script_id"}
		}},
		{"eight fields, four of an edge, five of a location", func(f *file) {
			f.nodeFields = append(f.nodeFields, "unheard_of")
			f.edgeFields = append(f.edgeFields, "unheard_of")
			f.locationFields = []string{"object_index", "script_id", "script_object_index", "line", "column", "unheard_of"}
		}},
		{"an unknown field first", func(f *file) {
			f.nodeFields = append([]string{"unheard_of"}, f.nodeFields...)
			f.edgeFields = append([]string{"unheard_of"}, f.edgeFields...)
		}},
		{"six fields", func(f *file) {
			f.nodeFields = []string{"type", "name", "id", "self_size", "edge_count", "detachedness"}
		}},
		{"a negative number where it does not matter", func(f *file) { f.nodes[2]["trace_node_id"] = "-12" }},
		{"an impossible detachedness", func(f *file) { f.nodes[2]["detachedness"] = "-1"; f.nodes[3]["detachedness"] = "77" }},
		{"unknown sections", func(f *file) {
			f.sections = append([]string{"scopes"}, append(f.sections, "cargo", "word")...)
			f.more["scopes"] = `[-2,{"a\"]}":[[],{},"\\\"",true,null,-1.5E-7]}]`
			f.more["cargo"], f.more["word"] = `"a \" string"`, "12"
		}},
		{"more in the header", func(f *file) {
			f.header = `,"trace_function_count":99,"root_index":0,"extra_native_bytes":0,"more":{"a":[1,{"b":"}"}]}`
		}},
		{"more node_types than fields", func(f *file) { f.nodeFields = append(f.nodeFields[:7:7], "unheard_of") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := sample()
			test.change(f)
			for _, jobs := range []int{1, 4} {
				g, err := read(t, f.String(), jobs)
				if err != nil {
					t.Fatal(err)
				}
				if d := difference(g, expected(t)); d != "" {
					t.Errorf("jobs %d: %s", jobs, d)
				}
			}
		})
	}
}

func TestFewerFields(t *testing.T) {
	f := sample()
	f.nodeFields = []string{"type", "name", "id", "self_size", "edge_count"}
	f.locationFields = nil
	f.locations = nil
	g, err := read(t, f.String(), 2)
	if err != nil {
		t.Fatal(err)
	}
	want := expected(t)
	want.HasDOMStates, want.Locations = false, graph.Locations{}
	if d := difference(g, want); d != "" {
		t.Error(d)
	}
}

// The sections may come in any order: all of those that matter are tried.
func TestOrderOfSections(t *testing.T) {
	want := expected(t)
	orders := permutations([]string{"snapshot", "nodes", "edges", "locations", "strings"})
	if len(orders) != 120 {
		t.Fatalf("%d orders", len(orders))
	}
	for _, order := range orders {
		f := sample()
		f.sections = order
		g, err := read(t, f.String(), 2)
		if err != nil {
			t.Fatalf("%v: %v", order, err)
		}
		if d := difference(g, want); d != "" {
			t.Errorf("%v: %s", order, d)
		}
	}
}

func permutations(list []string) [][]string {
	if len(list) < 2 {
		return [][]string{list}
	}
	var all [][]string
	for i, first := range list {
		rest := append(append([]string(nil), list[:i]...), list[i+1:]...)
		for _, tail := range permutations(rest) {
			all = append(all, append([]string{first}, tail...))
		}
	}
	return all
}

func TestWideNumbers(t *testing.T) {
	f := sample()
	f.nodes[1]["id"], f.nodes[1]["self_size"] = "4294967296", "4294967295"
	f.nodes[2]["id"], f.nodes[2]["self_size"] = "18446744073709551615", "5368709120"
	f.nodes[4]["id"] = "9007199254740993"
	f.edges[4]["name_or_index"] = "8589934592" // an index, and not a text's
	f.header = `,"extra_native_bytes":6442450944`
	g, err := read(t, f.String(), 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		what      string
		got, want uint64
	}{
		{"id of node 1", g.ID.At(1), 1 << 32},
		{"id of node 2", g.ID.At(2), 1<<64 - 1},
		{"id of node 3", g.ID.At(3), 7},
		{"id of node 4", g.ID.At(4), 1<<53 + 1},
		{"size of node 1", g.Self.At(1), 1<<32 - 1},
		{"size of node 2", g.Self.At(2), 5 << 30},
		{"size of node 3", g.Self.At(3), 24},
		{"all sizes", g.TotalSelf(), 5<<30 + 1<<32 - 1 + 24 + 72},
		{"extra bytes", g.ExtraBytes, 6 << 30},
	} {
		if test.got != test.want {
			t.Errorf("%s: %d, want %d", test.what, test.got, test.want)
		}
	}
}

func TestUnknownTypes(t *testing.T) {
	f := sample()
	f.nodeTypes = append([]string{"quantum", "object"}, f.nodeTypes...)
	f.edgeTypes = append(f.edgeTypes, "entangled")
	for _, n := range f.nodes {
		n["type"] = "11" // synthetic
	}
	f.nodes[1]["type"], f.nodes[2]["type"] = "0", "1"
	f.edges[2]["type"] = "7"
	g, err := read(t, f.String(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := g.TypeName(1); got != "quantum" || g.Type[1] < graph.FirstUnknownType {
		t.Errorf("node 1 is of type %q, %d", got, g.Type[1])
	}
	if g.Type[2] != graph.Object || g.Type[3] != graph.Synthetic {
		t.Errorf("types %d and %d", g.Type[2], g.Type[3])
	}
	if got := g.Links[2].Type(); got != graph.UnknownEdge {
		t.Errorf("edge 2 is of type %s", got)
	}
}

func TestRootIndex(t *testing.T) {
	f := sample()
	f.header = `,"root_index":28`
	g, err := read(t, f.String(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if g.Root != 4 {
		t.Errorf("the root is node %d", g.Root)
	}
}

// Characters beyond the basic plane are two units, which only belong together
// within one string.
func TestSurrogates(t *testing.T) {
	f := sample()
	f.strings = `["\ud83d","\ude00","\ud83d\ude00","\ude00\ud83d","a\ud83d","\ude00b","😀","x"]`
	g, err := read(t, f.String(), 1)
	if err != nil {
		t.Fatal(err)
	}
	high, low := "\xED\xA0\xBD", "\xED\xB8\x80"
	for i, want := range []string{high, low, "😀", low + high, "a" + high, low + "b", "😀", "x"} {
		if got := g.Strings.String(graph.StringID(i)); got != want {
			t.Errorf("string %d is %q, want %q", i, got, want)
		}
	}
}

// real returns the text of a snapshot from testdata.
func real(t testing.TB, name string) []byte {
	t.Helper()
	return unpacked(t, name+".heapsnapshot.zst")
}

// unpacked is a file of testdata, decompressed.
func unpacked(t testing.TB, name string) []byte {
	t.Helper()
	packed, err := os.ReadFile("../../testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// synthetic returns the text of a made-up snapshot.
func synthetic(t testing.TB, o synth.Options) []byte {
	t.Helper()
	h, err := synth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := h.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// However a snapshot comes in, it is the same heap.
func TestTransports(t *testing.T) {
	text := real(t, "chromium156-before")
	want, err := read(t, string(text), 1)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(text)
	z.Close()
	zs, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	squeezed := zs.EncodeAll(text, nil)
	for _, test := range []struct {
		name string
		from func() io.Reader
	}{
		{"file", func() io.Reader { return bytes.NewReader(text) }},
		{"pipe", func() io.Reader { return struct{ io.Reader }{bytes.NewReader(text)} }},
		{"one byte at a time", func() io.Reader { return iotest.OneByteReader(bytes.NewReader(text)) }},
		{"half of it", func() io.Reader { return iotest.HalfReader(bytes.NewReader(text)) }},
		{"end with the data", func() io.Reader { return iotest.DataErrReader(bytes.NewReader(text)) }},
		{"gzip", func() io.Reader { return bytes.NewReader(zipped.Bytes()) }},
		{"gzip, one byte at a time", func() io.Reader { return iotest.OneByteReader(&zipped) }},
		{"zstd", func() io.Reader { return bytes.NewReader(squeezed) }},
	} {
		for _, jobs := range []int{1, 4} {
			if strings.Contains(test.name, "one byte") && jobs == 1 {
				continue // what comes in slowly is the same for any number of jobs
			}
			t.Run(fmt.Sprint(test.name, " jobs ", jobs), func(t *testing.T) {
				src, err := input.New(t.Context(), "test", test.from(), input.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer src.Close()
				g, err := v8snapshot.Read(t.Context(), src, v8snapshot.Options{Jobs: jobs})
				if err != nil {
					t.Fatal(err)
				}
				if d := difference(g, want); d != "" {
					t.Error(d)
				}
			})
		}
	}
}

// Any number of jobs reads the same, also what is many pieces long.
func TestJobs(t *testing.T) {
	text := synthetic(t, synth.Options{Nodes: 400_000, Giant: 2})
	want, err := read(t, string(text), 1)
	if err != nil {
		t.Fatal(err)
	}
	if want.NumNodes() != 400_000 || want.Self.Hi == nil {
		t.Fatalf("%d nodes, giants: %v", want.NumNodes(), want.Self.Hi != nil)
	}
	for _, jobs := range []int{2, 3, 8} {
		g, err := read(t, string(text), jobs)
		if err != nil {
			t.Fatal(err)
		}
		if d := difference(g, want); d != "" {
			t.Errorf("jobs %d: %s", jobs, d)
		}
	}
}

func TestRecognises(t *testing.T) {
	for _, test := range []struct {
		start string
		want  bool
	}{
		{`{"snapshot":{"meta"`, true},
		{"\xEF\xBB\xBF{\"snapshot\":", true},
		{"\xEF\xBB\xBF\r\n {\t\"snapshot\":", true},
		{"\n\t {\r\n  \"nodes\" : [", true},
		{`{"strings":[`, true},
		{`{"snapshots":[`, false},
		{`{"head":{"callFrame"`, false},
		{`[{"snapshot":`, false},
		{"\xEF\xBB{\"snapshot\":", false},
		{`{`, false},
		{"", false},
		{"\x0a\x04\x08\x01\x10\x02", false},
	} {
		if got := v8snapshot.Recognises([]byte(test.start)); got != test.want {
			t.Errorf("%q is recognised: %v", test.start, got)
		}
	}
	// What is recognised at the start can also be read, and the other way round.
	for _, before := range []string{"", "\xEF\xBB\xBF", " \n", "\xEF\xBB\xBF\n", "\n\xEF\xBB\xBF", "\xEF\xBB", "\xEF", "\xEF\xEF\xEF", "x"} {
		f := sample()
		f.before = before
		text := f.String()
		_, err := read(t, text, 1)
		if got := v8snapshot.Recognises([]byte(text[:40])); got != (err == nil) {
			t.Errorf("after %q recognised: %v, read: %v", before, got, err)
		}
	}
}
