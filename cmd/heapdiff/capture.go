package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live"
	"github.com/heapdiff/heapdiff/live/proc"
)

// captureFlags say what is captured.
type captureFlags struct {
	targetFlags
	output             string
	sampling, timeline time.Duration
	profile            string
	seconds            int
	numbers, force     bool
	beforeOOM          bool
	series             int
	every              time.Duration
	onGrowth           string
	growth             uint64 // of onGrowth, in bytes
	redact             bool
	key                string
	redaction          *live.Redaction // of all of a series
	flags              *pflag.FlagSet
}

func captureCommand() *command {
	c := &command{
		name:  "capture",
		usage: "heapdiff capture [flags] TARGET -o FILE",
		short: "take a heap snapshot of a running program",
		long: `The snapshot is streamed into the file: .heapsnapshot, or compressed on the way
if the name ends in .gz or .zst. The program stands still meanwhile and takes about
ten times the memory of its small objects; without room for that there is no
snapshot, unless --force is given. The file is for its owner's eyes only and is
there whole or not at all.`,
		examples: []example{
			{"heapdiff capture 4711 --activate -o app.heapsnapshot", "of a Node program that runs without an inspector"},
			{"heapdiff capture localhost:9229 -o app.heapsnapshot.gz --redact", "compressed, without the values of strings"},
			{"heapdiff capture localhost:6060 -o heap.pb.gz", "a heap profile of a Go program"},
		},
	}
	c.start = func(flags *pflag.FlagSet) action {
		var o captureFlags
		o.declare(flags)
		return func(ctx context.Context, w world, args []string) error {
			form, of, err := o.check(c)
			if err != nil {
				return err
			}
			defer debug.SetMemoryLimit(debug.SetMemoryLimit(streaming))
			proc.ForgetCode()
			if o.beforeOOM {
				return o.with(ctx, w, c, args, func(t *live.Target) (bool, error) { return false, o.arm(ctx, w, t) })
			}
			var paths []string
			err = o.with(ctx, w, c, args, func(t *live.Target) (some bool, err error) {
				paths, err = o.take(ctx, w, t, form, of)
				return len(paths) > 0, err
			})
			if err != nil {
				return err
			}
			return o.compare(ctx, w, paths)
		}
	}
	return c
}

// streaming is how much of our own memory snapshots of any size should pass through:
// beside a program that is short of it.
const streaming = 12 << 20

func (o *captureFlags) declare(flags *pflag.FlagSet) {
	o.flags = flags
	flags.StringVarP(&o.output, "output", "o", "", "write to `FILE`; .gz and .zst compress it")
	flags.DurationVar(&o.sampling, "sampling", 0, "sample allocations for a `TIME` instead (.heapprofile); costs next to nothing, does not see buffers")
	flags.DurationVar(&o.timeline, "timeline", 0, "record allocations for a `TIME` instead (.heaptimeline); costs much")
	flags.StringVar(&o.profile, "profile", "heap", "of Go: `NAME` is heap, allocs, goroutine or goroutineleak (default: heap)")
	flags.IntVar(&o.seconds, "seconds", 0, "of Go: only what happens within `N` seconds")
	flags.BoolVar(&o.numbers, "numbers", false, "with the values of numbers (a fifth more)")
	flags.IntVar(&o.series, "series", 1, "take `N` snapshots and compare them; a number is put before the file's ending")
	flags.DurationVar(&o.every, "every", 10*time.Minute, "with --series, wait a `TIME` between them (default: 10m)")
	flags.StringVar(&o.onGrowth, "on-growth", "", "with --series, wait instead until the program has grown by `SIZE`, such as 200MB")
	flags.BoolVar(&o.redact, "redact", false, "replace the values of strings, so that equal ones stay equal")
	flags.StringVar(&o.key, "key", "", "with --redact, use the key in `FILE`, made if it is not there, so that later snapshots can be compared")
	flags.BoolVar(&o.beforeOOM, "before-oom", false, "take none now: have the program write one when V8's memory runs out")
	flags.BoolVar(&o.force, "force", false, "even if the program may be killed for want of memory")
	o.targetFlags.declare(flags)
}

