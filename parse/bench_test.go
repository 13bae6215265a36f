package parse_test

import (
	"bytes"
	"io"
	"os"
	"runtime"
	"testing"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/internal/synth"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/heapdiff/heapdiff/parse/v8snapshot"
	"github.com/heapdiff/heapdiff/parse/v8snapshot/rules"
	"github.com/klauspost/compress/zstd"
)

// heaps are what the stages are measured on: a real one, an ordinary synthetic
// one and those that are hard on algorithms.
func heaps(b *testing.B) map[string][]byte {
	b.Helper()
	all := map[string][]byte{"node20": unpacked(b, "../testdata/node20-after.heapsnapshot.zst")}
	for name, o := range map[string]synth.Options{
		"ordinary": {Nodes: 1_000_000}, "list": {Shape: "list"}, "promises": {Shape: "promises"},
		"shared-list": {Shape: "shared-list"}, "map": {Shape: "map"},
	} {
		h, err := synth.New(o)
		if err != nil {
			b.Fatal(err)
		}
		var text bytes.Buffer
		if _, err := h.WriteTo(&text); err != nil {
			b.Fatal(err)
		}
		all[name] = text.Bytes()
	}
	return all
}

func unpacked(t testing.TB, file string) []byte {
	t.Helper()
	packed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func scan(b *testing.B, text []byte) *graph.Graph {
	b.Helper()
	src, err := input.New(b.Context(), "bench", bytes.NewReader(text), input.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer src.Close()
	g, err := v8snapshot.Read(b.Context(), src, v8snapshot.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return g
}

// BenchmarkStages measures each stage of loading by itself: MB/s of the file,
// nodes/s, and how many bytes a node are allocated.
func BenchmarkStages(b *testing.B) {
	for name, text := range heaps(b) {
		ready := func() *graph.Graph {
			g := scan(b, text)
			rules.Prepare(g, 0)
			rules.Weigh(g, rules.Options{})
			return g
		}
		var g *graph.Graph
		var d *graph.Dominators
		var c *rules.Classes
		for _, stage := range []struct {
			name    string
			prepare func()
			run     func()
		}{
			{"read", func() {}, func() { scan(b, text) }},
			{"rules", func() { g = scan(b, text) }, func() { rules.Prepare(g, 0); rules.Weigh(g, rules.Options{}) }},
			{"dominators", func() { g = ready() }, func() { graph.Dominate(g) }},
			{"weigh", func() { g = ready(); d = graph.Dominate(g) }, func() { d.Weigh(&g.Self) }},
			{"classes", func() { g = ready() }, func() { c = rules.Classify(g); c.Settle() }},
			{"distances", func() { g = ready() }, func() { rules.Distances(g) }},
		} {
			b.Run(name+"/"+stage.name, func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				stage.prepare()
				nodes := scan(b, text).NumNodes()
				var before, after runtime.MemStats
				var allocated uint64
				for b.Loop() {
					b.StopTimer()
					stage.prepare()
					runtime.ReadMemStats(&before)
					b.StartTimer()
					stage.run()
					b.StopTimer()
					runtime.ReadMemStats(&after)
					allocated += after.TotalAlloc - before.TotalAlloc
					b.StartTimer()
				}
				b.ReportMetric(float64(nodes)*float64(b.N)/b.Elapsed().Seconds(), "nodes/s")
				b.ReportMetric(float64(allocated)/float64(b.N)/float64(nodes), "B/node")
			})
		}
	}
}

// BenchmarkLoad measures all of it.
func BenchmarkLoad(b *testing.B) {
	for name, text := range heaps(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			nodes := 0
			for b.Loop() {
				src, err := input.New(b.Context(), "bench", bytes.NewReader(text), input.Options{})
				if err != nil {
					b.Fatal(err)
				}
				h, err := parse.Load(b.Context(), src, parse.Options{})
				if err != nil {
					b.Fatal(err)
				}
				src.Close()
				nodes = h.NumNodes()
			}
			b.ReportMetric(float64(nodes)*float64(b.N)/b.Elapsed().Seconds(), "nodes/s")
		})
	}
}
