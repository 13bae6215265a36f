package parse

import (
	"context"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/v8snapshot"
	"github.com/heapdiff/heapdiff/parse/v8snapshot/rules"
)

// Options say how to load.
type Options struct {
	Jobs    int  // goroutines; 0 means one a core
	KeepRaw bool // keep the self sizes as the file has them, in Graph.RawSelf

	// Progress is told what is being done: bytes done of a total that is -1 if it
	// is not known. A call with done = total = 0 begins a phase without bytes.
	Progress func(phase string, done, total int64)
}

// format is one kind of file.
type format struct {
	name       string
	recognises func(start []byte) bool
	load       func(ctx context.Context, src *input.Source, o Options) (*Heap, error)
}

// formats, the surest signs first.
var formats = []format{
	{"V8 heap snapshot", v8snapshot.Recognises, loadV8},
}

// Load reads the heap in src to its end. Errors are *input.SyntaxError for what
// is wrong with the file, or those of src.
func Load(ctx context.Context, src *input.Source, o Options) (*Heap, error) {
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	start, err := src.Peek(64)
	if len(start) == 0 && err != nil {
		return nil, err
	}
	for _, f := range formats {
		if f.recognises(start) {
			h, err := f.load(ctx, src, o)
			if err != nil {
				return nil, err
			}
			h.File, h.Format = src.Name(), f.name
			return h, nil
		}
	}
	return nil, &input.SyntaxError{
		File: src.Name(), Offset: -1, What: "not a heap snapshot", Detail: describe(start),
		Try: `a V8 heap snapshot begins with {"snapshot": — write one with v8.writeHeapSnapshot() or in DevTools' Memory panel`,
	}
}

func loadV8(ctx context.Context, src *input.Source, o Options) (*Heap, error) {
	o.Progress("reading", 0, 0)
	g, err := v8snapshot.Read(ctx, src, v8snapshot.Options{Jobs: o.Jobs, Progress: func(done, total int64) { o.Progress("reading", done, total) }})
	if err != nil {
		return nil, err
	}
	h := &Heap{Graph: g}
	for _, phase := range []struct {
		name string
		run  func()
	}{
		{"owners", func() { rules.Apply(g, rules.Options{KeepRaw: o.KeepRaw}) }},
		{"dominators", func() { h.Dominators = graph.Dominate(g) }},
		{"retained sizes", func() { h.Dominators.Weigh(&g.Self) }},
		{"classes", func() { h.classes = rules.Classify(g) }},
	} {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		o.Progress(phase.name, 0, 0)
		phase.run()
	}
	return h, nil
}

// describe says what a file that nobody recognises begins with.
func describe(start []byte) string {
	switch {
	case len(start) > 0 && (start[0] == '{' || start[0] == '['):
		return "it is JSON of another kind"
	case len(start) > 0 && start[0] == '<':
		return "it looks like HTML or XML"
	}
	for _, c := range start {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return "it is a binary file of another kind"
		}
	}
	return "it is text of another kind"
}
