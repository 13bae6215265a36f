package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// programUsage is what stands behind "usage:" when no command is meant.
const programUsage = "heapdiff [flags] BEFORE AFTER [MORE…]   (heapdiff help shows all commands)"

// command is one thing heapdiff can do.
type command struct {
	name  string
	usage string // the command line
	short string // what it does, in a line
	long  string // what more there is to know; may be empty

	examples []example // what people do with it, the most common first

	reads bool // whether it reads heaps, and so may need much memory and time

	// start declares the flags and returns what runs once they are set.
	start func(flags *pflag.FlagSet) action
}

// action does the work of a command with the arguments that are no flags.
type action func(ctx context.Context, w world, args []string) error

// example is a command line and what it is good for.
type example struct{ line, about string }

// purpose is what a person wants, and the commands that do it.
type purpose struct {
	title    string
	commands []*command
}

// purposes have all commands there are, the most used first.
func purposes() []purpose {
	return []purpose{
		{"Compare", []*command{compareCommand(), explainCommand()}},
		{"Look into one heap", []*command{inspectCommand(), retainersCommand(), nodesCommand(), redactCommand()}},
		{"Judge, in CI", []*command{checkCommand(), ignoreCommand(), baselineCommand(), mergeCommand()}},
		{"Look at a running program", []*command{psCommand(), captureCommand(), watchCommand(), diagnoseCommand()}},
		{"About heapdiff", []*command{versionCommand(), helpCommand()}},
	}
}

func commands() []*command {
	var all []*command
	for _, p := range purposes() {
		all = append(all, p.commands...)
	}
	return all
}

// dispatch finds the command that is meant and runs it. Without a command's name
// in front, two heaps are compared.
func dispatch(ctx context.Context, args []string, w world) error {
	all := commands()
	chosen := all[0]
	switch {
	case len(args) == 0:
		return errNothingAsked
	case len(args) == 1 && (args[0] == "--help" || args[0] == "-h"):
		return writeOverview(w.stdout)
	default:
		if c := commandNamed(all, args[0]); c != nil {
			chosen, args = c, args[1:]
		}
	}
	flags := newFlags(chosen.name)
	var resources resourceFlags
	do := chosen.declare(flags, &resources)
	help := flags.BoolP("help", "h", false, "show this help")
	version := new(bool)
	if chosen == all[0] {
		version = flags.Bool("version", false, "show the version")
		flags.Lookup("version").Hidden = true
	}
	err := flags.Parse(args)
	switch {
	case *help, errors.Is(err, pflag.ErrHelp):
		return writeHelp(w.stdout, chosen)
	case *version:
		return writeVersion(w.stdout)
	case err != nil:
		return flagError(chosen, flags, err)
	}
	if w.memory, err = resources.limit(); err != nil {
		return &usageError{command: chosen, what: err.Error()}
	}
	w.tmp = resources.tmp
	stop, err := resources.watch()
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, w, flags.Args()), stop())
}

// declare declares all flags of the command, and returns what it does.
func (c *command) declare(flags *pflag.FlagSet, resources *resourceFlags) action {
	do := c.start(flags)
	if c.reads {
		resources.declare(flags)
	}
	return do
}

func commandNamed(all []*command, name string) *command {
	i := slices.IndexFunc(all, func(c *command) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return all[i]
}

// newFlags makes a set that leaves talking to us.
func newFlags(name string) *pflag.FlagSet {
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	flags.Usage = func() {}
	flags.SortFlags = false
	return flags
}

// flagError says what is wrong with a flag, and which one was meant.
func flagError(c *command, flags *pflag.FlagSet, err error) error {
	e := &usageError{command: c, what: err.Error()}
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		given := unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			e.what = fmt.Sprintf("there is no flag -%s", given)
			break
		}
		e.what = fmt.Sprintf("there is no flag --%s", given)
		var names []string
		flags.VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				names = append(names, f.Name)
			}
		})
		if near := nearest(given, names); near != "" {
			e.what += fmt.Sprintf("; did you mean --%s?", near)
		}
	case errors.As(err, &missing):
		e.what = fmt.Sprintf("--%s needs a value", missing.GetFlag().Name)
	case errors.As(err, &invalid):
		e.what = fmt.Sprintf("--%s=%s: %s", invalid.GetFlag().Name, invalid.GetValue(), reason(invalid.Unwrap()))
	}
	return e
}

// reason leaves out of an error what a user does not care for, such as the
// function that failed.
func reason(err error) string {
	text := err.Error()
	if strings.HasPrefix(text, "strconv.") {
		return "not a number"
	}
	return text
}

// files checks how many files were named. "-", which is standard input, can
// only be read once.
func files(c *command, args []string, want int) *usageError {
	if len(args) != want {
		return &usageError{command: c, what: fmt.Sprintf("%s needs %s, not %s", c.name, fileCount(want), fileCount(len(args)))}
	}
	stdin := 0
	for _, arg := range args {
		if arg == "-" {
			stdin++
		}
	}
	if stdin > 1 {
		return &usageError{command: c, what: "standard input can only be read once"}
	}
	return nil
}

func fileCount(n int) string {
	words := []string{"none", "one file", "two files"}
	if n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n, " files")
}
