package live

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live/goproc"
	"github.com/heapdiff/heapdiff/live/inspector"
)

// Diagnosis is one look at a program.
type Diagnosis struct {
	Target  string         `json:"target"`
	Name    string         `json:"name"`
	Kind    Kind           `json:"kind"`
	Status  *Status        `json:"status"`
	Pattern Pattern        `json:"pattern"`
	Also    []Pattern      `json:"also,omitempty"` // others that fit, too
	Biggest []Collection   `json:"biggest,omitempty"`
	Sites   []goproc.Site  `json:"heap,omitempty"`
	Groups  []goproc.Group `json:"goroutines,omitempty"`
	Leaked  []goproc.Group `json:"leakedGoroutines,omitempty"`
	Actions []Action       `json:"actions"`
	Notes   []string       `json:"notes,omitempty"`   // what was left out, and why
	Outside bool           `json:"outside,omitempty"` // it could not be looked into
	Partial bool           `json:"partial,omitempty"` // its objects, or its heap, were not looked at, or not all of them
}

// Collection are the instances of a class that holds things.
type Collection struct {
	Class string  `json:"class"`
	Unit  string  `json:"unit"` // of sizes: "entries", "bytes", "listeners"
	Count int     `json:"count"`
	Total float64 `json:"total"`
	Top   []struct {
		Name  string  `json:"name"`
		Size  float64 `json:"size"`
		Count int     `json:"count"` // of instances with this name and size
	} `json:"top"`
}

// Action is something to do now, as a command.
type Action struct {
	What    string `json:"what"`
	Command string `json:"command"`
}

// DiagnoseOptions say how deep a look is.
type DiagnoseOptions struct {
	Clock   Clock
	Audit   Audit
	Tell    func(string) // before the program is stopped: for how long; may be nil
	Shallow bool         // without a collection and the queries, which stop the program
	Deep    bool         // queries even of a large heap
}

// lookTime bounds a diagnosis; queryHeap is the largest heap that is queried unless
// that is asked for: a query takes about 7 ms a megabyte, and there are five.
const (
	lookTime  = 15 * time.Second
	queryHeap = 300 << 20
)

// Diagnose looks at everything once.
func Diagnose(ctx context.Context, t *Target, o DiagnoseOptions) (*Diagnosis, error) {
	limited := ctx
	if !o.Deep {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, lookTime)
		defer cancel()
	}
	d, err := diagnose(limited, t, o)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && limited.Err() != nil:
		return nil, &TargetError{t.ID(), "did not answer within " + human.Duration(lookTime), "--deep waits longer, if the program is only busy"}
	}
	return d, err
}

func diagnose(ctx context.Context, t *Target, o DiagnoseOptions) (*Diagnosis, error) {
	source, err := Open(ctx, t)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	sample, err := source.Sample(ctx, o.Clock.Now())
	if err != nil {
		return nil, err
	}
	d := &Diagnosis{Target: t.ID(), Name: t.Name, Kind: t.Kind}
	d.Status = NewTracker(TrackerOptions{}).Add(*sample)
	switch s := source.(type) {
	case *nodeSource:
		err = d.query(ctx, s.session(), sample, o)
	case *pageSource:
		err = d.query(ctx, s.s, sample, o)
	case *goSource:
		var refused error
		if d.Groups, refused = s.program.Goroutines(ctx); refused != nil {
			d.unseen(refused.Error())
		}
		d.Groups = d.Groups[:min(len(d.Groups), mostGroups)]
		if d.Leaked = s.program.Leaked(ctx); len(d.Leaked) > mostGroups {
			d.Leaked = d.Leaked[:mostGroups]
		}
		d.sites(ctx, s, o)
	case outsider:
		d.Outside = true
		d.Notes = append(d.Notes, "it could not be looked into: this is only what Linux tells from outside"+inward(t))
	}
	if err != nil {
		return nil, err
	}
	if sample.External > sample.RSS && sample.RSS > 0 {
		d.Notes = append(d.Notes, "external memory is more than what is resident: part of it was asked for and never touched")
	}
	d.judge()
	d.Actions = actions(t)
	return d, nil
}

// inward says what would let a program be looked into.
func inward(t *Target) string {
	switch {
	case t.Process != nil && t.Process.Exe == "":
		return "; " + asItsUser + ", to be told more"
	case t.Kind == Node && t.Process != nil && t.Process.CatchesUSR1():
		return "; --activate would tell more"
	case t.Kind == Node || t.Kind == Deno:
		return "; started with --inspect=127.0.0.1:0 it would tell more"
	case t.Kind == Go:
		return "; with net/http/pprof it would tell more"
	}
	return ""
}

// mostGroups bounds lists of Go programs.
const mostGroups = 10

// sites asks for the heap profile, before which the program collects.
func (d *Diagnosis) sites(ctx context.Context, s *goSource, o DiagnoseOptions) {
	if o.Shallow {
		d.unseen("the heap was not looked at, for which it would be collected: --shallow")
		return
	}
	began := o.Clock.Now()
	sites, err := s.program.Sites(ctx)
	if err != nil {
		d.unseen(err.Error())
		return
	}
	o.Audit("forced a collection for the heap profile, which took "+human.Duration(o.Clock.Now().Sub(began)), 0)
	d.Sites = sites[:min(len(sites), mostGroups)]
}

