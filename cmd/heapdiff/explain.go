package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/internal/near"
	"github.com/heapdiff/heapdiff/report"
)

func explainCommand() *command {
	c := &command{
		name:  "explain",
		reads: true,
		usage: "heapdiff explain [flags] FINGERPRINT FILE…",
		short: "say all that is known of one place that grew, and how to mend it",
		long: `The fingerprint stands with the place in every report; its first digits are enough.
The place is looked up in a report that --json wrote, or found anew in two heaps
or more, or in two profiles, with all stacks that lead to it.`,
		examples: []example{
			{"heapdiff explain 7ede8cee81cf report.json", "a place of a report that --json wrote"},
			{"heapdiff explain 7ede before.heapsnapshot after.heapsnapshot", "the same from the heaps; the first digits are enough"},
			{"heapdiff explain 1f3d before.pb.gz after.pb.gz", "a site of two profiles, with its stacks"},
		},
	}
	c.start = func(flags *pflag.FlagSet) action {
		var work workFlags
		var out reportFlags
		var grow growthFlags
		var profiles profileFlags
		match := newChoice("auto", string(diff.Identity), string(diff.Structure))
		flags.Var(match, "match", "recognise objects by `MODE`: auto, identity (ids) or structure (classes)")
		grow.declare(flags)
		profiles.declare(flags, false)
		out.declare(flags)
		work.declare(flags)
		return func(ctx context.Context, w world, args []string) error {
			if len(args) < 2 {
				return &usageError{command: c, what: fmt.Sprintf("explain needs a fingerprint and a report or two heaps, not %s", argCount(len(args)))}
			}
			fingerprint, paths := strings.ToLower(args[0]), args[1:]
			if !isFingerprint(fingerprint) {
				return &usageError{command: c, what: args[0] + " is no fingerprint", try: "one has hexadecimal digits, such as 7ede8cee81cf; reports show them"}
			}
			if err := files(c, paths, len(paths)); err != nil {
				return err
			}
			if err := work.check(c); err != nil {
				return err
			}
			if err := out.check(c, paths); err != nil {
				return err
			}
			ranking, err := grow.options(c, true)
			if err != nil {
				return err
			}
			if len(paths) > 1 {
				if done, err := profiles.explain(ctx, &w, c, fingerprint, paths, &out, &work); done {
					return err
				}
			}
			var places []report.Explained
			if len(paths) == 1 {
				places, err = readReport(w, paths[0])
			} else {
				p := work.progress(w)
				o := diff.Options{Match: mode(match.String()), Ranking: ranking, Jobs: work.jobs}
				var r *diff.Result
				if r, err = compare(ctx, w, paths, p, o); err == nil {
					places = explainable(r)
				}
				p.stop()
			}
			if err != nil {
				return err
			}
			place, err := placeOf(fingerprint, places, func(e *report.Explained) string { return e.Line.Fingerprint })
			if err != nil {
				return err
			}
			return out.write(w, func(o report.Options) *report.Document { return report.Explain(place, o) })
		}
	}
	return c
}

func isFingerprint(s string) bool {
	const digits = "0123456789abcdef"
	return len(s) >= 4 && len(s) <= 12 && strings.Trim(s, digits) == ""
}

// explainable are the places of a comparison.
func explainable(r *diff.Result) []report.Explained {
	places := make([]report.Explained, len(r.Ranking.Lines))
	for i := range places {
		places[i] = report.Explained{Line: &r.Ranking.Lines[i], Before: r.Before.File, After: r.After.File, Growth: r.Growth()}
	}
	return places
}

// readReport reads the places of a JSON report.
func readReport(w world, path string) ([]report.Explained, error) {
	in, name := w.stdin, "standard input"
	if path != "-" {
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, &input.OpenError{File: path, What: "no such file", Try: "check the path; heapdiff BEFORE AFTER --json " + path + " writes one", Err: err}
		}
		if err != nil {
			return nil, readError(path, err)
		}
		defer f.Close()
		if _, err := input.Stat(path); err != nil {
			return nil, err
		}
		in, name = f, path
	}
	places, err := report.ReadGrowth(in)
	if err != nil {
		try := "heapdiff BEFORE AFTER --json PATH writes one"
		if errors.Is(err, report.ErrProfiles) {
			try = "give the profiles themselves: heapdiff explain FINGERPRINT BEFORE AFTER"
		}
		return nil, &input.OpenError{File: name, What: err.Error(), Try: try, Err: err}
	}
	return places, nil
}

// placeOf finds the place whose fingerprint begins so.
func placeOf[T any](fingerprint string, places []T, of func(*T) string) (*T, error) {
	var found *T
	var all []string
	for i := range places {
		print := of(&places[i])
		all = append(all, print)
		if !strings.HasPrefix(print, fingerprint) {
			continue
		}
		if found == nil {
			found = &places[i]
		} else if of(found) != print {
			return nil, &placeError{what: "more than one place begins with " + fingerprint, try: of(found) + " or " + print}
		}
	}
	switch {
	case found != nil:
		return found, nil
	case len(places) == 0:
		return nil, &placeError{what: "nothing grew there, and so not " + fingerprint}
	}
	if meant := near.Name(fingerprint, all); meant != "" {
		return nil, &placeError{what: "no place that grew is " + fingerprint, try: meant}
	}
	return nil, &placeError{what: "no place that grew is " + fingerprint, try: strings.Join(all[:min(len(all), 5)], ", ")}
}

// placeError says that a place is not there, and which are.
type placeError struct{ what, try string }

func (e *placeError) Error() string { return e.what }
func (e *placeError) Hint() string  { return e.try }
