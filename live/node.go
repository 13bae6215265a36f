package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"strconv"
	"time"

	"github.com/heapdiff/heapdiff/live/inspector"
	"github.com/heapdiff/heapdiff/live/proc"
)

// scriptTime bounds an expression in the program; they take a millisecond.
const scriptTime = 2 * time.Second

// answerTime bounds what a program is waited for that may be busy collecting.
const answerTime = 30 * time.Second

// isolate is one of the heaps of a program: its main one or a worker's.
type isolate struct {
	s        *inspector.Session
	profiler *inspector.Object // tells of collections; nil where there is none
	idle     float64           // of the loop, when looked at last
	active   float64
}

// nodeSource asks the inspector of Node or Deno.
type nodeSource struct {
	root    *inspector.Session
	main    isolate
	workers map[string]*isolate // inspector's session -> isolate
	only    *isolate            // the worker that is meant, if one is
	p       *proc.Process
}

func openNode(ctx context.Context, t *Target) (Source, error) {
	s, err := inspector.Dial(ctx, t.Page, t.dial())
	if err != nil {
		return nil, err
	}
	n := &nodeSource{root: s, workers: map[string]*isolate{}, p: t.Process}
	refused := new(inspector.Error)
	if err := s.LetEnd(ctx); err != nil && !errors.As(err, &refused) {
		s.Close()
		return nil, err
	}
	n.main = newIsolate(ctx, s)
	infos, err := s.Workers(ctx)
	if err != nil && !errors.As(err, &refused) {
		s.Close()
		return nil, err
	}
	if t.Worker != "" {
		i, err := strconv.Atoi(t.Worker)
		if err != nil || i < 1 || i > len(infos) {
			s.Close()
			return nil, &TargetError{t.ID(), "there is no such worker", "heapdiff ps shows them"}
		}
		w := newIsolate(ctx, s.Worker(infos[i-1]))
		n.only = &w
	}
	return n, nil
}

// newIsolate begins to hear of collections where that is possible.
func newIsolate(ctx context.Context, s *inspector.Session) isolate {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	i := isolate{s: s}
	i.profiler, _ = s.Hold(ctx, profilerScript)
	return i
}

// answer is what sample.js gives.
type answer struct {
	RSS, HeapUsed, HeapTotal, External, ArrayBuffers float64
	HeapLimit                                        float64
	DetachedContexts                                 int
	Spaces                                           []struct {
		Name       string
		Used, Size float64
	}
	Handles  map[string]int
	Requests map[string]int
	ELU      [2]float64
	Uptime   float64
	Version  string
	PID      int
}

// size is a number of bytes; what is no size is none.
func size(f float64) uint64 {
	if !(f > 0) || f > 1<<53 {
		return 0
	}
	return uint64(f)
}

// look samples one isolate.
func (i *isolate) look(ctx context.Context) (*answer, *Left, error) {
	var a answer
	if err := i.s.Evaluate(ctx, sampleScript, scriptTime, &a); err != nil {
		return nil, nil, err
	}
	if i.profiler == nil {
		return &a, nil, nil
	}
	var collections []struct{ Used, External, Cost float64 }
	if err := i.profiler.Call(ctx, collectionsScript, &collections); err != nil || len(collections) == 0 {
		return &a, nil, err
	}
	last := collections[len(collections)-1]
	left := &Left{Heap: size(last.Used), External: size(last.External), Count: len(collections)}
	for _, c := range collections {
		left.Pause += c.Cost / 1000
	}
	return &a, left, nil
}

// loop is the share of the time since the last look that the loop was busy.
func (i *isolate) loop(a *answer) float64 {
	idle, active := a.ELU[0]-i.idle, a.ELU[1]-i.active
	i.idle, i.active = a.ELU[0], a.ELU[1]
	if idle+active <= 0 {
		return 0
	}
	return math.Max(0, math.Min(1, active/(idle+active)))
}

