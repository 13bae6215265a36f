package v8snapshot_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/v8snapshot"
)

// wrong holds that err says what is wrong with the file, where, and what to try.
func wrong(t *testing.T, err error) *input.SyntaxError {
	t.Helper()
	var syntax *input.SyntaxError
	if !errors.As(err, &syntax) {
		t.Fatalf("the error is %T %v", err, err)
	}
	if syntax.Offset < 0 || syntax.What == "" || syntax.Hint() == "" || syntax.File == "" {
		t.Errorf("the error leaves something out: %#v", syntax)
	}
	return syntax
}

// section is where a section's value begins in a file of V8's.
type section struct {
	name  string
	start int
}

// sectionsOf finds them all.
func sectionsOf(text []byte) []section {
	var all []section
	for _, name := range []string{"snapshot", "nodes", "edges", "trace_function_infos", "trace_tree", "samples", "locations", "scopes", "scope_context_vars", "scope_uses", "strings"} {
		mark := []byte("\n\"" + name + "\":")
		if name == "snapshot" {
			mark = mark[1:]
		}
		if at := bytes.Index(text, mark); at >= 0 {
			all = append(all, section{name, at + len(mark)})
		}
	}
	return all
}

// sectionAt returns the section that a place belongs to, and whether the place
// is well within it, not near a key.
func sectionAt(all []section, at, end int) (name string, inside bool) {
	for i, s := range all {
		next := end
		if i+1 < len(all) {
			next = all[i+1].start
		}
		if s.start < at && at <= next {
			return s.name, s.start+40 < at && at+40 < next
		}
	}
	return "", false
}

// A snapshot that is cut off anywhere says so, at that place, in that section.
func TestTruncated(t *testing.T) {
	for name, cuts := range map[string]int{"node14-before": 40, "chromium156-before": 200} {
		text := real(t, name)
		sections := sectionsOf(text)
		if len(sections) < 8 {
			t.Fatalf("sections %v", sections)
		}
		for i := range cuts {
			at := (i + 1) * len(text) / (cuts + 1)
			_, err := read(t, string(text[:at]), 1+i%4)
			checkTruncated(t, err, sections, at, len(text))
		}
		last := bytes.LastIndexByte(text, '}')
		for back := range 40 { // and just before the end
			_, err := read(t, string(text[:last-back]), 2)
			checkTruncated(t, err, sections, last-back, len(text))
		}
		if _, err := read(t, string(text[:last+1]), 2); err != nil {
			t.Errorf("%s up to its last bracket: %v", name, err)
		}
	}
}

func checkTruncated(t *testing.T, err error, sections []section, at, end int) {
	t.Helper()
	syntax := wrong(t, err)
	if syntax.What != "truncated" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("cut at %d: %v", at, err)
	}
	if syntax.Offset != int64(at) {
		t.Errorf("cut at %d, said to be at %d: %v", at, syntax.Offset, err)
	}
	want, inside := sectionAt(sections, at, end)
	if syntax.Section != want && syntax.Section != "" || syntax.Section == "" && inside {
		t.Errorf("cut at %d in %q: %v", at, want, err)
	}
	if (want == "nodes" || want == "edges") && syntax.Section != "" && !strings.Contains(syntax.Detail, want) {
		t.Errorf("cut at %d in %q, how many there should be is not said: %v", at, want, err)
	}
}

// The start of a file, byte by byte: never read as whole, never without an error.
func TestTruncatedEarly(t *testing.T) {
	text := sample().String()
	for at := 1; at < len(text); at++ {
		_, err := read(t, text[:at], 1+at%3)
		if syntax := wrong(t, err); syntax.Offset > int64(at) {
			t.Errorf("cut at %d: %v", at, err)
		}
	}
	if _, err := read(t, text, 1); err != nil {
		t.Fatal(err)
	}
}

