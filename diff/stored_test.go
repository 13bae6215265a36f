package diff_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/parse"
)

var byStructure = diff.Options{Match: diff.Structure, Ranking: &growth.Options{All: true}}

// stored reduces a heap of testdata to what is kept of it.
func stored(t testing.TB, name string) *diff.Stored {
	t.Helper()
	h, err := opened(name)(context.Background(), parse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := diff.Reduce(context.Background(), h, byStructure)
	if err != nil {
		t.Fatal(err)
	}
	s, err := r.Store()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// against compares what was stored with a heap of testdata.
func against(t testing.TB, s *diff.Stored, after string) *diff.Result {
	t.Helper()
	before, err := s.Reduction("stored", byStructure)
	if err != nil {
		t.Fatal(err)
	}
	h, err := opened(after)(context.Background(), parse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := before.Compare(context.Background(), h)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestStoredIsEqual holds that a comparison with what was stored of a heap finds
// what a comparison with the heap by structure does: every number.
func TestStoredIsEqual(t *testing.T) {
	names := [][2]string{{"node14-before", "node14-rerun"}, {"node26-after", "node26-before"}}
	for _, name := range pairs(t) {
		names = append(names, [2]string{name + "-before", name + "-after"})
	}
	for _, pair := range names {
		want := compare(t, pair[0], pair[1], byStructure)
		got := against(t, stored(t, pair[0]), pair[1])
		for i := range got.Classes {
			// The first script of that place and name in the file, here; the first by
			// name, there.
			want.Classes[i].Where, got.Classes[i].Where = "", ""
		}
		if !reflect.DeepEqual(got.Classes, want.Classes) || got.Totals != want.Totals {
			t.Errorf("%v: the classes differ", pair)
			for i := range got.Classes {
				if got.Classes[i] != want.Classes[i] {
					t.Errorf("%+v\nwant %+v", got.Classes[i], want.Classes[i])
					break
				}
			}
		}
		if !reflect.DeepEqual(got.Kinds, want.Kinds) {
			t.Errorf("%v: the kinds differ", pair)
		}
		if !reflect.DeepEqual(got.Ranking, want.Ranking) {
			t.Errorf("%v: the rankings differ", pair)
		}
		if len(want.Ranking.Lines) == 0 && want.Growth() > 1<<20 {
			t.Errorf("%v: nothing was ranked", pair)
		}
		got.Before.File, want.Before.File = "", ""
		want.Warnings = append([]string(nil), want.Warnings[len(want.Doubts):]...) // what is stored has no ids to tell the order by
		if got.Before != want.Before || !reflect.DeepEqual(got.Warnings, want.Warnings) {
			t.Errorf("%v: %+v %q, want %+v %q", pair, got.Before, got.Warnings, want.Before, want.Warnings)
		}
	}
}

// TestMergeStored holds that the order of heaps does not matter, nor how they
// are put together, and that a heap added to itself is the same heap.
func TestMergeStored(t *testing.T) {
	a, b, c := stored(t, "node20-before"), stored(t, "node20-after"), stored(t, "node22-before")
	left := diff.MergeStored(diff.MergeStored(a, b), c)
	right := diff.MergeStored(a, diff.MergeStored(b, c))
	other := diff.MergeStored(c, a, b)
	if !reflect.DeepEqual(left, right) || !reflect.DeepEqual(left, other) {
		t.Error("the order matters")
	}
	if left.Heaps != 3 || left.Size != a.Size+b.Size+c.Size || len(left.Classes) <= len(a.Classes) {
		t.Errorf("%d heaps of %d bytes", left.Heaps, left.Size)
	}
	if !reflect.DeepEqual(diff.MergeStored(a), a) {
		t.Error("what was stored is not in its order")
	}
	if _, err := left.Reduction("three", byStructure); err != nil {
		t.Error(err)
	}
	twice := against(t, diff.MergeStored(a, a), "node20-after")
	once := against(t, a, "node20-after")
	twice.Before.File = once.Before.File
	if !reflect.DeepEqual(twice, once) {
		t.Error("the mean of a heap and itself is another")
	}
	// The mean of a heap and one that leaked: half of the leak is left.
	half := against(t, diff.MergeStored(a, b), "node20-after")
	if len(half.Ranking.Lines) == 0 {
		t.Fatal("nothing grew")
	}
	whole, part := once.Ranking.Lines[0], half.Ranking.Lines[0]
	if part.Fingerprint != whole.Fingerprint || part.CountAfter-part.CountBefore != (whole.CountAfter-whole.CountBefore)/2 {
		t.Errorf("%d of %d objects are left", part.CountAfter-part.CountBefore, whole.CountAfter-whole.CountBefore)
	}
}

// TestStoredBroken holds that data which does not hang together is refused.
func TestStoredBroken(t *testing.T) {
	for name, spoil := range map[string]func(*diff.Stored){
		"no heap":           func(s *diff.Stored) { s.Heaps = 0 },
		"another size":      func(s *diff.Stored) { s.Size++ },
		"a class more":      func(s *diff.Stored) { s.Classes[0].Size++ },
		"a kind more":       func(s *diff.Stored) { s.Kinds[0].Size++ },
		"an unknown kind":   func(s *diff.Stored) { s.Kinds[0].Name = "x" },
		"no order":          func(s *diff.Stored) { s.Classes[0].Shape = true },
		"a way to nowhere":  func(s *diff.Stored) { s.Ways[0].Class = 1 << 30 },
		"a way from below":  func(s *diff.Stored) { s.Ways[0].Above = 5 },
		"a place above":     func(s *diff.Stored) { s.Tree.Places[0].Above = 5 },
		"a place unnamed":   func(s *diff.Stored) { s.Tree.Places[0].Edge = 1 << 30 },
		"a place twice":     func(s *diff.Stored) { s.Tree.Places[1] = s.Tree.Places[0] },
		"a place of no one": func(s *diff.Stored) { s.Tree.Places[0].Own, s.Tree.Places[1].Above = false, 0 },
		"a name twice":      func(s *diff.Stored) { s.Tree.Edges[1] = s.Tree.Edges[0] },
		"a tree more":       func(s *diff.Stored) { s.Tree.Self++ },
	} {
		s := stored(t, "node20-before")
		spoil(s)
		if _, err := s.Reduction("x", byStructure); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
