package main

import (
	"context"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/inspect"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
)

const fastHelp = "count objects by class and kind only: one look at each, in little memory, for files beyond any budget"

// countObjects looks at a heap without building its graph.
func countObjects(ctx context.Context, w world, path string, _ bool, _ *reportFlags, work *workFlags, p *progress) (*inspect.Summary, error) {
	c, err := count(ctx, w, path, p, work.jobs)
	if err != nil {
		return nil, err
	}
	return inspect.Counted(c), nil
}

// compareCounts compares two heaps without building their graphs.
func compareCounts(ctx context.Context, w world, paths []string, p *progress, jobs int) (*diff.Result, error) {
	var counts [2]*parse.Counts
	for i, path := range paths {
		c, err := count(ctx, w, path, p, jobs)
		if err != nil {
			return nil, err
		}
		counts[i] = c
	}
	return diff.Counted(counts[0], counts[1])
}

func count(ctx context.Context, w world, path string, p *progress, jobs int) (*parse.Counts, error) {
	src, err := input.Open(ctx, path, input.Options{Stdin: w.stdin})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	return parse.Count(ctx, src, parse.Options{Jobs: jobs, Progress: p.of(src.Name())})
}
