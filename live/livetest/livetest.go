// Package livetest starts the real programs that tests of the live side look at:
// Node in each version, Deno, Chromium, a server in Go. They end with the test, and
// a test that dies takes them along.
//
// Node and Deno are looked for in the folder that HEAPDIFF_NODES names, else in
// .ci-installed/nodes, where .ci/run puts them: VERSION/bin/node, deno/bin/deno.
package livetest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Majors are the versions of Node that are tried.
func Majors() []string { return []string{"18", "20", "22", "24", "26"} }

// root is where the module begins.
func root(t testing.TB) string {
	_, here, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("the tests' own source is not known")
	}
	return filepath.Join(filepath.Dir(here), "../..")
}

func installed(t testing.TB) string {
	if dir := os.Getenv("HEAPDIFF_NODES"); dir != "" {
		return dir
	}
	return filepath.Join(root(t), ".ci-installed/nodes")
}

// NodeBinary is a Node of a major version; the test is skipped where there is none.
// Of the version that is installed on the machine, that one will do.
func NodeBinary(t testing.TB, major string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(installed(t), major+".*", "bin/node"))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) > 0 {
		return found[len(found)-1]
	}
	if out, err := exec.Command("node", "--version").Output(); err == nil && strings.HasPrefix(string(out), "v"+major+".") {
		return "node"
	}
	t.Skipf("there is no Node %s: .ci/run install puts it into .ci-installed", major)
	return ""
}

// Program is one that was started.
type Program struct {
	Cmd  *exec.Cmd
	Port int    // of its own server, if it has one
	Said string // its first line

	client http.Client // reaches its server
	stdin  io.Closer
}

// PID is the process's number, as text.
func (p *Program) PID() string { return fmt.Sprint(p.Cmd.Process.Pid) }

// End has it end by itself.
func (p *Program) End() { p.stdin.Close() }

// Ask has its server leak so many times.
func (p *Program) Ask(t testing.TB, times int) {
	t.Helper()
	resp, err := p.client.Get(fmt.Sprintf("http://127.0.0.1:%d/?times=%d", p.Port, times))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

// Start runs a command until the test is over, and waits for its first line.
func Start(t testing.TB, cmd *exec.Cmd) *Program {
	t.Helper()
	stdin, err := cmd.StdinPipe() // which ends if the test dies
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
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("%v says %q: %v", cmd.Args, line, err)
	}
	p := &Program{Cmd: cmd, Said: strings.TrimSpace(line), stdin: stdin}
	var said struct{ Port int }
	if json.Unmarshal([]byte(line), &said) == nil {
		p.Port = said.Port
	}
	go func() { // what else it says is not waited for
		for err == nil {
			_, err = lines.ReadString('\n')
		}
	}()
	return p
}

// Inspected has a Node open its inspector at any port.
const Inspected = "--inspect=127.0.0.1:0"

// Node starts testdata/live/server.cjs, or another server there, with a binary. It
// leaks as kind says with each request.
func Node(t testing.TB, binary, server, kind string, flags ...string) *Program {
	t.Helper()
	return Start(t, exec.Command(binary, append(flags, filepath.Join(root(t), "testdata/live", server), kind)...))
}

// Deno starts a server that leaks buffers; the test is skipped where there is none.
func Deno(t testing.TB) *Program {
	t.Helper()
	binary := filepath.Join(installed(t), "deno/bin/deno")
	if _, err := os.Stat(binary); err != nil {
		t.Skip("there is no Deno: .ci/run install puts it into .ci-installed")
	}
	return Start(t, exec.Command(binary, "run", "--allow-net", "--no-config", Inspected, filepath.Join(root(t), "testdata/live/server.deno.js")))
}

// Go builds, in an environment with these variables besides, and starts
// testdata/live/goserver. What it says is the address of its pprof.
func Go(t testing.TB, kind string, variables ...string) *Program {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "server")
	build := exec.Command("go", "build", "-o", binary, "./testdata/live/goserver")
	build.Dir = root(t)
	build.Env = append(os.Environ(), variables...)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p := Start(t, exec.Command(binary, kind))
	address := strings.TrimSuffix(p.Said, "/debug/pprof")
	fmt.Sscanf(address[strings.LastIndex(address, ":")+1:], "%d", &p.Port)
	return p
}

// Chromium opens a page and returns the address of its inspector; the test is
// skipped where there is no browser.
func Chromium(t testing.TB, page string) string {
	t.Helper()
	binary, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium")
	}
	dir := t.TempDir()
	cmd := exec.Command(binary, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--user-data-dir="+dir, "--remote-debugging-port=0", page)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt) // it ends its children, and writes into dir till then
		cmd.Wait()
	})
	const wait, step = 5 * time.Minute, 50 * time.Millisecond
	for range int(wait / step) {
		text, err := os.ReadFile(filepath.Join(dir, "DevToolsActivePort"))
		if port, _, ok := strings.Cut(string(text), "\n"); err == nil && ok {
			return "127.0.0.1:" + port
		}
		time.Sleep(step)
	}
	t.Fatal("chromium opens no port")
	return ""
}
