package live

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/live/inspector"
	"github.com/heapdiff/heapdiff/live/livetest"
	"github.com/heapdiff/heapdiff/live/trend"
	"github.com/heapdiff/heapdiff/report"
)

// find is the largest of a class that was found.
func (d *Diagnosis) find(class, name string) (size float64, count int) {
	for _, c := range d.Biggest {
		for _, top := range c.Top {
			if c.Class == class && top.Name == name && top.Size > size {
				size, count = top.Size, top.Count
			}
		}
	}
	return size, count
}

// TestDiagnoseNode holds that what a server keeps is found without a snapshot, and
// its class named.
func TestDiagnoseNode(t *testing.T) {
	for kind, want := range map[string]struct {
		times       int
		class       string
		held, named string
		size        float64
	}{
		"clean":     {1, "none", "", "", 0},
		"objects":   {5, "none", "Map", "LeakyCache", 8000},
		"buffers":   {70, "buffer", "ArrayBuffer", "ArrayBuffer", 1 << 20},
		"sockets":   {60, "resource", "", "", 0},
		"timers":    {60, "resource", "", "", 0},
		"listeners": {5, "object", "EventEmitter", "EventEmitter", 500},
	} {
		t.Run(kind, func(t *testing.T) {
			s := startNode(t, kind, inspected0)
			s.ask(t, want.times)
			var done acts
			var told []string
			d, err := Diagnose(within(t), s.target(t), DiagnoseOptions{Deep: true, Clock: &quickClock{now: begin}, Audit: done.audit, Tell: func(what string) {
				if len(done) > 0 {
					t.Errorf("%q is said afterwards", what)
				}
				told = append(told, what)
			}})
			if err != nil {
				t.Fatal(err)
			}
			if d.Pattern.Class != want.class {
				t.Errorf("class %q: %+v", d.Pattern.Class, d.Status.Current)
			}
			if size, count := d.find(want.held, want.named); want.held != "" && (size != want.size || count < 1) {
				t.Errorf("%v in %d; %+v", size, count, d.Biggest)
			}
			if len(told) != 1 || !strings.Contains(told[0], "will stand still 5 times, ") {
				t.Errorf("before it was said %q", told)
			}
			if len(done) != 1 || len(d.Notes) > 0 && kind != "buffers" {
				t.Errorf("acts %q, notes %q", done, d.Notes)
			}
			for _, f := range report.Formats() {
				var text bytes.Buffer
				if f.Name == "json" {
					continue // the command writes the value itself
				}
				if err := f.Write(&text, d.Document(report.Options{})); err != nil || !strings.Contains(text.String(), "heapdiff watch") {
					t.Errorf("%s: %v\n%s", f.Name, err, text.String())
				}
			}
			// The answer names the session's address nowhere.
			if page := s.target(t).Page; page.ID != "" {
				var text bytes.Buffer
				report.Formats()[0].Write(&text, d.Document(report.Options{All: true}))
				if strings.Contains(text.String(), page.ID) {
					t.Error("the report holds the inspector's id")
				}
			}
		})
	}
}

