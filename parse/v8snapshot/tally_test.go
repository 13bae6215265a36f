package v8snapshot_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/v8snapshot"
)

func count(t *testing.T, text string, jobs int) ([]v8snapshot.Tally, error) {
	t.Helper()
	src, err := input.New(t.Context(), "test.heapsnapshot", bytes.NewReader([]byte(text)), input.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	tallies, header, err := v8snapshot.Count(t.Context(), src, v8snapshot.Options{Jobs: jobs})
	if err == nil && (header == nil || header.NodeCount == nil) {
		t.Fatal("no header")
	}
	return tallies, err
}

// Counting without a graph counts what the graph has.
func TestCountEqualsGraph(t *testing.T) {
	type key struct {
		t    graph.NodeType
		name string
	}
	type sums struct {
		count int
		size  uint64
	}
	for _, name := range []string{"node18-after", "chromium156-after"} {
		text := string(real(t, name))
		g, err := read(t, text, 2)
		if err != nil {
			t.Fatal(err)
		}
		byType := map[graph.NodeType]sums{}
		byName := map[key]sums{}
		for n := range graph.NodeID(g.NumNodes()) {
			s := byType[g.Type[n]]
			byType[g.Type[n]] = sums{s.count + 1, s.size + g.Self.At(n)}
			k := key{g.Type[n], g.NodeName(n)}
			s = byName[k]
			byName[k] = sums{s.count + 1, s.size + g.Self.At(n)}
		}
		for _, jobs := range []int{1, 3} {
			tallies, err := count(t, text, jobs)
			if err != nil {
				t.Fatal(err)
			}
			for i, row := range tallies {
				if i > 0 && row.Size > tallies[i-1].Size {
					t.Errorf("row %d is larger than the one before it", i)
				}
				s := byType[row.Type]
				byType[row.Type] = sums{s.count - row.Count, s.size - row.Size}
				if row.TypeName != g.TypeNames[row.Type] {
					t.Errorf("type %d is called %q", row.Type, row.TypeName)
				}
				if want := byName[key{row.Type, row.Name}]; row.Type == graph.Object && want != (sums{row.Count, row.Size}) {
					t.Errorf("%s: %+v, want %+v", row.Name, row, want)
				}
				if row.Type.IsString() && row.Name != "" && row.Name != "<dummy>" {
					t.Errorf("the value %q of a string is told", row.Name)
				}
			}
			for typ, left := range byType {
				if left != (sums{}) {
					t.Errorf("jobs %d, type %d: %+v are not counted", jobs, typ, left)
				}
			}
			for n := range graph.NodeID(g.NumNodes()) { // for the next round
				s := byType[g.Type[n]]
				byType[g.Type[n]] = sums{s.count + 1, s.size + g.Self.At(n)}
			}
		}
	}
}

// Sections in any order are counted, too, and what is broken is not.
func TestCountForms(t *testing.T) {
	want, err := count(t, sample().String(), 1)
	if err != nil || len(want) != 5 {
		t.Fatalf("%v, %v", want, err)
	}
	for _, order := range permutations([]string{"snapshot", "nodes", "edges", "strings"}) {
		f := sample()
		f.sections = order
		got, err := count(t, f.String(), 2)
		if err != nil {
			t.Fatalf("%v: %v", order, err)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%v: %+v, want %+v", order, got[i], want[i])
			}
		}
	}
	for _, test := range []struct {
		change func(f *file)
		what   string
	}{
		{func(f *file) { f.nodeCount = "6" }, "wrong number of nodes"},
		{func(f *file) { f.nodes[2]["name"] = "8" }, "too few strings"},
		{func(f *file) { f.nodes[2]["type"] = "16" }, "node type 16"},
		{func(f *file) { f.after = "x" }, "after the end"},
	} {
		f := sample()
		test.change(f)
		_, err := count(t, f.String(), 2)
		var syntax *input.SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), test.what) {
			t.Errorf("the error is %v, want %q", err, test.what)
		}
	}
}
