package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

type panicking struct{}

func (panicking) Write([]byte) (int, error) { panic("no\x1b[31mthing") }

// TestPanic holds that a mistake of ours is told as such, without a trace.
func TestPanic(t *testing.T) {
	var stderr bytes.Buffer
	w := world{stdout: panicking{}, stderr: &stderr, getenv: func(string) string { return "" }}
	if code := run(context.Background(), []string{"version"}, w); code != exitUnreadable {
		t.Errorf("exit code %d", code)
	}
	want := "heapdiff: internal error: no\uFFFD[31mthing\n  try: report it, with what heapdiff version says and what HEAPDIFF_DEBUG=1 adds\n"
	if stderr.String() != want {
		t.Errorf("got %q, want %q", stderr.String(), want)
	}
}

type blocked struct{ until chan struct{} }

func (b blocked) Write(p []byte) (int, error) {
	<-b.until
	return len(p), nil
}

// TestInterruptWhileBusy holds that Ctrl-C does not wait for work that does not
// look up.
func TestInterruptWhileBusy(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	until := make(chan struct{})
	defer close(until)
	var stderr bytes.Buffer
	w := world{stdout: blocked{until}, stderr: &stderr, getenv: func(string) string { return "" }}
	time.AfterFunc(10*time.Millisecond, cancel)
	if code := run(ctx, []string{"version"}, w); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	if stderr.String() != "heapdiff: interrupted\n" {
		t.Errorf("stderr is %q", stderr.String())
	}
}

// TestWriteFile holds that a file is written whole or left alone.
func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report.txt")
	full := errors.New("disk full")
	half := func(w io.Writer) error {
		if _, err := io.WriteString(w, strings.Repeat("half ", 100000)); err != nil {
			return err
		}
		return full
	}
	if err := writeFile(path, half); !errors.Is(err, full) {
		t.Errorf("error is %v", err)
	}
	only(t, dir)
	if err := writeFile(path, func(w io.Writer) error { _, err := io.WriteString(w, "old"); return err }); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(path, half); !errors.Is(err, full) {
		t.Errorf("error is %v", err)
	}
	only(t, dir, "report.txt")
	if text, err := os.ReadFile(path); err != nil || string(text) != "old" {
		t.Errorf("%q, %v", text, err)
	}
}

// only holds that dir has these files and no others.
func only(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("files are %v, want %v", got, want)
	}
}

func TestNearest(t *testing.T) {
	names := commandNames()
	for typed, want := range map[string]string{
		"inspct": "inspect", "compere": "compare", "node": "nodes", "retainer": "retainers", "hlep": "help",
		"x": "", "summary": "",
	} {
		if got := nearest(typed, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", typed, got, want)
		}
	}
}

func TestProgressStatus(t *testing.T) {
	for _, c := range []struct {
		p    *progress
		want string
	}{
		{&progress{phase: "dominators"}, "dominators"},
		{&progress{phase: "reading", done: 50e6, total: 200e6}, "reading  25.0%  100 MB/s"},
		{&progress{phase: "reading", done: 1 << 20, total: -1}, "reading  1.0 MiB  2.10 MB/s"},
	} {
		if got := c.p.status(500 * time.Millisecond); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// TestProgressLine holds that the line appears when work takes long, and is gone
// in the end.
func TestProgressLine(t *testing.T) {
	var quick bytes.Buffer
	slow := &signalled{written: make(chan struct{})}
	p := startProgress(&quick, true, false)
	p.of("file")("reading", 1, 2)
	p.stop()
	if quick.String() != "" {
		t.Errorf("short work says %q", quick.String())
	}
	p = startProgress(slow, true, false)
	p.of("fi\x1ble")("reading", 1, 2)
	<-slow.written
	p.stop()
	if got := slow.String(); !strings.HasPrefix(got, "\r\x1b[Kfi\uFFFDle: reading  50.0%") || !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("got %q", got)
	}
}

// signalled is written to by another goroutine, and says when it was.
type signalled struct {
	bytes.Buffer
	once    sync.Once
	written chan struct{}
}

func (s *signalled) Write(p []byte) (int, error) {
	defer s.once.Do(func() { close(s.written) })
	return s.Buffer.Write(p)
}
