package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live"
	"github.com/heapdiff/heapdiff/live/inspector"
)

// targetFlags are those of every command that looks at a running program.
type targetFlags struct {
	activate, keepOpen bool
	quiet              bool
}

func (o *targetFlags) declare(flags *pflag.FlagSet) {
	flags.BoolVar(&o.activate, "activate", false, "open the inspector of a Node program with SIGUSR1, and close it afterwards")
	flags.BoolVar(&o.keepOpen, "keep-open", false, "do not close what --activate opened")
	flags.BoolVarP(&o.quiet, "quiet", "q", false, "say nothing on standard error but errors")
}

// with finds the target and looks at it. What another heapdiff had opened, that one
// closes behind itself: if this one may open it, it looks once more, unless it has
// something already.
func (o *targetFlags) with(ctx context.Context, w world, c *command, args []string, look func(*live.Target) (some bool, err error)) error {
	for again := false; ; again = true {
		lost, err := o.once(ctx, w, c, args, look)
		if lost == nil || again {
			return err
		}
		o.audit(w)(fmt.Sprintf("the inspector of %d was closed by somebody else meanwhile", lost.PID()), 0)
	}
}

// once does so once; lost is a target that can be looked at again.
func (o *targetFlags) once(ctx context.Context, w world, c *command, args []string, look func(*live.Target) (bool, error)) (lost *live.Target, err error) {
	t, undo, err := o.open(ctx, w, c, args)
	defer undo()
	if err != nil {
		return nil, err
	}
	some, err := look(t)
	switch {
	case !errors.Is(err, inspector.ErrClosed):
		return nil, err
	case errors.Is(err, inspector.ErrEnds) || ended(t):
		return nil, &live.TargetError{Name: t.ID(), What: "ended meanwhile"}
	case !some && o.activate && t.Process != nil && ctx.Err() == nil:
		lost = t
	}
	return lost, fmt.Errorf("%s: %w", t.ID(), err)
}

// ended says whether a program is gone; one that is killed closes its connections a
// moment before.
func ended(t *live.Target) bool {
	const wait, step = 200 * time.Millisecond, 10 * time.Millisecond
	for waited := time.Duration(0); t.Process != nil && waited < wait; waited += step {
		if !t.Process.Same() {
			return true
		}
		time.Sleep(step)
	}
	return false
}

// open finds the target. What it returns is to be called at the end.
func (o *targetFlags) open(ctx context.Context, w world, c *command, args []string) (*live.Target, func(), error) {
	nothing := func() {}
	if len(args) != 1 {
		return nil, nothing, &usageError{command: c, what: fmt.Sprintf("%s needs one target, not %d", c.name, len(args)), try: "heapdiff ps lists them"}
	}
	t, err := live.Resolve(ctx, args[0])
	if err != nil {
		return nil, nothing, err
	}
	if t.PID() == os.Getpid() {
		return nil, nothing, &usageError{command: c, what: "that is heapdiff itself"}
	}
	if t.Exposed() {
		w.complain(exposed(t), "let it listen on 127.0.0.1")
	}
	if !o.activate || t.Inspector != "" || t.Pprof != "" {
		return t, nothing, nil
	}
	undo, err := o.activated(ctx, w, t)
	return t, undo, err
}

// exposed says what is open to other machines, and what that means.
func exposed(t *live.Target) string {
	what := "whoever reaches it can run code in the program"
	if t.Inspector == "" {
		what = "whoever reaches it can look into the program"
	}
	return fmt.Sprintf("%s: %s is open to other machines: %s", t.ID(), t.Reach(), what)
}

// activated opens the inspector and has it closed before the program ends.
func (o *targetFlags) activated(ctx context.Context, w world, t *live.Target) (func(), error) {
	w.owed.Add(1)
	tell := func(what string) { o.audit(w)(what, 0) }
	undo, err := live.Activate(ctx, t, tell, o.audit(w))
	if o.keepOpen || err != nil {
		w.owed.Done()
		return func() {}, err
	}
	return sync.OnceFunc(func() {
		defer w.owed.Done()
		undo()
	}), nil
}

// audit tells of acts that touch the program, one line each.
func (o *targetFlags) audit(w world) live.Audit {
	return func(what string, pause time.Duration) {
		switch {
		case o.quiet:
		case pause > 0:
			fmt.Fprintf(w.stderr, "%s; it stood still for %s\n", printable(what), human.Duration(pause))
		default:
			fmt.Fprintf(w.stderr, "%s\n", printable(what))
		}
	}
}

// sleep passes time; what ends it is the context's cause.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
