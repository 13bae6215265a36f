package live

import (
	"context"
	"strconv"
	"time"

	"github.com/heapdiff/heapdiff/live/goproc"
	"github.com/heapdiff/heapdiff/live/proc"
)

// Source gives samples of one program.
type Source interface {
	// Sample looks now; the time is the caller's. An error means that the program,
	// or the connection to it, is gone.
	Sample(ctx context.Context, now time.Time) (*Sample, error)
	// Collect forces a major collection, so that the next sample has what it left.
	// It returns how long the program stood still.
	Collect(ctx context.Context) (time.Duration, error)
	Close()
}

// Open connects to a target.
func Open(ctx context.Context, t *Target) (Source, error) {
	switch {
	case t.Kind == Page:
		return openPage(ctx, t)
	case t.Page.WebSocket != "":
		return openNode(ctx, t)
	case t.Pprof != "":
		return openGo(ctx, t)
	case t.Process != nil:
		return outsider{t.Process}, nil
	}
	return nil, &TargetError{t.ID(), "there is no way to look at it", "heapdiff ps shows what can be looked at"}
}

// outsider sees only what /proc tells.
type outsider struct{ p *proc.Process }

func (o outsider) Sample(_ context.Context, now time.Time) (*Sample, error) {
	s := &Sample{Time: now}
	return s, s.outside(o.p)
}

func (o outsider) Collect(context.Context) (time.Duration, error) {
	return 0, &TargetError{strconv.Itoa(o.p.PID), "a collection cannot be forced from outside", "open its inspector or pprof"}
}

func (o outsider) Close() {}

// goSource asks pprof.
type goSource struct {
	program *goproc.Program
	p       *proc.Process
	gogc    int // 0 if the next collection's time does not tell what is live
	numGC   uint64
	forced  *Left
}

func openGo(ctx context.Context, t *Target) (Source, error) {
	program, err := goproc.Open(ctx, t.Pprof, t.dial())
	if err != nil {
		return nil, err
	}
	g := &goSource{program: program, p: t.Process, gogc: 100}
	if t.Process != nil {
		if t.Process.Env("GOMEMLIMIT") != "" {
			g.gogc = 0
		} else if v, err := strconv.Atoi(t.Process.Env("GOGC")); err == nil {
			g.gogc = max(v, 0)
		}
	}
	return g, nil
}

func (g *goSource) Sample(ctx context.Context, now time.Time) (*Sample, error) {
	stats, err := g.program.Stats(ctx, false)
	if err != nil {
		return nil, err
	}
	groups, err := g.program.Goroutines(ctx)
	if err != nil {
		return nil, err
	}
	s := &Sample{Time: now, HeapUsed: stats.HeapAlloc, HeapTotal: stats.HeapSys - stats.HeapReleased, Stacks: stats.StackInuse, RSS: stats.Sys - stats.HeapReleased}
	for _, group := range groups {
		s.Goroutines += group.Count
	}
	switch {
	case g.forced != nil:
		s.Live, g.forced = g.forced, nil
	case g.gogc > 0 && stats.NumGC > g.numGC && g.numGC > 0:
		s.Live = &Left{Heap: stats.Live(g.gogc), Count: int(stats.NumGC - g.numGC)}
	}
	g.numGC = stats.NumGC
	return s, s.outside(g.p)
}

func (g *goSource) Collect(ctx context.Context) (time.Duration, error) {
	begin := time.Now()
	stats, err := g.program.Stats(ctx, true)
	if err != nil {
		return 0, err
	}
	g.forced = &Left{Heap: stats.HeapAlloc, Count: 1}
	return time.Since(begin), nil
}

func (g *goSource) Close() {}
