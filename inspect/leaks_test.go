package inspect_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/inspect"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/internal/synth"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/heapdiff/heapdiff/parse/v8snapshot/rules"
)

func snapshot(name string) string { return "../testdata/" + name + ".heapsnapshot.zst" }

// place writes a path as its properties: global.indexerState.cache.
func place(way []inspect.Step) string {
	var b strings.Builder
	for i, step := range way {
		switch {
		case i == 0:
			b.WriteString(step.Class)
		case strings.HasPrefix(step.Edge, "["), strings.HasPrefix(step.Edge, "("):
			b.WriteString(step.Edge)
		default:
			b.WriteString("." + step.Edge)
		}
	}
	return b.String()
}

// What each program says it leaks is there, held by whom it says.
func TestLeaksAreHeldByTheirOwners(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.leak.json")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d leaks, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".leak.json")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var made struct {
				Leaks []struct {
					Owner, Class string
					After        int
				}
			}
			if err := json.Unmarshal(text, &made); err != nil || len(made.Leaks) == 0 {
				t.Fatal(err)
			}
			h := load(t, snapshot(name+"-after"))
			owners := map[string]bool{}
			for _, leak := range made.Leaks {
				r, err := inspect.FindRetainers(h, leak.Class, inspect.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if r.Count != leak.After || len(r.Object) != 3 {
					t.Errorf("%d %s, %d described, want %d", r.Count, leak.Class, len(r.Object), leak.After)
				}
				for _, o := range r.Object {
					var found []string
					for _, way := range o.Paths {
						found = append(found, place(way))
					}
					held := slices.ContainsFunc(found, func(p string) bool {
						return strings.HasPrefix(strings.TrimPrefix(p, "window."), strings.TrimPrefix(leak.Owner, "window."))
					})
					if !held {
						t.Errorf("@%d is held by %q, not by %s", o.Object.ID, found, leak.Owner)
					}
					owners[leak.Owner] = true
					checkDominators(t, h, &o)
				}
			}
			if len(owners) != len(made.Leaks) {
				t.Errorf("owners %v", owners)
			}
		})
	}
}

// checkDominators holds the chain upwards against the tree.
func checkDominators(t *testing.T, h *parse.Heap, o *inspect.RetainedObject) {
	t.Helper()
	at := graph.NoNode
	for n := range graph.NodeID(h.NumNodes()) {
		if h.ID.At(n) == o.Object.ID {
			at = n
		}
	}
	for i, d := range o.Dominators {
		at = h.Dominators.Idom(at)
		if d.ID != h.ID.At(at) || d.Retained < o.Object.Retained {
			t.Fatalf("dominator %d is @%d, want @%d", i, d.ID, h.ID.At(at))
		}
	}
	if at != h.Root {
		t.Errorf("the chain of dominators ends at @%d", h.ID.At(at))
	}
}