// Each kind of damage is named, with its place.
func TestBroken(t *testing.T) {
	for _, test := range []struct {
		name    string
		change  func(f *file)
		what    string // in the error
		section string
		at      string // what stands where the error is said to be; not checked if empty
	}{
		{"too few nodes", func(f *file) { f.nodeCount = "6" }, "wrong number of nodes", "nodes", ""},
		{"too many nodes", func(f *file) { f.nodeCount = "4" }, "wrong number of nodes", "nodes", ""},
		{"too few edges", func(f *file) { f.edgeCount = "8"; f.nodes[4]["edge_count"] = "1" }, "wrong number of edges", "edges", ""},
		{"too many edges", func(f *file) { f.edgeCount = "6"; f.nodes[3]["edge_count"] = "0" }, "wrong number of edges", "edges", ""},
		{"nodes claim too few edges", func(f *file) { f.nodes[3]["edge_count"] = "0" }, "edges", "", ""},
		{"nodes claim too many edges", func(f *file) { f.nodes[3]["edge_count"] = "2" }, "more edges", "", ""},
		{"nodes claim edges without end", func(f *file) { f.nodes[3]["edge_count"] = "4294967295" }, "more edges", "", ""},
		{"half a node", func(f *file) { f.nodes[4]["detachedness"] = "raw:0,1" }, "the last record has 1 of 7", "nodes", ""},
		{"a fraction", func(f *file) { f.nodes[2]["self_size"] = "1.5" }, `unexpected '.'`, "nodes", ".5"},
		{"an exponent", func(f *file) { f.nodes[2]["id"] = "1e3" }, `unexpected 'e'`, "nodes", "e3"},
		{"a negative size", func(f *file) { f.nodes[2]["self_size"] = "-8" }, "a negative number", "nodes", "-8"},
		{"only a minus", func(f *file) { f.nodes[2]["trace_node_id"] = "-" }, "a number was expected", "nodes", ""},
		{"a number beyond 64 bits", func(f *file) { f.nodes[2]["id"] = "18446744073709551616" }, "beyond 64 bits", "nodes", "18446744073709551616"},
		{"a very long number", func(f *file) { f.nodes[2]["id"] = strings.Repeat("9", 5000) }, "beyond 64 bits", "nodes", "999"},
		{"an edge count beyond 32 bits", func(f *file) { f.nodes[2]["edge_count"] = "4294967297" }, "beyond 32 bits", "nodes", ""},
		{"a word", func(f *file) { f.nodes[2]["self_size"] = "null" }, "a number was expected", "nodes", "null"},
		{"a text", func(f *file) { f.nodes[2]["self_size"] = `"8"` }, "a number was expected", "nodes", `"8"`},
		{"a list in a list", func(f *file) { f.nodes[2]["self_size"] = "[1]" }, "a number was expected", "nodes", "[1]"},
		{"two commas", func(f *file) { f.nodes[2]["self_size"] = "raw:8," }, "a number was expected", "nodes", ","},
		{"two numbers without a comma", func(f *file) { f.nodes[2]["self_size"] = "8 9" }, "after a number", "nodes", "9,"},
		{"node type out of range", func(f *file) { f.nodes[2]["type"] = "16" }, "node type 16 is not in meta", "nodes", ""},
		{"edge type out of range", func(f *file) { f.edges[2]["type"] = "7" }, "edge type 7 is not in meta", "edges", ""},
		{"name out of range", func(f *file) { f.nodes[2]["name"] = "8" }, "too few strings", "strings", ""},
		{"edge name out of range", func(f *file) { f.edges[2]["name_or_index"] = "8" }, "too few strings", "strings", ""},
		{"an edge between nodes", func(f *file) { f.edges[2]["to_node"] = "raw:8" }, "between nodes", "edges", ""},
		{"an edge behind the nodes", func(f *file) { f.edges[2]["to_node"] = "5" }, "behind the last node", "edges", ""},
		{"an edge far behind the nodes", func(f *file) { f.edges[2]["to_node"] = "raw:18446744073709551610" }, "edge points", "edges", ""},
		{"a negative edge", func(f *file) { f.edges[2]["to_node"] = "raw:-7" }, "a negative number", "edges", "-7"},
		{"an edge's name beyond 32 bits", func(f *file) { f.edges[2]["name_or_index"] = "4294967296" }, "beyond 32 bits", "edges", ""},
		{"a location of nothing", func(f *file) { f.locations[0]["object_index"] = "5" }, "node index 35", "locations", ""},
		{"a location between nodes", func(f *file) { f.locations[0]["object_index"] = "raw:3" }, "node index 3", "locations", ""},
		{"a section twice", func(f *file) { f.sections = append(f.sections, "samples") }, `"samples" stands twice`, "", ""},
		{"nodes twice", func(f *file) { f.sections = append(f.sections, "nodes") }, `"nodes" stands twice`, "", ""},
		{"garbage after the end", func(f *file) { f.after = "\n{}" }, "after the end", "", "{}"},
		{"no strings", func(f *file) { f.sections = f.sections[:7] }, `"strings" is missing`, "", ""},
		{"no nodes", func(f *file) { f.sections = []string{"snapshot", "edges", "strings"} }, `"nodes" is missing`, "", ""},
		{"no edges", func(f *file) { f.sections = []string{"snapshot", "nodes", "strings"} }, `"edges" is missing`, "", ""},
		{"no header", func(f *file) { f.sections = []string{"nodes", "edges", "strings"} }, `"snapshot" is missing`, "", ""},
		{"nothing at all", func(f *file) { f.sections = nil }, `"snapshot" is missing`, "", ""},
		{"nodes that are no list", func(f *file) { f.sections[1] = "more"; f.more["more"] = `{},"nodes":{}` }, `unexpected '{'`, "nodes", "{}"},
		{"strings that are no list", func(f *file) { f.strings = "12" }, `unexpected '1'`, "strings", "12"},
		{"a string that is none", func(f *file) { f.strings = `["a",7]` }, `unexpected '7'`, "strings", "7]"},
		{"a wrong escape", func(f *file) { f.strings = `["a\qb"]` }, `unexpected 'q'`, "strings", "qb"},
		{"half an escape", func(f *file) { f.strings = `["a\u12x4"]` }, `unexpected 'x'`, "strings", "x4"},
		{"strings without commas", func(f *file) { f.strings = `["a" "b"]` }, "comma", "strings", `"b"`},
		{"a comma after the strings", func(f *file) { f.strings = `["a",]` }, `unexpected ']'`, "strings", "]"},
		{"a header that is none", func(f *file) { f.nodeCount = "x" }, "not valid JSON", "snapshot", ""},
		{"a count in quotes", func(f *file) { f.nodeCount = `"5"` }, "node_count is of the wrong kind: string", "snapshot", ""},
		{"a count beyond 64 bits", func(f *file) { f.nodeCount = "1" + strings.Repeat("0", 50) }, "node_count is 100000000000000000000000000000, which it cannot be", "snapshot", ""},
		{"a header without an end", func(f *file) { f.header = `,"more":"` + strings.Repeat("x", 18<<20) + `"` }, "the header has no end", "snapshot", ""},
		{"no count", func(f *file) { f.nodeCount = `5,"node_count":null` }, "node_count", "snapshot", ""},
		{"no node at all", func(f *file) { f.nodeCount = "0" }, "node_count is 0", "snapshot", ""},
		{"a negative count", func(f *file) { f.edgeCount = "-1" }, "edge_count is -1", "snapshot", ""},
		{"more nodes than there can be", func(f *file) { f.nodeCount = "268435457" }, "node_count is 268435457", "snapshot", ""},
		{"more edges than there can be", func(f *file) { f.edgeCount = "4294967295" }, "edge_count is 4294967295", "snapshot", ""},
		{"a field is missing", func(f *file) { f.nodeFields = []string{"type", "id"} }, "meta has no field name, self_size, edge_count", "snapshot", ""},
		{"an edge's field is missing", func(f *file) { f.edgeFields = []string{"type"} }, "meta has no field name_or_index, to_node", "snapshot", ""},
		{"too many fields", func(f *file) { f.nodeFields = append(f.nodeFields, make([]string, 60)...) }, "more than 64 fields", "snapshot", ""},
		{"too many types", func(f *file) { f.nodeTypes = numbered(300) }, "more than 255 node types", "snapshot", ""},
		{"a root that is none", func(f *file) { f.header = `,"root_index":3` }, "root_index 3", "snapshot", ""},
		{"a root behind the nodes", func(f *file) { f.header = `,"root_index":35` }, "root_index 35", "snapshot", ""},
		{"a word without a colon", func(f *file) { f.sections = append(f.sections, `x","y`) }, `':' was expected`, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := sample()
			test.change(f)
			text := f.String()
			for _, jobs := range []int{1, 4} {
				_, err := read(t, text, jobs)
				syntax := wrong(t, err)
				if !strings.Contains(err.Error(), test.what) {
					t.Errorf("jobs %d: the error is %q, want %q in it", jobs, err, test.what)
				}
				if test.section != "" && syntax.Section != test.section {
					t.Errorf("jobs %d: said to be in %q: %v", jobs, syntax.Section, err)
				}
				if syntax.Offset > int64(len(text)) {
					t.Errorf("jobs %d: said to be at %d of %d bytes", jobs, syntax.Offset, len(text))
				} else if test.at != "" && !strings.HasPrefix(text[syntax.Offset:], test.at) {
					t.Errorf("jobs %d: said to be at %q", jobs, text[syntax.Offset:min(len(text), int(syntax.Offset)+20)])
				}
			}
		})
	}
}

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = strings.Repeat("x", i+1)
	}
	return names
}

