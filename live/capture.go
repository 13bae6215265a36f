package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live/goproc"
	"github.com/heapdiff/heapdiff/live/inspector"
)

// Form is what is captured.
type Form string

// The forms. The first three are of V8, the others of Go; the heap is both's.
const (
	Heap      Form = "heap"
	Sampling  Form = "sampling"
	Timeline  Form = "timeline"
	Allocs    Form = "allocs"
	Goroutine Form = "goroutine"

	GoroutineLeak Form = "goroutineleak" // those that nothing can wake; not of every build
)

// CaptureOptions say what is captured and where to.
type CaptureOptions struct {
	Path    string
	Form    Form
	For     time.Duration // of sampling, timelines and Go's profiles; 0 is the whole heap
	Numbers bool          // with the values of numbers
	Force   bool          // even if there may be no room

	Wait     func(context.Context, time.Duration) error // passes the time of For
	Progress func(phase string, done, total int64)
	Audit    Audit
	Tell     func(Cost)                                // of a heap snapshot, before it is taken; may be nil
	Filter   func(w io.Writer) (io.WriteCloser, error) // stands before the file; may be nil
}

// Captured is what was.
type Captured struct {
	Path  string
	Size  int64 // of the file
	Whole int64 // before compression
	Pause time.Duration
}

// Cost is what a heap snapshot will take, by what others took: it follows the
// number of nodes and not of bytes.
type Cost struct {
	Nodes uint64
	Extra uint64 // bytes that the program will take meanwhile
	Pause time.Duration
	Room  uint64 // bytes that there are; the largest number if that is not known
	Where string // whose room
}

// Measured on heaps of small objects: bytes a node, bytes taken for each, and time
// by major version of Node.
const (
	nodeBytes  = 38
	extraBytes = 430
)

func pausePerNode(version string) time.Duration {
	major := 0
	fmt.Sscanf(version, "v%d.", &major)
	switch {
	case major == 0 || major >= 24:
		return 2 * time.Microsecond
	case major >= 20:
		return 4 * time.Microsecond
	}
	return 20 * time.Microsecond
}

// CostOf predicts what a snapshot of a sampled program costs.
func CostOf(s *Sample) Cost {
	large := uint64(0)
	for _, space := range s.Spaces {
		if space.Name == "large_object_space" || space.Name == "new_large_object_space" {
			large += space.Used
		}
	}
	nodes := (s.HeapUsed - min(large, s.HeapUsed)) / nodeBytes
	c := Cost{Nodes: nodes, Extra: nodes * extraBytes, Pause: time.Duration(nodes) * pausePerNode(s.Version), Room: math.MaxUint64}
	if s.MemoryLimit > 0 {
		c.Room = s.MemoryLimit - min(s.Memory, s.MemoryLimit)
		c.Where = "the machine"
		if s.Container {
			c.Where = "its container"
		}
	}
	return c
}

// String is the cost in a line.
func (c Cost) String() string {
	return fmt.Sprintf("about %s nodes; the program will stand still for about %s and take about %s more",
		human.Count(c.Nodes), human.Duration(c.Pause), human.Bytes(c.Extra))
}

// RoomError says that a snapshot would not fit.
type RoomError struct {
	Name string
	Cost Cost
}

func (e *RoomError) Error() string {
	return fmt.Sprintf("%s: a snapshot would take about %s, and %s has %s left: the program would be killed",
		e.Name, human.Bytes(e.Cost.Extra), e.Cost.Where, human.Bytes(e.Cost.Room))
}

// Hint is what to try.
func (e *RoomError) Hint() string {
	return "heapdiff diagnose, or capture --sampling 30s, needs little; --force takes the snapshot all the same"
}

// Capture writes a snapshot or a profile of the target, through a source of it,
// into a file, which is there whole or not at all.
//
// V8 numbers objects anew when a debugger goes. Snapshots that are to be compared
// object by object are taken through one source.
func Capture(ctx context.Context, t *Target, source Source, o CaptureOptions) (*Captured, error) {
	take, err := taker(ctx, t, source, o)
	if err != nil {
		return nil, err
	}
	out, err := create(o.Path)
	if err != nil {
		return nil, err
	}
	defer out.abort()
	var w io.Writer = out
	var filter io.WriteCloser
	if o.Filter != nil {
		if filter, err = o.Filter(out); err != nil {
			return nil, err
		}
		w = filter
	}
	whole, pause, err := take(ctx, w)
	if filter != nil {
		if closeErr := filter.Close(); err == nil {
			err = closeErr
		}
	}
	if err != nil {
		return nil, err
	}
	size, err := out.commit()
	if err != nil {
		return nil, err
	}
	o.Audit(fmt.Sprintf("captured %s of %s", o.Form, t.ID()), pause)
	return &Captured{Path: o.Path, Size: size, Whole: whole, Pause: pause}, nil
}

