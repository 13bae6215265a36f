package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/report"
)

// choice is a flag with a few values.
type choice struct {
	value   *string
	allowed []string
}

func newChoice(allowed ...string) *choice { return &choice{&allowed[0], allowed} }

func (c *choice) String() string { return *c.value }
func (c *choice) Type() string   { return strings.Join(c.allowed, "|") }

// Set accepts the allowed values only.
func (c *choice) Set(s string) error {
	i := slices.Index(c.allowed, s)
	if i < 0 {
		return fmt.Errorf("must be one of %s", strings.Join(c.allowed, ", "))
	}
	c.value = &c.allowed[i]
	return nil
}

// workFlags are those of every command that reads heaps.
type workFlags struct {
	jobs           int
	quiet, verbose bool
}

func (o *workFlags) declare(flags *pflag.FlagSet) {
	about("work", flags, func() {
		flags.BoolVarP(&o.quiet, "quiet", "q", false, "say nothing on standard error but errors")
		flags.BoolVarP(&o.verbose, "verbose", "v", false, "say what takes how long on standard error")
		flags.IntVar(&o.jobs, "jobs", 0, "use `N` threads (default: all cores)")
	})
}

func (o *workFlags) check(c *command) error {
	switch {
	case o.jobs < 0:
		return &usageError{command: c, what: fmt.Sprintf("--jobs=%d: there is no such number of threads", o.jobs)}
	case o.quiet && o.verbose:
		return &usageError{command: c, what: "-q and -v exclude each other"}
	}
	if o.jobs == 0 {
		o.jobs = runtime.GOMAXPROCS(0)
	}
	return nil
}

func (o *workFlags) progress(w world) *progress {
	return startProgress(w.stderr, !o.quiet && w.terminal(w.stderr), o.verbose)
}

// reportFlags are those of every command that writes a report.
type reportFlags struct {
	flags   *pflag.FlagSet
	formats []report.Format    // nil for those of every report
	paths   map[string]*string // format -> where to, if its flag was given
	exact   bool
	top     int
	all     bool
	color   *choice
	width   int
}

// reportTopic is what flags that ask for a report are about.
const reportTopic = "reports, several at once"

func (o *reportFlags) declare(flags *pflag.FlagSet) {
	o.flags, o.paths = flags, map[string]*string{}
	if o.formats == nil {
		o.formats = report.Formats()
	}
	abouts := map[string]string{
		"text": "write text to `PATH`, - is standard output (the default)",
		"md":   "write Markdown for a pull request comment to `PATH`",
		"html": "write a page to `PATH`",
		"json": "write everything, for programs, to `PATH`",

		"junit":   "write test results, for Jenkins and GitLab, to `PATH`",
		"sarif":   "write a SARIF log, for code scanning, to `PATH`",
		"gitlab":  "write a Code Quality report, for GitLab, to `PATH`",
		"metrics": "write OpenMetrics, for Prometheus and others, to `PATH`",
		"ndjson":  "write a line of JSON for each finding to `PATH`",
	}
	about(reportTopic, flags, func() {
		for _, f := range o.formats {
			o.paths[f.Name] = flags.String(f.Name, "", abouts[f.Name])
		}
	})
	about("what reports show", flags, func() {
		flags.IntVar(&o.top, "top", 0, "show `N` rows of each list (default: 10, in a page 5,000)")
		flags.BoolVar(&o.all, "all", false, "show every row, and what did not change, too")
		flags.BoolVar(&o.exact, "bytes", false, "show exact sizes in bytes")
		o.color = newChoice("auto", "always", "never")
		flags.Var(o.color, "color", "colour text: `WHEN` is auto, always or never")
		flags.IntVar(&o.width, "width", 0, "fit text into `N` columns (default: the terminal's, else 100)")
	})
}

func (o *reportFlags) check(c *command, inputs []string) error {
	if o.top < 0 {
		return &usageError{command: c, what: fmt.Sprintf("--top=%d: there is no such number of rows", o.top)}
	}
	if o.width < 0 {
		return &usageError{command: c, what: fmt.Sprintf("--width=%d: there is no such number of columns", o.width)}
	}
	var targets []string
	for _, t := range o.targets() {
		targets = append(targets, t.path)
	}
	return checkTargets(c, targets, inputs)
}

// most is how many entries of the lists that are not complete anyway should be
// computed, or 0 for what the stage thinks is enough.
func (o *reportFlags) most() int {
	if o.all {
		return 1000
	}
	return max(o.top, 0)
}

// target is a report to be written.
type target struct {
	report.Format
	path string
}

// targets are the reports asked for, those on standard output last: what may
// fail should do so before anything is shown.
func (o *reportFlags) targets() []target {
	var files, stdout []target
	for _, f := range o.formats {
		path := *o.paths[f.Name]
		switch {
		case !o.flags.Changed(f.Name):
		case path == "-":
			stdout = append(stdout, target{f, path})
		default:
			files = append(files, target{f, path})
		}
	}
	if len(files)+len(stdout) == 0 {
		stdout = append(stdout, target{report.Formats()[0], "-"})
	}
	return append(files, stdout...)
}

// write makes the report of what was found and writes it wherever it was asked for.
func (o *reportFlags) write(w world, document func(report.Options) *report.Document) error {
	for _, t := range o.targets() {
		d := document(o.options(w, t.path))
		if err := w.writeOut(t.path, func(out io.Writer) error { return t.Write(out, d) }); err != nil {
			return err
		}
	}
	return nil
}

func (o *reportFlags) options(w world, path string) report.Options {
	options := report.Options{Tool: tool(), Exact: o.exact, Top: o.top, All: o.all, Width: o.width}
	switch o.color.String() {
	case "always":
		options.Color = true
	case "auto":
		options.Color = path == "-" && w.colors()
	}
	if options.Width == 0 && path == "-" {
		options.Width = w.width()
	}
	return options
}
