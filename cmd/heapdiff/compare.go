package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/heapdiff/heapdiff/report"
)

func compareCommand() *command {
	c := &command{
		name:  "compare",
		reads: true,
		usage: "heapdiff [compare] [flags] BEFORE AFTER [MORE…]",
		short: "say what grew between heaps, and who holds it",
		long: `Heaps of one process are compared object by object; those of two processes, where
equal ids mean nothing, by where objects hang and by class. Which it is is found out
and said; --match decides it otherwise.

Of three heaps and more, in the order they were taken, the first is compared with the
last, and those between tell a LEAK, which grows in every step, from WARM-UP, which
stops, and CHURN, which comes and goes. One heap is in memory at a time.

Several reports can be written at once: --html report.html --json report.json.`,
		examples: []example{
			{"heapdiff before.heapsnapshot after.heapsnapshot", "what grew, who holds it, and by how much"},
			{"heapdiff t0.heapsnapshot t1.heapsnapshot t2.heapsnapshot t3.heapsnapshot", "a series: tells a leak from a cache that fills"},
			{"heapdiff before.heapsnapshot after.heapsnapshot --html report.html --json report.json", "a page to look at, and all numbers for a program"},
			{"heapdiff main.heapsnapshot branch.heapsnapshot --mask 'build-[0-9]+'", "two processes, whose names differ in what the mask takes out"},
			{"curl -s localhost:6060/debug/pprof/heap | heapdiff monday.pb.gz -", "two profiles of a Go program, the later from standard input"},
		},
	}
	c.start = func(flags *pflag.FlagSet) action {
		var work workFlags
		var out reportFlags
		var grow growthFlags
		var profiles profileFlags
		match := newChoice("auto", string(diff.Identity), string(diff.Structure))
		flags.Var(match, "match", "recognise objects by `MODE`: auto, identity (ids) or structure (classes)")
		fast := flags.Bool("fast", false, fastHelp)
		grow.declare(flags)
		out.declare(flags)
		work.declare(flags)
		profiles.declare(flags, true)
		return func(ctx context.Context, w world, args []string) error {
			if err := checkCompare(c, args); err != nil {
				return err
			}
			if *fast && len(args) > 2 {
				return &usageError{command: c, what: fmt.Sprintf("--fast compares two files, not %s", fileCount(len(args)))}
			}
			if err := work.check(c); err != nil {
				return err
			}
			if err := out.check(c, args); err != nil {
				return err
			}
			ranking, err := grow.options(c, out.all)
			if err != nil {
				return err
			}
			if done, err := profiles.compare(ctx, &w, c, args, &out, &work); done || err != nil {
				return err
			}
			p := work.progress(w)
			var r *diff.Result
			if *fast {
				r, err = compareCounts(ctx, w, args, p, work.jobs)
			} else {
				o := diff.Options{Match: mode(match.String()), Top: out.most(), Ranking: ranking, Jobs: work.jobs}
				r, err = compare(ctx, w, args, p, o)
			}
			p.stop()
			if err != nil {
				return err
			}
			if err := profiles.writeRanking(c, w, r.Ranking); err != nil || profiles.pprof == "-" {
				return err
			}
			return out.write(w, func(o report.Options) *report.Document { return report.Compare(r, o) })
		}
	}
	return c
}

// mode is what a value of --match means.
func mode(match string) diff.Mode {
	if match == "auto" {
		return ""
	}
	return diff.Mode(match)
}

// compare compares the heaps in files, in their order. All are opened first: a
// name that is wrong should not be found out after minutes.
func compare(ctx context.Context, w world, paths []string, p *progress, o diff.Options) (*diff.Result, error) {
	open := make([]diff.Opener, len(paths))
	for i, path := range paths {
		src, err := input.Open(ctx, path, input.Options{Stdin: w.stdin})
		if err != nil {
			return nil, err
		}
		defer src.Close()
		open[i] = func(ctx context.Context, lo parse.Options) (*parse.Heap, error) {
			lo.Jobs, lo.Memory, lo.Tmp, lo.Progress, lo.Sized = o.Jobs, w.memory, w.tmp, p.of(src.Name()), p.sized(w.memory)
			return parse.Load(ctx, src, lo)
		}
	}
	o.Progress = func(phase string) { p.of("comparing")(phase, 0, 0) }
	return diff.Series(ctx, open, o)
}

// checkCompare finds out what was meant by what cannot be compared.
func checkCompare(c *command, args []string) error {
	if len(args) > 0 && isWord(args[0]) && !exists(args[0]) {
		if near := nearest(args[0], commandNames()); near != "" {
			return unknownCommand(nil, args[0])
		}
	}
	if err := files(c, args, max(len(args), 2)); err != nil {
		if len(args) == 1 && args[0] != "-" {
			err.try = fmt.Sprintf("heapdiff inspect %s, which looks at one heap", args[0])
		}
		err.command = nil
		return err
	}
	return nil
}

// isWord says whether an argument looks like a command and not like a file.
func isWord(s string) bool { return !strings.ContainsAny(s, `./\-`) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
