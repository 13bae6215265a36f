package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/live/proc"
	"github.com/heapdiff/heapdiff/live/serve"
	"github.com/heapdiff/heapdiff/live/trend"
)

// quickClock passes time at once and does something meanwhile.
type quickClock struct {
	now  time.Time
	then func()
}

func (c *quickClock) Now() time.Time { return c.now }

func (c *quickClock) Sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	if c.then != nil {
		c.then()
	}
	return ctx.Err()
}

var begin = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// TestWatchRestart watches through a restart, and ends when nothing comes back.
func TestWatchRestart(t *testing.T) {
	servers := []*server{startNode(t, "clean", inspected0), startNode(t, "worker", inspected0)}
	opened, lost := 0, 0
	ticks := 0
	clock := &quickClock{now: begin, then: func() {
		if ticks++; ticks%3 == 0 && ticks/3 <= len(servers) {
			servers[ticks/3-1].Cmd.Process.Kill()
			servers[ticks/3-1].Cmd.Wait()
		}
	}}
	var marks []string
	workers := 0
	err := Watch(within(t), func(ctx context.Context) (Source, error) {
		if opened == len(servers) {
			return nil, errors.New("nothing there")
		}
		opened++
		return Open(ctx, servers[opened-1].target(t))
	}, NewTracker(TrackerOptions{}), WatchOptions{
		Every: time.Second, Clock: clock, Give: 30 * time.Second, Audit: func(string, time.Duration) {},
		Lost: func(error) { lost++ },
		Each: func(st *Status) error {
			if st.Current.Mark != "" {
				marks = append(marks, string(st.Current.Mark))
			}
			workers = st.Current.Workers
			return nil
		},
	})
	if err == nil || !strings.Contains(err.Error(), "nothing there") || lost != 2 || opened != 2 {
		t.Errorf("%v, lost %d, opened %d times", err, lost, opened)
	}
	if strings.Join(marks, " ") != "restart" || workers != 1 {
		t.Errorf("marks are %q, %d workers", marks, workers)
	}
}

// TestWatchOutside watches a process with nothing open.
func TestWatchOutside(t *testing.T) {
	s := startNode(t, "clean")
	target := s.target(t)
	source, err := Open(within(t), target)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	sample, err := source.Sample(within(t), begin)
	if err != nil || sample.RSS == 0 || sample.Files == 0 || sample.HeapUsed != 0 {
		t.Errorf("%+v, %v", sample, err)
	}
	var refused *TargetError
	if _, err := source.Collect(within(t)); !errors.As(err, &refused) {
		t.Errorf("%v", err)
	}
}

// TestHandle clears by an expression of the command line.
func TestHandle(t *testing.T) {
	s := startNode(t, "objects", inspected0)
	s.ask(t, 20)
	source, err := Open(within(t), s.target(t))
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	h := new(Handle)
	var done acts
	if _, err := h.Clear(within(t), "", done.audit); err == nil {
		t.Error("nothing is cleared")
	}
	h.set(source)
	before, err := source.Sample(within(t), begin)
	if err != nil {
		t.Fatal(err)
	}
	cleared, err := h.Clear(within(t), "held.cache.clear()", done.audit)
	if err != nil || !cleared.Ran || len(done) != 2 || h.pending == "" {
		t.Fatalf("%+v, %v, %q", cleared, err, done)
	}
	after, err := source.Sample(within(t), begin)
	if err != nil || after.Live == nil || after.HeapUsed+10<<20 > before.HeapUsed {
		t.Errorf("%+v, then %+v, %v", before, after, err)
	}
	h.pending = ""
	if _, err := h.Clear(within(t), "held.cache.clear(); no.such.thing", done.audit); err == nil || h.pending != ClearedNow {
		t.Errorf("an expression that fails halfway: %v, %q", err, h.pending)
	}
}

