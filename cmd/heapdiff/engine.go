package main

import (
	"context"

	"github.com/heapdiff/heapdiff/inspect"
	"github.com/heapdiff/heapdiff/parse"
)

// summarise looks at the heap at path.
func summarise(ctx context.Context, w world, path string, showStrings bool, out *reportFlags, work *workFlags, p *progress) (*inspect.Summary, error) {
	o := inspect.Options{Largest: out.most(), Duplicates: out.most(), ShowStrings: showStrings, Jobs: work.jobs, Last: true}
	var look *inspect.Look
	h, err := load(ctx, w, path, p, parse.Options{Jobs: work.jobs, Beside: func(h *parse.Heap, l *parse.Loading) { look = inspect.Begin(h, o, l) }})
	if err != nil {
		return nil, err
	}
	p.of(h.File)("looking", 0, 0)
	if look == nil { // formats without dominators to wait for
		return inspect.Summarise(h, o), nil
	}
	return look.Summarise(), nil
}

// retain finds out why the target in the heap at path is alive.
func retain(ctx context.Context, w world, path, target string, out *reportFlags, work *workFlags, p *progress) (*inspect.Retainers, error) {
	h, err := load(ctx, w, path, p, parse.Options{Jobs: work.jobs})
	if err != nil {
		return nil, err
	}
	p.of(h.File)("looking", 0, 0)
	return inspect.FindRetainers(h, target, inspect.Options{Objects: out.top, Paths: out.top, Jobs: work.jobs})
}
