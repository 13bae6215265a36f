package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/live"
	"github.com/heapdiff/heapdiff/report"
)

func diagnoseCommand() *command {
	c := &command{
		name:  "diagnose",
		usage: "heapdiff diagnose [flags] TARGET | --gc-log FILE",
		short: "say what is wrong with a running program, at one look",
		long: `The largest Maps, Sets, Arrays, ArrayBuffers and emitters are found without a
snapshot: for each of the five the program stands still, 35 ms a megabyte of heap in
all, thrice that for small objects, which is said beforehand. --shallow does without.`,
		examples: []example{
			{"heapdiff diagnose 4711", "external memory, handles, the largest collections"},
			{"heapdiff diagnose --gc-log gc.log", "from what node --trace-gc wrote"},
		},
	}
	c.start = func(flags *pflag.FlagSet) action {
		var target targetFlags
		var out reportFlags
		gcLog := flags.String("gc-log", "", "read what node --trace-gc, or Go with GODEBUG=gctrace=1, wrote into `FILE`")
		shallow := flags.Bool("shallow", false, "do not look for large objects")
		deep := flags.Bool("deep", false, "look for large objects in a large heap, too, however long that takes")
		failOn := flags.StringArray("fail-on", nil, "exit with 1 if `WHAT` holds, such as \"external > 2GiB\" or \"handles > 500\"")
		out.declare(flags)
		target.declare(flags)
		return func(ctx context.Context, w world, args []string) error {
			if *shallow && *deep {
				return &usageError{command: c, what: "--shallow and --deep exclude each other"}
			}
			if err := out.check(c, nil); err != nil {
				return err
			}
			var conditions []live.Condition
			for _, text := range *failOn {
				condition, err := live.ParseCondition(text)
				if err != nil {
					return &usageError{command: c, what: "--fail-on: " + err.Error()}
				}
				conditions = append(conditions, condition)
			}
			if *gcLog != "" {
				if len(args) > 0 {
					return &usageError{command: c, what: "--gc-log takes no target"}
				}
				return diagnoseLog(w, *gcLog, &out, conditions)
			}
			tell := func(what string) { target.audit(w)(what, 0) }
			var d *live.Diagnosis
			err := target.with(ctx, w, c, args, func(t *live.Target) (_ bool, err error) {
				d, err = live.Diagnose(ctx, t, live.DiagnoseOptions{Clock: live.System{}, Audit: target.audit(w), Tell: tell, Shallow: *shallow, Deep: *deep})
				return false, err
			})
			if err != nil {
				return err
			}
			if err := writeLive(w, &out, d, d.Document); err != nil {
				return err
			}
			return failed(w, conditions, d.Status)
		}
	}
	return c
}

// diagnoseLog tells what a log of collections holds.
func diagnoseLog(w world, path string, out *reportFlags, conditions []live.Condition) error {
	in := w.stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	log, err := live.ReadGCLog(in)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	err = writeLive(w, out, log, func(o report.Options) *report.Document { return log.Document(path, o) })
	if err != nil {
		return err
	}
	return failed(w, conditions, &live.Status{State: log.Verdict.State, Current: live.Sample{HeapUsed: log.End}})
}

// writeLive writes what was found in each format that was asked for; its JSON is
// the value itself.
func writeLive(w world, out *reportFlags, value any, document func(report.Options) *report.Document) error {
	for _, t := range out.targets() {
		write := func(to io.Writer) error { return t.Write(to, document(out.options(w, t.path))) }
		if t.Name == "json" {
			write = func(to io.Writer) error {
				e := json.NewEncoder(to)
				e.SetIndent("", "  ")
				return e.Encode(value)
			}
		}
		if err := w.writeOut(t.path, write); err != nil {
			return err
		}
	}
	return nil
}

// failed says which conditions hold, if any does.
func failed(w world, conditions []live.Condition, st *live.Status) error {
	broken := false
	for _, c := range conditions {
		if what, holds := c.Holds(st); holds {
			broken = true
			fmt.Fprintf(w.stderr, "heapdiff: --fail-on %s\n", printable(what))
		}
	}
	if broken {
		return &verdictError{code: 1}
	}
	return nil
}