// The place of an error is right far into a long file, too.
func TestBrokenFarAway(t *testing.T) {
	text := real(t, "node14-before")
	end := bytes.Index(text, []byte(`],`+"\n"+`"trace_function_infos"`))
	at := bytes.LastIndexByte(text[:end-2000], '\n') - 1 // the last digit of a record
	if text[at]-'0' > 9 {
		t.Fatalf("%q is no digit", text[at])
	}
	broken := append([]byte(nil), text...)
	broken[at] = 'x'
	for _, jobs := range []int{1, 4} {
		_, err := read(t, string(broken), jobs)
		if syntax := wrong(t, err); syntax.Section != "edges" || syntax.Offset != int64(at) {
			t.Errorf("jobs %d: the error at %d is %v", jobs, at, err)
		}
	}
}

// What is nested deeply takes neither memory nor the stack.
func TestNesting(t *testing.T) {
	deep := func(n int, open, end string) string { return strings.Repeat(open, n) + strings.Repeat(end, n) }
	for _, test := range []struct {
		name   string
		change func(f *file)
		what   string // of the error; empty if there must be none
	}{
		{"a deep trace tree", func(f *file) { f.more["trace_tree"] = deep(100_000, "[1,", "]") }, ""},
		{"a bomb in a section", func(f *file) { f.more["trace_tree"] = strings.Repeat("[", 3_000_000) }, "nested too deeply"},
		{"a bomb of objects", func(f *file) { f.more["trace_tree"] = strings.Repeat(`{"a":`, 3_000_000) }, "nested too deeply"},
		{"a bomb in the header", func(f *file) { f.header = `,"more":` + deep(3_000_000, "[", "]") }, ""},
		{"a bomb in a field", func(f *file) { f.header = `,"root_index":` + deep(3_000_000, "[", "]") }, "header"},
		{"a bomb of nodes", func(f *file) { f.nodes[0]["type"] = strings.Repeat("[", 3_000_000) }, `inside "nodes"`},
		{"too many ends", func(f *file) { f.more["trace_tree"] = "]" }, "unexpected ']'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := sample()
			test.change(f)
			_, err := read(t, f.String(), 2)
			if test.what == "" && err != nil && !strings.Contains(err.Error(), "nest") && !strings.Contains(err.Error(), "depth") {
				t.Errorf("%.200v", err)
			}
			if test.what != "" {
				wrong(t, err)
				if !strings.Contains(err.Error(), test.what) {
					t.Errorf("the error is %.200q, want %q", err, test.what)
				}
			}
		})
	}
}

