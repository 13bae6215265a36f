package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/gate"
	"github.com/heapdiff/heapdiff/inspect"
	"github.com/heapdiff/heapdiff/report"
)

func checkCommand() *command {
	c := &command{
		name:  "check",
		reads: true,
		usage: "heapdiff check [flags] [BEFORE] AFTER [MORE…]",
		short: "compare, and fail if a rule is broken",
		long: `A rule says what fails: [scope:]metric op value.

  --fail-on 'growth > 5MiB'                      everything that accumulates
  --fail-on 'leak.max > 2%'                      one place, of the heap before
  --fail-on 'class:Session:count > 1000'         objects of a class, * and ? in its name
  --warn-on 'path:global.cache/**:growth > 1MiB' a place and what is below it
  --warn-on 'kind:arraybuffer:growth > 10MB'     a kind

Metrics: growth heap.delta heap.percent leak.max leak.count exclusive.max count size
retained arraybuffer external.ratio handles sockets strings strings.wasted arrays
detached listeners timers per_iteration unattributed. Scopes: class path kind
fingerprint. All but external.ratio are changes. Without a rule a place of the
program's own fails that grew by more than 1 MiB and 2 % of the heap before, by 10
objects or in place.

Rules, ignores and more stand in .heapdiff.toml, which is looked for from here
upwards; rules on the command line replace those in there.

Profiles (pprof, .heapprofile) are judged as snapshots are, by what stays and by the
function that allocated it; growth within the error of sampling does not count.

With --baseline one file is enough: it is compared with the baseline.

More files are a series of one process, or with --repeat further runs of AFTER. A
pattern in quotes ('base-*.heapsnapshot') stands for all runs of its side.

The text is written to standard output unless another format is.

Exit status: 0 passed · 1 failed · 2 wrong usage or configuration · 3 input
unreadable or not comparable, or inconclusive with --strict · 4 too little memory`,
		examples: []example{
			{"heapdiff check before.heapsnapshot after.heapsnapshot", "exit 1 if a place of the program's own grew by 1 MiB and 2 %"},
			{"heapdiff check before.heapsnapshot after.heapsnapshot --fail-on 'growth > 5MiB' --md comment.md", "a rule of your own, and a comment for the pull request"},
			{"heapdiff check after.heapsnapshot --baseline main.heapbase", "against what heapdiff baseline kept"},
		},
	}
	c.start = func(flags *pflag.FlagSet) action {
		o := &checkOptions{command: c}
		o.declare(flags)
		return o.run
	}
	return c
}

// checkOptions are the flags of check.
type checkOptions struct {
	command *command
	flags   *pflag.FlagSet
	work    workFlags
	out     reportFlags
	grow    growthFlags
	match   *choice

	failOn, warnOn []string
	config         string
	noConfig       bool
	repeat, strict bool
	aggregate      *choice
	sampleIndex    string
	binaries       []string
	base           baselineFlags
}

func (o *checkOptions) declare(flags *pflag.FlagSet) {
	o.flags = flags
	flags.StringArrayVar(&o.failOn, "fail-on", nil, "fail if `RULE` holds, such as 'growth > 5MiB'; may be repeated")
	flags.StringArrayVar(&o.warnOn, "warn-on", nil, "say so if `RULE` holds; may be repeated")
	flags.StringVar(&o.config, "config", "", "read the configuration at `PATH` (default: "+gate.ConfigName+", here or above)")
	flags.BoolVar(&o.noConfig, "no-config", false, "read no configuration")
	flags.BoolVar(&o.repeat, "repeat", false, "all files after BEFORE are runs of the same program, not a series")
	o.aggregate = newChoice(string(gate.Median), string(gate.Worst), string(gate.Best))
	flags.Var(o.aggregate, "aggregate", "of several runs, `WHICH` counts: median, worst or best")
	flags.BoolVar(&o.strict, "strict", false, "a verdict that is inconclusive exits with 3")
	flags.StringVar(&o.sampleIndex, "sample-index", "", "of profiles: judge the values of `TYPE`, such as inuse_objects (default: inuse_space)")
	flags.StringArrayVar(&o.binaries, "binary", nil, "of profiles: name what the program or library in `PATH` knows by address only; may be repeated")
	o.base.declare(flags)
	o.match = newChoice("auto", string(diff.Identity), string(diff.Structure))
	flags.Var(o.match, "match", "recognise objects by `MODE`: auto, identity (ids) or structure (classes)")
	o.grow.declare(flags)
	o.out.formats = report.CheckFormats()
	o.out.declare(flags)
	o.work.declare(flags)
}

