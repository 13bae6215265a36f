// Ranking measures what the ranking of growth adds to a comparison: it compares
// two heaps with it and without, in turns and each time in a process of its own,
// and prints the medians.
//
//	go run ./scripts/bench/ranking [-n RUNS] BEFORE AFTER
//
// Processor time is what to look at where other programs run beside it.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/internal/budget"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "ranking:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("ranking", flag.ContinueOnError)
	runs := flags.Int("n", 5, "how often each is `run`")
	once := flags.String("once", "", "compare once, `with` or without: for this program's own use")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 2 || *runs < 1 {
		flags.Usage()
		return flag.ErrHelp
	}
	if *once != "" {
		return compare(flags.Arg(0), flags.Arg(1), *once == "with")
	}
	costs := map[string][]cost{}
	for range *runs {
		for _, way := range []string{"without", "with"} {
			c, err := measure(way, flags.Args())
			if err != nil {
				return err
			}
			costs[way] = append(costs[way], c)
		}
	}
	report(out, costs["without"], costs["with"])
	return nil
}

// compare is what is measured.
func compare(before, after string, rank bool) error {
	o := diff.Options{}
	if rank {
		o.Ranking = &growth.Options{}
	}
	_, err := diff.Compare(context.Background(), open(before), open(after), o)
	return err
}

func open(path string) diff.Opener {
	return func(ctx context.Context, o parse.Options) (*parse.Heap, error) {
		src, err := input.Open(ctx, path, input.Options{})
		if err != nil {
			return nil, err
		}
		defer src.Close()
		o.Sized = func(nodes, edges int64) { budget.Prepare(parse.Need(nodes, edges), budget.Limit{}) } // as heapdiff itself does
		return parse.Load(ctx, src, o)
	}
}

// cost is what one run took.
type cost struct {
	wall, processor time.Duration
	peak            float64 // MiB
}

// measure runs this program again, as the kernel counts whole processes.
func measure(way string, files []string) (cost, error) {
	self, err := os.Executable()
	if err != nil {
		return cost{}, err
	}
	cmd := exec.Command(self, append([]string{"-once", way}, files...)...)
	cmd.Stderr = os.Stderr
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return cost{}, err
	}
	c := cost{wall: time.Since(began), processor: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.peak = float64(usage.Maxrss) / 1024
	}
	return c, nil
}

func report(out io.Writer, without, with []cost) {
	fmt.Fprintf(out, "| %d runs each | without | with | ranking adds |\n|---|---|---|---|\n", len(with))
	row := func(what, unit string, of func(cost) float64) {
		a, b := median(without, of), median(with, of)
		fmt.Fprintf(out, "| %s | %.2f %s | %.2f %s | %+.0f %% |\n", what, a, unit, b, unit, (b/a-1)*100)
	}
	row("time", "s", func(c cost) float64 { return c.wall.Seconds() })
	row("processor time", "s", func(c cost) float64 { return c.processor.Seconds() })
	row("peak memory", "MiB", func(c cost) float64 { return c.peak })
}

func median(costs []cost, of func(cost) float64) float64 {
	sorted := slices.SortedFunc(slices.Values(costs), func(a, b cost) int { return cmp.Compare(of(a), of(b)) })
	return of(sorted[len(sorted)/2])
}
