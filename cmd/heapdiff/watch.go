package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/live"
)

// watchFlags say how a program is watched.
type watchFlags struct {
	targetFlags
	every, length, warmup, window time.Duration
	gc                            string
	failOn                        []string
	alerts                        alertFlags
	ndjson                        bool
	record, replay                string
	serve                         serveFlags
}

func (o *watchFlags) declare(flags *pflag.FlagSet) {
	flags.DurationVar(&o.every, "every", 5*time.Second, "take a sample each `TIME`")
	flags.DurationVar(&o.length, "for", 0, "stop after a `TIME` (default: when interrupted)")
	flags.DurationVar(&o.warmup, "warmup", 0, "what happens in the first `TIME` says nothing")
	flags.DurationVar(&o.window, "max-window", time.Hour, "a slow leak must show a `TIME`")
	flags.StringVar(&o.gc, "gc", "never", "force collections: `WHEN` is never, confirm (a few, once it grows) or every=2m")
	flags.StringArrayVar(&o.failOn, "fail-on", nil, "exit with 1 if `WHAT` ever holds: growing, leaking, critical, \"external > 2GiB\", \"rss/min > 10MB\"")
	o.alerts.declare(flags)
	flags.BoolVar(&o.ndjson, "ndjson", false, "write a line of JSON for each sample")
	flags.StringVar(&o.record, "record", "", "keep the samples in `FILE`")
	flags.StringVar(&o.replay, "replay", "", "watch what --record kept in `FILE`")
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
answer is unknown. Growth that lasts alarms whatever its cause: look at the load.`,
		examples: []example{
			{"heapdiff watch 4711 --activate", "rates and a verdict, until Ctrl-C"},
			{"heapdiff watch localhost:9229 --for 2h --fail-on leaking --record run.ndjson", "for a soak test: exit 1 if it leaks"},
		},
	}
	c.start = func(flags *pflag.FlagSet) action {
		var o watchFlags
		o.declare(flags)
		return func(ctx context.Context, w world, args []string) error {
			gc, conditions, err := o.check(c)
			if err != nil {
				return err
			}
			tracker := live.NewTracker(live.TrackerOptions{Warmup: o.warmup, MaxWindow: o.window})
			v := &viewer{w: w, o: &o, conditions: conditions, screen: !o.ndjson && w.terminal(w.stdout), broken: map[string]string{}, alert: o.alerts.new(w, live.System{})}
			if o.replay != "" {
				if len(args) > 0 {
					return &usageError{command: c, what: "--replay takes no target"}
				}
				v.screen, v.name = false, o.replay
				return v.replay(ctx, tracker)
			}
			return o.run(ctx, w, c, args, tracker, v, gc)
		}
	}
	return c
}

func (o *watchFlags) check(c *command) (live.GC, []live.Condition, error) {
	gc, err := live.ParseGC(o.gc)
	if err != nil {
		return gc, nil, &usageError{command: c, what: "--gc: " + err.Error()}
	}
	if o.every < 100*time.Millisecond || o.length < 0 || o.warmup < 0 || o.window < 2*time.Minute {
		return gc, nil, &usageError{command: c, what: "--every is at least 100ms, --max-window at least 2m, and no time is less than none"}
	}
	if err := o.serve.check(c); err != nil {
		return gc, nil, err
	}
	var conditions []live.Condition
	for _, text := range o.failOn {
		condition, err := live.ParseCondition(text)
		if err != nil {
			return gc, nil, &usageError{command: c, what: "--fail-on: " + err.Error()}
		}
		conditions = append(conditions, condition)
	}
	return gc, conditions, nil
}

// giveUp is how long a program that is gone is looked for.
const giveUp = 2 * time.Minute

func (o *watchFlags) run(ctx context.Context, w world, c *command, args []string, tracker *live.Tracker, v *viewer, gc live.GC) error {
	t, undo, err := o.open(ctx, w, c, args)
	if err != nil {
		return err
	}
	defer func() { undo() }()
	v.name = t.ID() + " " + t.Name
	if o.record != "" {
		f, err := os.OpenFile(o.record, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return fileError(o.record, err)
		}
		defer f.Close()
		v.record = f
	}
	first := true
	open := func(ctx context.Context) (live.Source, error) {
		if !first {
			again, err := live.Again(ctx, t, args[0])
			if err != nil {
				return nil, err
			}
			if o.activate && again.Inspector == "" && again.Pprof == "" {
				undo()
				if undo, err = o.activated(ctx, w, again); err != nil {
					return nil, err
				}
			}
			t = again
		}
		first = false
		return live.Open(ctx, t)
	}
	server, err := o.serve.start(ctx, w, v.name)
	if err != nil {
		return err
	}
	defer server.stop()
	audit := o.audit(w)
	if v.screen {
		audit = func(string, time.Duration) {}
	}
	err = live.Watch(ctx, open, tracker, live.WatchOptions{
		Every: o.every, For: o.length, GC: gc, Clock: live.System{}, Audit: audit, Give: giveUp,
		Lost: func(err error) {
			w.complain(fmt.Sprintf("%s is gone (%v); looking for it again", v.name, err), "")
		},
		Each: func(st *live.Status) error {
			server.publish(st)
			return v.show(ctx, st, tracker)
		},
		Act: server.acts(),
	})
	return v.end(err)
}

// errEnough ends a watch that has failed.
var errEnough = errors.New("a condition of --fail-on holds")

// viewer shows statuses, and notes which conditions were broken.
type viewer struct {
	w          world
	o          *watchFlags
	name       string
	conditions []live.Condition
	broken     map[string]string // condition -> what held
	screen     bool
	record     io.Writer
	alert      *alerter
	last       *live.Status
}

func (v *viewer) show(ctx context.Context, st *live.Status, tracker *live.Tracker) error {
	v.last = st
	if v.record != nil {
		if err := live.WriteSample(v.record, &st.Current); err != nil {
			return fileError(v.o.record, err)
		}
	}
	switch {
	case v.o.ndjson:
		if err := json.NewEncoder(v.w.stdout).Encode(st); err != nil {
			return err
		}
	case v.screen:
		if err := writeScreen(v.w.stdout, v.name, st, tracker.Samples(), v.w.width()); err != nil {
			return err
		}
	default:
		if _, err := fmt.Fprintln(v.w.stdout, printable(statusLine(st))); err != nil {
			return err
		}
	}
	v.alert.look(ctx, v.name, st)
	for _, c := range v.conditions {
		if what, holds := c.Holds(st); holds && v.broken[c.Text] == "" {
			v.broken[c.Text] = what
			if v.o.length == 0 && v.o.replay == "" {
				return errEnough
			}
		}
	}
	return nil
}

// end says what was found, and with which code to exit.
func (v *viewer) end(err error) error {
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if v.last != nil && !v.o.ndjson {
		fmt.Fprint(v.w.stdout, printableLines(summary(v.name, v.last)))
	}
	for _, c := range v.conditions {
		if what := v.broken[c.Text]; what != "" {
			fmt.Fprintf(v.w.stderr, "heapdiff: --fail-on %s\n", printable(what))
		}
	}
	if len(v.broken) > 0 {
		return &verdictError{code: 1}
	}
	return nil
}

func (v *viewer) replay(ctx context.Context, tracker *live.Tracker) error {
	f, err := os.Open(v.o.replay)
	if err != nil {
		return fmt.Errorf("%s: %w", v.o.replay, errors.Unwrap(err))
	}
	defer f.Close()
	err = live.ReadSamples(f, func(s *live.Sample) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return v.show(ctx, tracker.Add(*s), tracker)
	})
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%s: %w", v.o.replay, err)
	}
	return v.end(err)
}
