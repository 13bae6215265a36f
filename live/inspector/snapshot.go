package inspector

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// SnapshotOptions say how a snapshot is taken.
type SnapshotOptions struct {
	Numbers  bool                  // with the values of numbers
	Progress func(done, total int) // called by the reader while the heap is walked; may be nil
	Most     int64                 // bytes that a heap can have at the most; 0 is any number
	Silence  time.Duration         // how long nothing may come; 0 is Silence
}

// Silence is how long an inspector may say nothing while it takes a snapshot: far
// longer than a collection of the largest heaps takes.
const Silence = 5 * time.Minute

// Why a snapshot is given up.
var (
	ErrSilent  = errors.New("nothing came any more")
	ErrEndless = errors.New("more came than the heap can have")
)

// Snapshot has the program write its heap into w. It stands still until that is
// done. What it returns are bytes and how long it took.
func (s *Session) Snapshot(ctx context.Context, w io.Writer, o SnapshotOptions) (int64, time.Duration, error) {
	return s.stream(ctx, w, o, "HeapProfiler.takeHeapSnapshot", map[string]any{
		"reportProgress": true, "captureNumericValue": o.Numbers,
	})
}

// Timeline ends what StartTimeline began and writes its snapshot into w.
func (s *Session) Timeline(ctx context.Context, w io.Writer, o SnapshotOptions) (int64, time.Duration, error) {
	return s.stream(ctx, w, o, "HeapProfiler.stopTrackingHeapObjects", map[string]any{
		"reportProgress": true, "captureNumericValue": o.Numbers,
	})
}

// StartTimeline has the program remember where each object is allocated, which is
// expensive.
func (s *Session) StartTimeline(ctx context.Context) error {
	return s.Call(ctx, "HeapProfiler.startTrackingHeapObjects", map[string]bool{"trackAllocations": true}, nil)
}

// ahead is how many chunks may wait for the disk: the program sends while it stands
// still, and keeps in its memory what is not taken from it.
const ahead = 3

// belt carries chunks from the reader to the disk.
type belt struct {
	full, empty chan []byte   // never closed: what nobody asked for may still be on its way
	end         chan struct{} // closed when all has come
	stop        chan struct{} // closed when what comes is not wanted any more
	done        chan struct{} // closed once nothing is written any more
	written     int64
	most        int64      // that may be; 0 is any number
	broken      chan error // the disk's error
}

func newBelt() *belt {
	b := &belt{
		full: make(chan []byte, ahead), empty: make(chan []byte, ahead),
		end: make(chan struct{}), stop: make(chan struct{}), done: make(chan struct{}), broken: make(chan error, 1),
	}
	for range ahead {
		b.empty <- nil
	}
	return b
}

// put is called by the reader.
func (b *belt) put(escaped []byte) {
	select {
	case text := <-b.empty:
		b.full <- appendUnescaped(text[:0], escaped) // there is room: no more than ahead are under way
	case <-b.stop:
	}
}

// carry writes until all that came is written, or stop is closed.
func (b *belt) carry(w io.Writer) {
	defer close(b.done)
	for {
		select {
		case text := <-b.full:
			if !b.write(w, text) {
				return
			}
		case <-b.end:
			b.rest(w)
			return
		case <-b.stop:
			return
		}
	}
}

// rest writes what waits.
func (b *belt) rest(w io.Writer) {
	for {
		select {
		case text := <-b.full:
			if !b.write(w, text) {
				return
			}
		default:
			return
		}
	}
}

// write says whether more may follow.
func (b *belt) write(w io.Writer, text []byte) bool {
	n, err := w.Write(text)
	b.written += int64(n)
	if err == nil && b.most > 0 && b.written > b.most {
		err = ErrEndless
	}
	if err != nil {
		b.broken <- err
		return false
	}
	b.empty <- text
	return true
}

// await waits for the end: the answer, the disk's error, or that nothing is heard.
func (b *belt) await(answered <-chan error, heard <-chan struct{}, silence time.Duration) error {
	quiet := time.NewTimer(silence)
	defer quiet.Stop()
	for {
		select {
		case err := <-answered:
			return err
		case err := <-b.broken:
			return err
		case <-heard:
			quiet.Reset(silence)
		case <-quiet.C:
			return ErrSilent
		}
	}
}

func (s *Session) stream(ctx context.Context, w io.Writer, o SnapshotOptions, method string, params any) (int64, time.Duration, error) {
	b := newBelt()
	b.most = o.Most
	go b.carry(w)
	heard := make(chan struct{}, 1)
	hear := func() {
		select {
		case heard <- struct{}{}:
		default:
		}
	}
	s.hearChunks(func(escaped []byte) {
		hear()
		b.put(escaped)
	})
	const progress = "HeapProfiler.reportHeapSnapshotProgress"
	s.On(progress, func(params []byte) {
		hear()
		var p struct{ Done, Total int }
		if o.Progress != nil && json.Unmarshal(params, &p) == nil {
			o.Progress(p.Done, p.Total)
		}
	})
	defer s.On(progress, nil)

	calling, cancel := context.WithCancel(ctx)
	defer cancel()
	begin := time.Now()
	answered := make(chan error, 1)
	go func() { answered <- s.Call(calling, method, params, nil) }()
	err := b.await(answered, heard, cmp.Or(o.Silence, Silence))
	took := time.Since(begin)
	s.hearChunks(nil)
	if err == nil {
		close(b.end) // the answer comes after the last chunk
		<-b.done
		close(b.stop) // for one that comes later all the same
	} else {
		close(b.stop)
		<-b.done
	}
	if err == nil {
		select {
		case err = <-b.broken:
		default:
		}
	}
	if err != nil {
		return b.written, took, fmt.Errorf("the snapshot was not finished: %w", err)
	}
	return b.written, took, nil
}

func (s *Session) hearChunks(f func(escaped []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chunk = f
}

// CollectGarbage forces several major collections and says how long they took.
func (s *Session) CollectGarbage(ctx context.Context) (time.Duration, error) {
	begin := time.Now()
	err := s.Call(ctx, "HeapProfiler.collectGarbage", nil, nil)
	return time.Since(begin), err
}

// Sampling samples allocations for a while and returns the profile as the program
// gave it: the JSON of a .heapprofile. Memory of ArrayBuffers is not in it.
func (s *Session) Sampling(ctx context.Context, wait func(context.Context) error) (json.RawMessage, error) {
	err := s.Call(ctx, "HeapProfiler.startSampling", map[string]int{"samplingInterval": 32768, "stackDepth": 64}, nil)
	if err != nil {
		return nil, err
	}
	waited := wait(ctx)
	var r struct {
		Profile json.RawMessage `json:"profile"`
	}
	if err := s.Call(context.WithoutCancel(ctx), "HeapProfiler.stopSampling", nil, &r); err != nil {
		return nil, err
	}
	return r.Profile, waited
}
