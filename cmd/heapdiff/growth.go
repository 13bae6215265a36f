package main

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"

	"github.com/spf13/pflag"

	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/internal/sourcemap"
)

// growthFlags say how growth is looked for: those of every command that
// compares heaps.
type growthFlags struct {
	iterations int
	minimum    int
	masks      []string
	maps       string
}

func (o *growthFlags) declare(flags *pflag.FlagSet) {
	flags.IntVar(&o.iterations, "iterations", 0, "the program did its work `N` times between two heaps: show rates")
	flags.IntVar(&o.minimum, "min-count", 0, "call a place growing from `N` more objects on (default: 10, or --iterations if that is less)")
	flags.StringVar(&o.maps, "source-map", "", "read the source maps in `DIR`: places and names as they were before the program was bundled and minified")
	o.declareMasks(flags)
}

// declareMasks declares what also matters where only one heap is looked at.
func (o *growthFlags) declareMasks(flags *pflag.FlagSet) {
	flags.StringArrayVar(&o.masks, "mask", nil, "take what matches `REGEX` out of names that vary from run to run; may be repeated")
}

// options are what the flags ask for.
func (o *growthFlags) options(c *command, all bool) (*growth.Options, error) {
	switch {
	case o.iterations < 0:
		return nil, &usageError{command: c, what: fmt.Sprintf("--iterations=%d: nothing is done so often", o.iterations)}
	case o.minimum < 0:
		return nil, &usageError{command: c, what: fmt.Sprintf("--min-count=%d: there is no such number of objects", o.minimum)}
	}
	out := &growth.Options{Iterations: o.iterations, Minimum: o.minimum, All: all}
	for _, text := range o.masks {
		mask, err := regexp.Compile(text)
		if err != nil {
			return nil, &usageError{command: c, what: fmt.Sprintf("--mask=%s: %s", text, err)}
		}
		out.Masks = append(out.Masks, mask)
	}
	if o.maps != "" {
		maps, err := sourcemap.Open(o.maps)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, &usageError{command: c, what: "--source-map=" + o.maps + ": no such folder"}
		case errors.Is(err, sourcemap.ErrNone):
			return nil, &usageError{command: c, what: "--source-map: " + err.Error()}
		case err != nil:
			return nil, fmt.Errorf("--source-map: %w", err)
		}
		out.Maps = maps
	}
	return out, nil
}
