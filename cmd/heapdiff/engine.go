package main

import (
	"context"
	"errors"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/inspect"
)

func compare(ctx context.Context, w world, before, after, match string, out *reportFlags, work *workFlags, p *progress) (*diff.Result, error) {
	return nil, errors.New("todo")
}

func summarise(ctx context.Context, w world, path string, showStrings bool, out *reportFlags, work *workFlags, p *progress) (*inspect.Summary, error) {
	return nil, errors.New("todo")
}

func retain(ctx context.Context, w world, path, target string, out *reportFlags, work *workFlags, p *progress) (*inspect.Retainers, error) {
	return nil, errors.New("todo")
}
