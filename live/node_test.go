package live

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"testing"
	"time"
)

// server is a process of testdata/live/server.cjs.
type server struct {
	cmd  *exec.Cmd
	port int
}

// startNode starts the server, which leaks as kind says with each request. It ends
// with the test.
func startNode(t *testing.T, kind string, flags ...string) *server {
	t.Helper()
	cmd := exec.Command("node", append(flags, "../testdata/live/server.cjs", kind)...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	var said struct{ Port int }
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &said)
	}
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	return &server{cmd, said.Port}
}

const inspected0 = "--inspect=127.0.0.1:0"

func (s *server) pid() string { return fmt.Sprint(s.cmd.Process.Pid) }

// ask has the server leak so many times.
func (s *server) ask(t *testing.T, times int) {
	t.Helper()
	resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/?times=%d", s.port, times))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

// target finds the server as a user would.
func (s *server) target(t *testing.T) *Target {
	t.Helper()
	target, err := Resolve(within(t), s.pid())
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// within bounds what a test waits for what must come.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// acts collects what touched a program.
type acts []string

func (a *acts) audit(what string, _ time.Duration) { *a = append(*a, what) }