func (n *nodeSource) Sample(ctx context.Context, now time.Time) (*Sample, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	first := &n.main
	if n.only != nil {
		first = n.only
	}
	a, left, err := first.look(ctx)
	if err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	s := &Sample{
		Time: now, PID: a.PID, Version: a.Version, Uptime: a.Uptime, RSS: size(a.RSS), HeapUsed: size(a.HeapUsed), HeapTotal: size(a.HeapTotal),
		HeapLimit: size(a.HeapLimit), External: size(a.External), ArrayBuffers: size(a.ArrayBuffers), Live: left,
		Handles: maps.Clone(a.Handles), Requests: maps.Clone(a.Requests), DetachedContexts: a.DetachedContexts, Loop: first.loop(a),
	}
	for _, space := range a.Spaces {
		s.Spaces = append(s.Spaces, Space{space.Name, size(space.Used), size(space.Size)})
	}
	if n.only == nil {
		n.addWorkers(ctx, s)
	}
	return s, s.outside(n.p)
}

// addWorkers adds up the isolates: all but the resident memory is counted by each
// on its own. Which of them were collected differs, so that what collections left
// is told for the main one only.
func (n *nodeSource) addWorkers(ctx context.Context, s *Sample) {
	for _, info := range n.root.Known() {
		w := n.workers[info.Session]
		if w == nil {
			session := n.root.Worker(info)
			if session == nil {
				continue
			}
			fresh := newIsolate(ctx, session)
			w = &fresh
			n.workers[info.Session] = w
		}
		a, _, err := w.look(ctx)
		if err != nil {
			continue // it ends
		}
		s.Workers++
		s.HeapUsed += size(a.HeapUsed)
		s.HeapTotal += size(a.HeapTotal)
		s.External += size(a.External)
		s.ArrayBuffers += size(a.ArrayBuffers)
		s.Requests = addCounts(s.Requests, a.Requests)
		s.Handles = addCounts(s.Handles, a.Handles)
		s.DetachedContexts += a.DetachedContexts
	}
}

// addCounts adds what a worker counts to a sum that there may not be yet.
func addCounts(sum, counts map[string]int) map[string]int {
	if sum == nil {
		return maps.Clone(counts)
	}
	for kind, count := range counts {
		sum[kind] += count
	}
	return sum
}

func (n *nodeSource) session() *inspector.Session {
	if n.only != nil {
		return n.only.s
	}
	return n.root
}

func (n *nodeSource) Collect(ctx context.Context) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	return n.session().CollectGarbage(ctx)
}

func (n *nodeSource) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	n.session().ReleaseAll(ctx)
	n.root.Close()
}

// pageSource asks a page of Chromium, which has no process object.
type pageSource struct {
	s      *inspector.Session
	forced bool // a collection since the sample before
}

func openPage(ctx context.Context, t *Target) (Source, error) {
	s, err := inspector.Dial(ctx, t.Page, t.dial())
	if err != nil {
		return nil, err
	}
	return &pageSource{s: s}, nil
}

func (p *pageSource) Sample(ctx context.Context, now time.Time) (*Sample, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	var u struct{ UsedSize, TotalSize, EmbedderHeapUsedSize, BackingStorageSize float64 }
	if err := p.s.Call(ctx, "Runtime.getHeapUsage", nil, &u); err != nil {
		return nil, err
	}
	s := &Sample{
		Time: now, HeapUsed: size(u.UsedSize), HeapTotal: size(u.TotalSize),
		ArrayBuffers: size(u.BackingStorageSize), External: size(u.BackingStorageSize) + size(u.EmbedderHeapUsedSize),
	}
	if p.forced {
		s.Live, p.forced = &Left{Heap: s.HeapUsed, External: s.External, Count: 1}, false
	}
	var d struct{ Documents, Nodes, JsEventListeners int }
	if p.s.Call(ctx, "Memory.getDOMCounters", nil, &d) == nil {
		s.DOM = map[string]int{"Document": d.Documents, "Node": d.Nodes, "EventListener": d.JsEventListeners}
	}
	return s, nil
}

func (p *pageSource) Collect(ctx context.Context) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	p.forced = true
	return p.s.CollectGarbage(ctx)
}

func (p *pageSource) Close() { p.s.Close() }
