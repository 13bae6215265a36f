package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/gate"
	"github.com/heapdiff/heapdiff/inspect"
	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
)

func baselineCommand() *command {
	c := &command{
		name:  "baseline",
		reads: true,
		usage: "heapdiff baseline [flags] FILE [MORE…] -o PATH",
		short: "keep of a heap what later ones are compared with",
		long: `A baseline has the classes of a heap, what hangs where, and how much it is: no objects
and no values of strings. heapdiff check AFTER --baseline PATH then says what
heapdiff check BEFORE AFTER --match structure would, without the snapshot. Of several
files, which are runs of one program, it is the mean. The same files give the same bytes.`,
		examples: []example{
			{"heapdiff baseline after.heapsnapshot -o main.heapbase", "some hundred kilobytes to commit instead of a snapshot"},
			{"heapdiff baseline run1.heapsnapshot run2.heapsnapshot -o main.heapbase", "the mean of several runs"},
		},
	}
	c.start = func(flags *pflag.FlagSet) action {
		var work workFlags
		var grow growthFlags
		path := flags.StringP("output", "o", "", "write the baseline to `PATH`; - is standard output")
		commit := flags.String("commit", "", "the `COMMIT` that the program was built from (default: that of CI, or of git)")
		config := flags.String("config", "", "read the configuration at `PATH`, for [names] mask (default: "+gate.ConfigName+", here or above)")
		noConfig := flags.Bool("no-config", false, "read no configuration")
		mixed := flags.Bool("allow-mixed", false, "put heaps of different major versions of V8 together, too")
		grow.declareMasks(flags)
		work.declare(flags)
		return func(ctx context.Context, w world, args []string) error {
			if err := files(c, args, max(len(args), 1)); err != nil {
				return err
			}
			if *path == "" {
				return &usageError{command: c, what: "baseline needs a file to write", try: "-o main.heapbase"}
			}
			if err := errors.Join(work.check(c), checkTargets(c, []string{*path}, args)); err != nil {
				return err
			}
			settings, err := readConfig(c, *config, *noConfig)
			if err != nil {
				return err
			}
			ranking, err := grow.options(c, true)
			if err != nil {
				return err
			}
			ranking.Masks = append(ranking.Masks, settings.Masks...)
			p := work.progress(w)
			b, err := takeBaseline(ctx, w, p, args, diff.Options{Ranking: ranking, Jobs: work.jobs}, commitOf(w, *commit), *mixed)
			p.stop()
			if err != nil {
				return err
			}
			return writeBaseline(w, *path, b)
		}
	}
	return c
}

// writeBaseline writes a baseline and says what it is of.
func writeBaseline(w world, path string, b *gate.Baseline) error {
	if err := w.writeOut(path, b.Write); err != nil || path == "-" {
		return err
	}
	_, err := fmt.Fprintf(w.stdout, "%s: %s, %s\n", printable(path), printable(b.Origin()), human.Bytes(b.Heap.Size/b.Heap.Heaps))
	return err
}

// takeBaseline makes a baseline of the heaps in files, one in memory at a time.
func takeBaseline(ctx context.Context, w world, p *progress, paths []string, o diff.Options, commit string, mixed bool) (*gate.Baseline, error) {
	var list []*gate.Baseline
	for _, path := range paths {
		if is, _, err := sniff(ctx, &w, []string{path}); err != nil {
			return nil, err
		} else if is[0] {
			return nil, &input.SyntaxError{
				File: path, Offset: -1, What: "makes no baseline", Detail: "it is a profile", Try: "keep the profile itself: heapdiff check BEFORE AFTER",
			}
		}
		h, err := load(ctx, w, path, p, parse.Options{Jobs: o.Jobs})
		if err != nil {
			return nil, err
		}
		b, err := newBaseline(ctx, h, o, commit)
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return gate.MergeBaselines(mixed, list...)
}

// newBaseline keeps of a heap what later ones are compared with.
func newBaseline(ctx context.Context, h *parse.Heap, o diff.Options, commit string) (*gate.Baseline, error) {
	o.Match = diff.Structure
	wasted := inspect.Wasted(h)
	reduced, err := diff.Reduce(ctx, h, o)
	if err != nil {
		return nil, err
	}
	stored, err := reduced.Store()
	if err != nil {
		return nil, err
	}
	b := &gate.Baseline{Masks: gate.MaskTexts(o.Ranking.Masks), Wasted: wasted, Heap: stored}
	if v := inspect.FindVersions(h.Graph); v.V8 != "" {
		b.Node, b.V8 = []string{v.Node}, []string{v.V8}
	}
	if commit != "" {
		b.Commits = []string{commit}
	}
	return b, nil
}

// commitOf finds the commit that is checked out, if there is one.
func commitOf(w world, given string) string {
	for _, commit := range []string{given, w.getenv("GITHUB_SHA"), w.getenv("CI_COMMIT_SHA"), w.getenv("GIT_COMMIT")} {
		if commit != "" {
			return commit
		}
	}
	out, err := exec.Command("git", "rev-parse", "--verify", "HEAD").Output()
	if err != nil {
		return "" // no git, or no repository: then it is not known
	}
	return strings.TrimSpace(string(out))
}

func mergeCommand() *command {
	c := &command{
		name:  "merge",
		usage: "heapdiff merge BASELINE [MORE…] -o PATH",
		short: "make one baseline of several, their mean",
		long: `The order does not matter, nor whether some were merged before: a fleet can make a
baseline of each snapshot where it is and put them together anywhere.`,
		examples: []example{
			{"heapdiff merge host1.heapbase host2.heapbase -o fleet.heapbase", "one of many machines"},
		},
	}
	c.start = func(flags *pflag.FlagSet) action {
		path := flags.StringP("output", "o", "", "write the baseline to `PATH`; - is standard output")
		mixed := flags.Bool("allow-mixed", false, "put heaps of different major versions of V8 together, too")
		return func(_ context.Context, w world, args []string) error {
			if len(args) == 0 {
				return &usageError{command: c, what: "merge needs baselines"}
			}
			if *path == "" {
				return &usageError{command: c, what: "merge needs a file to write", try: "-o fleet.heapbase"}
			}
			if err := checkTargets(c, []string{*path}, nil); err != nil {
				return err
			}
			var list []*gate.Baseline
			for _, arg := range args {
				b, err := readBaseline(arg)
				if err != nil {
					return err
				}
				list = append(list, b)
			}
			merged, err := gate.MergeBaselines(*mixed, list...)
			if err != nil {
				return err
			}
			return writeBaseline(w, *path, merged)
		}
	}
	return c
}

// readError names a file that cannot be read, and the cause without the system call.
func readError(path string, err error) error {
	var inPath *fs.PathError
	if errors.As(err, &inPath) {
		err = inPath.Err
	}
	return fmt.Errorf("%s: cannot be read: %w", path, err)
}
