package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/report"
)

func retainersCommand() *command {
	c := &command{
		name:  "retainers",
		reads: true,
		usage: "heapdiff retainers [flags] FILE @ID|CLASS",
		short: "say why an object, or the objects of a class, are alive",
		long: `An object is named by its id, as reports and Chrome DevTools show it (@12345),
a class by its name. Of each object the shortest ways from the roots are shown,
what dominates it, and what refers to it.`,
		examples: []example{
			{"heapdiff retainers app.heapsnapshot Session", "why the largest objects of a class are alive"},
			{"heapdiff retainers app.heapsnapshot @82153 --top 3", "the three shortest ways to one object"},
		},
	}
	c.start = func(flags *pflag.FlagSet) action {
		var work workFlags
		var out reportFlags
		out.declare(flags)
		work.declare(flags)
		return func(ctx context.Context, w world, args []string) error {
			if len(args) != 2 {
				return &usageError{command: c, what: fmt.Sprintf("retainers needs a file and an object, not %s", argCount(len(args)))}
			}
			if exists(args[1]) && !exists(args[0]) && args[0] != "-" {
				return &usageError{command: c, what: "the file goes first", try: "heapdiff retainers " + args[1] + " " + args[0]}
			}
			if err := work.check(c); err != nil {
				return err
			}
			if err := out.check(c, args[:1]); err != nil {
				return err
			}
			if err := refuseProfile(ctx, &w, args[0]); err != nil {
				return err
			}
			p := work.progress(w)
			r, err := retain(ctx, w, args[0], args[1], &out, &work, p)
			p.stop()
			if err != nil {
				return err
			}
			return out.write(w, func(o report.Options) *report.Document { return report.Retain(r, o) })
		}
	}
	return c
}

func argCount(n int) string {
	switch n {
	case 0:
		return "nothing"
	case 1:
		return "one argument"
	}
	return fmt.Sprint(n, " arguments")
}