func (o *captureFlags) check(c *command) (live.Form, time.Duration, error) {
	fault := func(what, try string) (live.Form, time.Duration, error) {
		return "", 0, &usageError{command: c, what: what, try: try}
	}
	if o.beforeOOM {
		return "", 0, nil
	}
	switch {
	case o.output == "":
		return fault("capture needs -o FILE", "-o now.heapsnapshot.zst")
	case o.sampling < 0 || o.timeline < 0 || o.seconds < 0:
		return fault("there is no time less than none", "")
	case o.sampling > 0 && o.timeline > 0:
		return fault("--sampling and --timeline exclude each other", "")
	case o.series < 1:
		return fault(fmt.Sprintf("--series=%d: there is no such number of snapshots", o.series), "")
	case o.every < 0:
		return fault("there is no time less than none", "")
	case o.key != "" && !o.redact:
		return fault("--key is for --redact", "")
	case o.onGrowth != "" && o.flags.Changed("every"):
		return fault("--every and --on-growth exclude each other", "")
	case o.redact && (o.sampling > 0 || o.timeline > 0):
		return fault("--redact is for snapshots: profiles hold no values", "")
	}
	for i := range max(o.series, 1) {
		path := o.output
		if o.series > 1 {
			path = numbered(path, i+1)
		}
		if err := apart(c, o.key, path); err != nil {
			return "", 0, err
		}
	}
	if o.onGrowth != "" {
		var err error
		if o.growth, err = human.ParseSize(o.onGrowth); err != nil || o.growth == 0 {
			return fault("--on-growth="+o.onGrowth+": not a size", "--on-growth 200MB")
		}
		if !o.flags.Changed("series") {
			o.series = 2
		}
	}
	switch {
	case o.sampling > 0:
		return live.Sampling, o.sampling, nil
	case o.timeline > 0:
		return live.Timeline, o.timeline, nil
	}
	switch form := live.Form(o.profile); form {
	case live.Heap, live.Allocs, live.Goroutine, live.GoroutineLeak:
		return form, time.Duration(o.seconds) * time.Second, nil
	}
	return fault("--profile="+o.profile+": must be one of heap, allocs, goroutine, goroutineleak", "")
}

// take takes them all and returns the files; of profiles, which are compared in pairs,
// the first and the last.
func (o *captureFlags) take(ctx context.Context, w world, t *live.Target, form live.Form, of time.Duration) (paths []string, err error) {
	source, err := live.Open(ctx, t)
	if err != nil {
		return nil, err
	}
	defer source.Close() // not before the last one: objects keep their numbers
	if o.redact {
		if o.redaction, err = redactionOf(o.key); err != nil {
			return nil, err
		}
	}
	for i := range o.series {
		if i > 0 {
			if err := o.wait(ctx, w, t, source); err != nil {
				return paths, err
			}
		}
		path := o.output
		if o.series > 1 {
			path = numbered(path, i+1)
		}
		if err := o.one(ctx, w, t, source, form, of, path); err != nil {
			return paths, err
		}
		paths = append(paths, path)
	}
	if len(paths) > 1 && (form != live.Heap || t.Pprof != "") {
		paths = []string{paths[0], paths[len(paths)-1]}
	}
	return paths, nil
}

// compare compares what was taken, or says how.
func (o *captureFlags) compare(ctx context.Context, w world, paths []string) error {
	if len(paths) == 1 {
		if !o.quiet {
			fmt.Fprintf(w.stderr, "  next: %s\n", printable("heapdiff "+paths[0]+" LATER, or for itself: heapdiff inspect "+paths[0]))
		}
		return nil
	}
	if !o.quiet {
		fmt.Fprintf(w.stderr, "$ %s\n", printable("heapdiff "+strings.Join(paths, " ")))
	}
	return dispatch(ctx, paths, w)
}