// A thousand steps of a list are not told one by one.
func TestLongPathsAreShort(t *testing.T) {
	h := load(t, snapshot("node14-after"))
	h.Settle()
	last, least := graph.NoNode, uint64(1<<63)
	for n := range graph.NodeID(h.NumNodes()) {
		if h.Classes[h.ClassOf(n)].Name == "Visit" && h.Self.At(n) > 0 && h.Dominators.Retained(n) < least {
			last, least = n, h.Dominators.Retained(n)
		}
	}
	r, err := inspect.FindRetainers(h, "@"+text(h.ID.At(last)), inspect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	way := r.Object[0].Paths[0]
	if got, want := place(way), "global.visitors.latest.previous(… ×1198)"; got != want || way[len(way)-1].ID != h.ID.At(last) {
		t.Errorf("the path is %s, want %s", got, want)
	}
	if len(r.Object[0].Dominators) != 100 {
		t.Errorf("%d dominators are listed", len(r.Object[0].Dominators))
	}
}

func text(id uint64) string { b, _ := json.Marshal(id); return string(b) }

// Strings of equal text are found, counted and weighed, and not told.
func TestDuplicates(t *testing.T) {
	for _, name := range []string{"node20-after", "node24-after", "chromium156-before"} {
		t.Run(name, func(t *testing.T) {
			h := load(t, snapshot(name))
			byText := map[string][]uint64{}
			for n := range graph.NodeID(h.NumNodes()) {
				if t := h.Type[n]; (t == graph.String || t == graph.ConsString) && h.Self.At(n) > 0 && !rules.IsFlattened(h.Graph, n) {
					name := rules.NodeName(h.Graph, n)
					byText[name] = append(byText[name], h.Self.At(n))
				}
			}
			var want inspect.Duplicates
			for _, sizes := range byText {
				if len(sizes) < 2 {
					continue
				}
				want.Texts++
				want.Copies += len(sizes)
				for _, s := range sizes {
					want.Wasted += s
				}
				want.Wasted -= slices.Max(sizes)
			}
			if want.Texts == 0 {
				t.Fatal("no string stands twice")
			}
			hidden := inspect.Summarise(h, inspect.Options{Duplicates: 1000}).Strings
			told := inspect.Summarise(h, inspect.Options{Duplicates: 1000, ShowStrings: true}).Strings
			if hidden.Texts != want.Texts || hidden.Copies != want.Copies || hidden.Wasted != want.Wasted || len(hidden.Worst) != min(want.Texts, 1000) {
				t.Errorf("%d texts, %d copies, %d bytes wasted, %d told; want %+v", hidden.Texts, hidden.Copies, hidden.Wasted, len(hidden.Worst), want)
			}
			for i, d := range told.Worst {
				sum := sha256.Sum256([]byte(d.Text))
				if d.SHA != hex.EncodeToString(sum[:4]) && !strings.Contains(d.Text, "\uFFFD") || d.Length != len(utf16.Encode([]rune(d.Text))) {
					t.Errorf("%+v", d)
				}
				if d.Copies != len(byText[d.Text]) && !strings.Contains(d.Text, "\uFFFD") {
					t.Errorf("%q: %d copies, want %d", d.Text, d.Copies, len(byText[d.Text]))
				}
				if i > 0 && d.Wasted > told.Worst[i-1].Wasted {
					t.Errorf("text %d wastes more than the one before it", i)
				}
				if d := hidden.Worst[i]; d.Text != "" || d.SHA != told.Worst[i].SHA {
					t.Errorf("hidden: %+v, told: %+v", d, told.Worst[i])
				}
			}
		})
	}
}

// Only what the snapshot was cut to is equal: these are not copies.
func TestCutOffStrings(t *testing.T) {
	long := strings.Repeat("x", 1024)
	h := read(t, `{"snapshot":{"meta":{"node_fields":["type","name","id","self_size","edge_count"],
		"node_types":[["synthetic","string","number","object"]],"edge_fields":["type","name_or_index","to_node"],
		"edge_types":[["internal","shortcut","element"]]},"node_count":9,"edge_count":16},
		"nodes":[0,0,1,0,5, 3,1,3,16,0, 1,2,5,2000,3, 1,2,7,2000,3, 1,2,9,2000,3, 1,2,11,2000,2, 2,3,13,0,0, 2,4,15,0,0, 2,5,17,0,0],
		"edges":[1,1,5, 2,1,10, 2,2,15, 2,3,20, 2,4,25,
			0,6,30, 0,7,35, 0,8,40,  0,6,30, 0,7,35, 0,8,40,  0,6,30, 0,7,40, 0,8,40,  0,6,35, 0,7,35],
		"strings":["","global","`+long+`","true","2001","2002","truncated","length","hash"]}`)
	d := inspect.Summarise(h, inspect.Options{}).Strings
	if d.Texts != 1 || d.Copies != 2 || d.Wasted != 2000 {
		t.Errorf("%+v", d)
	}
}

func read(t testing.TB, text string) *parse.Heap {
	t.Helper()
	src, err := input.New(t.Context(), "test", strings.NewReader(text), input.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	h, err := parse.Load(t.Context(), src, parse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestNotFound(t *testing.T) {
	h := load(t, snapshot("node20-after"))
	for _, test := range []struct{ target, hint string }{
		{"CachedRecrod", "did you mean CachedRecord?"},
		{"cachedrecord", "did you mean CachedRecord?"},
		{"Cached", "CachedRecord"},
		{"86001", "did you mean @86001?"},
		{"@2", "another"},
		{"@x", "an id is a number"},
		{"@", "an id is a number"},
		{"Zzyzx-Qqqqqq-Wwwww", "heapdiff inspect"},
	} {
		r, err := inspect.FindRetainers(h, test.target, inspect.Options{})
		var missing *inspect.NotFoundError
		if !errors.As(err, &missing) || r != nil || missing.Target != test.target {
			t.Errorf("%s: %v, %v", test.target, r, err)
			continue
		}
		if hint := input.Hint(err); hint == "" || !strings.Contains(err.Error(), test.target) ||
			test.hint != "another" && !strings.Contains(hint, test.hint) {
			t.Errorf("%s: %v, hint %q", test.target, err, hint)
		}
	}
}

func TestTargets(t *testing.T) {
	h := load(t, snapshot("node16-after"))
	for _, test := range []struct {
		target string
		class  string
		count  int
	}{
		{"Widget", "Widget", 1000},
		{"onTheme", "onTheme()", 0},
		{"onTheme()", "onTheme()", 0},
		{"@1", "(root)", 1},
		{"@3", "(GC roots)", 1},
		{"(array)", "(array)", 0},
	} {
		r, err := inspect.FindRetainers(h, test.target, inspect.Options{Objects: 2, Direct: 1, Paths: 1})
		if err != nil {
			t.Errorf("%s: %v", test.target, err)
			continue
		}
		if test.count > 0 && r.Count != test.count || r.Count < 1 || len(r.Object) != min(r.Count, 2) {
			t.Errorf("%s: %d, %d told", test.target, r.Count, len(r.Object))
		}
		for _, o := range r.Object {
			if o.Object.Class != test.class || len(o.Direct) > 1 || len(o.Paths) > 1 {
				t.Errorf("%s: %+v", test.target, o)
			}
		}
	}
}

// Classes say in which file they are defined.
func TestWhere(t *testing.T) {
	s := inspect.Summarise(load(t, snapshot("node20-after")), inspect.Options{})
	at := slices.IndexFunc(s.Classes, func(c inspect.Class) bool { return c.Class == "CachedRecord" })
	if at < 0 || !strings.HasSuffix(s.Classes[at].Where, "map-cache.js:7:14") {
		t.Errorf("%+v", s.Classes[max(at, 0)])
	}
	if at := slices.IndexFunc(s.Classes, func(c inspect.Class) bool { return c.Class == "(string)" }); s.Classes[at].Where != "" {
		t.Errorf("%+v", s.Classes[at])
	}
}

// A kind or a class does not hide what the other knows.
func TestSummaryOfEachPair(t *testing.T) {
	h := load(t, snapshot("chromium156-after"))
	s := inspect.Summarise(h, inspect.Options{Largest: 7})
	if len(s.Largest) != 7 || len(s.Detached) < 4 || len(s.Warnings) == 0 {
		t.Errorf("%d largest, %d detached, warnings %q", len(s.Largest), len(s.Detached), s.Warnings)
	}
	for _, c := range s.Detached {
		if !strings.HasPrefix(c.Class, "Detached ") || c.Count == 0 {
			t.Errorf("%+v", c)
		}
	}
	var items int
	for _, c := range s.Detached {
		if c.Class == "Detached <li>" {
			items = c.Count
		}
	}
	if items != 1200 {
		t.Errorf("%d detached <li>", items)
	}
	if s := inspect.Summarise(load(t, snapshot("node20-after")), inspect.Options{}); len(s.Detached) != 0 || len(s.Warnings) != 0 {
		t.Errorf("%d classes of detached nodes in Node, warnings %q", len(s.Detached), s.Warnings)
	}
}

// Shapes that are hard on algorithms are described all the same.
func TestHardShapes(t *testing.T) {
	for _, o := range []synth.Options{
		{Shape: "list"}, {Shape: "shared-list"}, {Shape: "promises"}, {Shape: "closures"}, {Shape: "map", Size: 200_000}, {Shape: "array", Size: 200_000},
	} {
		t.Run(o.Shape, func(t *testing.T) {
			plan, err := synth.New(o)
			if err != nil {
				t.Fatal(err)
			}
			var text bytes.Buffer
			if _, err := plan.WriteTo(&text); err != nil {
				t.Fatal(err)
			}
			h := read(t, text.String())
			s := inspect.Summarise(h, inspect.Options{})
			if s.Nodes != plan.Nodes() || h.Dominators.Retained(h.Root) != s.Size || len(s.Largest) == 0 {
				t.Errorf("%d nodes of %d, %d bytes, %d objects", s.Nodes, plan.Nodes(), s.Size, len(s.Largest))
			}
			for _, o := range s.Largest {
				if len(o.Path) == 0 || len(o.Path) > 60 {
					t.Errorf("the path to @%d has %d steps", o.ID, len(o.Path))
				}
			}
			r, err := inspect.FindRetainers(h, s.Classes[0].Class, inspect.Options{})
			if err != nil || len(r.Object) == 0 {
				t.Errorf("%v, %v", r, err)
			}
		})
	}
}

func BenchmarkSummarise(b *testing.B) {
	h := load(b, snapshot("node20-after"))
	for b.Loop() {
		inspect.Summarise(h, inspect.Options{})
	}
	b.ReportMetric(float64(h.NumNodes())*float64(b.N)/b.Elapsed().Seconds(), "nodes/s")
}
