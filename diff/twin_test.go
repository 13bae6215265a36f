package diff_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
)

// twin compares two heaps the plain way: both in memory, a map for everything.
// It returns the rows by key.
func twin(before, after *parse.Heap, structure bool) map[string]diff.ClassRow {
	interfaces := after.Interfaces()
	type object struct {
		key  string
		self uint64
	}
	rows := map[string]*diff.ClassRow{}
	look := func(h *parse.Heap) (key []string) {
		classes, final := h.Naming().Resolve(interfaces)
		for n := range graph.NodeID(h.NumNodes()) {
			class := classes[final[h.ClassOf(n)]]
			if k := twinKey(&class, structure); h.Self.At(n) == 0 {
				key = append(key, "")
			} else {
				key = append(key, k)
				if rows[k] == nil {
					rows[k] = &diff.ClassRow{Key: k}
				}
			}
		}
		return key
	}
	afterKeys, beforeKeys := look(after), look(before)

	// retained sums up a class but for what has an object of the class above it.
	retained := func(h *parse.Heap, keys []string, add func(row *diff.ClassRow, size uint64)) {
		for n := range graph.NodeID(h.NumNodes()) {
			if keys[n] == "" {
				continue
			}
			nested := false
			for at := n; at != h.Root && !nested; {
				at = h.Dominators.Idom(at)
				nested = keys[at] == keys[n]
			}
			if !nested {
				add(rows[keys[n]], h.Dominators.Retained(n))
			}
		}
	}
	retained(before, beforeKeys, func(row *diff.ClassRow, size uint64) { row.BeforeRetained += size })
	retained(after, afterKeys, func(row *diff.ClassRow, size uint64) { row.AfterRetained += size })

	was, taken := map[uint64]object{}, map[uint64]bool{}
	for n, key := range beforeKeys {
		self := before.Self.At(graph.NodeID(n))
		if id := before.ID.At(graph.NodeID(n)); !taken[id] { // of two objects with one id, the first has it
			taken[id] = true
			was[id] = object{key, self}
		}
		if key != "" {
			rows[key].BeforeCount++
			rows[key].BeforeSize += self
			rows[key].RemovedCount++
			rows[key].RemovedSize += self
		}
	}
	for n, key := range afterKeys {
		self := after.Self.At(graph.NodeID(n))
		if key == "" {
			continue
		}
		row := rows[key]
		row.AfterCount++
		row.AfterSize += self
		id := after.ID.At(graph.NodeID(n))
		if old, ok := was[id]; ok && old.key == key && !structure {
			delete(was, id)
			row.RemovedCount--
			row.RemovedSize -= old.self
			row.InPlaceDelta += int64(self) - int64(old.self)
		} else {
			row.AddedCount++
			row.AddedSize += self
		}
	}
	out := map[string]diff.ClassRow{}
	for key, row := range rows {
		if structure { // nobody knows which objects survived: as many as can have
			count, size := min(row.BeforeCount, row.AfterCount), min(row.BeforeSize, row.AfterSize)
			row.AddedCount, row.RemovedCount = row.AfterCount-count, row.BeforeCount-count
			row.AddedSize, row.RemovedSize = row.AfterSize-size, row.BeforeSize-size
		}
		row.CountDelta = row.AddedCount - row.RemovedCount
		row.SizeDelta = int64(row.AddedSize) - int64(row.RemovedSize)
		row.RetainedDelta = int64(row.AfterRetained) - int64(row.BeforeRetained)
		out[key] = *row
	}
	return out
}

func twinKey(c *graph.Class, structure bool) string {
	if !structure {
		return c.Key
	}
	name := c.Name
	if i := strings.LastIndex(name, " @"); i >= 0 && i+2 < len(name) && strings.Trim(name[i+2:], "0123456789") == "" {
		name = name[:i]
	}
	if c.Located {
		return fmt.Sprintf("%d,%d,%s", c.Location.Line, c.Location.Column, name)
	}
	return "," + name
}

