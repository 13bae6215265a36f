package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/gate"
	"github.com/heapdiff/heapdiff/internal/human"
)

func ignoreCommand() *command {
	c := &command{
		name:  "ignore",
		usage: "heapdiff ignore FINGERPRINT --reason TEXT",
		short: "write into the configuration that a finding is known",
		long: `What is ignored is left out of the judgement of heapdiff check, and shown with its
reason. An ignore that is over, or outgrown, fails. All else in the configuration
stays as it is; if there is none, one is made here.`,
		examples: []example{
			{"heapdiff ignore 7ede8cee81cf --reason 'a cache, bounded at 50 MB' --max 50MB --until 2027-01-31", "known, as long as it does not grow beyond that"},
		},
	}
	c.start = func(flags *pflag.FlagSet) action {
		reason := flags.String("reason", "", "why it is all right; `TEXT` is shown in every report")
		until := flags.String("until", "", "the last `DAY` it counts, such as 2027-01-31 (default: for ever)")
		most := flags.String("max", "", "the `SIZE` it may grow to (default: any)")
		path := flags.String("config", "", "write the configuration at `PATH` (default: "+gate.ConfigName+", here or above)")
		return func(_ context.Context, w world, args []string) error {
			g, err := newIgnore(c, args, *reason, *until, *most)
			if err != nil {
				return err
			}
			target := *path
			if target == "" {
				dir, err := os.Getwd()
				if err != nil {
					return err
				}
				if target = gate.FindConfig(dir); target == "" {
					target = gate.ConfigName
				}
			}
			return addIgnore(w, target, g)
		}
	}
	return c
}

var fingerprint = regexp.MustCompile(`^[0-9a-f]{12}$`)

func newIgnore(c *command, args []string, reason, until, most string) (gate.Ignore, error) {
	wrong := func(what, try string) (gate.Ignore, error) {
		return gate.Ignore{}, &usageError{command: c, what: what, try: try}
	}
	if len(args) != 1 {
		return wrong(fmt.Sprintf("ignore needs one fingerprint, not %s", human.Count(len(args))), "")
	}
	g := gate.Ignore{Fingerprint: strings.ToLower(args[0]), Reason: strings.TrimSpace(reason)}
	if !fingerprint.MatchString(g.Fingerprint) {
		return wrong(fmt.Sprintf("%q is no fingerprint: those are 12 hexadecimal digits, and stand in every report", args[0]), "")
	}
	if g.Reason == "" {
		return wrong("an ignore needs a reason: somebody will ask", "--reason 'bounded by the number of tenants'")
	}
	var err error
	if until != "" {
		if g.Until, err = gate.ParseDay(until); err != nil {
			return wrong("--until: "+err.Error(), "")
		}
	}
	if most != "" {
		size, err := human.ParseSize(most)
		if err != nil || size == 0 {
			return wrong(fmt.Sprintf("--max=%s: it is a size such as 10MiB", most), "")
		}
		g.Max = size
	}
	return g, nil
}

func addIgnore(w world, path string, g gate.Ignore) error {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &configError{cause: fmt.Errorf("%s: the configuration cannot be read: %w", path, errors.Unwrap(err))}
	}
	added, err := gate.AddIgnore(path, string(text), g)
	if err != nil {
		return &configError{cause: err}
	}
	if err := w.writeOut(path, func(out io.Writer) error {
		_, err := io.WriteString(out, added)
		return err
	}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.stdout, "%s: %s is ignored from now on\n", path, g.What())
	return err
}
