package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/heapdiff/heapdiff/live/inspector"
	"github.com/heapdiff/heapdiff/live/proc"
)

// Audit is told of each act that touches a program: what was done, and for how long
// the program stood still, which is 0 if it did not.
type Audit func(what string, pause time.Duration)

// Activate opens the inspector of a Node program that has none, with SIGUSR1, and
// fills in the target. It refuses where the signal would kill, else tells what it is
// going to do. The caller runs what it returns, which closes what was opened.
func Activate(ctx context.Context, t *Target, tell func(string), audit Audit) (undo func(), err error) {
	nothing := func() {}
	if t.Inspector != "" {
		return nothing, nil
	}
	p := t.Process
	switch {
	case p != nil && p.Exe == "":
		return nothing, notTold(t)
	case p == nil || t.Kind != Node:
		return nothing, &TargetError{t.ID(), "only Node's inspector can be opened from outside", "start it with its inspector or pprof open"}
	case !ready(ctx, p):
		return nothing, &TargetError{t.ID(), "does not take SIGUSR1, which would kill it (--disable-sigusr1 or --permission)", "start it with --inspect=127.0.0.1:0"}
	}
	before := map[string]bool{}
	for _, l := range p.Listens() {
		before[reachable(l)] = true
	}
	if !p.Same() {
		return nothing, &TargetError{t.ID(), "ended meanwhile", ""}
	}
	tell(fmt.Sprintf("opening the inspector of process %d with SIGUSR1; it listens on this machine only, and lets in whoever is on it", p.PID))
	if err := syscall.Kill(p.PID, syscall.SIGUSR1); err != nil {
		return nothing, &TargetError{t.ID(), "cannot be sent SIGUSR1: " + err.Error(), asItsUser}
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
		t.ID(), "was sent SIGUSR1 and opened no inspector within 5 s: its port, 9229, may be taken, or the program uses the signal itself, or is busy and opens it later",
		"NODE_OPTIONS=--inspect-port=0 lets it take any port; heapdiff ps shows whether it is open",
	}
}

// asItsUser is what to try with what others run.
const asItsUser = "run heapdiff as the program's user, or as root"

// notTold is the error for a process of which the system does not say what it runs.
func notTold(t *Target) error {
	if os.Geteuid() == 0 {
		return &TargetError{t.ID(), "the system does not tell what it runs, not even to root", "heapdiff ps lists what can be looked at"}
	}
	return &TargetError{t.ID(), "is another user's: what it runs is not told", asItsUser}
}

// ready says whether a Node takes the signal; one that has just started is given a
// moment.
func ready(ctx context.Context, p *proc.Process) bool {
	const wait, step = 2 * time.Second, 20 * time.Millisecond
	ticks := time.NewTicker(step)
	defer ticks.Stop()
	for range int(wait / step) {
		if p.CatchesUSR1() || ctx.Err() != nil || !p.Same() {
			break
		}
		<-ticks.C
	}
	return p.CatchesUSR1()
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
				t.activated = true
				return true
			}
		}
		<-ticks.C
	}
	return false
}

// closing is how long a program has to close its inspector.
const closing = 3 * time.Second

// deactivate closes the inspector, also after Ctrl-C, and returns when it is closed:
// who looks next must not find it closing. A program in the middle of a snapshot
// takes the connection and the order to close, and follows it once it moves on.
func (t *Target) deactivate(audit Audit) {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	ticks := time.NewTicker(20 * time.Millisecond)
	defer ticks.Stop()
	var err error
	for tick := 0; t.listens() && ctx.Err() == nil; tick++ {
		if tick%10 == 0 { // again: what opens it may come late
			err = t.orderClosed(ctx)
		}
		<-ticks.C
	}
	switch {
	case !t.Process.Same():
		audit(fmt.Sprintf("process %d is gone, and its inspector with it", t.PID()), 0)
	case !t.listens():
		audit(fmt.Sprintf("closed the inspector of %d again", t.PID()), 0)
	case errors.Is(err, context.DeadlineExceeded):
		audit(fmt.Sprintf("the inspector of %d closes as soon as the program moves on", t.PID()), 0)
	default:
		audit(fmt.Sprintf("could not close the inspector of %d at %s: %v", t.PID(), t.Inspector, err), 0)
	}
}

// listens says whether the inspector's port is open, and the program's.
func (t *Target) listens() bool {
	return slices.ContainsFunc(t.Process.Listens(), func(l net.TCPAddr) bool { return reachable(l) == t.Inspector })
}

// orderClosed has the program close its inspector, and holds the connection until it
// is cut: Node crashes if a session ends while its inspector closes.
func (t *Target) orderClosed(ctx context.Context) error {
	pages, err := inspector.List(ctx, t.Inspector, t.dial())
	if err != nil || len(pages) == 0 {
		return cmp.Or(err, errNoPage)
	}
	s, err := inspector.Dial(ctx, pages[0], t.dial())
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Evaluate(ctx, closeScript, time.Second, nil); err != nil && !errors.Is(err, inspector.ErrClosed) {
		return err
	}
	select {
	case <-s.Done():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

var errNoPage = errors.New("it lists nothing")
