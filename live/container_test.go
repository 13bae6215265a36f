//go:build containers

package live

import (
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/live/livetest"
	"github.com/heapdiff/heapdiff/live/trend"
)

// TestContainerLimit watches a server that leaks buffers in a container, and holds
// that the time to the limit is to the container's, and right.
func TestContainerLimit(t *testing.T) {
	const limit = 400 << 20
	s := &server{livetest.Container(t, limit, "server.cjs", "buffers", "--inspect-port=0")}
	target := s.target(t)
	if target.Reach() != "--activate, or /proc" {
		t.Fatalf("%+v", target)
	}
	var done acts
	undo, err := Activate(within(t), target, func(string) {}, done.audit)
	if err != nil {
		t.Fatal(err)
	}
	s.ask(t, 3)
	const megabytes, minutes = 2, 3 // that leak each time
	st := hour(t, target, func() { s.ask(t, megabytes) })
	undo()
	verdict(t, st, "arraybuffers", "ArrayBuffer +")
	c := st.Current
	if !c.Container || c.MemoryLimit != limit || c.PID != s.Cmd.Process.Pid {
		t.Errorf("container %v, limit %d, process %d", c.Container, c.MemoryLimit, c.PID)
	}
	room := float64(c.MemoryLimit-c.Memory) / (1 << 20)
	want := time.Duration(room / megabytes * minutes * float64(time.Minute))
	if st.State < trend.Leaking || st.ToLimit < want*8/10 || st.ToLimit > want*12/10 {
		t.Errorf("%v, full in %v, want about %v", st.State, st.ToLimit, want)
	}
	if len(done) != 2 || s.target(t).Inspector != "" {
		t.Errorf("%q", done)
	}
}
