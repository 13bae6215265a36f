package diff_test

import (
	"context"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
)

// tracked opens a file of testdata/tracked.
func tracked(name string) diff.Opener {
	return func(ctx context.Context, o parse.Options) (*parse.Heap, error) {
		src, err := input.Open(ctx, "../testdata/tracked/"+name, input.Options{})
		if err != nil {
			return nil, err
		}
		defer src.Close()
		return parse.Load(ctx, src, o)
	}
}

// TestAllocated: what a program kept while V8 tracked allocations carries the
// stacks that made it, and what was made in between is V8's own count.
func TestAllocated(t *testing.T) {
	for _, version := range []string{"node26"} {
		r, err := diff.Compare(t.Context(), tracked(version+"-before.heapsnapshot.zst"), tracked(version+"-after.heaptimeline.zst"), diff.Options{Ranking: &growth.Options{}})
		if err != nil {
			t.Fatal(err)
		}
		l := &r.Ranking.Lines[0]
		if l.Class != "Visit" || l.CountAfter-l.CountBefore != 1000 || len(l.Allocated) == 0 {
			t.Fatalf("%s: the first line is %d more %s, made by %v", version, l.CountAfter-l.CountBefore, l.Class, l.Allocated)
		}
		for _, a := range l.Allocated {
			inner := a.Calls[0]
			if !strings.Contains("Visit remember handle", inner.Function) || !strings.Contains(inner.Where, "timeline.js:") || a.Count == 0 {
				t.Errorf("%s: %d made by %v", version, a.Count, a.Calls)
			}
		}
		a := r.Allocated
		if a == nil || !a.SinceTracking {
			t.Fatalf("%s: %+v", version, a)
		}
		h, err := tracked(version+"-after.heaptimeline.zst")(t.Context(), parse.Options{SkipDominators: true})
		if err != nil {
			t.Fatal(err)
		}
		var want diff.Made
		for _, c := range h.Traces.Calls {
			want.Count += c.Count
			want.Size += c.Size
		}
		for n, row := range h.Traces.Of {
			if row != 0 {
				want.AliveCount++
				want.AliveSize += h.Self.At(graph.NodeID(n))
			}
		}
		if a.Total != want {
			t.Errorf("%s: %+v was made, want %+v", version, a.Total, want)
		}
		last, fresh := uint64(0), uint64(0)
		b, err := tracked(version+"-before.heapsnapshot.zst")(t.Context(), parse.Options{SkipDominators: true})
		if err != nil {
			t.Fatal(err)
		}
		for n := range graph.NodeID(b.NumNodes()) {
			if id := b.ID.At(n); id%2 == 1 {
				last = max(last, id)
			}
		}
		last = max(last, h.Traces.Moments[0].LastID) // what came before tracking began
		for n := range graph.NodeID(h.NumNodes()) {
			if id := h.ID.At(n); id%2 == 1 && id > last && h.Self.At(n) > 0 {
				fresh++
			}
		}
		for i, w := range a.Times {
			if fresh -= w.Count; w.From >= w.To || i > 0 && w.From != a.Times[i-1].To {
				t.Errorf("%s: part %d of the time is %v to %v", version, i, w.From, w.To)
			}
		}
		if fresh != 0 || len(a.Times) == 0 {
			t.Errorf("%s: %d objects have no time, of %d parts", version, fresh, len(a.Times))
		}
		var sum diff.Made
		for _, s := range a.Sites {
			sum.Count += s.Count
			sum.AliveCount += s.AliveCount
		}
		if sum.Count != want.Count || sum.AliveCount != want.AliveCount {
			t.Errorf("%s: the places add up to %+v of %+v", version, sum, want)
		}
	}
}