// run does all that check does.
func (o *checkOptions) run(ctx context.Context, w world, args []string) error {
	if err := o.work.check(o.command); err != nil {
		return err
	}
	sides, err := o.sides(args)
	if err != nil {
		return err
	}
	if err := o.out.check(o.command, append(sides.files(), o.base.files()...)); err != nil {
		return err
	}
	g, config, err := o.gate()
	if err != nil {
		return err
	}
	if o.out.top == 0 {
		o.out.top = config.Top
	}
	judge := o.judgeHeaps
	profiles, err := o.areProfiles(ctx, &w, sides)
	if err != nil {
		return err
	}
	if profiles {
		judge = o.judgeProfiles
	}
	j, err := judge(ctx, w, sides, g, config)
	if err != nil {
		return err
	}
	// Who reads only the start of the report must not turn a failure into success.
	if err := o.write(w, j.document); err != nil && !errors.Is(err, syscall.EPIPE) {
		return err
	}
	if err := o.base.accept(w, j.verdict); err != nil {
		return err
	}
	if code := j.verdict.ExitCode(); code != exitDone && !o.base.acceptsNow {
		return &verdictError{code}
	}
	return nil
}

// judgement is a verdict and the report of it.
type judgement struct {
	verdict  *gate.Verdict
	document func(report.Options) *report.Document
}

// judgeHeaps compares snapshots and judges what came of it.
func (o *checkOptions) judgeHeaps(ctx context.Context, w world, s *sides, g *gate.Gate, config *gate.Config) (*judgement, error) {
	ranking, err := o.ranking(g, config)
	if err != nil {
		return nil, err
	}
	p := o.work.progress(w)
	run := &checkRun{
		w: w, p: p, wasted: g.Needs("strings.wasted"), mixed: o.base.mixed, versions: map[string]inspect.Versions{},
		options: diff.Options{Match: mode(o.match.String()), Top: o.out.most(), Ranking: ranking, Jobs: o.work.jobs},
	}
	run.warnings = s.repeated()
	err = run.all(ctx, s, &o.base)
	p.stop()
	if err != nil {
		return nil, err
	}
	v := g.Judge(run.facts...)
	result, facts := run.results[v.Chosen], run.facts[v.Chosen]
	v.Warnings = append(v.Warnings, run.warnings...)
	if !o.out.all {
		result.Ranking.Hide()
	}
	root := sourceRoot(w)
	return &judgement{v, func(ro report.Options) *report.Document { return report.Check(result, facts, v, root, ro) }}, nil
}

// verdictError ends the program with the code of a verdict, which has been said.
type verdictError struct{ code int }

func (e *verdictError) Error() string { return fmt.Sprintf("the verdict is %d", e.code) }

// gate reads rules and configuration.
func (o *checkOptions) gate() (*gate.Gate, *gate.Config, error) {
	config, err := readConfig(o.command, o.config, o.noConfig)
	if err != nil {
		return nil, nil, err
	}
	g := &gate.Gate{
		Rules: config.Rules, Ignores: config.Ignores, Noise: config.Noise, Aggregate: config.Aggregate,
		Strict: o.strict || config.Strict, Today: time.Now(),
	}
	if o.flags.Changed("aggregate") || g.Aggregate == "" {
		g.Aggregate = gate.Aggregate(o.aggregate.String())
	}
	if len(o.failOn)+len(o.warnOn) > 0 {
		g.Rules = nil
	}
	for _, given := range []struct {
		flag     string
		texts    []string
		severity gate.Severity
	}{{"--fail-on", o.failOn, gate.Failure}, {"--warn-on", o.warnOn, gate.Warning}} {
		for _, text := range given.texts {
			e, err := gate.Parse(text)
			if err != nil {
				return nil, nil, o.wrong(given.flag + " " + err.Error())
			}
			g.Rules = append(g.Rules, gate.Rule{Expr: e, Severity: given.severity})
		}
	}
	if len(g.Rules) > 0 && !slices.ContainsFunc(g.Rules, func(r gate.Rule) bool { return r.Severity == gate.Failure }) {
		// Rules that only warn do not take the place of the one that fails.
		g.Rules = append([]gate.Rule{gate.DefaultRule()}, g.Rules...)
	}
	if g.Needs("per_iteration") && o.grow.iterations == 0 {
		return nil, nil, o.wrong("a rule is about per_iteration, and it is not known how many there were: say --iterations N")
	}
	return g, config, nil
}

