package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live/trend"
)

// GC says when collections are forced.
type GC struct {
	Every   time.Duration // 0 never
	Confirm bool          // a few, once it grows
}

// ParseGC reads never, confirm or every=TIME.
func ParseGC(s string) (GC, error) {
	switch s {
	case "never":
		return GC{}, nil
	case "confirm":
		return GC{Confirm: true}, nil
	}
	const prefix = "every="
	if len(s) > len(prefix) && s[:len(prefix)] == prefix {
		d, err := time.ParseDuration(s[len(prefix):])
		if err == nil && d >= leastBetweenGC {
			return GC{Every: d}, nil
		}
		return GC{}, fmt.Errorf("%q: a time of %s or more, such as every=2m", s, human.Duration(leastBetweenGC))
	}
	return GC{}, fmt.Errorf("%q: one of never, confirm, every=2m", s)
}

const (
	leastBetweenGC = 10 * time.Second // a collection stops the program
	confirmations  = 6                // collections of --gc=confirm
	confirmEvery   = 30 * time.Second
)

// WatchOptions say how a program is watched.
type WatchOptions struct {
	Every time.Duration // between samples
	For   time.Duration // 0 is until the context is done
	GC    GC
	Clock Clock
	Audit Audit
	Each  func(*Status) error // with each sample; an error ends the watch
	Lost  func(error)         // the program, or the connection, is gone; it is looked for again
	Give  time.Duration       // up looking for it after so long
	Act   *Handle             // lets others act on the program; may be nil
}

// NeverGiveUp has a program that is gone looked for, and one that was not there yet.
const NeverGiveUp = time.Duration(1<<63 - 1)

// Watch samples a program into a tracker until its time is over. open is called
// again when the program is gone, to find the one that took its place.
func Watch(ctx context.Context, open func(context.Context) (Source, error), t *Tracker, o WatchOptions) error {
	if o.Act == nil {
		o.Act = new(Handle)
	}
	w := &watch{WatchOptions: o, open: open, tracker: t, began: o.Clock.Now()}
	defer func() {
		if w.source != nil {
			w.Act.set(nil)
			w.source.Close()
		}
	}()
	for {
		if err := w.tick(ctx); err != nil {
			return err
		}
		pause := w.Every
		if w.For > 0 {
			left := w.For - w.Clock.Now().Sub(w.began)
			if left <= 0 {
				return nil
			}
			pause = min(pause, left)
		}
		if err := w.Clock.Sleep(ctx, pause); err != nil {
			return err
		}
	}
}

type watch struct {
	WatchOptions
	open     func(context.Context) (Source, error)
	tracker  *Tracker
	source   Source
	began    time.Time
	gone     time.Time // since when there is no program; zero if there is
	lastGC   time.Time
	forced   int // collections to confirm that it grows
	previous trend.State
	before   Sample // its process and resident memory
	again    bool   // the connection was lost since then
}

// tick takes one sample, or tries to find the program again.
func (w *watch) tick(ctx context.Context) error {
	now := w.Clock.Now()
	if w.source == nil {
		source, err := w.open(ctx)
		if err != nil {
			return w.lost(ctx, now, err)
		}
		w.source = source
		w.Act.set(source)
	}
	s, err := w.sample(ctx, now)
	if err != nil {
		return w.lost(ctx, now, err)
	}
	w.gone = time.Time{}
	st := w.tracker.Add(*s)
	w.previous = st.State
	return w.Each(st)
}

// sample looks at the program while nobody acts on it.
func (w *watch) sample(ctx context.Context, now time.Time) (*Sample, error) {
	w.Act.mu.Lock()
	defer w.Act.mu.Unlock()
	if err := w.collect(ctx, now); err != nil {
		return nil, err
	}
	s, err := w.source.Sample(ctx, now)
	if err == nil {
		s.Mark, w.Act.pending = w.Act.pending, ""
		w.standstill(s, w.Clock.Now().Sub(now))
	}
	return s, err
}

// standstill marks a sample that took long and after which the process is much
// larger: somebody took a snapshot meanwhile.
func (w *watch) standstill(s *Sample, took time.Duration) {
	same := w.before.PID == s.PID && w.before.Start == s.Start
	if s.Mark == "" && same && (took >= longSample || w.again) && s.RSS > w.before.RSS+w.before.RSS/4 {
		s.Mark = Standstill
	}
	w.before, w.again = Sample{PID: s.PID, Start: s.Start, RSS: s.RSS}, false
}

// longSample is far more than a program needs to answer, even one whose loop is
// blocked or which collects.
const longSample = 2 * time.Second

// lost closes what there was and waits for what comes.
func (w *watch) lost(ctx context.Context, now time.Time, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if w.source != nil {
		w.Act.set(nil)
		w.source.Close()
		w.source, w.again = nil, true
	}
	if w.gone.IsZero() {
		w.gone = now
		if w.tracker.begin.IsZero() && w.Give != NeverGiveUp {
			return err // it never was there
		}
		w.Lost(err)
	}
	if now.Sub(w.gone) >= w.Give {
		return fmt.Errorf("gone for %s: %w", human.Duration(now.Sub(w.gone)), err)
	}
	return nil
}

// collect forces a collection if it is time for one.
func (w *watch) collect(ctx context.Context, now time.Time) error {
	due := w.GC.Every > 0 && now.Sub(w.lastGC) >= w.GC.Every
	if w.GC.Confirm {
		if w.previous != trend.Growing {
			w.forced = 0
		}
		due = w.previous == trend.Growing && w.forced < confirmations && now.Sub(w.lastGC) >= confirmEvery
	}
	if !due {
		return nil
	}
	pause, err := w.source.Collect(ctx)
	if refused := new(TargetError); errors.As(err, &refused) {
		w.GC = GC{}
		w.Audit(refused.Error(), 0)
		return nil
	}
	if err != nil {
		return err
	}
	w.lastGC = now
	w.forced++
	w.Audit("forced a collection", pause)
	return nil
}