// queried are the classes that hold things.
var queried = [...]struct{ prototype, class, unit string }{
	{"Map.prototype", "Map", "entries"},
	{"Set.prototype", "Set", "entries"},
	{"Array.prototype", "Array", "elements"},
	{"ArrayBuffer.prototype", "ArrayBuffer", "bytes"},
	{"(typeof process === 'object' && process.getBuiltinModule ? process.getBuiltinModule('events') : typeof require === 'function' ? require('events') : EventTarget).prototype", "EventEmitter", "listeners"},
}

// unseen notes what was left out, after which there is no saying that all is well.
func (d *Diagnosis) unseen(what string) {
	d.Notes = append(d.Notes, what)
	d.Partial = true
}

// query asks for all instances of classes that hold things. The program stands
// still during each, and is left alone as long in between. A connection that is lost
// meanwhile is an error.
func (d *Diagnosis) query(ctx context.Context, s *inspector.Session, sample *Sample, o DiagnoseOptions) error {
	if o.Shallow {
		d.unseen("objects were not looked at: --shallow")
		return nil
	}
	if sample.HeapUsed > queryHeap && !o.Deep {
		d.unseen(fmt.Sprintf("objects were not looked at: with a heap of %s the program would stand still for about %s; --deep does it",
			human.Bytes(sample.HeapUsed), human.Duration(standstillOf(sample.HeapUsed))))
		return nil
	}
	if o.Tell != nil {
		o.Tell(fmt.Sprintf("looking for large objects: it will stand still %d times, %s in all, three times that if its objects are small", len(queried), human.Duration(standstillOf(sample.HeapUsed))))
	}
	var paused time.Duration
	defer func() {
		releasing, cancel := context.WithTimeout(context.WithoutCancel(ctx), scriptTime)
		defer cancel()
		_ = s.ReleaseAll(releasing) // the end of the connection does it, too
		o.Audit("looked for large objects", paused)
	}()
	for _, q := range queried {
		began := time.Now()
		c, err := biggest(ctx, s, q.prototype)
		took := time.Since(began)
		paused += took
		switch {
		case errors.Is(err, inspector.ErrClosed):
			return fmt.Errorf("while large objects were looked for: %w", err)
		case ctx.Err() != nil:
			d.unseen(fmt.Sprintf("not all objects were looked at: that took longer than %s; --deep takes its time", human.Duration(lookTime)))
			return nil
		case err != nil:
			d.unseen(q.class + ": " + err.Error())
			continue
		}
		c.Class, c.Unit = q.class, q.unit
		if len(c.Top) > 0 && c.Top[0].Size > 0 {
			d.Biggest = append(d.Biggest, *c)
		}
		if o.Clock.Sleep(ctx, took) != nil {
			continue // which the next one tells
		}
	}
	return nil
}

// standstillOf is about how long all queries of a heap stop a program.
func standstillOf(heap uint64) time.Duration {
	const megabyte = 7 * time.Millisecond
	return time.Duration(heap>>20+1) * megabyte * time.Duration(len(queried))
}

func biggest(ctx context.Context, s *inspector.Session, prototype string) (*Collection, error) {
	proto, err := s.Hold(ctx, prototype)
	if err != nil {
		return nil, err
	}
	all, err := proto.Instances(ctx)
	if err != nil {
		return nil, err
	}
	var c Collection
	if err := all.Call(ctx, biggestScript, &c); err != nil {
		return nil, err
	}
	// What is held is let go before the next query, which would count it.
	return &c, s.ReleaseAll(ctx)
}

// actions are for an emergency, the mildest first.
func actions(t *Target) []Action {
	id := t.ID()
	if strings.ContainsAny(id, " #&;'\"") {
		id = "'" + strings.ReplaceAll(id, "'", "") + "'"
	}
	activate := ""
	if t.Kind == Node && (t.Inspector == "" || t.activated) {
		activate = " --activate"
	}
	confirm := " --gc confirm"
	if t.Inspector == "" && t.Pprof == "" && t.Page.WebSocket == "" && activate == "" {
		confirm = "" // nothing can be forced from outside
	}
	list := []Action{{"track it, and tell whether it leaks", "heapdiff watch " + id + activate + confirm}}
	switch {
	case t.Pprof != "":
		list = append(list,
			Action{"take two heap profiles, ten minutes apart, and compare", "heapdiff capture " + id + " --series 2 --every 10m -o heap.pb.gz"},
			Action{"force a collection", "heapdiff watch " + id + " --for 10s --gc every=10s"})
	case t.Kind == Node || t.Kind == Deno || t.Kind == Page:
		list = append(list,
			Action{"force a collection", "heapdiff watch " + id + activate + " --for 10s --gc every=10s"},
			Action{"take two snapshots, ten minutes apart", "heapdiff capture " + id + activate + " --series 2 --every 10m -o heap.heapsnapshot.zst"},
			Action{"and compare them", "heapdiff heap-1.heapsnapshot.zst heap-2.heapsnapshot.zst"})
		if t.Kind == Node {
			list = append(list, Action{"have it write a snapshot before it dies", "heapdiff capture " + id + activate + " --before-oom"})
		}
	}
	if t.PID() > 0 {
		list = append(list, Action{"count its descriptors by type", fmt.Sprintf("ls -l /proc/%d/fd | sed 's/.*-> //; s/:.*//' | sort | uniq -c | sort -rn", t.PID())})
	}
	return list
}
