package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/gate"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/heapdiff/heapdiff/parse/pprof"
	"github.com/heapdiff/heapdiff/report"
)

// areProfiles says whether the files of both sides are profiles. A mixture is an
// error that says which is what.
func (o *checkOptions) areProfiles(ctx context.Context, w *world, s *sides) (bool, error) {
	paths := s.files()
	is, what, err := sniff(ctx, w, paths)
	if err != nil || !slices.Contains(is, true) {
		if err == nil && (o.sampleIndex != "" || len(o.binaries) > 0) {
			err = o.wrong("--sample-index and --binary are for profiles, and these files are none")
		}
		return false, err
	}
	if i, j := slices.Index(is, true), slices.Index(is, false); j >= 0 {
		i, j = min(i, j), max(i, j)
		return true, &profile.MixedError{
			What: "a profile and something else", Before: paths[i] + " is " + what[i], After: paths[j] + " is " + what[j],
			Try: "give profiles or heap snapshots",
		}
	}
	if o.base.path != "" {
		return true, &profile.MixedError{
			What: "a profile and a baseline", Before: o.base.path + " is of a heap", After: paths[0] + " is " + what[0],
			Try: "keep the profile itself: heapdiff check BEFORE AFTER",
		}
	}
	if s.series {
		return true, o.wrong(fmt.Sprintf("profiles are compared two at a time, not %d: say --repeat if these are runs of one program", len(paths)))
	}
	return true, nil
}

// judgeProfiles compares profiles and judges what came of it.
func (o *checkOptions) judgeProfiles(ctx context.Context, w world, s *sides, g *gate.Gate, _ *gate.Config) (*judgement, error) {
	p := o.work.progress(w)
	defer p.stop()
	var results []*profile.Result
	var facts []*gate.Facts
	for run := range max(len(s.before), len(s.after)) {
		before, after := s.before[run%len(s.before)], s.after[run%len(s.after)]
		r, err := o.compareStaying(ctx, w, p, before, after)
		if err != nil {
			return nil, err
		}
		f, err := gate.FactsOfProfiles(r)
		if err != nil {
			return nil, err
		}
		f.Iterations = o.grow.iterations
		if r.Before.Time > r.After.Time && before != "-" && after != "-" {
			// Of two processes either may be profiled first.
			back, err := o.compareStaying(ctx, w, p, after, before)
			if err != nil {
				return nil, err
			}
			if back.Process == profile.SameProcess {
				f.Swapped()
			}
		}
		results, facts = append(results, r), append(facts, f)
	}
	if err := g.FitsProfiles(facts[0]); err != nil {
		return nil, o.wrong(err.Error())
	}
	v := g.Judge(facts...)
	v.Warnings = append(v.Warnings, s.repeated()...)
	root := sourceRoot(w)
	return &judgement{v, func(ro report.Options) *report.Document {
		return report.CheckProfiles(results[v.Chosen], facts[v.Chosen], v, root, ro)
	}}, nil
}

// compareStaying compares two profiles by what stays, where they have it: that
// is what a gate is about, whatever go tool pprof would show of them.
func (o *checkOptions) compareStaying(ctx context.Context, w world, p *progress, paths ...string) (*profile.Result, error) {
	names, err := openSymbols(o.binaries)
	if err != nil {
		return nil, err
	}
	var open [2]profile.Opener
	for i, path := range paths {
		src, err := input.Open(ctx, path, input.Options{Stdin: w.stdin})
		if err != nil {
			return nil, err
		}
		defer src.Close()
		open[i] = func(ctx context.Context) (*pprof.Profile, error) {
			loaded, err := parse.LoadProfile(ctx, src, parse.Options{Memory: w.memory, Symbols: names, Progress: p.of(src.Name())})
			if err == nil && loaded.TypeNamed("inuse_space") >= 0 {
				loaded.DefaultType = "inuse_space"
			}
			return loaded, err
		}
	}
	r, err := profile.Compare(ctx, open[0], open[1], profile.Options{
		SampleIndex: o.sampleIndex, Progress: func(phase string) { p.of("comparing")(phase, 0, 0) },
	})
	if err != nil {
		return nil, err
	}
	r.Warnings = append(r.Warnings, names.Doubts()...)
	return r, nil
}
