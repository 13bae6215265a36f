package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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
			if err := apart(c, *key, *output); err != nil {
				return err
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

// apart holds that what is written does not take the place of the key.
func apart(c *command, key, output string) error {
	same := key != "" && filepath.Clean(key) == filepath.Clean(output)
	if a, err := os.Stat(key); err == nil && !same {
		b, err := os.Stat(output)
		same = err == nil && os.SameFile(a, b)
	}
	if same {
		return &usageError{command: c, what: "--key and -o are the same file: " + output}
	}
	return nil
}

// redactionOf has the key in a file, or one of its own.
func redactionOf(key string) (*live.Redaction, error) {
	if key == "" {
		return live.NewRedaction()
	}
	return live.RedactionOf(key)
}
