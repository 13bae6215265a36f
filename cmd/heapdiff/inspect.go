package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/report"
)

func inspectCommand() *command {
	c := &command{
		name:  "inspect",
		reads: true,
		usage: "heapdiff inspect [flags] FILE",
		short: "say what one heap is made of, and what holds most of it",
		long: `The values of strings, which may be secret, are only shown with --show-strings;
without it equal ones can be told by the start of their SHA-256.`,
		examples: []example{
			{"heapdiff inspect app.heapsnapshot", "kinds, classes, the largest objects, duplicate strings, detached DOM"},
			{"heapdiff inspect app.heapsnapshot --all --html page.html", "everything, as a page"},
			{"heapdiff inspect huge.heapsnapshot --fast", "classes only, of a file that is larger than the memory"},
		},
	}
	c.start = func(flags *pflag.FlagSet) action {
		var work workFlags
		var out reportFlags
		var profiles profileFlags
		showStrings := flags.Bool("show-strings", false, "show the values of duplicate strings, which may be secret")
		fast := flags.Bool("fast", false, fastHelp)
		out.declare(flags)
		work.declare(flags)
		profiles.declare(flags, false)
		return func(ctx context.Context, w world, args []string) error {
			if err := files(c, args, 1); err != nil {
				if len(args) == 2 {
					err.try = fmt.Sprintf("heapdiff %s %s, which compares them", args[0], args[1])
				}
				return err
			}
			if err := work.check(c); err != nil {
				return err
			}
			if err := out.check(c, args); err != nil {
				return err
			}
			if done, err := profiles.inspect(ctx, &w, c, args[0], &out, &work); done || err != nil {
				return err
			}
			p := work.progress(w)
			look := summarise
			if *fast {
				look = countObjects
			}
			s, err := look(ctx, w, args[0], *showStrings, &out, &work, p)
			p.stop()
			if err != nil {
				return err
			}
			return out.write(w, func(o report.Options) *report.Document { return report.Inspect(s, o) })
		}
	}
	return c
}
