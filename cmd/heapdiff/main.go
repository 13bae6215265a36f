// Command heapdiff compares heap snapshots: what grew, who holds it, by how much.
//
// This package knows flags, the terminal and exit codes, and nothing of heaps:
// one file a command, a table of commands, and run, which is a function from
// arguments to an exit code.
package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/heapdiff/heapdiff/internal/crew"
)

func main() {
	// Who stops reading our output, such as head, gets an error and not a signal:
	// temporary files are then removed, too.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second Ctrl-C kills
	os.Exit(run(ctx, os.Args[1:], system()))
}

// Exit codes. 1 belongs to commands that judge.
const (
	exitDone        = 0
	exitUsage       = 2   // wrong flags or arguments; nothing was read
	exitUnreadable  = 3   // an input or output failed, or this program did
	exitBudget      = 4   // it would take more memory than may be used; nothing was done
	exitInterrupted = 130 // by a signal, as shells count
)

// grace is how long work has to end by itself once it is interrupted. Most does
// at once; a pass over a graph of millions of nodes looks up only when it is done.
const grace = 500 * time.Millisecond

// closing is how long what is owed, such as to close what was opened in other
// programs, may take once the grace is over.
const closing = 10 * time.Second

// run is the whole program: it returns the exit code.
func run(ctx context.Context, args []string, w world) (code int) {
	done := make(chan error, 1)
	w.owed = new(sync.WaitGroup)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				if w.getenv("HEAPDIFF_DEBUG") != "" {
					if b, ok := p.(*crew.Broken); ok {
						_, _ = w.stderr.Write(b.Trace)
					}
					panic(p)
				}
				done <- &internalError{p}
			}
		}()
		done <- dispatch(ctx, args, w)
	}()
	select {
	case err := <-done:
		return w.report(ctx, err)
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return w.report(ctx, err)
	case <-time.After(grace):
	}
	closed := make(chan struct{})
	go func() {
		w.owed.Wait()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(closing):
	}
	return w.report(ctx, ctx.Err())
}
