package parse_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/crew"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
)

const beside = "../testdata/node20-before.heapsnapshot.zst"

func loadBeside(t *testing.T, ctx context.Context, o parse.Options) (*parse.Heap, error) {
	t.Helper()
	src, err := input.Open(t.Context(), beside, input.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	return parse.Load(ctx, src, o)
}

// TestLoadingInTurn holds that who works beside the loader finds what it was
// promised when it was promised, however many jobs there are.
func TestLoadingInTurn(t *testing.T) {
	for _, jobs := range []int{1, 2, 4} {
		var known, settled, weighed, done bool
		_, err := loadBeside(t, t.Context(), parse.Options{
			Jobs:    jobs,
			Known:   func(h *parse.Heap) { known = h.Provisional() > 0 && h.TotalSelf() > 0 },
			Settled: func(h *parse.Heap) { settled = known && owned(h.Graph) > 0 && h.Dominators == nil },
			Weighed: func(h *parse.Heap) { weighed = settled && h.Dominators.Retained(h.Root) == h.TotalSelf() },
			Beside: func(h *parse.Heap, l *parse.Loading) {
				for range 1000 { // reads what the loader writes
					owned(h.Graph)
					l.Yield()
				}
				if l.Known(); !known {
					t.Errorf("%d jobs: sizes are not known", jobs)
				}
				if l.Settled(); owned(h.Graph) == 0 {
					t.Errorf("%d jobs: nothing is owned", jobs)
				}
				l.Yield()
				done = true
			},
		})
		if err != nil || !weighed || !done {
			t.Errorf("%d jobs: %v, known %v settled %v weighed %v done %v", jobs, err, known, settled, weighed, done)
		}
	}
}

// owned counts some of the nodes that are.
func owned(g *graph.Graph) int {
	count := 0
	for _, f := range g.Flags[:min(len(g.Flags), 5000)] {
		if f&graph.Owned != 0 {
			count++
		}
	}
	for _, l := range g.Links[:min(len(g.Links), 5000)] {
		if l.Loose() {
			count++
		}
	}
	return count
}

// TestLoadingBroken holds that neither who loads nor who works beside waits for one
// that gave up.
func TestLoadingBroken(t *testing.T) {
	panics := func(*parse.Heap) { panic("no such thing") }
	for name, o := range map[string]parse.Options{
		"known":        {Known: panics},
		"settled":      {Settled: panics},
		"weighed":      {Weighed: panics},
		"beside":       {Beside: func(h *parse.Heap, _ *parse.Loading) { panics(h) }},
		"beside later": {Beside: func(h *parse.Heap, l *parse.Loading) { l.Settled(); panics(h) }},
	} {
		for _, jobs := range []int{1, 2} {
			o.Jobs = jobs
			if o.Beside == nil {
				o.Beside = func(_ *parse.Heap, l *parse.Loading) { l.Settled() }
			}
			func() {
				defer func() {
					cause := recover()
					if b, ok := cause.(*crew.Broken); ok {
						cause = b.Cause
					}
					if cause != "no such thing" {
						t.Errorf("%s with %d jobs: %v", name, jobs, cause)
					}
				}()
				_, err := loadBeside(t, t.Context(), o)
				t.Errorf("%s with %d jobs: ended with %v", name, jobs, err)
			}()
		}
	}
}

// TestLoadingCancelled holds that work that was called off ends, wherever it is.
func TestLoadingCancelled(t *testing.T) {
	for name, o := range map[string]func(stop func()) parse.Options{
		"known":   func(stop func()) parse.Options { return parse.Options{Known: func(*parse.Heap) { stop() }} },
		"settled": func(stop func()) parse.Options { return parse.Options{Settled: func(*parse.Heap) { stop() }} },
		"beside": func(stop func()) parse.Options {
			return parse.Options{Beside: func(_ *parse.Heap, l *parse.Loading) { stop(); l.Settled() }}
		},
	} {
		for _, jobs := range []int{1, 2} {
			ctx, stop := context.WithCancel(t.Context())
			options := o(stop)
			if options.Jobs = jobs; options.Beside == nil {
				options.Beside = func(_ *parse.Heap, l *parse.Loading) { l.Known(); l.Settled() }
			}
			_, err := loadBeside(t, ctx, options)
			if !errors.Is(err, context.Canceled) && (err == nil || !strings.Contains(err.Error(), "cancel")) {
				t.Errorf("%s with %d jobs: %v", name, jobs, err)
			}
			stop()
		}
	}
}
