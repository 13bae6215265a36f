package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/heapdiff/heapdiff/parse/pprof"
	"github.com/heapdiff/heapdiff/parse/symbols"
	"github.com/heapdiff/heapdiff/report"
)

// profileFlags are those of commands that also read profiles.
type profileFlags struct {
	index      string
	goroutines []string
	pprof      string
	pprofBase  bool
	binaries   []string
}

func (o *profileFlags) declare(flags *pflag.FlagSet, two bool) {
	about("profiles", flags, func() {
		flags.StringVar(&o.index, "sample-index", "", "show the values of `TYPE`, such as inuse_objects or alloc_space")
		flags.StringArrayVar(&o.binaries, "binary", nil, "name what the program or library in `PATH` knows by address only (may be repeated)")
		if two {
			flags.StringSliceVar(&o.goroutines, "goroutines", nil, "of heap profiles: goroutine profiles of the same process, `BEFORE,AFTER`")
		}
	})
	if two {
		about(reportTopic, flags, func() {
			flags.StringVar(&o.pprof, "pprof", "", "write the growth as a profile, for go tool pprof, Pyroscope or Parca, to `PATH`")
			flags.BoolVar(&o.pprofBase, "pprof-base", true, "with what was there before, labelled pprof::base; =false for Pyroscope, which refuses that label")
		})
	}
}

// sniff says whether each file is a profile. Standard input is read by its first
// bytes only: w then has it from its beginning.
func sniff(ctx context.Context, w *world, paths []string) (profiles []bool, what []string, err error) {
	for _, path := range paths {
		src, err := input.Open(ctx, path, input.Options{Stdin: w.stdin})
		if err != nil {
			return nil, nil, err
		}
		profiles, what = append(profiles, parse.IsProfile(src)), append(what, parse.Describe(src))
		if path == "-" {
			w.stdin = src
			continue
		}
		if err := src.Close(); err != nil {
			return nil, nil, err
		}
	}
	return profiles, what, nil
}

// compare compares two profiles; done says that they were some.
func (o *profileFlags) compare(ctx context.Context, w *world, c *command, args []string, out *reportFlags, work *workFlags) (done bool, err error) {
	if err := o.checkTarget(c, args, out); err != nil {
		return true, err
	}
	if two, err := o.areTwo(ctx, w, c, args); !two {
		return err != nil, err
	}
	if len(o.goroutines) != 0 && len(o.goroutines) != 2 {
		return true, &usageError{command: c, what: "--goroutines needs two files: BEFORE,AFTER"}
	}
	p := work.progress(*w)
	heap, goroutines, err := o.results(ctx, *w, args, p)
	p.stop()
	if err != nil {
		return true, err
	}
	if err := o.writeGrowth(*w, report.ProfileStacks(heap), heap.Value.Unit, heap.After.Time); err != nil || o.pprof == "-" {
		return true, err
	}
	return true, out.write(*w, func(ro report.Options) *report.Document {
		return report.Profiles(heap, goroutines, ro)
	})
}

// areTwo says whether files are two profiles. It is an error if some are, or if
// there are more.
func (o *profileFlags) areTwo(ctx context.Context, w *world, c *command, args []string) (bool, error) {
	is, what, err := sniff(ctx, w, args)
	if err != nil {
		return false, err
	}
	if !slices.Contains(is, true) {
		return false, o.check(c)
	}
	if i, j := slices.Index(is, true), slices.Index(is, false); j >= 0 {
		i, j = min(i, j), max(i, j)
		return false, &profile.MixedError{
			What: "a profile and something else", Before: args[i] + " is " + what[i], After: args[j] + " is " + what[j],
			Try: "give two profiles or two heap snapshots",
		}
	}
	if len(args) != 2 {
		return false, &usageError{command: c, what: fmt.Sprintf("profiles are compared two at a time, not %d", len(args)), try: "the first and the last"}
	}
	return true, nil
}

// explain tells one site of two profiles; done says that they were some.
func (o *profileFlags) explain(ctx context.Context, w *world, c *command, fingerprint string, args []string, out *reportFlags, work *workFlags) (done bool, err error) {
	if two, err := o.areTwo(ctx, w, c, args); !two {
		return err != nil, err
	}
	p := work.progress(*w)
	r, _, err := o.results(ctx, *w, args, p)
	p.stop()
	if err != nil {
		return true, err
	}
	site, err := placeOf(fingerprint, r.Sites, func(s *profile.Site) string { return s.Fingerprint })
	if err != nil {
		return true, err
	}
	return true, out.write(*w, func(ro report.Options) *report.Document { return report.ExplainSite(r, site, ro) })
}

// checkTarget finds out, before any work is done, whether --pprof can be written.
func (o *profileFlags) checkTarget(c *command, inputs []string, out *reportFlags) error {
	if o.pprof == "" {
		return nil
	}
	targets := []string{o.pprof}
	for _, t := range out.targets() {
		if out.flags.Changed(t.Name) {
			targets = append(targets, t.path)
		}
	}
	return checkTargets(c, targets, inputs)
}

// writeGrowth writes the growth where --pprof asked for it, if it did.
func (o *profileFlags) writeGrowth(w world, stacks []report.GrowthStack, unit string, taken int64) error {
	if o.pprof == "" {
		return nil
	}
	return w.writeOut(o.pprof, func(to io.Writer) error { return report.Pprof(to, stacks, unit, taken, o.pprofBase) })
}