func (o *checkOptions) wrong(what string) error { return &usageError{command: o.command, what: what} }

// ranking says how growth is looked for: all of it, down to what a rule may be about.
func (o *checkOptions) ranking(g *gate.Gate, config *gate.Config) (*growthOptions, error) {
	ranking, err := o.grow.options(o.command, true)
	if err != nil {
		return nil, err
	}
	ranking.Masks = append(ranking.Masks, config.Masks...)
	switch {
	case ranking.Minimum > 0:
		g.Noise.MinCount = ranking.Minimum
	case config.Noise.MinCount != gate.DefaultNoise().MinCount:
		ranking.Minimum = max(config.Noise.MinCount, 1)
	case ranking.Iterations > 0:
		g.Noise.MinCount = min(g.Noise.MinCount, ranking.Iterations)
	}
	return ranking, nil
}

// write writes the reports, and what the CI that runs this reads from its log.
func (o *checkOptions) write(w world, document func(report.Options) *report.Document) error {
	ci := detectCI(w)
	targets := o.out.targets()
	if !slices.ContainsFunc(targets, func(t target) bool { return t.path == "-" }) {
		targets = append(targets, target{report.CheckFormats()[0], "-"}) // who gates reads the log
	}
	for _, t := range targets {
		d := document(o.out.options(w, t.path))
		if err := w.writeOut(t.path, func(out io.Writer) error {
			if t.path == "-" && t.Name == "text" {
				return ci.log(out, d, t.Write)
			}
			return t.Write(out, d)
		}); err != nil {
			return err
		}
	}
	return ci.tell(w, document(report.Options{Tool: tool()}))
}

// sides are the files of the two sides of a comparison.
type sides struct {
	before, after []string // runs; of a series after has all but the first
	series        bool
}

func (s *sides) files() []string { return append(slices.Clone(s.before), s.after...) }

// repeated warns of files that are given several times as runs: they count as
// often. A series says so itself.
func (s *sides) repeated() []string {
	var list []string
	for _, side := range [][]string{s.before, s.after} {
		for i, path := range side {
			if !s.series && slices.Contains(side[:i], path) {
				list = append(list, path+" is given twice, so it counts twice")
			}
		}
	}
	return list
}

// sides finds out which files are compared with which.
func (o *checkOptions) sides(args []string) (*sides, error) {
	if err := o.base.check(o.command, o.flags); err != nil {
		return nil, err
	}
	least := 2
	if o.base.path != "" {
		least = 1
	}
	var groups [][]string
	patterns := 0
	for _, arg := range args {
		group, err := expand(arg)
		if err != nil {
			return nil, o.wrong(err.Error())
		}
		if len(group) != 1 || group[0] != arg {
			patterns++
		}
		groups = append(groups, group)
	}
	if err := files(o.command, args, max(len(args), least)); err != nil {
		if len(args) == 1 && least == 2 {
			err.try = fmt.Sprintf("heapdiff check BEFORE %s, or heapdiff check %s --baseline PATH, against what heapdiff baseline kept", args[0], args[0])
		}
		return nil, err
	}
	s := &sides{}
	if least == 1 && len(groups) > 1 && !o.repeat {
		return nil, o.wrong("with --baseline give only AFTER; several runs need --repeat")
	}
	if least == 2 {
		s.before, groups = groups[0], groups[1:]
	}
	for _, group := range groups {
		s.after = append(s.after, group...)
	}
	switch {
	case patterns > 0 && len(groups) > 1:
		return nil, o.wrong("a pattern stands for all runs of a side, so it cannot be followed by more files")
	case patterns > 0, o.repeat, least == 1:
	default:
		s.series = len(s.after) > 1
	}
	return s, nil
}

// expand finds the files that a pattern means. A file of that name is itself.
func expand(arg string) ([]string, error) {
	if exists(arg) || !hasPattern(arg) {
		return []string{arg}, nil
	}
	found, err := filepath.Glob(arg)
	if err != nil {
		return nil, fmt.Errorf("%s is no pattern: %w", arg, errors.Unwrap(err))
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no file is like %s", arg)
	}
	return found, nil
}

func hasPattern(s string) bool {
	return slices.ContainsFunc([]byte(s), func(c byte) bool { return c == '*' || c == '?' || c == '[' })
}
