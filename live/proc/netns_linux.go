package proc

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// Dial connects to an address as the process sees it: in its network namespace, if
// that is another than ours, for which root's rights are needed.
func (p *Process) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if !p.Isolated("net") {
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
	type answer struct {
		conn net.Conn
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		// The thread is never given back: it is in the wrong namespace, and ends with
		// this goroutine.
		runtime.LockOSThread()
		ns, err := os.Open(p.path("ns/net"))
		if err != nil {
			done <- answer{nil, err}
			return
		}
		defer ns.Close()
		if err := unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- answer{nil, fmt.Errorf("process %d has a network of its own, which needs root's rights to enter: %w", p.PID, err)}
			return
		}
		// One address, so that the dialer stays on this thread.
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		done <- answer{conn, err}
	}()
	a := <-done
	return a.conn, a.err
}