// checkTwin compares a result with what the twin finds, and its sums with the heaps.
func checkTwin(t fataler, before, after *parse.Heap, r *diff.Result) {
	t.Helper()
	want := twin(before, after, r.Match.Mode == diff.Structure)
	var growth int64
	for _, got := range r.Classes {
		plain, ok := want[got.Key]
		if !ok {
			t.Fatalf("%s: no such class", got.Key)
		}
		plain.Class, plain.Where = got.Class, got.Where
		if got != plain {
			t.Fatalf("%s:\n got %+v\nwant %+v", got.Key, got, plain)
		}
		growth += got.SizeDelta + got.InPlaceDelta
		delete(want, got.Key)
	}
	for key := range want {
		t.Fatalf("%s is missing", key)
	}
	size := func(h *parse.Heap) (sum uint64) {
		for n := range graph.NodeID(h.NumNodes()) {
			sum += h.Self.At(n)
		}
		return sum
	}
	if heap := int64(size(after)) - int64(size(before)); growth != heap || r.Totals.SizeDelta != heap || r.Growth() != heap {
		t.Fatalf("the heap grew by %d, the classes by %d, their total says %d, the result %d", heap, growth, r.Totals.SizeDelta, r.Growth())
	}
	var kindsBefore, kindsAfter uint64
	for _, k := range r.Kinds {
		kindsBefore += k.BeforeSize
		kindsAfter += k.AfterSize
	}
	if kindsBefore != size(before) || kindsAfter != size(after) {
		t.Fatalf("the kinds add up to %d and %d, the heaps to %d and %d", kindsBefore, kindsAfter, size(before), size(after))
	}
}

// checkRecall compares what is remembered of a heap with the heap.
func checkRecall(t fataler, h *parse.Heap) {
	t.Helper()
	recall := diff.Recall(h)
	seen := map[uint64]bool{}
	for n := range graph.NodeID(h.NumNodes()) {
		id := h.ID.At(n)
		if seen[id] {
			continue // the first has it
		}
		seen[id] = true
		class, self, retained, ok := recall(id)
		if !ok || class != h.ClassOf(n) || self != h.Self.At(n) || retained != h.Dominators.Retained(n) {
			t.Fatalf("@%d is remembered as %d %d %d %v, it is %d %d %d", id, class, self, retained, ok, h.ClassOf(n), h.Self.At(n), h.Dominators.Retained(n))
		}
	}
	if _, _, _, ok := recall(1<<50 + 1); ok {
		t.Fatalf("an object is remembered that never was")
	}
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

// TestTwin compares real pairs, in both modes, and pairs that are none.
func TestTwin(t *testing.T) {
	type pair struct{ before, after string }
	list := []pair{{"node14-before", "node14-rerun"}, {"node14-after", "node14-rerun"}, {"node16-after", "node16-before"}, {"node24-after", "node26-before"}}
	for _, name := range pairs(t) {
		list = append(list, pair{name + "-before", name + "-after"})
	}
	for _, p := range list {
		for _, mode := range []diff.Mode{diff.Identity, diff.Structure} {
			t.Run(p.before+" "+p.after+" "+string(mode), func(t *testing.T) {
				before, after := load(t, p.before), load(t, p.after)
				reduced, err := diff.Reduce(context.Background(), before, diff.Options{Match: mode})
				if err != nil {
					t.Fatal(err)
				}
				r, err := reduced.Compare(context.Background(), after)
				if err != nil {
					t.Fatal(err)
				}
				if r.Match.Mode != mode || !r.Match.Forced {
					t.Errorf("asked for %s, got %+v", mode, r.Match)
				}
				checkTwin(t, before, after, r)
			})
		}
	}
}

// TestTwinOnRandomHeaps compares small heaps of any shape: ids that occur twice
// or change their class, sizes beyond 32 bits, orphans, cycles, classes within
// each other, names that clash.
func TestTwinOnRandomHeaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := randomSnapshot(t), randomSnapshot(t)
		mode := rapid.SampledFrom([]diff.Mode{diff.Identity, diff.Structure, ""}).Draw(t, "mode")
		r, err := diff.Compare(context.Background(), fromText(before), fromText(after), diff.Options{Match: mode})
		if err != nil {
			t.Fatalf("%v\n%s\n%s", err, before, after)
		}
		b, err := fromText(before)(context.Background(), parse.Options{})
		if err != nil {
			t.Fatalf("%v", err)
		}
		a, _ := fromText(after)(context.Background(), parse.Options{})
		checkTwin(t, b, a, r)
		checkRecall(t, b)
	})
}

