package live

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/live/trend"
)

// played is a source whose samples are known beforehand.
type played struct {
	samples []Sample
	took    time.Duration // of each sample, on the clock
	clock   *quickClock
}

func (p *played) Sample(_ context.Context, now time.Time) (*Sample, error) {
	if len(p.samples) == 0 {
		return nil, io.EOF
	}
	s := p.samples[0]
	p.samples = p.samples[1:]
	s.Time = now
	if p.clock != nil {
		p.clock.now = p.clock.now.Add(p.took)
	}
	return &s, nil
}

func (p *played) Collect(context.Context) (time.Duration, error) { return 0, nil }
func (p *played) Close()                                         {}

func heaps(mebibytes ...uint64) []Sample {
	var list []Sample
	for _, m := range mebibytes {
		list = append(list, Sample{HeapUsed: m << 20})
	}
	return list
}

// TestGrowth waits for growth that stays, and not for garbage that goes.
func TestGrowth(t *testing.T) {
	for _, c := range []struct {
		name    string
		samples []Sample
		want    uint64 // MiB; 0 if it never comes
		left    int    // samples that were not needed
	}{
		{"grows", heaps(100, 150, 301, 302, 303, 304), 201, 1},
		{"garbage", heaps(100, 320, 320, 100, 320, 320, 100), 0, 0},
		{"first a collection", heaps(300, 100, 290, 301, 302, 303), 201, 0},
	} {
		source := &played{samples: c.samples}
		grown, err := Growth{By: 200 << 20, Every: time.Second, Clock: &quickClock{now: begin}}.Wait(t.Context(), source)
		if grown>>20 != c.want || len(source.samples) != c.left || (err == nil) != (c.want > 0) {
			t.Errorf("%s: %d MiB with %d samples left, %v", c.name, grown>>20, len(source.samples), err)
		}
	}
}

// TestStandstill holds that somebody else's snapshot, after which the process is far
// larger, raises no alarm: resident memory begins anew, and only that.
func TestStandstill(t *testing.T) {
	clock := &quickClock{now: begin}
	calm := Sample{PID: 1, Start: 1, RSS: 100 << 20, HeapUsed: 40 << 20, HeapTotal: 50 << 20, Live: &Left{Heap: 40 << 20, Count: 1}}
	swollen := calm
	swollen.RSS = 900 << 20
	source := &played{samples: append(slices.Repeat([]Sample{calm}, 40), slices.Repeat([]Sample{swollen}, 40)...), clock: clock}
	marks := map[Mark]int{}
	n := 0
	var last *Status
	err := Watch(t.Context(), func(context.Context) (Source, error) { return source, nil }, NewTracker(TrackerOptions{}), WatchOptions{
		Every: time.Minute, For: 78 * time.Minute, Clock: clock, Give: time.Minute, Audit: func(string, time.Duration) {}, Lost: func(err error) { t.Error(err) },
		Each: func(st *Status) error {
			n++
			source.took = 0
			if n == 40 {
				source.took = 5 * time.Second // the next sample comes after a snapshot
			}
			marks[st.Current.Mark]++
			last = st
			if st.State >= trend.Growing || len(st.Culprits) > 0 {
				t.Errorf("sample %d: %v, %q", n, st.State, st.Culprits)
			}
			return nil
		},
	})
	if err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	if marks[Standstill] != 1 || len(marks) != 2 || last.Growth["rss"] != 0 {
		t.Errorf("marks %v, growth %v", marks, last.Growth)
	}
	for _, v := range last.Verdicts {
		if v.Name == "heap" && v.Verdict.State != trend.Stable {
			t.Errorf("the heap begins anew, too: %v", v.Verdict.State)
		}
	}
}

// TestOwnCapture holds that a capture through the watching session marks the next
// sample, and goes on.
func TestOwnCapture(t *testing.T) {
	s := startNode(t, "objects", inspected0)
	target := s.target(t)
	act := new(Handle)
	var marks []Mark
	err := Watch(within(t), func(ctx context.Context) (Source, error) { return Open(ctx, target) }, NewTracker(TrackerOptions{}), WatchOptions{
		Every: time.Second, For: 4 * time.Second, Clock: &quickClock{now: begin}, Act: act, Give: time.Minute,
		Audit: func(string, time.Duration) {}, Lost: func(err error) { t.Error(err) },
		Each: func(st *Status) error {
			marks = append(marks, st.Current.Mark)
			if len(marks) == 2 {
				_, err := act.Capture(within(t), target, options(t.TempDir()+"/a.heapsnapshot", Heap))
				return err
			}
			return nil
		},
	})
	if want := []Mark{"", "", Snapshot, "", ""}; err != nil || !slices.Equal(marks, want) {
		t.Errorf("%v, marks %q", err, marks)
	}
}

// collected counts the collections that are forced.
type collected struct {
	played
	forced int
}

func (c *collected) Collect(context.Context) (time.Duration, error) {
	c.forced++
	return time.Millisecond, nil
}

// TestConfirm holds that a program that seems to grow is collected six times, one
// that does not never, and one that is to be each two minutes that often.
func TestConfirm(t *testing.T) {
	for _, c := range []struct {
		gc     GC
		perMin uint64 // MiB of growth
		want   int
	}{
		{GC{Confirm: true}, 3, confirmations},
		{GC{Confirm: true}, 0, 0},
		{GC{}, 3, 0},
		{GC{Every: 2 * time.Minute}, 0, 26},
	} {
		source := new(collected)
		for minute := range uint64(52) {
			heap := (100 + minute*c.perMin) << 20
			source.samples = append(source.samples, Sample{PID: 1, HeapUsed: heap, Live: &Left{Heap: heap, Count: 1}})
		}
		err := Watch(t.Context(), func(context.Context) (Source, error) { return source, nil }, NewTracker(TrackerOptions{}), WatchOptions{
			Every: time.Minute, For: 51 * time.Minute, GC: c.gc, Clock: &quickClock{now: begin}, Give: time.Minute,
			Audit: func(string, time.Duration) {}, Lost: func(err error) { t.Error(err) }, Each: func(*Status) error { return nil },
		})
		if err != nil || source.forced != c.want {
			t.Errorf("%+v at %d MiB/min: %d collections, want %d, %v", c.gc, c.perMin, source.forced, c.want, err)
		}
	}
}