// taking writes what is captured and returns how much that is, and for how long the
// program stood still.
type taking func(ctx context.Context, w io.Writer) (int64, time.Duration, error)

// taker finds out whether there can be a capture.
func taker(ctx context.Context, t *Target, source Source, o CaptureOptions) (taking, error) {
	s := session(source)
	program, isGo := source.(*goSource)
	switch {
	case s != nil && (o.Form == Heap || o.Form == Sampling || o.Form == Timeline):
		return takeV8(ctx, t, source, s, o)
	case isGo && (o.Form == Heap || o.Form == Allocs || o.Form == Goroutine || o.Form == GoroutineLeak):
		return func(ctx context.Context, w io.Writer) (int64, time.Duration, error) {
			o.Progress("waiting for the profile", 0, 0)
			n, err := program.program.Profile(ctx, string(o.Form), int(o.For.Seconds()), w)
			if refused := new(goproc.NotPprofError); o.Form == GoroutineLeak && errors.As(err, &refused) {
				err = &TargetError{t.ID(), "does not tell which goroutines nothing can wake", "build it with Go 1.27, or with GOEXPERIMENT=goroutineleakprofile in 1.26; --profile goroutine tells where all wait"}
			}
			return n, 0, err
		}, nil
	case s == nil && !isGo && t.Process != nil && t.Process.Exe == "":
		return nil, notTold(t)
	case s == nil && !isGo && t.Kind == Node:
		try := "--activate opens it with SIGUSR1, and closes it again"
		if t.Process != nil && !t.Process.CatchesUSR1() {
			try = "start it with --inspect=127.0.0.1:0: it takes no SIGUSR1, which would open it"
		}
		return nil, &TargetError{t.ID(), "its inspector is not open", try}
	case s == nil && !isGo:
		return nil, &TargetError{t.ID(), "it has neither an inspector nor pprof open", "heapdiff ps shows what can be captured"}
	}
	return nil, &TargetError{t.ID(), fmt.Sprintf("there is no capture of form %s of a program of kind %s", o.Form, t.Kind), ""}
}

// A snapshot's file was never more than three times its heap. What goes on beyond
// these is no heap.
const (
	leastMost = 1 << 30
	fileShare = 20
)

func takeV8(ctx context.Context, t *Target, source Source, s *inspector.Session, o CaptureOptions) (taking, error) {
	most := int64(0)
	if o.Form == Heap {
		sample, err := source.Sample(ctx, time.Time{})
		if err != nil {
			return nil, err
		}
		cost := CostOf(sample)
		most = leastMost + fileShare*int64(sample.HeapUsed+sample.External)
		if o.Tell != nil {
			o.Tell(cost)
		}
		if cost.Extra > cost.Room && !o.Force {
			return nil, &RoomError{t.ID(), cost}
		}
	}
	return func(ctx context.Context, w io.Writer) (int64, time.Duration, error) {
		options := inspector.SnapshotOptions{Numbers: o.Numbers, Most: most, Progress: func(done, total int) {
			o.Progress("walking the heap", int64(done), int64(total))
		}}
		wait := func(ctx context.Context) error {
			ctx, cancel := s.While(ctx)
			defer cancel()
			return o.Wait(ctx, o.For)
		}
		counted := &counter{w: w, tell: func(n int64) { o.Progress("writing", n, -1) }}
		switch o.Form {
		case Sampling:
			o.Progress("sampling for "+human.Duration(o.For), 0, 0)
			profile, err := s.Sampling(ctx, wait)
			if err != nil {
				return 0, 0, err
			}
			n, err := counted.Write(profile)
			return int64(n), 0, err
		case Timeline:
			if err := s.StartTimeline(ctx); err != nil {
				return 0, 0, err
			}
			o.Progress("recording for "+human.Duration(o.For), 0, 0)
			if err := wait(ctx); err != nil {
				return 0, 0, err // the end of the connection ends the recording
			}
			return s.Timeline(ctx, counted, options)
		}
		o.Progress("walking the heap", 0, 0)
		return s.Snapshot(ctx, counted, options)
	}, nil
}

// counter tells how much went through.
type counter struct {
	w    io.Writer
	n    int64
	tell func(int64)
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	c.tell(c.n)
	return n, err
}
