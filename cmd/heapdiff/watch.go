package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live"
	"github.com/heapdiff/heapdiff/live/trend"
)

// watchFlags say how programs are watched.
type watchFlags struct {
	targetFlags
	every, length, warmup, window time.Duration
	gc                            string
	failOn                        []string
	alerts                        alertFlags
	ndjson                        bool
	record, replay                string
	reports                       []string
	targets                       string
	serve                         serveFlags
}

func (o *watchFlags) declare(flags *pflag.FlagSet) {
	flags.DurationVar(&o.every, "every", 5*time.Second, "take a sample each `TIME` (default: 5s)")
	flags.DurationVar(&o.length, "for", 0, "stop after a `TIME` (default: when interrupted)")
	flags.DurationVar(&o.warmup, "warmup", 0, "what happens in the first `TIME` says nothing")
	flags.DurationVar(&o.window, "max-window", time.Hour, "a slow leak must show a `TIME` (default: 1h)")
	flags.StringVar(&o.gc, "gc", "never", "force collections: `WHEN` is never, confirm (a few, once it grows) or every=2m")
	flags.StringArrayVar(&o.failOn, "fail-on", nil, "exit with 1 if `WHAT` ever holds: growing, leaking, critical, \"external > 2GiB\", \"rss/min > 10MB\"")
	o.alerts.declare(flags)
	flags.BoolVar(&o.ndjson, "ndjson", false, "write a line of JSON for each sample")
	flags.StringVar(&o.record, "record", "", "keep the samples in `FILE`")
	flags.StringVar(&o.replay, "replay", "", "watch what --record kept in `FILE`")
	flags.StringArrayVar(&o.reports, "report", nil, "at the end write a report with curves to `FILE`: .html, .md or .txt")
	flags.StringVar(&o.targets, "targets", "", "watch those in `FILE`: a line each, NAME TARGET")
	o.serve.declare(flags)
	o.targetFlags.declare(flags)
}

func watchCommand() *command {
	c := &command{
		name:  "watch",
		usage: "heapdiff watch [flags] TARGET | --replay FILE",
		short: "track a running program: rates, leaks, time to the limit",
		long: `What counts is what major collections leave. A slow leak must show for an hour, a
steep one is told within minutes if the limit is near; until enough was seen the
answer is unknown. Growth that lasts alarms whatever its cause: look at the load. With
--fail-on, a program that is gone at the end is an error: exit 3.`,
		examples: []example{
			{"heapdiff watch 4711 --activate", "rates and a verdict, until Ctrl-C"},
			{"heapdiff watch localhost:9229 --for 2h --fail-on leaking --record run.ndjson", "for a soak test: exit 1 if it leaks"},
			{"heapdiff watch 4711 --serve 127.0.0.1:9300 --capture leak.heapsnapshot.zst", "a page, metrics, and snapshots once it leaks"},
		},
	}
	c.start = func(flags *pflag.FlagSet) action {
		var o watchFlags
		o.declare(flags)
		return func(ctx context.Context, w world, args []string) error {
			rules, err := o.check(c)
			if err != nil {
				return err
			}
			subjects, err := o.subjects(c, args)
			if err != nil {
				return err
			}
			b := newBoard(w, &o, rules.conditions, subjects)
			if o.replay != "" {
				return b.end(ctx, b.replay(ctx, subjects[0]))
			}
			if least := trend.Bytes().Soonest(); o.length > 0 && o.length < least && !o.quiet {
				fmt.Fprintf(w.stderr, "--for %s: too short for a verdict, which needs %s at the least, and an hour for a slow leak\n", human.Duration(o.length), human.Duration(least))
			}
			return o.run(ctx, w, c, b, rules.gc)
		}
	}
	return c
}

// watchRules are the flags that had to be understood.
type watchRules struct {
	gc         live.GC
	conditions []live.Condition
}

func (o *watchFlags) check(c *command) (r watchRules, err error) {
	fault := func(what, try string) (watchRules, error) { return r, &usageError{command: c, what: what, try: try} }
	if r.gc, err = live.ParseGC(o.gc); err != nil {
		return fault("--gc: "+err.Error(), "")
	}
	if o.every < 100*time.Millisecond || o.length < 0 || o.warmup < 0 || o.window < 2*time.Minute {
		return fault("--every is at least 100ms, --max-window at least 2m, and no time is less than none", "")
	}
	if err := o.serve.check(c); err != nil {
		return r, err
	}
	if o.replay != "" && (o.record != "" || o.serve.addr != "" || o.alerts.capture != "") {
		return fault("--replay watches nothing that runs: --record, --serve and --capture are not for it", "")
	}
	for _, path := range o.reports {
		if _, ok := reportFormat(path); !ok {
			return fault("--report="+path+": the ending tells the format", "FILE.html, FILE.md or FILE.txt")
		}
	}
	written := slices.Clone(o.reports)
	if o.record != "" {
		written = append(written, o.record)
	}
	if err := checkTargets(c, written, []string{o.replay, o.targets}); err != nil {
		return r, err
	}
	for _, text := range o.failOn {
		condition, err := live.ParseCondition(text)
		if err != nil {
			return fault("--fail-on: "+err.Error(), "")
		}
		r.conditions = append(r.conditions, condition)
	}
	return r, nil
}

// giveUp is how long a single program that is gone is looked for.
const giveUp = 2 * time.Minute

// run watches all subjects at once, until the first of them ends it.
func (o *watchFlags) run(ctx context.Context, w world, c *command, b *board, gc live.GC) error {
	w.owed.Add(1) // the summary and the report come after an interruption, too
	defer w.owed.Done()
	for _, s := range b.subjects {
		undo, err := s.prepare(ctx, w, c, o)
		s.undo = undo
		defer func() { s.close() }()
		if err != nil {
			return err
		}
	}
	server, err := o.serve.start(ctx, w, b.subjects, b.audit)
	if err != nil {
		return err
	}
	defer server.stop()
	b.server = server
	b.begin()
	defer b.leave()
	watching, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wait sync.WaitGroup
	for _, s := range b.subjects {
		wait.Go(func() {
			if err := s.watch(watching, w, b, gc); err != nil {
				stop(err)
			}
		})
	}
	wait.Wait()
	b.leave()
	return b.end(ctx, context.Cause(watching))
}

// errEnough ends a watch that has failed.
var errEnough = errors.New("a condition of --fail-on holds")

// replay watches what was recorded.
func (b *board) replay(ctx context.Context, s *subject) error {
	f, err := os.Open(b.o.replay)
	if err != nil {
		return fmt.Errorf("%s: %w", b.o.replay, errors.Unwrap(err))
	}
	defer f.Close()
	err = live.ReadSamples(f, func(sample *live.Sample) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return b.show(ctx, s, s.tracker.Add(*sample))
	})
	if err != nil && ctx.Err() == nil && !errors.Is(err, errEnough) {
		err = fmt.Errorf("%s: %w", b.o.replay, err)
	}
	return err
}
