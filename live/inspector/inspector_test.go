package inspector_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/live/inspector"
	"github.com/heapdiff/heapdiff/parse"
)

// load reads a snapshot as heapdiff would.
func load(t *testing.T, text []byte) *parse.Heap {
	t.Helper()
	src, err := input.Open(t.Context(), "-", input.Options{Stdin: bytes.NewReader(text)})
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

func TestNode(t *testing.T) {
	s := connect(t, startNode(t, "listeners").addr)
	ctx := within(t)

	var version string
	if err := s.Evaluate(ctx, "process.version", time.Second, &version); err != nil || !strings.HasPrefix(version, "v") {
		t.Fatalf("%q, %v", version, err)
	}
	var thrown *inspector.ScriptError
	if err := s.Evaluate(ctx, "nothing.here", time.Second, nil); !errors.As(err, &thrown) || !strings.Contains(thrown.Text, "ReferenceError") {
		t.Errorf("an exception is %v", err)
	}
	if err := s.Evaluate(ctx, "(() => { for (;;); })()", 50*time.Millisecond, nil); err == nil {
		t.Error("an endless loop ends without an error")
	}
	var refused *inspector.Error
	if err := s.Call(ctx, "No.such", nil, nil); !errors.As(err, &refused) {
		t.Errorf("an unknown method is %v", err)
	}

	proto, err := s.Hold(ctx, "Map.prototype")
	if err != nil {
		t.Fatal(err)
	}
	all, err := proto.Instances(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	if err := all.Call(ctx, "function() { return this.map(o => o.constructor.name) }", &names); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(names, " "), "LeakyCache") {
		t.Errorf("maps are %v", names)
	}
	if err := s.ReleaseAll(ctx); err != nil {
		t.Error(err)
	}

	if _, err := s.CollectGarbage(ctx); err != nil {
		t.Error(err)
	}
	profile, err := s.Sampling(ctx, func(ctx context.Context) error {
		return s.Evaluate(ctx, "globalThis.sampled = Array.from({length: 1e5}, (_, i) => ({i})), 1", time.Second, nil)
	})
	var sampled struct {
		Head    json.RawMessage
		Samples []json.RawMessage
	}
	if err == nil {
		err = json.Unmarshal(profile, &sampled)
	}
	if err != nil || len(sampled.Samples) == 0 {
		t.Errorf("%d samples, %v", len(sampled.Samples), err)
	}
}

func TestSnapshot(t *testing.T) {
	s := connect(t, startNode(t, "clean").addr)
	ctx := within(t)
	var text bytes.Buffer
	last, whole := 0, 0
	size, took, err := s.Snapshot(ctx, &text, inspector.SnapshotOptions{Progress: func(done, total int) { last, whole = done, total }})
	if err != nil {
		t.Fatal(err)
	}
	if size != int64(text.Len()) || took <= 0 {
		t.Errorf("%d bytes of %d, in %v", size, text.Len(), took)
	}
	if last == 0 || last > whole {
		t.Errorf("progress ended at %d of %d", last, whole)
	}
	if h := load(t, text.Bytes()); h.NumNodes() < 10_000 {
		t.Errorf("%d nodes", h.NumNodes())
	}
	if err := s.StartTimeline(ctx); err != nil {
		t.Fatal(err)
	}
	text.Reset()
	if _, _, err := s.Timeline(ctx, &text, inspector.SnapshotOptions{}); err != nil {
		t.Fatal(err)
	}
	if h := load(t, text.Bytes()); h.NumNodes() < 10_000 {
		t.Errorf("%d nodes with a timeline", h.NumNodes())
	}
}

type full struct{ room int }

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// TestSnapshotDiskFull holds that a disk that fills up is an error at once, and
// that the session can still be used.
func TestSnapshotDiskFull(t *testing.T) {
	s := connect(t, startNode(t, "clean").addr)
	ctx := within(t)
	if _, _, err := s.Snapshot(ctx, &full{1 << 20}, inspector.SnapshotOptions{}); !errors.Is(err, errFull) {
		t.Errorf("error is %v", err)
	}
	var two int
	if err := s.Evaluate(ctx, "1 + 1", time.Second, &two); err != nil || two != 2 {
		t.Errorf("%d, %v", two, err)
	}
}

// TestDies holds that a process that dies in the middle is an error, not a wait. Its
// heap is larger than what can be under way.
func TestDies(t *testing.T) {
	server := startNode(t, "clean")
	s := connect(t, server.addr)
	ctx := within(t)
	if err := s.Evaluate(ctx, "globalThis.many = Array.from({ length: 500_000 }, (_, i) => ({ i })), 0", 30*time.Second, nil); err != nil {
		t.Fatal(err)
	}
	var once bool
	w := writer(func(p []byte) (int, error) {
		if !once {
			once = true
			server.cmd.Process.Kill()
			server.cmd.Wait()
		}
		return len(p), nil
	})
	if _, _, err := s.Snapshot(ctx, w, inspector.SnapshotOptions{}); !errors.Is(err, inspector.ErrClosed) {
		t.Errorf("error is %v", err)
	}
}

type writer func([]byte) (int, error)

func (f writer) Write(p []byte) (int, error) { return f(p) }

func TestWorkers(t *testing.T) {
	s := connect(t, startNode(t, "worker").addr)
	ctx := within(t)
	workers, err := s.Workers(ctx)
	if err != nil || len(workers) != 1 {
		t.Fatalf("%+v, %v", workers, err)
	}
	w := s.Worker(workers[0])
	var length int
	if err := w.Evaluate(ctx, "held.length", time.Second, &length); err != nil || length != 20000 {
		t.Errorf("%d, %v", length, err)
	}
	var text bytes.Buffer
	if _, _, err := w.Snapshot(ctx, &text, inspector.SnapshotOptions{}); err != nil {
		t.Fatal(err)
	}
	if h := load(t, text.Bytes()); h.NumNodes() < 20_000 {
		t.Errorf("%d nodes", h.NumNodes())
	}
}

// TestBlocked holds that a program that never returns to its loop is seen into.
func TestBlocked(t *testing.T) {
	s := connect(t, startNode(t, "blocked").addr)
	var uptime float64
	if err := s.Evaluate(within(t), "process.uptime()", time.Second, &uptime); err != nil || uptime <= 0 {
		t.Errorf("%v, %v", uptime, err)
	}
}
