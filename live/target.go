package live

import (
	"cmp"
	"context"
	"debug/buildinfo"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/heapdiff/heapdiff/live/goproc"
	"github.com/heapdiff/heapdiff/live/inspector"
	"github.com/heapdiff/heapdiff/live/proc"
)

// Kind is what runs a program.
type Kind string

// The kinds that are known.
const (
	Node    Kind = "node"
	Deno    Kind = "deno"
	Page    Kind = "page" // of Chromium or Electron
	Go      Kind = "go"
	Unknown Kind = "process"
)

// Target is a program that can be looked at.
type Target struct {
	Kind    Kind
	Process *proc.Process // nil if it is on another machine, or not told
	Name    string
	Version string

	Inspector string         // host:port, if one is open
	Page      inspector.Page // what to connect to there
	Worker    string         // of this thread only; empty is the whole program
	Pprof     string         // address of /debug/pprof, if that is served

	activated bool // the inspector is open for us only
}

// PID is the process's number, or 0.
func (t *Target) PID() int {
	if t.Process == nil {
		return 0
	}
	return t.Process.PID
}

// ID is how a command names the target.
func (t *Target) ID() string {
	switch {
	case t.Worker != "":
		return fmt.Sprintf("%s/%s", t.base(), t.Worker)
	default:
		return t.base()
	}
}

func (t *Target) base() string {
	switch {
	case t.Process != nil && t.Kind != Page:
		return strconv.Itoa(t.Process.PID)
	case t.Kind == Page:
		return t.Inspector + "#" + shortID(t.Page.ID)
	case t.Inspector != "":
		return t.Inspector
	}
	return t.Pprof
}

func shortID(id string) string { return id[:min(len(id), 6)] }

// Runtime is its kind and, where an inspector tells it, the version.
func (t *Target) Runtime() string {
	_, version, _ := strings.Cut(t.Version, "/")
	if t.Kind == Page && version != "" {
		return "page of " + t.Version
	}
	return strings.TrimSpace(string(t.Kind) + " " + strings.TrimPrefix(version, "v"))
}

// Reach says how it can be looked at, in a word or two.
func (t *Target) Reach() string {
	switch {
	case t.Inspector != "":
		return "inspector " + t.Inspector
	case t.Pprof != "":
		return t.Pprof
	case t.Kind == Node && t.Process != nil && t.Process.CatchesUSR1():
		return "--activate, or /proc"
	}
	return "/proc"
}

// dial is how to open connections to it.
func (t *Target) dial() inspector.Dialer {
	if t.Process == nil {
		return nil
	}
	return t.Process.Dial
}

// Exposed says whether the inspector, which lets in whoever reaches it, or pprof
// is open to other machines.
func (t *Target) Exposed() bool {
	if t.Process == nil {
		return false
	}
	_, port, err := net.SplitHostPort(cmp.Or(t.Inspector, hostOf(t.Pprof)))
	if err != nil {
		return false
	}
	for _, l := range t.Process.Listens() {
		if strconv.Itoa(l.Port) == port && !l.IP.IsLoopback() {
			return true
		}
	}
	return false
}

// probing is how long a port may take to say what it is.
const probing = 1500 * time.Millisecond

// Find lists the programs of known kinds, by process number, the threads of a Node
// program below it.
func Find(ctx context.Context, self int) ([]*Target, error) {
	return find(ctx, self, withWorkers)
}

// find does so; besides says what is put behind a program, which may touch it.
func find(ctx context.Context, self int, besides func(context.Context, []*Target) []*Target) ([]*Target, error) {
	processes, err := proc.All()
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var all []*Target
	var wait sync.WaitGroup
	turns := make(chan struct{}, 16)
	for _, p := range processes {
		kind := kindOf(p)
		if p.PID == self || kind == Unknown {
			continue
		}
		wait.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			found := besides(ctx, look(ctx, p, kind))
			found = slices.DeleteFunc(found, func(t *Target) bool { return t.Kind == Unknown })
			mu.Lock()
			defer mu.Unlock()
			all = append(all, found...)
		})
	}
	wait.Wait()
	slices.SortStableFunc(all, func(a, b *Target) int { return cmp.Compare(a.PID(), b.PID()) })
	return all, ctx.Err()
}

// kindOf tells by the program's file, else by what its flags promise: programs that
// are built on Electron have names of their own.
func kindOf(p *proc.Process) Kind {
	switch {
	case p.IsNode():
		return Node
	case filepath.Base(p.Exe) == "deno":
		return Deno
	case p.Exe == "" || flagged(p, "--type="): // part of a browser
		return Unknown
	case flagged(p, "--remote-debugging-port"):
		return Page
	case flagged(p, "--inspect"):
		return Node
	}
	if info, err := buildinfo.ReadFile(fmt.Sprintf("/proc/%d/exe", p.PID)); err == nil && strings.HasPrefix(info.GoVersion, "go") {
		return Go
	}
	return Unknown
}

// flagged says whether a process was started with a flag that begins so.
func flagged(p *proc.Process, flag string) bool {
	return slices.ContainsFunc(p.Args, func(arg string) bool { return strings.HasPrefix(arg, flag) })
}