// Reading stops when it is told to, and says that and nothing else.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	defer w.Close()
	text := real(t, "node14-before")[:100_000]
	opened := make(chan struct{})
	go func() {
		w.Write(text[:50_000])
		<-opened // which may read all there is
		w.Write(text[50_000:])
		cancel()
	}()
	src, err := input.New(ctx, "test", r, input.Options{})
	if err != nil {
		t.Fatal(err)
	}
	close(opened)
	defer src.Close()
	if _, err := v8snapshot.Read(ctx, src, v8snapshot.Options{Jobs: 2}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

// What is refused is refused before memory is taken for it.
func TestAdmit(t *testing.T) {
	f := sample()
	f.nodeCount, f.edgeCount = "268435456", "4000000000"
	refused := errors.New("too much")
	src, err := input.New(t.Context(), "test", strings.NewReader(f.String()), input.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	_, err = v8snapshot.Read(t.Context(), src, v8snapshot.Options{Admit: func(nodes, edges int64) (string, error) {
		if nodes != 268435456 || edges != 4000000000 {
			t.Errorf("asked for %d nodes and %d edges", nodes, edges)
		}
		return "", refused
	}})
	if !errors.Is(err, refused) {
		t.Errorf("the error is %v", err)
	}
}

// Sections that come before the header are kept as long as they may be.
func TestKeep(t *testing.T) {
	f := sample()
	f.strings = `["` + strings.Repeat("x", 3<<20) + `",` + f.strings[1:]
	f.sections = []string{"strings", "snapshot", "nodes", "edges"}
	text := f.String()
	if _, err := read(t, text, 2); err != nil {
		t.Fatal(err)
	}
	src, err := input.New(t.Context(), "test", strings.NewReader(text), input.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	refused := errors.New("too much")
	_, err = v8snapshot.Read(t.Context(), src, v8snapshot.Options{Keep: func(bytes int64) error {
		if bytes > 4<<20 {
			return refused
		}
		return nil
	}})
	if !errors.Is(err, refused) {
		t.Errorf("the error is %v", err)
	}
}

// A heap with columns on disk is the same heap.
func TestColumnsOnDisk(t *testing.T) {
	text := string(real(t, "node18-after"))
	want, err := read(t, text, 2)
	if err != nil {
		t.Fatal(err)
	}
	src, err := input.New(t.Context(), "test", strings.NewReader(text), input.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	folder := t.TempDir()
	got, err := v8snapshot.Read(t.Context(), src, v8snapshot.Options{Admit: func(_, _ int64) (string, error) { return folder, nil }})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Links, want.Links) || !slices.Equal(labelsOf(got), labelsOf(want)) || !slices.Equal(got.Name, want.Name) ||
		!slices.Equal(got.ID.Lo, want.ID.Lo) || !slices.Equal(got.Self.Lo, want.Self.Lo) || !slices.Equal(got.FirstEdge, want.FirstEdge) {
		t.Error("the columns differ")
	}
	_, err = v8snapshot.Read(t.Context(), src, v8snapshot.Options{Admit: func(_, _ int64) (string, error) { return folder + "/none", nil }})
	if err == nil {
		t.Error("a folder that does not exist is no error")
	}
}
