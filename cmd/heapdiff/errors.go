package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"unicode"

	"github.com/heapdiff/heapdiff/internal/budget"
	"github.com/heapdiff/heapdiff/internal/input"
)

// usageError says that the command line is wrong, and shows the right one.
type usageError struct {
	command *command // whose usage to show; nil for the program's
	what    string
	try     string // may be empty
}

func (e *usageError) Error() string { return e.what }

// errNothingAsked is a command line without a word: what there is to ask is shown.
var errNothingAsked = errors.New("nothing was asked for")

// internalError is a panic of our own, told without a trace.
type internalError struct{ cause any }

func (e *internalError) Error() string { return fmt.Sprint("internal error: ", e.cause) }

func (e *internalError) Hint() string {
	return "report it, with what heapdiff version says and what HEAPDIFF_DEBUG=1 adds"
}

// report tells the user what went wrong, if anything did, and returns the code
// to exit with. An error is one line, and a second one says what to try:
//
//	heapdiff: after.heapsnapshot: truncated at byte 18,204,113 inside "edges" (…)
//	  try: take the snapshot again and wait until the file stops growing
func (w world) report(ctx context.Context, err error) int {
	var usage *usageError
	var verdict *verdictError
	var config *configError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, syscall.EPIPE): // nobody reads on: that is no failure
		return exitDone
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		w.complain("interrupted", "")
		return exitInterrupted
	case errors.Is(err, errNothingAsked):
		_ = writeOverview(w.stderr)
		return exitUsage
	case errors.As(err, &usage):
		w.complain(usage.what, usage.try)
		line := programUsage
		if usage.command != nil {
			line = usage.command.usage
		}
		fmt.Fprintf(w.stderr, "  usage: %s\n", line)
		return exitUsage
	case errors.As(err, &verdict):
		return verdict.code
	case errors.As(err, &config):
		w.complain(config.Error(), config.try)
		return exitUsage
	}
	w.complain(err.Error(), input.Hint(err))
	if over := new(budget.Error); errors.As(err, &over) {
		return exitBudget
	}
	return exitUnreadable
}

func (w world) complain(what, try string) {
	fmt.Fprintf(w.stderr, "heapdiff: %s\n", printable(what))
	if try != "" {
		fmt.Fprintf(w.stderr, "  try: %s\n", printable(try))
	}
}

// printable keeps what comes from outside from driving the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}