// look asks the ports of a process what they are.
func look(ctx context.Context, p *proc.Process, kind Kind) []*Target {
	base := &Target{Kind: kind, Process: p, Name: p.Name()}
	var all []*Target
	listens := p.Listens()
	// Where an inspector usually is, is asked first.
	slices.SortStableFunc(listens, func(a, b net.TCPAddr) int {
		return cmp.Compare(distance(a.Port), distance(b.Port))
	})
	for _, l := range listens {
		if kind != Go && !l.IP.IsLoopback() && !inspectedWide(p) {
			continue // that is the program's own server, which is not to be bothered
		}
		addr := reachable(l)
		probe, cancel := context.WithTimeout(ctx, probing)
		all = append(all, base.probe(probe, addr)...)
		cancel()
		if len(all) > 0 && !(flagged(p, "--inspect") && flagged(p, "--remote-debugging-port")) {
			break // Electron may have one for itself and one for its pages
		}
	}
	if len(all) > 0 {
		// A process's number means its program, not one of its pages.
		slices.SortStableFunc(all, func(a, b *Target) int { return cmp.Compare(pages(a), pages(b)) })
		return all
	}
	if kind == Page || kind == Node && !p.IsNode() {
		base.Kind = Unknown // its flags promised more than there is
	}
	return []*Target{base}
}

func pages(t *Target) int {
	if t.Kind == Page {
		return 1
	}
	return 0
}

// distance of a port from Node's usual one; ports below it are far away.
func distance(port int) int {
	const usual = 9229
	if port < usual {
		return 1 << 16
	}
	return port - usual
}

// inspectedWide says whether an inspector may have been opened to other machines.
func inspectedWide(p *proc.Process) bool {
	return flagged(p, "--inspect") || strings.Contains(p.Env("NODE_OPTIONS"), "--inspect") || flagged(p, "--remote-debugging-address")
}

// probe asks one port; nothing if it is neither an inspector nor pprof.
func (t *Target) probe(ctx context.Context, addr string) []*Target {
	if t.Kind == Go {
		address := "http://" + addr + "/debug/pprof"
		if _, err := goproc.Open(ctx, address, t.dial()); err != nil {
			return nil
		}
		found := *t
		found.Pprof = address
		return []*Target{&found}
	}
	found, _ := inspected(ctx, t, addr)
	return found
}

// inspected lists what an inspector's port has.
func inspected(ctx context.Context, base *Target, addr string) ([]*Target, error) {
	version, err := inspector.ReadVersion(ctx, addr, base.dial())
	if err != nil {
		return nil, err
	}
	pages, err := inspector.List(ctx, addr, base.dial())
	if err != nil {
		return nil, err
	}
	var found []*Target
	for _, page := range pages {
		t := *base
		t.Inspector, t.Page, t.Version = addr, page, version.Browser
		switch {
		case page.Type == "page":
			t.Kind, t.Name = Page, cmp.Or(page.Title, page.URL)
		case strings.HasPrefix(strings.ToLower(version.Browser), "deno"):
			t.Kind = Deno
		case page.Type == "node":
			t.Kind = Node
		default:
			continue
		}
		if t.Name == "" {
			t.Name = page.Title
		}
		found = append(found, &t)
	}
	return found, nil
}

// untouched leaves programs alone.
func untouched(_ context.Context, found []*Target) []*Target { return found }

// withWorkers puts the workers of a program behind it.
func withWorkers(ctx context.Context, found []*Target) []*Target {
	var all []*Target
	for _, t := range found {
		all = append(all, t)
		if t.Kind == Node && t.Inspector != "" && mayHaveWorkers(t.Process) {
			all = append(all, workersOf(ctx, t)...)
		}
	}
	return all
}

// mayHaveWorkers says whether it is worth asking: each has an event loop of its own,
// and so one descriptor more. To ask is to attach a debugger, after which V8 numbers
// objects anew, so that two snapshots of somebody else would not match.
func mayHaveWorkers(p *proc.Process) bool {
	if p == nil {
		return true
	}
	const usual = 4 // loops: the program's, one of V8's, two of the inspector
	u, err := p.Usage()
	return err == nil && u.Kinds["eventpoll"] > usual
}

// workersOf are rows of their own.
func workersOf(ctx context.Context, t *Target) []*Target {
	s, err := inspector.Dial(ctx, t.Page, t.dial())
	if err != nil {
		return nil
	}
	defer s.Close()
	workers, err := s.Workers(ctx)
	if err != nil {
		return nil
	}
	var rows []*Target
	for i := range workers {
		w := *t
		w.Worker = strconv.Itoa(i + 1)
		w.Name = cmp.Or(workers[i].Title, "worker") + " of " + t.Name
		rows = append(rows, &w)
	}
	return rows
}

// reachable is an address at which a listener answers.
func reachable(l net.TCPAddr) string {
	ip := l.IP
	if ip.IsUnspecified() {
		ip = net.IPv4(127, 0, 0, 1)
	}
	return net.JoinHostPort(ip.String(), strconv.Itoa(l.Port))
}
