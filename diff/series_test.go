package diff_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
)

// stages is a heap with lists of so many objects each.
func stages(counts map[string]int) diff.Opener {
	s := newSnapshot()
	id := uint64(5)
	next := func() uint64 { id += 2; return id }
	for _, list := range []string{"leak", "cache", "queue", "calm"} {
		held := s.add(object, "Array", next(), 32)
		s.has(1, list, held)
		for i := range 500 {
			if n := next(); i < counts[list] { // ids of one object are the same in all heaps
				s.has(held, fmt.Sprint(i), s.add(object, "Record", n, 1000))
			}
		}
	}
	return s.open()
}

// TestSeries: what grows in every step leaks, what stops was warm-up, what comes
// and goes is churn; what does not grow is not spoken of.
func TestSeries(t *testing.T) {
	var heaps []diff.Opener
	for i := range 4 {
		heaps = append(heaps, stages(map[string]int{
			"leak": 10 + 100*i, "cache": 20 + 80*min(i, 1), "queue": []int{0, 90, 20, 70}[i], "calm": 40,
		}))
	}
	for _, mode := range []diff.Mode{diff.Identity, diff.Structure} {
		r, err := diff.Series(context.Background(), heaps, diff.Options{Match: mode, Ranking: &growth.Options{Iterations: 100}})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Between) != 2 || r.Between[0].Size == 0 || r.Between[0].Size == r.Between[1].Size {
			t.Errorf("%s: between are %+v", mode, r.Between)
		}
		for i, between := range r.Between {
			sum := uint64(0)
			for _, k := range r.Kinds {
				sum += k.Between[i]
			}
			if sum != between.Size {
				t.Errorf("%s: kinds of heap %d are %d bytes of %d", mode, i+1, sum, between.Size)
			}
		}
		want := []struct {
			owner  string
			tier   growth.Tier
			counts []uint64
			share  uint64
			rate   float64
		}{
			{"global.leak", growth.Leak, []uint64{10, 110, 210, 310}, 300_000, 1},
			{"global.cache", growth.WarmUp, []uint64{20, 100, 100, 100}, 80_000, 80. / 300},
			{"global.queue", growth.Churn, []uint64{0, 90, 20, 70}, 70_000, 70. / 300},
		}
		if len(r.Ranking.Lines) != len(want) {
			t.Fatalf("%s: %d lines: %+v", mode, len(r.Ranking.Lines), r.Ranking.Lines)
		}
		for i, w := range want {
			l := r.Ranking.Lines[i]
			if l.Owner != w.owner || l.Tier != w.tier || !slices.Equal(l.Counts, w.counts) || l.Share != w.share || l.PerIteration.Count != w.rate {
				t.Errorf("%s: %s is %s, %v, %d bytes, %v; want %+v", mode, l.Owner, l.Tier, l.Counts, l.Share, l.PerIteration, w)
			}
		}
		if rec := r.Ranking.Reconciliation; rec.Growth != r.Growth() || int64(rec.Accumulated+rec.InPlace+rec.Unattributed)-int64(rec.Freed) != rec.Growth {
			t.Errorf("%s: %+v is not the growth of %d", mode, rec, r.Growth())
		}
	}
}

// TestShortSeries: two heaps are a comparison, one is none, and of three growth
// is ranked without being asked for.
func TestShortSeries(t *testing.T) {
	heap := stages(map[string]int{"leak": 1})
	ctx := context.Background()
	if _, err := diff.Series(ctx, []diff.Opener{heap}, diff.Options{}); err == nil {
		t.Error("one heap is compared with nothing")
	}
	if r, err := diff.Series(ctx, []diff.Opener{heap, heap}, diff.Options{}); err != nil || r.Ranking != nil || r.Between != nil {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := diff.Series(ctx, []diff.Opener{heap, heap, heap}, diff.Options{}); err != nil || r.Ranking == nil || len(r.Ranking.Lines) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}
