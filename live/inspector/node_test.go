package inspector_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/url"
	"os/exec"
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/live/inspector"
)

// started is a process of testdata/live/server.cjs.
type started struct {
	cmd  *exec.Cmd
	port int
	addr string // of its inspector
}

// startNode starts the server with its inspector open. It ends with the test.
func startNode(t *testing.T, kind string) *started {
	t.Helper()
	cmd := exec.Command("node", "--inspect=127.0.0.1:0", "../../testdata/live/server.cjs", kind)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	var said struct {
		Port      int
		Inspector string
	}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &said)
	}
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	u, err := url.Parse(said.Inspector)
	if err != nil {
		t.Fatal(err)
	}
	return &started{cmd, said.Port, u.Host}
}

// within bounds what a test waits for what must come.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// connect is a session with the server.
func connect(t *testing.T, addr string) *inspector.Session {
	t.Helper()
	ctx := within(t)
	pages, err := inspector.List(ctx, addr, nil)
	if err != nil || len(pages) != 1 {
		t.Fatalf("%v, %v", pages, err)
	}
	s, err := inspector.Dial(ctx, pages[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
