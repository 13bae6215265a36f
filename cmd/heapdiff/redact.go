package main

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/live"
)

func redactCommand() *command {
	c := &command{
		name:  "redact",
		usage: "heapdiff redact FILE -o FILE",
		short: "write the same heap without the values of its strings",
		long: `Each value becomes its length and a hash with a key that is made anew and
forgotten, so that equal ones stay equal. Sizes and links stay as they were. Names
of classes, functions, properties and files stay, and so does a value that is used
as such a name, too: objects that are used as dictionaries keep their keys.`,
		examples: []example{
			{"heapdiff redact app.heapsnapshot -o share.heapsnapshot.gz", "a heap that can be shown to others"},
		},
	}
	c.start = func(flags *pflag.FlagSet) action {
		output := flags.StringP("output", "o", "", "write to `FILE`; .gz and .zst compress it")
		key := flags.String("key", "", "use the key in `FILE`, made if it is not there, so that heaps redacted apart can be compared")
		return func(ctx context.Context, w world, args []string) error {
			if err := files(c, args, 1); err != nil {
				return err
			}
			if *output == "" {
				return &usageError{command: c, what: "redact needs -o FILE"}
			}
			if err := checkTargets(c, []string{*output}, args); err != nil {
				return err
			}
			src, err := input.Open(ctx, args[0], input.Options{Stdin: w.stdin})
			if err != nil {
				return err
			}
			defer src.Close()
			defer debug.SetMemoryLimit(debug.SetMemoryLimit(streaming))
			redaction, err := redactionOf(*key)
			if err != nil {
				return err
			}
			if err := redaction.File(*output, src); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			return nil
		}
	}
	return c
}

// redactionOf has the key in a file, or one of its own.
func redactionOf(key string) (*live.Redaction, error) {
	if key == "" {
		return live.NewRedaction()
	}
	return live.RedactionOf(key)
}
