// Command heapdiff compares heap snapshots: what grew, who holds it, by how much.
//
// This package knows flags, the terminal and exit codes, and nothing of heaps:
// one file a command, a table of commands, and run, which is a function from
// arguments to an exit code.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// Who stops reading our output, such as head, gets an error and not a signal:
	// temporary files are then removed, too.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second Ctrl-C kills
	os.Exit(run(ctx, os.Args[1:], system()))
}

// Exit codes. 1 and 4 belong to commands that judge and to budgets.
const (
	exitDone        = 0
	exitUsage       = 2   // wrong flags or arguments; nothing was read
	exitUnreadable  = 3   // an input or output failed, or this program did
	exitInterrupted = 130 // by a signal, as shells count
)

// run is the whole program: it returns the exit code.
func run(ctx context.Context, args []string, w world) (code int) {
	defer func() {
		if p := recover(); p != nil {
			if w.getenv("HEAPDIFF_DEBUG") != "" {
				panic(p)
			}
			fmt.Fprintf(w.stderr, "heapdiff: internal error: %s\n", printable(fmt.Sprint(p)))
			fmt.Fprintf(w.stderr, "  try: report it, with the version (heapdiff version) and what HEAPDIFF_DEBUG=1 adds\n")
			code = exitUnreadable
		}
	}()
	return w.report(ctx, dispatch(ctx, args, w))
}
