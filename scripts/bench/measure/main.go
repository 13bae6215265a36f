// Measure runs one command and appends what it cost to a file, or turns such a
// file into a Markdown table.
//
//	measure -o FILE -work NAME -tool NAME [-timeout 30m] -- COMMAND [ARG…]
//	measure -table FILE
//	measure -shapes FILE
//
// Cost is what the kernel counted for the whole process and the children it
// waited for: wall time, user and system CPU time, and the largest resident set
// of any one of them. A program starts with the resident set of its parent, so
// the peak is never below the few MiB of measure itself.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is main without the process around it; it returns the exit status: 0,
// 1 for a file that cannot be read or written, 2 for wrong usage. A measured
// command that fails is a result, not a failure.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("measure", flag.ContinueOnError)
	flags.SetOutput(stderr)
	out := flags.String("o", "", "append the result to `FILE`")
	work := flags.String("work", "", "`name` of the work")
	tool := flags.String("tool", "", "`name` of the tool")
	edges := flags.Int64("edges", 0, "edges in the input, for -shapes")
	timeout := flags.Duration("timeout", 30*time.Minute, "end the command after this `time`")
	table := flags.String("table", "", "print the results in `FILE` as a table, a line a tool")
	shapes := flags.String("shapes", "", "print the results in `FILE` as a table, a line a shape beside its ordinary twin")
	if err := flags.Parse(args); err != nil {
		return 2
	}

	var err error
	switch {
	case *table != "":
		err = printFile(stdout, *table, printTools)
	case *shapes != "":
		err = printFile(stdout, *shapes, printShapes)
	case *out != "" && *work != "" && *tool != "" && flags.NArg() > 0:
		s := sample{work: *work, tool: *tool, edges: *edges}
		s.cost = measure(flags.Args(), *timeout, stderr)
		fmt.Fprintf(stderr, "%s\n", s)
		err = appendSample(*out, s)
	default:
		flags.Usage()
		return 2
	}
	if err != nil {
		fmt.Fprintf(stderr, "measure: %v\n", err)
		return 1
	}
	return 0
}

// measure runs the command to its end or the timeout. The command's standard
// output is discarded, so that no terminal slows it; its errors are shown.
func measure(command []string, timeout time.Duration, stderr io.Writer) cost {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stderr = stderr

	start := time.Now()
	err := cmd.Run()
	c := cost{wall: time.Since(start), status: "ok"}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		c.status = fmt.Sprintf("not done in %v", timeout)
	case errors.As(err, &exit):
		c.status = exit.ProcessState.String()
	case err != nil:
		c.status = err.Error()
	}
	if state := cmd.ProcessState; state != nil {
		c.cpu = state.UserTime() + state.SystemTime()
		c.peak = maxResident(state.SysUsage())
	}
	return c
}

// maxResident returns the largest resident set in bytes. Linux counts KiB.
func maxResident(usage any) int64 {
	rusage, ok := usage.(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return rusage.Maxrss
	}
	return rusage.Maxrss * 1024
}
