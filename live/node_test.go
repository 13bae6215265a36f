package live

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/live/livetest"
)

// server is a program that was started for a test.
type server struct{ *livetest.Program }

// startNode starts testdata/live/server.cjs, which leaks as kind says with each
// request.
func startNode(t *testing.T, kind string, flags ...string) *server {
	t.Helper()
	return &server{livetest.Node(t, "node", "server.cjs", kind, flags...)}
}

const inspected0 = livetest.Inspected

func (s *server) ask(t *testing.T, times int) {
	t.Helper()
	s.Ask(t, times)
}

// poke has the server work, and waits for no answer.
func (s *server) poke() { go http.Get(fmt.Sprintf("http://127.0.0.1:%d/", s.Port)) }

// target finds the server as a user would.
func (s *server) target(t *testing.T) *Target {
	t.Helper()
	target, err := Resolve(within(t), s.PID())
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// within bounds what a test waits for what must come.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// acts collects what touched a program.
type acts []string

func (a *acts) audit(what string, _ time.Duration) { *a = append(*a, what) }

// TestAddCounts holds that a worker may count what the main isolate does not tell.
func TestAddCounts(t *testing.T) {
	told := map[string]int{"Socket": 2}
	sum := addCounts(addCounts(nil, told), map[string]int{"Socket": 1, "Timer": 4})
	if !maps.Equal(sum, map[string]int{"Socket": 3, "Timer": 4}) || told["Socket"] != 2 {
		t.Errorf("%v of %v", sum, told)
	}
}
