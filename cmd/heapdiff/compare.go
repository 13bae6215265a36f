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
		usage: "heapdiff [compare] [flags] BEFORE AFTER",
		short: "say what grew between two heaps, and who holds it",
		long: `Heaps of one process are compared object by object; those of two processes, where
equal ids mean nothing, class by class. Which it is is found out and said; --match
decides it otherwise.

Several reports can be written at once: --html report.html --json report.json.`,
	}
	c.start = func(flags *pflag.FlagSet) action {
		var work workFlags
		var out reportFlags
		match := newChoice("auto", string(diff.Identity), string(diff.Structure))
		flags.Var(match, "match", "recognise objects by `MODE`: auto, identity (ids) or structure (classes)")
		fast := flags.Bool("fast", false, fastHelp)
		out.declare(flags)
		work.declare(flags)
		return func(ctx context.Context, w world, args []string) error {
			if err := checkCompare(c, args); err != nil {
				return err
			}
			if err := work.check(c); err != nil {
				return err
			}
			if err := out.check(c, args); err != nil {
				return err
			}
			p := work.progress(w)
			if *fast {
				r, err := compareCounts(ctx, w, args, p, work.jobs)
				p.stop()
				if err != nil {
					return err
				}
				return out.write(w, func(o report.Options) *report.Document { return report.Compare(r, o) })
			}
			r, err := compare(ctx, w, args, p, work.jobs, diff.Options{Match: mode(match.String()), Top: out.most()})
			p.stop()
			if err != nil {
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

// compare compares the heaps in two files. Both are opened first: a name that is
// wrong should not be found out after minutes.
func compare(ctx context.Context, w world, paths []string, p *progress, jobs int, o diff.Options) (*diff.Result, error) {
	var open [2]diff.Opener
	for i, path := range paths {
		src, err := input.Open(ctx, path, input.Options{Stdin: w.stdin})
		if err != nil {
			return nil, err
		}
		defer src.Close()
		open[i] = func(ctx context.Context, o parse.Options) (*parse.Heap, error) {
			o.Jobs, o.Memory, o.Progress = jobs, w.memory, p.of(src.Name())
			return parse.Load(ctx, src, o)
		}
	}
	o.Jobs = jobs
	o.Progress = func(phase string) { p.of("comparing")(phase, 0, 0) }
	return diff.Compare(ctx, open[0], open[1], o)
}

// checkCompare finds out what was meant by what cannot be compared.
func checkCompare(c *command, args []string) error {
	if len(args) > 0 && isWord(args[0]) && !exists(args[0]) {
		if near := nearest(args[0], commandNames()); near != "" {
			return unknownCommand(nil, args[0])
		}
	}
	if err := files(c, args, 2); err != nil {
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
