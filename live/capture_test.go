package live

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/live/inspector"
	"github.com/heapdiff/heapdiff/live/livetest"
	"github.com/heapdiff/heapdiff/parse"
)

func options(path string, form Form) CaptureOptions {
	return CaptureOptions{
		Path: path, Form: form, For: time.Millisecond,
		Wait:     func(context.Context, time.Duration) error { return nil },
		Progress: func(string, int64, int64) {}, Audit: func(string, time.Duration) {},
	}
}

// capture opens a target for one capture.
func capture(t *testing.T, target *Target, o CaptureOptions) (*Captured, error) {
	source, err := Open(within(t), target)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	return Capture(within(t), target, source, o)
}

func load(t *testing.T, path string) *parse.Heap {
	t.Helper()
	src, err := input.Open(t.Context(), path, input.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	h, err := parse.Load(t.Context(), src, parse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestCapture takes snapshots of each form, packed and not.
func TestCapture(t *testing.T) {
	target := startNode(t, "clean", inspected0).target(t)
	dir := t.TempDir()
	for name, form := range map[string]Form{
		"a.heapsnapshot": Heap, "b.heapsnapshot.gz": Heap, "c.heapsnapshot.zst": Heap, "d.heaptimeline": Timeline, "e.heapprofile": Sampling,
	} {
		path := filepath.Join(dir, name)
		done, err := capture(t, target, options(path, form))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		info, err := os.Lstat(path)
		if err != nil || info.Mode() != 0o600 || info.Size() != done.Size {
			t.Errorf("%s: %v, %v, %+v", name, info.Mode(), err, done)
		}
		if h := load(t, path); form != Sampling && h.NumNodes() < 10_000 {
			t.Errorf("%s has %d nodes", name, h.NumNodes())
		}
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 5 {
		t.Errorf("files are %v", entries)
	}
}

// TestActivate opens the inspector of a program that has none, and closes it.
func TestActivate(t *testing.T) {
	s := startNode(t, "clean", "--inspect-port=0")
	target := s.target(t)
	if target.Inspector != "" || target.Reach() != "--activate, or /proc" {
		t.Fatalf("%+v", target)
	}
	var done acts
	undo, err := Activate(within(t), target, func(string) {}, done.audit)
	if err != nil {
		t.Fatal(err)
	}
	if target.Inspector == "" || s.target(t).Inspector == "" {
		t.Errorf("no inspector: %+v", target)
	}
	undo()
	// At once: who looks next must not find it closing.
	if s.target(t).Inspector != "" || len(done) != 2 || !strings.HasPrefix(done[1], "closed the inspector") {
		t.Errorf("the inspector stays open; %q", done)
	}
}

// TestActivateRefused holds that what would die of the signal is not sent it, nor told
// to be, and that nobody is led there.
func TestActivateRefused(t *testing.T) {
	tell := func(what string) { t.Errorf("it is told %q", what) }
	s := startNode(t, "clean")
	target := s.target(t)
	target.Kind = Unknown
	if _, err := Activate(within(t), target, tell, nil); err == nil {
		t.Error("a process that is not Node is sent the signal")
	}
	deaf := (&server{livetest.Node(t, livetest.NodeBinary(t, "24"), "server.cjs", "clean", "--disable-sigusr1")}).target(t)
	if _, err := Activate(within(t), deaf, tell, nil); err == nil {
		t.Error("one that does not take the signal is sent it")
	}
	_, err := capture(t, deaf, options(filepath.Join(t.TempDir(), "a.heapsnapshot"), Heap))
	if refused := new(TargetError); !errors.As(err, &refused) || !strings.Contains(refused.Try, "--inspect=127.0.0.1:0") {
		t.Errorf("%v", err)
	}
}

// TestCaptureRefused holds what is refused, and that nothing is left behind.
func TestCaptureRefused(t *testing.T) {
	target := startNode(t, "clean", inspected0).target(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "a.heapsnapshot")
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.Symlink(victim, path); err != nil {
		t.Fatal(err)
	}
	if _, err := capture(t, target, options(path, Heap)); err == nil {
		t.Error("a link is written through")
	}
	os.Remove(path)
	if err := os.WriteFile(path+".partial", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := capture(t, target, options(path, Heap)); err == nil {
		t.Error("the file of another capture is written to")
	}
	os.Remove(path + ".partial")
	if _, err := capture(t, target, options(path, Goroutine)); err == nil {
		t.Error("Node has goroutines")
	}
	full := options(path, Heap)
	full.Filter = func(io.Writer) (io.WriteCloser, error) { return failing{}, nil }
	if _, err := capture(t, target, full); !errors.Is(err, errDisk) {
		t.Errorf("a full disk is %v", err)
	}
	if _, err := capture(t, target, options(filepath.Join(dir, "no", "a"), Heap)); err == nil {
		t.Error("a folder that is not there takes a file")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

// TestCaptureDies holds that a program that dies in the middle leaves no file.
func TestCaptureDies(t *testing.T) {
	s := startNode(t, "clean", inspected0)
	target := s.target(t)
	dir := t.TempDir()
	o := options(filepath.Join(dir, "a.heapsnapshot.zst"), Heap)
	o.Progress = func(phase string, done, _ int64) {
		if phase == "writing" && done > 0 {
			s.Cmd.Process.Kill()
		}
	}
	if _, err := capture(t, target, o); !errors.Is(err, inspector.ErrClosed) {
		t.Errorf("%v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

// TestSecondDebugger holds that a program that another debugger has stopped is
// looked at all the same.
func TestSecondDebugger(t *testing.T) {
	s := startNode(t, "clean", inspected0)
	target := s.target(t)
	other, err := inspector.Dial(within(t), target.Page, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	stopped := make(chan struct{}, 1)
	other.On("Debugger.paused", func([]byte) { stopped <- struct{}{} })
	for _, method := range []string{"Debugger.enable", "Debugger.pause"} {
		if err := other.Call(within(t), method, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	s.poke() // so that there is something to stop
	select {
	case <-stopped:
	case <-within(t).Done():
		t.Fatal("the other debugger does not stop it")
	}
	path := filepath.Join(t.TempDir(), "a.heapsnapshot")
	if _, err := capture(t, target, options(path, Heap)); err != nil {
		t.Fatal(err)
	}
	if h := load(t, path); h.NumNodes() < 10_000 {
		t.Errorf("%d nodes", h.NumNodes())
	}
}

var errDisk = errors.New("no space left on device")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errDisk }
func (failing) Close() error              { return nil }

// TestCost holds the prediction: it follows nodes, and says when there is no room.
func TestCost(t *testing.T) {
	s := &Sample{
		Version: "v20.1.0", HeapUsed: 105 << 20, Memory: 1 << 30, MemoryLimit: 2 << 30, Container: true,
		Spaces: []Space{{"large_object_space", 5 << 20, 5 << 20}},
	}
	c := CostOf(s)
	if c.Nodes < 2.6e6 || c.Nodes > 2.9e6 || c.Extra < 1.0e9 || c.Extra > 1.3e9 || c.Pause < 10*time.Second || c.Pause > 12*time.Second {
		t.Errorf("%+v", c)
	}
	if c.Room != 1<<30 || c.Where != "its container" || c.Extra < c.Room {
		t.Errorf("%+v", c)
	}
	if c := CostOf(&Sample{HeapUsed: 1 << 20}); c.Room != math.MaxUint64 {
		t.Errorf("room is %d where none is known", c.Room)
	}
}

// TestRedact takes a snapshot with a secret, and none after.
func TestRedact(t *testing.T) {
	s := startNode(t, "objects", inspected0)
	target := s.target(t)
	source, err := Open(within(t), target)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()

	if err := session(source).Evaluate(within(t), "globalThis.a = ['hunter2 \"quoted\" \\\\ back' + process.pid, 'hunter2 \"quoted\" \\\\ back' + process.pid], globalThis.keptName = {}", time.Second, nil); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain.heapsnapshot")
	if _, err := capture(t, target, options(plain, Heap)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(plain)
	if err != nil || !strings.Contains(string(text), `hunter2 \"quoted\"`) {
		t.Fatalf("the secret is not in the snapshot: %v", err)
	}
	redacted := filepath.Join(dir, "redacted.heapsnapshot")
	if err := redactFile(t, redacted, bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	clean, err := os.ReadFile(redacted)
	if err != nil {
		t.Fatal(err)
	}
	// The expression that made it is a script, whose source is a value as well.
	if bytes.Contains(clean, []byte("hunter2")) || !bytes.Contains(clean, []byte(`"keptName"`)) || !bytes.Contains(clean, []byte("<str len=")) {
		at := bytes.Index(clean, []byte("hunter2"))
		t.Errorf("the secret is still there, or a name is not: %.300q", clean[max(0, at-100):])
	}
	before, after := load(t, plain), load(t, redacted)
	if before.NumNodes() != after.NumNodes() || before.NumEdges() != after.NumEdges() {
		t.Errorf("the graph changed: %d and %d nodes", before.NumNodes(), after.NumNodes())
	}
	for _, bad := range []string{"", "{", `{"snapshot":{},"nodes":[1,2],"strings":[]}`, string(text[:len(text)/2])} {
		if err := redactFile(t, filepath.Join(dir, "bad"), strings.NewReader(bad)); err == nil {
			t.Errorf("%.40q is redacted", bad)
		}
	}
}
