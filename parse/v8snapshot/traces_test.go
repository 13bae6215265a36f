package v8snapshot_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/v8snapshot"
)

// timeline is a .heaptimeline as a program without columns sees it.
type timeline struct {
	Snapshot struct {
		Meta struct {
			NodeFields []string `json:"node_fields"`
		} `json:"meta"`
	} `json:"snapshot"`
	Nodes   []uint64 `json:"nodes"`
	Infos   []uint64 `json:"trace_function_infos"`
	Tree    []any    `json:"trace_tree"`
	Samples []uint64 `json:"samples"`
	Strings []string `json:"strings"`
}

// calls flattens the tree, callers first.
func (l *timeline) calls(t *testing.T, tree []any, parent uint32, to []graph.Trace) []graph.Trace {
	t.Helper()
	number := func(v any) uint64 { return uint64(v.(float64)) }
	for ; len(tree) > 0; tree = tree[5:] {
		row := uint32(len(to))
		to = append(to, graph.Trace{
			ID: uint32(number(tree[0])), Parent: parent, Function: uint32(number(tree[1])), Count: number(tree[2]), Size: number(tree[3]),
		})
		to = l.calls(t, tree[4].([]any), row, to)
	}
	return to
}

// TestTraces holds what is read of tracked allocations against a plain decoding
// of the same file: every call, function, moment and node.
func TestTraces(t *testing.T) {
	for _, name := range []string{"tracked/node26-after.heaptimeline.zst"} {
		text := unpacked(t, name)
		g, err := read(t, string(text), 2)
		if err != nil {
			t.Fatal(err)
		}
		var l timeline
		if err := json.Unmarshal(text, &l); err != nil {
			t.Fatal(err)
		}
		got := g.Traces
		want := l.calls(t, l.Tree, 0, []graph.Trace{{}})
		if got == nil || len(got.Calls) != len(want) || len(want) < 20 {
			t.Fatalf("%s: %d calls are wanted, got %+v", name, len(want), got)
		}
		row := map[uint64]uint32{0: 0}
		for i := range want {
			if got.Calls[i] != want[i] {
				t.Errorf("%s: call %d is %+v, want %+v", name, i, got.Calls[i], want[i])
			}
			row[uint64(want[i].ID)] = uint32(i)
		}
		if len(got.Functions)*6 != len(l.Infos) || len(got.Moments)*2 != len(l.Samples) || len(got.Moments) == 0 {
			t.Fatalf("%s: %d functions and %d moments", name, len(got.Functions), len(got.Moments))
		}
		for i, f := range got.Functions {
			r := l.Infos[i*6:]
			if g.Strings.String(f.Name) != l.Strings[r[1]] || g.Strings.String(f.Script) != l.Strings[r[2]] || uint64(f.Line) != r[4] || uint64(f.Column) != r[5] {
				t.Errorf("%s: function %d is %+v", name, i, f)
			}
		}
		for i, m := range got.Moments {
			if m.Micros != l.Samples[i*2] || m.LastID != l.Samples[i*2+1] {
				t.Errorf("%s: moment %d is %+v", name, i, m)
			}
		}
		fields := len(l.Snapshot.Meta.NodeFields)
		traced := 0
		for n, at := range got.Of {
			if id := l.Nodes[n*fields+5]; at != row[id] {
				t.Fatalf("%s: node %d is of call %d, want that of id %d", name, n, at, id)
			}
			if at != 0 {
				traced++
			}
		}
		if traced < 1000 {
			t.Errorf("%s: only %d nodes have a stack", name, traced)
		}
	}
}

// TestUntracked: a heap of which nothing was tracked takes nothing for it.
func TestUntracked(t *testing.T) {
	g, err := read(t, string(real(t, "node20-before")), 2)
	if err != nil || g.Traces != nil {
		t.Errorf("%v, %v", g.Traces, err)
	}
}

// TestDeepTraces: a tree that is one long chain of calls costs what its calls
// do, no stack of it is longer than V8's, and its calls are kept as long as they
// may be.
func TestDeepTraces(t *testing.T) {
	const depth = 100_000
	text := string(unpacked(t, "tracked/node26-after.heaptimeline.zst"))
	at := strings.Index(text, `"trace_tree":[`) + len(`"trace_tree":[`)
	var chain strings.Builder
	for i := range depth {
		fmt.Fprintf(&chain, "%d,0,1,8,[", i+1)
	}
	chain.WriteString(strings.Repeat("]", depth))
	deep := text[:at] + chain.String() + "]" + text[at+strings.Index(text[at:], ",\n\"samples\""):]
	g, err := read(t, deep, 1)
	if err != nil {
		t.Fatal(err)
	}
	if calls, frames := len(g.Traces.Calls), len(g.Traces.Stack(depth)); calls != depth+1 || frames != 64 {
		t.Errorf("%d calls, of the last %d frames", calls, frames)
	}
	src, err := input.New(t.Context(), "test", strings.NewReader(deep), input.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	refused := errors.New("too much")
	_, err = v8snapshot.Read(t.Context(), src, v8snapshot.Options{Keep: func(bytes int64) error {
		if bytes > 2<<20 {
			return refused
		}
		return nil
	}})
	if !errors.Is(err, refused) {
		t.Errorf("the error is %v", err)
	}
}

// TestBrokenTraces spoils what is said of allocations.
func TestBrokenTraces(t *testing.T) {
	text := string(unpacked(t, "tracked/node26-after.heaptimeline.zst"))
	at := strings.Index(text, `"trace_tree":[`) + len(`"trace_tree":[`)
	for _, test := range []struct{ what, tree, want string }{
		{"text", `"x"`, "unexpected"},
		{"few numbers", `1,0,0,[]`, "not complete"},
		{"many numbers", `1,0,0,0,0,[]`, "unexpected"},
		{"no function", `1,9999999,0,0,[]`, "is in no function"},
		{"long number", `1,99999999999999999999,0,0,[]`, "beyond 64 bits"},
		{"large number", `1,99999999999,0,0,[]`, "beyond 32 bits"},
		{"negative", `-1,0,0,0,[]`, "unexpected"},
	} {
		broken := text[:at] + test.tree + "]" + text[at+strings.Index(text[at:], ",\n\"samples\""):]
		if _, err := read(t, broken, 1); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.what, err, test.want)
		}
	}
	for _, cut := range []int{at + 3, at + 200} {
		if _, err := read(t, text[:cut], 1); err == nil || wrong(t, err).What != "truncated" {
			t.Errorf("cut at %d: %v", cut, err)
		}
	}
}
