package main

import (
	"context"

	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
)

// load reads the heap in the file at path, or on standard input if path is "-".
func load(ctx context.Context, w world, path string, p *progress, o parse.Options) (*parse.Heap, error) {
	src, err := input.Open(ctx, path, input.Options{Stdin: w.stdin})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	o.Progress, o.Sized, o.Memory, o.Tmp = p.of(src.Name()), p.sized(w.memory), w.memory, w.tmp
	return parse.Load(ctx, src, o)
}
