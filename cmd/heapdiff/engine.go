package main

import (
	"context"
	"errors"

	"github.com/heapdiff/heapdiff/inspect"
)

func summarise(ctx context.Context, w world, path string, showStrings bool, out *reportFlags, work *workFlags, p *progress) (*inspect.Summary, error) {
	return nil, errors.New("todo")
}

func retain(ctx context.Context, w world, path, target string, out *reportFlags, work *workFlags, p *progress) (*inspect.Retainers, error) {
	return nil, errors.New("todo")
}