// wait passes the time between two of a series, or until there was growth.
func (o *captureFlags) wait(ctx context.Context, w world, t *live.Target, source live.Source) error {
	if o.growth == 0 {
		if !o.quiet {
			fmt.Fprintf(w.stderr, "%s: the next one in %s\n", printable(t.ID()), human.Duration(o.every))
		}
		while, cancel := live.While(ctx, source)
		defer cancel()
		return sleep(while, o.every)
	}
	if !o.quiet {
		fmt.Fprintf(w.stderr, "%s: the next one when it has grown by %s\n", printable(t.ID()), human.Bytes(o.growth))
	}
	const looks = 5 * time.Second
	grown, err := live.Growth{By: o.growth, Every: looks, Clock: live.System{}}.Wait(ctx, source)
	if err == nil && !o.quiet {
		fmt.Fprintf(w.stderr, "%s: it has grown by %s\n", printable(t.ID()), human.Bytes(grown))
	}
	return err
}

func (o *captureFlags) one(ctx context.Context, w world, t *live.Target, source live.Source, form live.Form, of time.Duration, path string) error {
	p := startProgress(w.stderr, !o.quiet && w.terminal(w.stderr), false)
	stopped := false
	stop := func() {
		if !stopped {
			stopped = true
			p.stop()
		}
	}
	defer stop()
	options := live.CaptureOptions{
		Path: path, Form: form, For: of, Numbers: o.numbers, Force: o.force,
		Wait: sleep, Progress: steps(p.of(t.ID())),
		Audit: func(string, time.Duration) {}, // said below, with the file
		Tell: func(cost live.Cost) {
			if !o.quiet {
				fmt.Fprintf(w.stderr, "%s: %s\n", printable(t.ID()), cost)
			}
		},
	}
	if o.redaction != nil {
		options.Filter = o.redaction.Filter
	}
	done, err := live.Capture(ctx, t, source, options)
	stop()
	if err != nil || o.quiet {
		return err
	}
	line := fmt.Sprintf("%s: %s", printable(path), human.Bytes(done.Size))
	if done.Whole > done.Size {
		line += fmt.Sprintf(" (%s unpacked)", human.Bytes(done.Whole))
	}
	if done.Pause > 0 {
		line += "; the program stood still for " + human.Duration(done.Pause)
	}
	fmt.Fprintln(w.stderr, line)
	return nil
}

// steps tells how far it is in percent where what is counted is no bytes.
func steps(tell func(phase string, done, total int64)) func(phase string, done, total int64) {
	return func(phase string, done, total int64) {
		if total > 0 {
			phase, done, total = phase+"  "+human.Percent(float64(done), float64(total)), 0, 0
		}
		tell(phase, done, total)
	}
}

// arm is for --before-oom.
func (o *captureFlags) arm(ctx context.Context, w world, t *live.Target) error {
	armed, err := live.Arm(ctx, t, o.audit(w))
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "when V8's heap of %s is nearly full, a snapshot is written to %s; when the program dies of it, a report to %s\n",
		human.Bytes(uint64(armed.Limit)), printable(armed.Snapshots), printable(armed.Reports))
	for _, warning := range armed.Warnings {
		w.complain(warning, "")
	}
	return nil
}

// numbered puts a number before the endings: a.heapsnapshot.zst, a-2.heapsnapshot.zst.
func numbered(path string, n int) string { return beforeEndings(path, fmt.Sprint("-", n)) }

func beforeEndings(path, what string) string {
	dir, base := filepath.Split(path)
	stem, rest, _ := strings.Cut(base, ".")
	if rest != "" {
		rest = "." + rest
	}
	return dir + stem + what + rest
}
