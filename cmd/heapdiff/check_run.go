package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/gate"
	"github.com/heapdiff/heapdiff/inspect"
	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
)

// growthOptions are how growth is looked for.
type growthOptions = growth.Options

// checkRun makes the comparisons that are judged.
type checkRun struct {
	w       world
	p       *progress
	options diff.Options
	wasted  bool // whether duplicate strings are asked for

	baseline bool // what is compared with is no file of a heap
	mixed    bool // versions of V8 do not matter
	versions map[string]inspect.Versions

	results  []*diff.Result
	facts    []*gate.Facts
	warnings []string
}

// all makes all comparisons: one of a series or of a pair, one for each run
// otherwise. Of several runs on both sides each is used, in turn.
func (r *checkRun) all(ctx context.Context, s *sides, base *baselineFlags) error {
	switch {
	case base.path != "":
		return r.againstBaseline(ctx, s.after, base)
	case s.series:
		return r.compare(ctx, append(s.before, s.after...))
	case len(s.before) == 1 && len(s.after) == 1:
		return r.compare(ctx, []string{s.before[0], s.after[0]})
	}
	runs := max(len(s.before), len(s.after))
	for i, path := range s.before {
		var waste [2]uint64
		reduced, err := r.reduce(ctx, path, &waste[0])
		if err != nil {
			return err
		}
		for k := i; k < runs; k += len(s.before) {
			if err := r.follow(ctx, reduced.Follow, s.after[k%len(s.after)], waste, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// compare compares files in their order.
func (r *checkRun) compare(ctx context.Context, paths []string) error {
	open := make([]diff.Opener, len(paths))
	waste := make([]uint64, len(paths))
	for i, path := range paths {
		src, err := input.Open(ctx, path, input.Options{Stdin: r.w.stdin})
		if err != nil {
			return err
		}
		defer src.Close()
		open[i] = func(ctx context.Context, o parse.Options) (*parse.Heap, error) {
			between := i > 0 && i < len(paths)-1
			return r.load(ctx, src, o, &waste[i], between)
		}
	}
	o := r.options
	o.Progress = func(phase string) { r.p.of("comparing")(phase, 0, 0) }
	result, err := diff.Series(ctx, open, o)
	if err != nil {
		return err
	}
	return r.add(result, [2]uint64{waste[0], waste[len(waste)-1]}, len(paths)-1)
}

// load reads a heap, and finds its duplicate strings if a rule is about them.
func (r *checkRun) load(ctx context.Context, src *input.Source, o parse.Options, waste *uint64, between bool) (*parse.Heap, error) {
	o.Jobs, o.Memory, o.Tmp, o.Progress, o.Sized = r.options.Jobs, r.w.memory, r.w.tmp, r.p.of(src.Name()), r.p.sized(r.w.memory)
	weigh := o.Weighed
	o.Weighed = func(h *parse.Heap) {
		if weigh != nil {
			weigh(h)
		}
		if !between {
			r.versions[src.Name()] = inspect.FindVersions(h.Graph)
		}
	}
	h, err := parse.Load(ctx, src, o)
	if err != nil || between {
		return h, err
	}
	if r.wasted {
		o.Progress("duplicate strings", 0, 0)
		*waste = inspect.Wasted(h)
	}
	return h, nil
}

func (r *checkRun) reduce(ctx context.Context, path string, waste *uint64) (*diff.Reduction, error) {
	src, err := input.Open(ctx, path, input.Options{Stdin: r.w.stdin})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	h, err := r.load(ctx, src, parse.Options{}, waste, false)
	if err != nil {
		return nil, err
	}
	return diff.Reduce(ctx, h, r.options)
}

// follower compares a heap with what it is given.
type follower func(context.Context, diff.Opener) (*diff.Result, error)

// follow compares a heap that was reduced with the one in a file, which look is
// shown first, and may say what was wasted; it may be nil.
func (r *checkRun) follow(ctx context.Context, compare follower, path string, waste [2]uint64, look func(h *parse.Heap, wasted *uint64) error) error {
	src, err := input.Open(ctx, path, input.Options{Stdin: r.w.stdin})
	if err != nil {
		return err
	}
	defer src.Close()
	result, err := compare(ctx, func(ctx context.Context, o parse.Options) (*parse.Heap, error) {
		h, err := r.load(ctx, src, o, &waste[1], false)
		if err == nil && look != nil {
			err = look(h, &waste[0])
		}
		return h, err
	})
	if err != nil {
		return err
	}
	return r.add(result, waste, 1)
}

func (r *checkRun) add(result *diff.Result, waste [2]uint64, steps int) error {
	f, err := gate.FactsOf(result)
	if err != nil {
		return err
	}
	f.Wasted, f.HasWasted = waste, r.wasted
	r.warnShrunk(result)
	r.doubtVersions(result, f)
	f.Iterations = r.options.Ranking.Iterations * steps
	r.results, r.facts = append(r.results, result), append(r.facts, f)
	return nil
}

// doubtVersions says that heaps of different major versions of V8 differ where
// no program does, as a baseline would.
func (r *checkRun) doubtVersions(result *diff.Result, f *gate.Facts) {
	was, is := r.versions[result.Before.File], r.versions[result.After.File]
	if r.mixed || gate.SameMajor(was.V8, is.V8) {
		return
	}
	doubt := fmt.Sprintf("the heaps are of Node %s and Node %s, and heaps of different major versions of V8 differ where no program does: --allow-mixed takes them as they are",
		was.Node, is.Node)
	f.Doubts = append(slices.Clone(f.Doubts), doubt)
}

// warnShrunk asks whether the files are the right way round where their ids
// cannot tell: those of two processes, of which the later one is much smaller.
func (r *checkRun) warnShrunk(result *diff.Result) {
	least := int64(max(1<<20, result.Before.Size/50))
	if result.Match.Mode != diff.Structure || r.baseline || result.Growth() >= -least {
		return
	}
	r.warnings = append(r.warnings, fmt.Sprintf("%s is %s smaller than %s: unless something was mended, the files may be in the wrong order",
		result.After.File, human.Bytes(-result.Growth()), result.Before.File))
}
