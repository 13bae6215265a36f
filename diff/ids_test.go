package diff

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/heapdiff/heapdiff/graph"
)

// TestIDs compares rows with positions in a sorted list, for ids near together,
// far apart, twice and beyond 32 bits.
func TestIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.OneOf(
			rapid.Uint64Range(0, 300), rapid.Uint64Range(4000, 9000), rapid.Uint64Range(1<<31, 1<<31+100), rapid.Uint64(),
		), 1, 200).Draw(t, "ids")
		column := graph.Wide{Lo: make([]uint32, len(list))}
		for i, id := range list {
			column.Set(graph.NodeID(i), id)
		}
		table := newIDs(&column, len(list))

		sorted := slices.Clone(list)
		slices.Sort(sorted)
		sorted = slices.Compact(sorted)
		if table.len() != len(sorted) {
			t.Fatalf("%d ids, want %d", table.len(), len(sorted))
		}
		asked := append(slices.Clone(sorted), rapid.SliceOfN(rapid.Uint64Range(0, 10000), 0, 50).Draw(t, "others")...)
		for _, id := range asked {
			want, ok := slices.BinarySearch(sorted, id)
			row, found := table.row(id)
			if found != ok || table.has(id) != ok || ok && int(row) != want {
				t.Fatalf("id %d: row %d %v %v, want %d %v", id, row, found, table.has(id), want, ok)
			}
		}
		last := rapid.OneOf(rapid.SampledFrom(sorted), rapid.Uint64Range(0, 9000)).Draw(t, "last")
		var total, above int
		for _, id := range sorted {
			if id%2 == 1 {
				total++
				if id > last {
					above++
				}
			}
		}
		if gotTotal, gotAbove := table.countObjects(last); gotTotal != total || gotAbove != above {
			t.Fatalf("%d odd ids, %d above %d; want %d and %d", gotTotal, gotAbove, last, total, above)
		}
	})
}

// TestSorter: equal sorts have one number, and it leads back to them.
func TestSorter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var sorts []objectSort
		s := newSorter(&sorts)
		for range rapid.IntRange(1, 5000).Draw(t, "objects") {
			o := objectSort{graph.ClassID(rapid.IntRange(0, 40).Draw(t, "class")), rapid.Uint64Range(0, 60).Draw(t, "self")}
			if n := s.of(o); sorts[n] != o {
				t.Fatalf("%v is %v", o, sorts[n])
			}
		}
		seen := map[objectSort]bool{}
		for _, o := range sorts {
			if seen[o] {
				t.Fatalf("%v has two numbers", o)
			}
			seen[o] = true
		}
	})
}
