package main

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/gate"
)

type baselineFlags struct {
	path       string
	acceptsNow bool
}

func (o *baselineFlags) declare(flags *pflag.FlagSet)                       {}
func (o *baselineFlags) check(c *command, flags *pflag.FlagSet) error       { return nil }
func (o *baselineFlags) files() []string                                    { return nil }
func (o *baselineFlags) accept(w world, r *checkRun, v *gate.Verdict) error { return nil }
func (r *checkRun) againstBaseline(ctx context.Context, after []string, base *baselineFlags) error {
	return nil
}
