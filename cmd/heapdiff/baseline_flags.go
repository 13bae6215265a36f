package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/gate"
	"github.com/heapdiff/heapdiff/internal/crew"
	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
)

// baselineFlags are those of check that are about a baseline.
type baselineFlags struct {
	path       string
	acceptsNow bool
	mixed      bool

	was  *gate.Baseline
	next []*gate.Baseline // of the heaps that were looked at, if they are accepted
}

func (o *baselineFlags) declare(flags *pflag.FlagSet) {
	about("baseline", flags, func() {
		flags.StringVar(&o.path, "baseline", "", "compare with the baseline at `PATH` instead of BEFORE")
		flags.BoolVar(&o.acceptsNow, "accept", false, "move the baseline to what was found, whatever the verdict")
		flags.BoolVar(&o.mixed, "allow-mixed", false, "compare heaps of different major versions of V8, too")
	})
}

func (o *baselineFlags) check(c *command, flags *pflag.FlagSet) error {
	if o.path == "" && o.acceptsNow {
		return &usageError{command: c, what: "--accept needs --baseline"}
	}
	if match := flags.Lookup("match").Value.String(); o.path != "" && match == string(diff.Identity) {
		return &usageError{command: c, what: "a baseline keeps no objects: it cannot be matched by identity"}
	}
	return nil
}

func (o *baselineFlags) files() []string {
	if o.path == "" {
		return nil
	}
	return []string{o.path}
}

// readBaseline reads the baseline in a file.
func readBaseline(path string) (*gate.Baseline, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &input.OpenError{File: path, What: "no such file", Try: "heapdiff baseline SNAPSHOT -o " + path + " makes one", Err: err}
	}
	if err != nil {
		return nil, readError(path, err)
	}
	defer f.Close()
	if _, err := input.Stat(path); err != nil {
		return nil, err
	}
	return gate.ReadBaseline(path, f)
}

// coming is a baseline that is read beside the first heap that is compared with it.
type coming struct {
	reading  crew.Crew
	baseline *gate.Baseline
	reduced  *diff.Reduction
	err      error
}

// reduction waits for it.
func (c *coming) reduction() (*diff.Reduction, error) {
	c.reading.Wait()
	return c.reduced, c.err
}

// beginBaseline begins to read the baseline in a file. If it cannot be read, stop
// ends what else is done.
func (r *checkRun) beginBaseline(path string, stop func()) *coming {
	c := &coming{}
	read := func() {
		if c.baseline, c.err = readBaseline(path); c.err == nil {
			if c.reduced, c.err = c.baseline.Heap.Reduction(path, r.options); c.err != nil {
				c.err = &gate.BaselineError{File: path, What: "the baseline is damaged: " + c.err.Error(), Try: "make it anew: heapdiff baseline SNAPSHOT -o " + path}
			}
			h := c.baseline.Heap
			h.Tree, h.Classes, h.Ways = nil, nil, nil // the reduction has it all
		}
		if c.err != nil {
			stop()
		}
	}
	if r.options.Jobs == 1 {
		read()
	} else {
		c.reading.Go(read)
	}
	return c
}

// againstBaseline compares a baseline with each of the heaps in files.
func (r *checkRun) againstBaseline(ctx context.Context, after []string, base *baselineFlags) error {
	r.baseline = true
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	c := r.beginBaseline(base.path, stop)
	compare := func(ctx context.Context, after diff.Opener) (*diff.Result, error) {
		return diff.FollowStored(ctx, c.reduction, after)
	}
	look := func(h *parse.Heap, wasted *uint64) error {
		if _, err := c.reduction(); err != nil {
			return err
		}
		*wasted = c.baseline.Wasted / c.baseline.Heap.Heaps
		if err := c.baseline.Fits(r.versions[h.File].V8, r.options.Ranking.Masks, base.mixed); err != nil || !base.acceptsNow {
			return err
		}
		next, err := newBaseline(ctx, h, r.options, commitOf(r.w, ""))
		base.next = append(base.next, next)
		return err
	}
	for _, path := range after {
		err := r.follow(ctx, compare, path, [2]uint64{}, look)
		if _, fault := c.reduction(); fault != nil {
			return fault // it is why the heap was not read to its end
		}
		if err != nil {
			return err
		}
		r.results[len(r.results)-1].Match = diff.Match{
			Mode: diff.Structure, Reason: "a baseline keeps classes and places and no objects (" + c.baseline.Origin() + ")",
		}
	}
	base.was = c.baseline
	return nil
}

// accept moves the baseline to what was found, if that was asked for, and says so.
func (o *baselineFlags) accept(w world, v *gate.Verdict) error {
	if !o.acceptsNow {
		return nil
	}
	next, err := gate.MergeBaselines(true, o.next...)
	if err != nil {
		return err
	}
	if err := w.writeOut(o.path, func(out io.Writer) error { return next.Write(out) }); err != nil {
		return err
	}
	was, is := o.was.Heap.Size/o.was.Heap.Heaps, next.Heap.Size/next.Heap.Heaps
	fmt.Fprintf(w.stderr, "heapdiff: %s is now of %s: %s, and was %s\n", printable(o.path), printable(next.Origin()), human.Bytes(is), human.Bytes(was))
	for i := range v.Outcomes {
		if out := &v.Outcomes[i]; out.Broken {
			for _, f := range out.Findings[:min(len(out.Findings), 10)] {
				fmt.Fprintf(w.stderr, "heapdiff: accepted: %s\n", gate.Plain(f.Pieces(), printable))
			}
		}
	}
	return nil
}