// TestRecord reads back what it wrote.
func TestRecord(t *testing.T) {
	var text bytes.Buffer
	want := []Sample{
		{Time: begin, RSS: 1, Live: &Left{Heap: 5, Count: 1}, Handles: map[string]int{"Socket": 3}},
		{Time: begin.Add(time.Second), RSS: 2, Mark: "restart"},
	}
	for i := range want {
		if err := WriteSample(&text, &want[i]); err != nil {
			t.Fatal(err)
		}
	}
	var got []Sample
	if err := ReadSamples(&text, func(s *Sample) error { got = append(got, *s); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Live.Heap != 5 || got[0].Handles["Socket"] != 3 || got[1].Mark != "restart" || !got[1].Time.Equal(want[1].Time) {
		t.Errorf("%+v", got)
	}
	for _, bad := range []string{"", "x", "{}", `{"time":"2026-11-23T12:00:00Z"}` + "\n{"} {
		var e *RecordError
		if err := ReadSamples(strings.NewReader(bad), func(*Sample) error { return nil }); !errors.As(err, &e) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestCondition holds what --fail-on understands.
func TestCondition(t *testing.T) {
	st := &Status{State: trend.Leaking, ToLimit: 20 * time.Minute, Rates: map[string]float64{"rss": 20 << 20}, Current: Sample{
		RSS: 3 << 30, External: 3 << 28, Files: 600, FilesLimit: 1000, Handles: map[string]int{"Socket": 500, "Timer": 9},
	}}
	for text, want := range map[string]bool{
		"growing": true, "leaking": true, "critical": false, "rss > 2GiB": true, "rss>4GiB": false,
		"handles > 500": false, "handles >= 500": true, "rss/min > 10MB": true, "rss/min > 30MB": false, "heap > 0": false,
		"rss < 4GiB": true, "rss <= 3GiB": true, "timers == 9": true, "timers != 9": false, "heap/min > 0": false,
		"external/rss > 20%": true, "external/rss >= 25%": true, "external/heap > 1%": false, "files/limit > 50%": true, "heap/limit > 1%": false,
		"to-limit < 30m": true, "to-limit < 10m": false,
	} {
		c, err := ParseCondition(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if what, holds := c.Holds(st); holds != want || !strings.HasPrefix(what, text) {
			t.Errorf("%q: %v, %q", text, holds, what)
		}
	}
	for _, text := range []string{"", "stable", "rss =< 3", "rss = 3", "rss/min/min > 3", "rss/pss > 3%", "pss > 3", "rss > much", "handles > 5MiB", "external/heap > big", "to-limit < soon"} {
		if _, err := ParseCondition(text); err == nil {
			t.Errorf("%q is a condition", text)
		}
	}
}

// TestParseGC holds what --gc understands.
func TestParseGC(t *testing.T) {
	for text, want := range map[string]GC{"never": {}, "confirm": {Confirm: true}, "every=2m": {Every: 2 * time.Minute}} {
		if got, err := ParseGC(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "always", "every=1s", "every=", "every=x"} {
		if _, err := ParseGC(text); err == nil {
			t.Errorf("%q is understood", text)
		}
	}
}

// TestSeedNumbers holds the classification against the numbers of a server that
// was about to crash.
func TestSeedNumbers(t *testing.T) {
	s := Sample{
		Time: begin, RSS: 77455 << 20, HeapUsed: 26271 << 20, HeapTotal: 27552 << 20, HeapLimit: 32768 << 20, External: 494017 << 20,
		Handles: map[string]int{"Socket": 987, "Timer": 35, "Server": 11},
	}
	st := NewTracker(TrackerOptions{}).Add(s)
	if st.Levels.ExternalOfHeap != trend.Imminence || st.Levels.Handles != trend.Serious || st.State != trend.Unknown {
		t.Errorf("%+v", st)
	}
	if got := HandleWords(&s, "Socket"); got != "Socket 987 of 998 handles" {
		t.Errorf("%q", got)
	}
	v := ViewOf("x", st, nil)
	if h := v.Health.(map[string]any); h["status"] != serve.Critical || h["external"] != "494017MB" {
		t.Errorf("%v", h)
	}
}

// TestTopPeer holds that of a program which talks to itself the end that it opened is
// named, whatever is closing.
func TestTopPeer(t *testing.T) {
	s := &Sample{Sockets: []proc.Sockets{
		{Peer: "127.0.0.1 → :39961", State: "established", Count: 990},
		{Peer: "127.0.0.1:39961", State: "established", Count: 990},
		{Peer: "127.0.0.1 → :39961", State: "close-wait", Count: 1},
		{Peer: "127.0.0.1:39961", State: "listen", Count: 1},
	}}
	if got := topPeer(s); got != "990 to 127.0.0.1:39961" {
		t.Errorf("%q", got)
	}
	s.Sockets[1].Count = 100
	if got := topPeer(s); got != "991 from 127.0.0.1 at port 39961, of them 1 in close-wait" {
		t.Errorf("%q", got)
	}
}

// steady is a source whose samples never change.
type steady struct{}

func (steady) Sample(_ context.Context, now time.Time) (*Sample, error) {
	return &Sample{Time: now, PID: 1, RSS: 1 << 20, HeapUsed: 1 << 20}, nil
}
func (steady) Collect(context.Context) (time.Duration, error) { return 0, nil }
func (steady) Close()                                         {}

// TestWatchLength holds that a watch ends when its time is over, however seldom it
// looks, and says what it still needs.
func TestWatchLength(t *testing.T) {
	clock := &quickClock{now: begin}
	var last *Status
	err := Watch(t.Context(), func(context.Context) (Source, error) { return steady{}, nil }, NewTracker(TrackerOptions{}), WatchOptions{
		Every: 5 * time.Second, For: 13 * time.Second, Clock: clock,
		Each: func(st *Status) error { last = st; return nil },
	})
	if err != nil || clock.now != begin.Add(13*time.Second) || last.Samples != 4 {
		t.Errorf("%v, at %s, %+v", err, clock.now, last)
	}
	texts := map[string]string{}
	for _, v := range last.Verdicts {
		texts[v.Name] = v.Text
	}
	if !strings.HasPrefix(texts["heap"], "too little was seen: needs 6 more major collections and 1m12s more; --gc") || texts["native"] != "too little was seen: needs 59.0 s more" {
		t.Errorf("%q", texts)
	}
}

// TestAgain holds that what takes the place of a program is one like it that came
// later, and none that was there before.
func TestAgain(t *testing.T) {
	mine := fmt.Sprintf("--stack-trace-limit=%d", os.Getpid())
	brother := startNode(t, "clean", inspected0, mine)
	gone := startNode(t, "clean", inspected0, mine)
	was := gone.target(t)
	gone.Cmd.Process.Kill()
	gone.Cmd.Wait()
	if found, err := Again(within(t), was, gone.PID()); err == nil {
		t.Errorf("%d took the place of %d, beside %s", found.PID(), was.PID(), brother.PID())
	}
	next := startNode(t, "clean", inspected0, mine)
	if found, err := Again(within(t), was, gone.PID()); err != nil || found.ID() != next.PID() {
		t.Errorf("%v, %v; want %s", found, err, next.PID())
	}
}