// TestDiagnoseOutside holds that a program that cannot be looked into is not said
// to be well.
func TestDiagnoseOutside(t *testing.T) {
	s := startNode(t, "clean")
	d, err := Diagnose(within(t), s.target(t), DiagnoseOptions{Clock: &quickClock{now: begin}})
	if err != nil || d.Pattern.Class != "unknown" || len(d.Notes) != 1 || !strings.HasSuffix(d.Notes[0], "; --activate would tell more") {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestDiagnoseLimits holds that objects are not looked at if that was not wanted, and
// that all is not said to be well then.
func TestDiagnoseLimits(t *testing.T) {
	s := startNode(t, "clean", inspected0)
	var done acts
	d, err := Diagnose(within(t), s.target(t), DiagnoseOptions{Clock: &quickClock{now: begin}, Audit: done.audit, Shallow: true})
	if err != nil || len(done) != 0 || len(d.Biggest) != 0 || len(d.Notes) != 1 || d.Pattern.Class != "unknown" {
		t.Errorf("%+v, %v, %q", d, err, done)
	}
}

// TestDiagnoseClosed holds that there is no verdict if the inspector closes meanwhile.
func TestDiagnoseClosed(t *testing.T) {
	s := startNode(t, "clean", "--inspect-port=0")
	target := s.target(t)
	var done acts
	undo, err := Activate(within(t), target, func(string) {}, done.audit)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Diagnose(within(t), target, DiagnoseOptions{Deep: true, Clock: &quickClock{now: begin}, Audit: done.audit, Tell: func(string) { undo() }})
	if d != nil || !errors.Is(err, inspector.ErrClosed) {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestGCLogNodes reads what each version of Node writes.
func TestGCLogNodes(t *testing.T) {
	const leak = `const held = []; for (let i = 0; i < 400000; i++) { held.push({ i, text: 'x' + i }); if (i % 40000 === 0) gc(); }`
	for _, major := range livetest.Majors() {
		t.Run(major, func(t *testing.T) {
			binary := livetest.NodeBinary(t, major)
			t.Parallel()
			out, err := exec.CommandContext(within(t), binary, "--trace-gc", "--trace-gc-verbose", "--expose-gc", "-e", leak).Output()
			if err != nil {
				t.Fatal(err)
			}
			l, err := ReadGCLog(bytes.NewReader(append([]byte("some other line\n"), out...)))
			if err != nil {
				t.Fatalf("%v\n%.2000s", err, out)
			}
			if l.Runtime != Node || l.Major.Count < 8 || l.Minor.Count == 0 || l.End <= l.Start || l.Major.Max < l.Major.Median || l.LastShare <= 0 {
				t.Errorf("%+v", l)
			}
		})
	}
}

// TestGCLogGo reads what Go itself writes.
func TestGCLogGo(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "main.go")
	text := "package main\nimport \"runtime\"\nvar held [][]byte\nfunc main() { for range 20 { held = append(held, make([]byte, 1<<20)); runtime.GC() } }\n"
	if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(within(t), "go", "build", "-o", filepath.Join(dir, "leak"), source)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := exec.CommandContext(within(t), filepath.Join(dir, "leak"))
	run.Env = append(os.Environ(), "GODEBUG=gctrace=1")
	var trace bytes.Buffer
	run.Stderr = &trace
	if err := run.Run(); err != nil {
		t.Fatal(err)
	}
	l, err := ReadGCLog(&trace)
	if err != nil {
		t.Fatal(err)
	}
	if l.Runtime != Go || l.Major.Count < 18 || l.End < 17<<20 {
		t.Errorf("%+v", l)
	}
}

// TestGCLogLongLine holds that a line of any length is passed over, not held.
func TestGCLogLongLine(t *testing.T) {
	const rest = "\ngc 1 @0.1s 2%: 0.026+0.39+0.10 ms clock, 0.21+0.88/0.52/0+0.84 ms cpu, 4->4->2 MB, 5 MB goal\n"
	const length = 32 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	l, err := ReadGCLog(io.MultiReader(io.LimitReader(endless{}, length), strings.NewReader(rest)))
	runtime.ReadMemStats(&after)
	if err != nil || l.Major.Count != 1 {
		t.Errorf("%+v, %v", l, err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > length/8 {
		t.Errorf("%d bytes were allocated for a line", took)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestGCLogVerdict holds the leak rule over an hour of collections, and that a log
// of something else is told as such.
func TestGCLogVerdict(t *testing.T) {
	var log strings.Builder
	for minute := range 70 {
		left := 100 + 2*minute
		log.WriteString("app | [4711:0x5f0] " + ms(minute) + " ms: Scavenge 90.1 (140.1) -> 88.3 (141.0) MB, 1.50 / 0.00 ms  (average mu = 0.989, current mu = 0.990) task;\n")
		log.WriteString("app | [4711:0x5f0] " + ms(minute) + " ms: Mark-Compact " + num(left+20) + " (240.1) -> " + num(left) + " (241.0) MB, pooled: 0 MB, 12.50 / 0.00 ms  (average mu = 0.989, current mu = 0.250) allocation failure; scavenge might not succeed\n")
	}
	l, err := ReadGCLog(strings.NewReader(log.String()))
	if err != nil {
		t.Fatal(err)
	}
	if l.Verdict.State != trend.Leaking || l.Major.Count != 70 || l.Minor.Count != 70 || l.Failures != 70 || l.LastShare != 0.25 || l.Major.Median != 12500*time.Microsecond || l.Start != 100<<20 {
		t.Errorf("%+v, %s", l, l.Text)
	}
	if slope := l.Verdict.Evidence.Slope / (1 << 20); slope < 1.9 || slope > 2.1 {
		t.Errorf("slope %v MiB/min", slope)
	}
	if _, err := ReadGCLog(strings.NewReader("hello\n")); !errors.As(err, new(GCLogError)) {
		t.Errorf("%v", err)
	}
}

func ms(minute int) string { return num(minute*60_000 + 1) }

func num(n int) string { return strconv.Itoa(n) }
