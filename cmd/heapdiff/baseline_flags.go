package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/gate"
	"github.com/heapdiff/heapdiff/internal/budget"
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
	packed, err := openBaseline(path)
	if err != nil {
		return nil, err
	}
	defer packed.Close()
	return packed.Unpack()
}

// baselineFile is the file of a baseline, of which no more is read than its first line.
type baselineFile struct {
	*gate.PackedBaseline
	io.Closer
}

// openBaseline opens the file of a baseline.
func openBaseline(path string) (*baselineFile, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &input.OpenError{File: path, What: "no such file", Try: "heapdiff baseline SNAPSHOT -o " + path + " makes one", Err: err}
	}
	if err != nil {
		return nil, readError(path, err)
	}
	if _, err = input.Stat(path); err == nil {
		var packed *gate.PackedBaseline
		if packed, err = gate.OpenBaseline(path, f); err == nil {
			return &baselineFile{packed, f}, nil
		}
	}
	f.Close()
	return nil, err
}

// unpackedBaseline is a baseline that heaps can be compared with.
type unpackedBaseline struct {
	*gate.Baseline
	reduced *diff.Reduction
}

// unpackBaseline makes ready what the heaps are compared with.
func unpackBaseline(path string, packed *baselineFile, o diff.Options) (*unpackedBaseline, error) {
	b, err := packed.Unpack()
	if err != nil {
		return nil, err
	}
	reduced, err := b.Heap.Reduction(path, o)
	if err != nil {
		return nil, packed.Damaged(err)
	}
	b.Heap.Tree, b.Heap.Classes, b.Heap.Ways = nil, nil, nil // the reduction has it all
	return &unpackedBaseline{b, reduced}, nil
}

// mostRough is as far as it is believed before the file has been looked at.
const mostRough = 512 << 20

// roughNeed is what the largest of the snapshots in files needs in memory, as far as
// its size tells.
func roughNeed(files []string) (need uint64) {
	for _, path := range files {
		if about, err := os.Stat(path); err == nil && about.Mode().IsRegular() {
			need = max(need, 2*uint64(about.Size()))
		}
	}
	return min(need, mostRough)
}

// againstBaseline compares a baseline with each of the heaps in files.
func (r *checkRun) againstBaseline(ctx context.Context, after []string, base *baselineFlags) error {
	r.baseline = true
	budget.Reserve(roughNeed(after), r.w.memory) // the baseline is unpacked before the first heap says how large it is
	packed, err := openBaseline(base.path)
	if err != nil {
		return err
	}
	defer packed.Close()
	// It is unpacked when a core is idle.
	unpacked := sync.OnceValues(func() (*unpackedBaseline, error) { return unpackBaseline(base.path, packed, r.options) })
	compare := func(ctx context.Context, after diff.Opener) (*diff.Result, error) {
		return diff.FollowStored(ctx, func() (*diff.Reduction, error) {
			b, err := unpacked()
			if err != nil {
				return nil, err
			}
			return b.reduced, nil
		}, after, r.options)
	}
	look := func(h *parse.Heap, wasted *uint64) error {
		b, err := unpacked()
		if err != nil {
			return err
		}
		*wasted = b.Wasted / b.Heap.Heaps
		if err := b.Fits(r.versions[h.File].V8, r.options.Ranking.Masks, base.mixed); err != nil || !base.acceptsNow {
			return err
		}
		next, err := newBaseline(ctx, h, r.options, commitOf(r.w, ""))
		base.next = append(base.next, next)
		return err
	}
	for _, path := range after {
		if err := r.follow(ctx, compare, path, [2]uint64{}, look); err != nil {
			return err
		}
	}
	b, err := unpacked()
	if err != nil {
		return err
	}
	for i := range r.results {
		r.results[i].Match = diff.Match{
			Mode: diff.Structure, Reason: "a baseline keeps classes and places and no objects (" + b.Origin() + ")",
		}
	}
	base.was = b.Baseline
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
