package live

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/heapdiff/heapdiff/live/inspector"
)

// Audit is told of each act that touches a program: what was done, and for how long
// the program stood still, which is 0 if it did not.
type Audit func(what string, pause time.Duration)

// Activate opens the inspector of a Node program that has none, with SIGUSR1, and
// fills in the target. It refuses where the signal would kill. The caller runs
// what it returns, which closes what was opened.
func Activate(ctx context.Context, t *Target, audit Audit) (undo func(), err error) {
	nothing := func() {}
	if t.Inspector != "" {
		return nothing, nil
	}
	p := t.Process
	switch {
	case p == nil || t.Kind != Node:
		return nothing, &TargetError{t.ID(), "only Node's inspector can be opened from outside", "start it with its inspector or pprof open"}
	case !p.CatchesUSR1():
		return nothing, &TargetError{t.ID(), "does not take SIGUSR1, which would kill it (--disable-sigusr1, --permission, or just started)", "start it with --inspect=127.0.0.1:0"}
	}
	before := map[string]bool{}
	for _, l := range p.Listens() {
		before[reachable(l)] = true
	}
	if !p.Same() {
		return nothing, &TargetError{t.ID(), "ended meanwhile", ""}
	}
	if err := syscall.Kill(p.PID, syscall.SIGUSR1); err != nil {
		return nothing, &TargetError{t.ID(), "cannot be sent SIGUSR1: " + err.Error(), "run heapdiff as the user of the program"}
	}
	audit(fmt.Sprintf("sent SIGUSR1 to %d, which opens its inspector", p.PID), 0)
	// What the signal opens must be found to be closed again, even if this is
	// interrupted meanwhile.
	if t.awaitInspector(context.WithoutCancel(ctx), before) {
		undo = func() { t.deactivate(audit) }
		if ctx.Err() != nil {
			undo()
			return nothing, ctx.Err()
		}
		return undo, nil
	}
	return nothing, &TargetError{
		t.ID(), "was sent SIGUSR1 and opened no inspector: its port, 9229, may be taken, or the program uses the signal itself",
		"NODE_OPTIONS=--inspect-port=0 lets it take any port",
	}
}

// awaitInspector waits a while for a port that was not there before to be one.
func (t *Target) awaitInspector(ctx context.Context, before map[string]bool) bool {
	const wait, step = 5 * time.Second, 20 * time.Millisecond
	ticks := time.NewTicker(step)
	defer ticks.Stop()
	for range int(wait / step) {
		for _, l := range t.Process.Listens() {
			addr := reachable(l)
			if before[addr] {
				continue
			}
			if found, err := inspected(ctx, t, addr); err == nil && len(found) > 0 {
				*t = *found[0]
				return true
			}
		}
		<-ticks.C
	}
	return false
}

// deactivate closes the inspector, also after Ctrl-C. A program in the middle of a
// snapshot takes the connection and the order to close, and follows it once it
// moves on.
func (t *Target) deactivate(audit Audit) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	s, err := inspector.Dial(ctx, t.Page, t.dial())
	if err == nil {
		err = s.Evaluate(ctx, closeScript, time.Second, nil)
		s.Close()
	}
	switch {
	case err == nil:
		audit(fmt.Sprintf("closed the inspector of %d again", t.PID()), 0)
	case s != nil && errors.Is(err, context.DeadlineExceeded):
		audit(fmt.Sprintf("the inspector of %d closes as soon as the program moves on", t.PID()), 0)
	case !t.Process.Same():
		audit(fmt.Sprintf("process %d is gone, and its inspector with it", t.PID()), 0)
	default:
		audit(fmt.Sprintf("could not close the inspector of %d at %s: %v", t.PID(), t.Inspector, err), 0)
	}
}