// TestIDTwice: of two objects with one id only one can have been there before.
func TestIDTwice(t *testing.T) {
	heap := func(objects int) *snapshot {
		s := newSnapshot()
		for i := range objects {
			s.has(1, string(rune('a'+i)), s.add(object, "Foo", 5, 100))
		}
		return s
	}
	for _, r := range []*diff.Result{grew(t, heap(1), heap(3)), grew(t, heap(3), heap(1))} {
		for _, c := range r.Classes {
			if c.Class == "Foo" && c.AddedCount+c.RemovedCount != 2 {
				t.Errorf("%+v", c)
			}
		}
	}
}

func fromText(text string) diff.Opener {
	return func(ctx context.Context, o parse.Options) (*parse.Heap, error) {
		src, err := input.New(ctx, "random", strings.NewReader(text), input.Options{})
		if err != nil {
			return nil, err
		}
		return parse.Load(ctx, src, o)
	}
}

// randomSnapshot writes the text of a snapshot.
func randomSnapshot(t *rapid.T) string {
	names := []string{"<dummy>", "Object", "__proto__", "a", "b", "c", "{a}", "Foo", "<p id=1>", "<p id=2>", "system / Context / scope @7", "system / Context / scope @9", "Function"}
	n := rapid.IntRange(1, 30).Draw(t, "nodes")
	var nodes, edges, locations []string
	count := 0
	for i := range n {
		kind := rapid.SampledFrom([]int{0, 1, 2, 3, 3, 3, 3, 5, 8, 8}).Draw(t, "type")
		name := rapid.IntRange(0, len(names)-1).Draw(t, "name")
		if kind == 3 && rapid.Bool().Draw(t, "plain") {
			name = 1
		}
		id := uint64(rapid.IntRange(1, 24).Draw(t, "id"))
		switch rapid.IntRange(0, 9).Draw(t, "far") {
		case 0:
			id += 1 << 33
		case 1, 2, 3:
			id = uint64(2*i + 1)
		}
		self := rapid.SampledFrom([]uint64{0, 8, 16, 24, 1 << 20, 1 << 25, 1<<32 - 1, 1 << 34}).Draw(t, "self")
		if i == 0 {
			kind, name, id, self = 9, 0, 1, 0
		}
		out := rapid.IntRange(0, 4).Draw(t, "edges")
		if n == 1 {
			out = 0
		}
		for range out {
			edge := rapid.SampledFrom([]int{0, 1, 2, 2, 2, 3, 5, 6}).Draw(t, "edge")
			to := rapid.IntRange(1, max(n-1, 1)).Draw(t, "to")
			edges = append(edges, fmt.Sprintf("%d,%d,%d", edge, rapid.IntRange(2, 7).Draw(t, "label"), to*5))
		}
		count += out
		nodes = append(nodes, fmt.Sprintf("%d,%d,%d,%d,%d", kind, name, id, self, out))
		if kind == 3 && rapid.IntRange(0, 3).Draw(t, "located") == 0 {
			locations = append(locations, fmt.Sprintf("%d,%d,%d,%d", i*5, rapid.IntRange(1, 3).Draw(t, "script"), rapid.IntRange(1, 2).Draw(t, "line"), 3))
		}
	}
	return write(n, count, nodes, edges, locations, names)
}
