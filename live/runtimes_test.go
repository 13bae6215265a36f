package live

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/live/inspector"
	"github.com/heapdiff/heapdiff/live/livetest"
	"github.com/heapdiff/heapdiff/live/trend"
)

// hour watches a target for an hour and more of a clock that does not wait, with
// something happening between two samples, and returns the last status.
func hour(t *testing.T, target *Target, then func()) *Status {
	t.Helper()
	var last *Status
	err := Watch(within(t), func(ctx context.Context) (Source, error) { return Open(ctx, target) }, NewTracker(TrackerOptions{}), WatchOptions{
		Every: 3 * time.Minute, For: 72 * time.Minute, GC: GC{Every: 3 * time.Minute}, Clock: &quickClock{now: begin, then: then}, Give: time.Minute,
		Audit: func(string, time.Duration) {}, Lost: func(err error) { t.Error(err) },
		Each: func(st *Status) error { last = st; return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return last
}

// verdict holds that it is the right series that leaks, and the right culprit that
// is named; an empty series that none is.
func verdict(t *testing.T, st *Status, series, culprit string) {
	t.Helper()
	text := strings.Join(st.Culprits, "\n")
	if series == "" {
		if st.State > trend.Stable || text != "" {
			t.Errorf("%v, culprits %q: %+v", st.State, text, st.Verdicts)
		}
		return
	}
	if st.State < trend.Leaking || !strings.Contains(text, culprit) {
		t.Errorf("%v, culprits %q: %+v", st.State, text, st.Verdicts)
	}
	for _, v := range st.Verdicts {
		if v.Name == series && v.Verdict.State < trend.Leaking {
			t.Errorf("%s is %v: %s", series, v.Verdict.State, v.Text)
		}
	}
}

// TestNodes watches servers that leak, and some that do not, in each version of
// Node, as a script and as a module.
func TestNodes(t *testing.T) {
	for _, major := range livetest.Majors() {
		for _, c := range []struct{ server, kind, series, culprit string }{
			{"server.cjs", "clean", "", ""},
			{"server.mjs", "clean", "", ""},
			{"server.cjs", "sockets", "handles", "Socket"},
			{"server.mjs", "objects", "heap", "objects in the heap"},
			{"server.mjs", "buffers", "arraybuffers", "ArrayBuffer +"},
			{"server.mjs", "timers", "timers", "Timer"},
		} {
			t.Run(major+" "+c.server+" "+c.kind, func(t *testing.T) {
				binary := livetest.NodeBinary(t, major)
				t.Parallel()
				s := &server{livetest.Node(t, binary, c.server, c.kind, inspected0)}
				s.ask(t, 3) // the first requests load code
				st := hour(t, s.target(t), func() { s.ask(t, 2) })
				verdict(t, st, c.series, c.culprit)
				if c := st.Current; c.Live == nil || c.HeapLimit == 0 || len(c.Spaces) == 0 || !strings.HasPrefix(c.Version, "v"+major+".") {
					t.Errorf("%+v", c)
				}
			})
		}
	}
}

// onEachNode runs a test with each version of Node, side by side.
func onEachNode(t *testing.T, test func(t *testing.T, binary string)) {
	for _, major := range livetest.Majors() {
		t.Run(major, func(t *testing.T) {
			binary := livetest.NodeBinary(t, major)
			t.Parallel()
			test(t, binary)
		})
	}
}

// TestNodesCaptured takes snapshots of a program and of its worker in each version,
// and holds that objects keep their numbers from one to the next.
func TestNodesCaptured(t *testing.T) {
	onEachNode(t, func(t *testing.T, binary string) {
		s := &server{livetest.Node(t, binary, "server.mjs", "worker", inspected0)}
		for _, name := range []string{s.PID(), s.PID() + "/1"} {
			target, err := Resolve(within(t), name)
			if err != nil {
				t.Fatal(err)
			}
			source, err := Open(within(t), target)
			if err != nil {
				t.Fatal(err)
			}
			// Other tests list the programs of the machine meanwhile, for which they
			// attach to this one, and V8 numbers objects anew when they leave.
			var ids [2][]uint64
			for range 4 {
				ids = [2][]uint64{captured(t, target, source), captured(t, target, source)}
				if slices.Equal(ids[0], ids[1]) {
					break
				}
			}
			source.Close()
			if len(ids[0]) == 0 || !slices.Equal(ids[0], ids[1]) {
				t.Errorf("%s: objects have the numbers %v, then %v", name, ids[0], ids[1])
			}
		}
	})
}

// captured takes a snapshot and returns the numbers of some objects in it.
func captured(t *testing.T, target *Target, source Source) []uint64 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.heapsnapshot.zst")
	if _, err := Capture(within(t), target, source, options(path, Heap)); err != nil {
		t.Fatalf("%s: %v", target.ID(), err)
	}
	return instances(t, path, "LeakyCache", "Session", "Worker", "MessagePort")
}

// instances are the numbers of the objects of some classes.
func instances(t *testing.T, path string, classes ...string) []uint64 {
	t.Helper()
	h := load(t, path)
	h.Settle()
	var ids []uint64
	for n := range h.NumNodes() {
		class := h.Classes[h.ClassOf(graph.NodeID(n))].Name
		for _, want := range classes {
			if class == want {
				ids = append(ids, h.ID.At(graph.NodeID(n)))
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// TestNodesEnd holds that a program which is looked at can end at once, though Node
// waits for debuggers to leave; and that who waits meanwhile is told.
func TestNodesEnd(t *testing.T) {
	onEachNode(t, func(t *testing.T, binary string) {
		s := &server{livetest.Node(t, binary, "server.cjs", "worker", inspected0)}
		source, err := Open(within(t), s.target(t))
		if err != nil {
			t.Fatal(err)
		}
		defer source.Close()
		while, cancel := While(within(t), source)
		defer cancel()
		if err := session(source).Evaluate(within(t), "setTimeout(() => process.exit(0), 0), 0", time.Second, new(int)); err != nil {
			t.Fatal(err)
		}
		if err := s.Cmd.Wait(); err != nil {
			t.Error(err)
		}
		<-while.Done()
		if err := context.Cause(while); !errors.Is(err, inspector.ErrEnds) || !errors.Is(err, inspector.ErrClosed) {
			t.Error(err)
		}
	})
}

// TestNodesBlocked looks at programs whose loop is blocked: nothing of their own
// would answer.
func TestNodesBlocked(t *testing.T) {
	for _, major := range livetest.Majors() {
		t.Run(major, func(t *testing.T) {
			binary := livetest.NodeBinary(t, major)
			t.Parallel()
			s := &server{livetest.Node(t, binary, "server.cjs", "blocked", inspected0)}
			d, err := Diagnose(within(t), s.target(t), DiagnoseOptions{Deep: true, Clock: &quickClock{now: begin}, Audit: func(string, time.Duration) {}})
			if err != nil {
				t.Fatal(err)
			}
			if size, _ := d.find("Map", "LeakyCache"); d.Status.Current.HeapUsed == 0 || len(d.Biggest) == 0 || size != 0 {
				t.Errorf("%+v", d)
			}
		})
	}
}

// TestDeno watches one that leaks buffers, and captures it.
func TestDeno(t *testing.T) {
	s := &server{livetest.Deno(t)}
	target := s.target(t)
	if target.Kind != Deno || target.Inspector == "" {
		t.Fatalf("%+v", target)
	}
	verdict(t, hour(t, target, func() {}), "", "")
	verdict(t, hour(t, target, func() { s.ask(t, 1) }), "external", "external memory +") // it tells no ArrayBuffers
	path := filepath.Join(t.TempDir(), "deno.heapsnapshot")
	if _, err := capture(t, target, options(path, Heap)); err != nil {
		t.Fatal(err)
	}
	if h := load(t, path); h.NumNodes() < 10_000 {
		t.Errorf("%d nodes", h.NumNodes())
	}
}

// TestChromium watches a page that keeps elements it has thrown away.
func TestChromium(t *testing.T) {
	const page = `data:text/html,<title>a page that leaks</title><script>held=[];leak=()=>{for(let i=0;i<3000;i++)held.push(document.createElement('div'))}</script>`
	addr := livetest.Chromium(t, page)
	target, err := Resolve(within(t), addr)
	for range 1200 { // the page is there a little later than the port
		if err == nil && target.Name == "a page that leaks" {
			break
		}
		time.Sleep(50 * time.Millisecond)
		target, err = Resolve(within(t), addr)
	}
	if err != nil || target.Kind != Page || target.Process == nil {
		t.Fatalf("%+v, %v", target, err)
	}
	s, err := inspector.Dial(within(t), target.Page, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	st := hour(t, target, func() {})
	verdict(t, st, "", "")
	st = hour(t, target, func() {
		if err := s.Evaluate(within(t), "leak(), 0", time.Second, new(int)); err != nil {
			t.Error(err)
		}
	})
	verdict(t, st, "nodes", "Node")
	d, err := Diagnose(within(t), target, DiagnoseOptions{Deep: true, Clock: &quickClock{now: begin}, Audit: func(string, time.Duration) {}})
	if err != nil {
		t.Fatal(err)
	}
	if size, _ := d.find("Array", "Array"); size < 60_000 {
		t.Errorf("the array is not found: %+v", d.Biggest)
	}
	path := filepath.Join(t.TempDir(), "page.heapsnapshot")
	if _, err := capture(t, target, options(path, Heap)); err != nil {
		t.Fatal(err)
	}
	if h := load(t, path); h.NumNodes() < 60_000 {
		t.Errorf("%d nodes", h.NumNodes())
	}
}

// TestGo watches servers in Go that leak, and one that does not.
func TestGo(t *testing.T) {
	for _, c := range []struct{ kind, series, culprit string }{
		{"clean", "", ""},
		{"objects", "heap", "objects in the heap"},
		{"goroutines", "goroutines", "goroutines"},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			s := &server{livetest.Go(t, c.kind)}
			target := s.target(t)
			if target.Kind != Go || target.Pprof != s.Said {
				t.Fatalf("%+v", target)
			}
			st := hour(t, target, func() { s.ask(t, 3) })
			verdict(t, st, c.series, c.culprit)
			d, err := Diagnose(within(t), target, DiagnoseOptions{Deep: true, Clock: &quickClock{now: begin}, Audit: func(string, time.Duration) {}})
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case len(d.Groups) == 0:
				t.Error("no goroutines")
			case c.kind == "goroutines" && !strings.Contains(strings.Join(d.Groups[0].Stack, " "), "leakGoroutine"):
				t.Errorf("%+v", d.Groups[0])
			case c.kind == "objects" && (len(d.Sites) == 0 || !strings.Contains(d.Sites[0].Stack[0], "leakBytes")):
				t.Errorf("%+v", d.Sites)
			}
			path := filepath.Join(t.TempDir(), "heap.pb.gz")
			if _, err := capture(t, target, options(path, Heap)); err != nil {
				t.Fatal(err)
			}
			if _, err := capture(t, target, options(path, Timeline)); err == nil {
				t.Error("Go has timelines")
			}
		})
	}
}

// TestGoroutineLeak holds that goroutines which nothing can wake are told, and can be
// captured, of programs that were built to tell them.
func TestGoroutineLeak(t *testing.T) {
	for _, c := range []struct{ variable, class string }{
		{"GOEXPERIMENT=goroutineleakprofile", "goroutine"},
		{"GOEXPERIMENT=", "none"},
	} {
		s := &server{livetest.Go(t, "stuck", c.variable)}
		s.ask(t, 25)
		target := s.target(t)
		d, err := Diagnose(within(t), target, DiagnoseOptions{Deep: true, Clock: &quickClock{now: begin}, Audit: func(string, time.Duration) {}})
		if err != nil || d.Pattern.Class != c.class {
			t.Errorf("%s: %+v, %v", c.variable, d, err)
		}
		path := filepath.Join(t.TempDir(), "leak.pb.gz")
		_, err = capture(t, target, options(path, GoroutineLeak))
		var refused *TargetError
		if tells := c.class == "goroutine"; tells && err != nil || !tells && !errors.As(err, &refused) {
			t.Errorf("%s: %v", c.variable, err)
		}
	}
}

// renamed is Node by the name of a program that is built on it.
func renamed(t *testing.T, name string) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	// Not by this process: what it has open for writing, no other can run.
	if out, err := exec.Command("cp", "-L", node, path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// TestFind lists programs of each kind, workers below their program.
func TestFind(t *testing.T) {
	node := livetest.Node(t, "node", "server.cjs", "worker", inspected0)
	goes := livetest.Go(t, "clean")
	plain := livetest.Node(t, "node", "server.cjs", "clean")
	electron := livetest.Node(t, renamed(t, "electron-app"), "server.cjs", "clean", inspected0)
	promises := livetest.Start(t, exec.Command("sh", "-c", "echo; read line", "sh", inspected0))
	all, err := Find(within(t), os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	reach := map[string]string{}
	for _, target := range all {
		reach[target.ID()] = target.Reach()
	}
	for id, want := range map[string]string{
		node.PID(): "inspector 127.0.0.1:", node.PID() + "/1": "inspector 127.0.0.1:", goes.PID(): goes.Said, plain.PID(): "--activate", electron.PID(): "inspector 127.0.0.1:",
	} {
		if !strings.HasPrefix(reach[id], want) {
			t.Errorf("%s is reached by %q, want %q", id, reach[id], want)
		}
	}
	if how, listed := reach[promises.PID()]; listed {
		t.Errorf("a shell is reached by %q", how)
	}
	if _, err := Resolve(within(t), node.PID()+"/2"); !errors.As(err, new(*TargetError)) {
		t.Errorf("a worker that is not there: %v", err)
	}
	if _, err := Resolve(within(t), "127.0.0.1:"+strconv.Itoa(node.Port)); !errors.As(err, new(*inspector.NotInspectorError)) {
		t.Errorf("a server that is no inspector: %v", err)
	}
}