// writeRanking is writeGrowth for snapshots, whose ranking may be missing.
func (o *profileFlags) writeRanking(c *command, w world, r *growth.Ranking) error {
	if o.pprof != "" && r == nil {
		return &usageError{command: c, what: "--pprof needs to know who holds what grew, which --fast does not find out"}
	}
	if o.pprof == "" {
		return nil
	}
	return o.writeGrowth(w, report.RankingStacks(r), "bytes", 0)
}

// isMeant says whether a flag was given that is of profiles only.
func (o *profileFlags) isMeant() bool {
	return o.index != "" || len(o.goroutines) > 0 || len(o.binaries) > 0
}

func (o *profileFlags) check(c *command) error {
	if !o.isMeant() {
		return nil
	}
	return &usageError{command: c, what: "--sample-index, --goroutines and --binary are for profiles, and these files are none"}
}

func (o *profileFlags) results(ctx context.Context, w world, args []string, p *progress) (heap, goroutines *profile.Result, err error) {
	names, err := openSymbols(o.binaries)
	if err != nil {
		return nil, nil, err
	}
	heap, goroutines, err = o.pairs(ctx, w, args, p, names)
	if err != nil {
		return nil, nil, err
	}
	heap.Warnings = append(heap.Warnings, names.Doubts()...)
	return heap, goroutines, nil
}

func (o *profileFlags) pairs(ctx context.Context, w world, args []string, p *progress, names *symbols.Set) (heap, goroutines *profile.Result, err error) {
	heap, err = compareProfiles(ctx, w, args, p, names, profile.Options{SampleIndex: o.index})
	if err != nil || len(o.goroutines) == 0 {
		return heap, nil, err
	}
	goroutines, err = compareProfiles(ctx, w, o.goroutines, p, names, profile.Options{})
	if err != nil {
		return nil, nil, err
	}
	if heap.Nature != pprof.Heap || goroutines.Nature != pprof.Goroutines {
		return nil, nil, &profile.MixedError{
			What:   "--goroutines",
			Before: fmt.Sprintf("%s is a %s", args[1], heap.Nature), After: fmt.Sprintf("%s is a %s", o.goroutines[1], goroutines.Nature),
			Try: "heapdiff HEAP-BEFORE HEAP-AFTER --goroutines GOROUTINES-BEFORE,GOROUTINES-AFTER",
		}
	}
	profile.Correlate(heap, goroutines)
	return heap, goroutines, nil
}

func compareProfiles(ctx context.Context, w world, paths []string, p *progress, names *symbols.Set, o profile.Options) (*profile.Result, error) {
	var open [2]profile.Opener
	for i, path := range paths {
		src, err := input.Open(ctx, path, input.Options{Stdin: w.stdin})
		if err != nil {
			return nil, err
		}
		defer src.Close()
		open[i] = func(ctx context.Context) (*pprof.Profile, error) {
			return parse.LoadProfile(ctx, src, parse.Options{Memory: w.memory, Symbols: names, Progress: p.of(src.Name())})
		}
	}
	o.Progress = func(phase string) { p.of("comparing")(phase, 0, 0) }
	return profile.Compare(ctx, open[0], open[1], o)
}

// inspect looks at one profile; done says that it was one.
func (o *profileFlags) inspect(ctx context.Context, w *world, c *command, path string, out *reportFlags, work *workFlags) (done bool, err error) {
	is, _, err := sniff(ctx, w, []string{path})
	if err != nil {
		return true, err
	}
	if !is[0] {
		return o.isMeant(), o.check(c)
	}
	src, err := input.Open(ctx, path, input.Options{Stdin: w.stdin})
	if err != nil {
		return true, err
	}
	defer src.Close()
	p := work.progress(*w)
	defer p.stop()
	names, err := openSymbols(o.binaries)
	if err != nil {
		return true, err
	}
	loaded, err := parse.LoadProfile(ctx, src, parse.Options{Memory: w.memory, Symbols: names, Progress: p.of(src.Name())})
	if err != nil {
		return true, err
	}
	r, err := profile.Summarise(ctx, loaded, profile.Options{SampleIndex: o.index})
	if err != nil {
		return true, err
	}
	r.Warnings = append(r.Warnings, names.Doubts()...)
	return true, out.write(*w, func(ro report.Options) *report.Document { return report.Profile(r, ro) })
}

// refuseProfile is for commands that follow references, which a profile has not.
func refuseProfile(ctx context.Context, w *world, path string) error {
	is, what, err := sniff(ctx, w, []string{path})
	if err != nil || !is[0] {
		return err
	}
	return &input.SyntaxError{
		File: path, Offset: -1, What: "has no references", Detail: "it is " + what[0] + ": it knows who allocated, and not who holds",
		Try: "heapdiff inspect " + path + ", which shows the calls that lead to it",
	}
}

// openSymbols opens the programs that know names.
func openSymbols(paths []string) (*symbols.Set, error) {
	for _, path := range paths {
		if _, err := input.Stat(path); err != nil {
			return nil, err
		}
	}
	return symbols.OpenAll(paths)
}
