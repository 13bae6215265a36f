package diff_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
)

// The heaps are loaded beforehand: these are the costs of comparing alone. The
// rates are of the nodes of one heap.

func BenchmarkReduce(b *testing.B) {
	h := load(b, "node20-after")
	for _, bench := range []struct {
		name string
		o    diff.Options
	}{{"auto", diff.Options{}}, {"identity", diff.Options{Match: diff.Identity}}, {"structure", diff.Options{Match: diff.Structure}}, {"one job", diff.Options{Jobs: 1}}} {
		b.Run(bench.name, func(b *testing.B) {
			var r *diff.Reduction
			for b.Loop() {
				var err error
				if r, err = diff.Reduce(context.Background(), h, bench.o); err != nil {
					b.Fatal(err)
				}
			}
			rate(b, h.NumNodes())
			b.ReportMetric(float64(r.Size())/float64(h.NumNodes()), "B/node")
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	for _, name := range []string{"node14", "node20", "chromium156"} {
		b.Run(name, func(b *testing.B) { benchmarkCompare(b, name, diff.Options{}) })
	}
	b.Run("structure", func(b *testing.B) { benchmarkCompare(b, "node20", diff.Options{Match: diff.Structure}) })
	b.Run("ranking", func(b *testing.B) { benchmarkCompare(b, "node20", diff.Options{Ranking: &growth.Options{}}) })
}

func benchmarkCompare(b *testing.B, name string, o diff.Options) {
	before, after := load(b, name+"-before"), load(b, name+"-after")
	r, err := diff.Reduce(context.Background(), before, o)
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	for b.Loop() {
		if _, err := r.Compare(context.Background(), after); err != nil {
			b.Fatal(err)
		}
	}
	rate(b, after.NumNodes())
}

func rate(b *testing.B, nodes int) {
	b.ReportMetric(float64(nodes)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mnodes/s")
}
