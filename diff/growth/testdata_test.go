package growth_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/advice"
	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
)

const testdata = "../../testdata"

// earlier is an Identity as a map.
type earlier map[uint64]object

type object struct {
	sig  growth.Signature
	self uint64
	typ  graph.NodeType
}

func (earlier) Forget() {}

func (e earlier) Before(id uint64, _ graph.NodeType) (growth.Signature, uint64, bool) {
	o, ok := e[id]
	return o.sig, o.self, ok && id&1 == 1
}

func remember(t *growth.Tree, g *graph.Graph) earlier {
	e := earlier{}
	for node := range graph.NodeID(g.NumNodes()) {
		sig := t.Sig.At(uint32(node))
		e[g.ID.At(node)] = object{sig, g.Self.At(node), g.Type[node]}
	}
	return e
}

func load(tb testing.TB, name string) *parse.Heap {
	tb.Helper()
	return loadFile(tb, file(name))
}

func file(name string) string { return filepath.Join(testdata, name+".heapsnapshot.zst") }

func loadFile(tb testing.TB, path string) *parse.Heap {
	tb.Helper()
	src, err := input.Open(tb.Context(), path, input.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	defer src.Close()
	h, err := parse.Load(context.Background(), src, parse.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// compared is a ranking and what it was made from.
type compared struct {
	*growth.Ranking
	before earlier
	tree   *growth.Tree
	heap   *parse.Heap
}

// compare ranks two heaps, and fails if the parts do not add up to the growth.
func compare(tb testing.TB, before, after string, byID bool, o growth.Options) compared {
	tb.Helper()
	return compareFiles(tb, file(before), file(after), byID, o)
}

func compareFiles(tb testing.TB, before, after string, byID bool, o growth.Options) compared {
	tb.Helper()
	h := loadFile(tb, before)
	was := growth.Build(h.Graph, o)
	size := h.TotalSelf()
	c := compared{before: remember(was, h.Graph)}
	was.Release()
	c.heap = loadFile(tb, after)
	c.tree = growth.Build(c.heap.Graph, o)
	var id growth.Identity
	if byID {
		id = c.before
	}
	var err error
	if c.Ranking, err = growth.Rank(was, c.tree, c.heap, id, o); err != nil {
		tb.Fatal(err)
	}
	r := c.Reconciliation
	if got, want := r.Growth, int64(c.heap.TotalSelf())-int64(size); got != want {
		tb.Errorf("growth is %d, the heaps' sizes say %d", got, want)
	}
	if sum := int64(r.Accumulated+r.InPlace+r.Unattributed) - int64(r.Freed); sum != r.Growth {
		tb.Errorf("the parts add up to %d of %d bytes", sum, r.Growth)
	}
	var shown uint64
	for _, l := range c.Lines {
		shown += l.Share
	}
	if shown+c.Hidden.Size != r.Accumulated+r.InPlace {
		tb.Errorf("the lines have %d bytes and hide %d, accumulated or grown in place are %d", shown, c.Hidden.Size, r.Accumulated+r.InPlace)
	}
	return c
}

// of returns the lines of a tier.
func (c *compared) of(tier growth.Tier) []growth.Line {
	var lines []growth.Line
	for _, l := range c.Lines {
		if l.Tier == tier {
			lines = append(lines, l)
		}
	}
	return lines
}

// pair is what NAME.leak.json says of a pair.
type pair struct {
	Leaks []struct {
		Owner, Class         string
		Before, After, Added uint64
		Bytes                uint64 `json:"approximate_bytes"`
	}
}

var pairs = []string{"node14", "node16", "node18", "node20", "node22", "node24", "node26", "chromium156"}

func readPair(tb testing.TB, name string) pair {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join(testdata, name+".leak.json"))
	if err != nil {
		tb.Fatal(err)
	}
	var p pair
	if err := json.Unmarshal(raw, &p); err != nil || len(p.Leaks) == 0 {
		tb.Fatalf("%s: %v, %d leaks", name, err, len(p.Leaks))
	}
	return p
}

// The owner of each leak stands on the first lines, with the objects it gained
// and about the bytes, whether objects are recognised by id or not.
func TestOwnerFirst(t *testing.T) {
	for _, name := range pairs {
		for _, mode := range []string{"identity", "structure"} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				want := readPair(t, name)
				c := compare(t, name+"-before", name+"-after", mode == "identity", growth.Options{})
				lines := c.of(growth.Growth)
				if len(lines) < len(want.Leaks) {
					t.Fatalf("%d lines of growth, want %d leaks", len(lines), len(want.Leaks))
				}
				var share, truth uint64
				for _, leak := range want.Leaks {
					found := false
					for _, l := range lines[:len(want.Leaks)] {
						if !strings.Contains(l.Path, leak.Owner) {
							continue
						}
						found = true
						share, truth = share+l.Share, truth+leak.Bytes
						if l.CountBefore < leak.Before || l.CountAfter-l.CountBefore < leak.Added || l.CountAfter > leak.After*21/20 {
							t.Errorf("%s: %d → %d objects, want %d → %d", l.Path, l.CountBefore, l.CountAfter, leak.Before, leak.After)
						}
						if len(l.SampleIDs) != 5 || l.Fingerprint == "" || len(l.Children) == 0 {
							t.Errorf("%s: incomplete: %+v", l.Path, l)
						}
					}
					if !found {
						t.Errorf("first lines are %q, want %s", paths(lines), leak.Owner)
					}
				}
				if share < truth/2 || share > truth*3/2 {
					t.Errorf("the leak is %d bytes, want about %d", share, truth)
				}
				if c.Reconciliation.Coverage < 0.85 {
					t.Errorf("coverage %.3f: %+v", c.Reconciliation.Coverage, c.Reconciliation)
				}
			})
		}
	}
}

func paths(lines []growth.Line) []string {
	var out []string
	for i, l := range lines {
		if i < 5 {
			out = append(out, l.Path)
		}
	}
	return out
}

// Two runs of one program, of which none leaked more than the other.
func TestNothingAcrossProcesses(t *testing.T) {
	for _, order := range [][2]string{{"node14-after", "node14-rerun"}, {"node14-rerun", "node14-after"}} {
		c := compare(t, order[0], order[1], false, growth.Options{All: true})
		if lines := c.of(growth.Growth); len(lines) > 0 {
			t.Errorf("%v: growth without a leak: %q", order, paths(lines))
		}
	}
}

// The leak across processes, and in one: the same place, the same fingerprint.
func TestSameFingerprint(t *testing.T) {
	within := compare(t, "node14-before", "node14-after", true, growth.Options{})
	across := compare(t, "node14-before", "node14-rerun", false, growth.Options{})
	a, b := within.of(growth.Growth), across.of(growth.Growth)
	if len(a) == 0 || len(b) == 0 || a[0].Fingerprint != b[0].Fingerprint {
		t.Errorf("within one process %q, across %q", paths(a), paths(b))
	}
}

// What each leak is called, and what is advised.
func TestKinds(t *testing.T) {
	for name, want := range map[string]struct {
		kind, payload growth.Kind
		advice        advice.Pattern
	}{
		"node14":      {growth.LinkedList, "", advice.ListNeverCut},
		"node16":      {growth.Listeners, "", advice.ListenersKept},
		"node18":      {growth.Sockets, "", advice.SocketsOpen},
		"node20":      {growth.Collection, "", advice.CacheWithoutBound},
		"node22":      {growth.Collection, "", advice.MapByRequest},
		"node24":      {growth.Arrays, growth.Buffers, advice.ArrayOnlyPushed},
		"node26":      {growth.Promises, "", advice.PromisesPending},
		"chromium156": {growth.DetachedDOM, "", advice.DetachedDOM},
	} {
		c := compare(t, name+"-before", name+"-after", true, growth.Options{})
		line := c.of(growth.Growth)[0]
		if line.Kind != want.kind || line.Payload != want.payload || line.Advice != want.advice {
			t.Errorf("%s: %s is %s of %q, %q; want %v", name, line.Path, line.Kind, line.Payload, line.Advice, want)
		}
		if line.HolderID == 0 {
			t.Errorf("%s: nobody knows which object %s is", name, line.Path)
		}
	}
}

// A heap compared with itself has not grown.
func TestItself(t *testing.T) {
	for _, byID := range []bool{true, false} {
		c := compare(t, "node20-after", "node20-after", byID, growth.Options{All: true})
		if len(c.Lines) > 0 || c.Reconciliation.Accumulated+c.Reconciliation.InPlace+c.Reconciliation.Unattributed+c.Reconciliation.Freed != 0 {
			t.Errorf("by id %v: %+v, lines %q", byID, c.Reconciliation, paths(c.Lines))
		}
	}
}

// 5,000 sessions with two owners: each is told with the other, and has its part.
func TestTwoOwners(t *testing.T) {
	c := compare(t, "node22-before", "node22-after", true, growth.Options{})
	lines := c.of(growth.Growth)
	if len(lines) < 2 {
		t.Fatalf("lines: %q", paths(lines))
	}
	byToken, listeners := lines[0], lines[1]
	if byToken.Owner != "global.sessions.byToken" || listeners.Owner != "global.listeners" {
		t.Fatalf("owners are %s and %s", byToken.Owner, listeners.Owner)
	}
	for _, l := range []struct{ line, other growth.Line }{{byToken, listeners}, {listeners, byToken}} {
		if len(l.line.CoOwners) == 0 || l.line.CoOwners[0].Owner != l.other.Owner || l.line.CoOwners[0].Fingerprint != l.other.Fingerprint {
			t.Errorf("%s: co-owners are %+v, want %s first", l.line.Owner, l.line.CoOwners, l.other.Owner)
		}
	}
	truth := divideByHand(c, byToken.SampleIDs[0])
	for i, l := range []growth.Line{byToken, listeners} {
		if got, want := float64(l.Share), float64(truth.share[i]); got < want*0.95 || got > want*1.05 {
			t.Errorf("%s has %.0f bytes, by hand %.0f", l.Owner, got, want)
		}
		if got, want := float64(l.Exclusive), float64(truth.alone[i]); got < want*0.95 || got > want*1.05 {
			t.Errorf("%s alone has %.0f bytes, by hand %.0f", l.Owner, got, want)
		}
	}
	if sum := byToken.Share + listeners.Share; float64(sum) < 0.95*float64(c.Reconciliation.Growth) || int64(sum) > c.Reconciliation.Growth {
		t.Errorf("the two have %d bytes of %d", sum, c.Reconciliation.Growth)
	}
}

type byHand struct{ share, alone [2]uint64 }

// divideByHand does what the shares of node22 mean in the most obvious way: it
// finds the Map and the array that hold a session, takes one, then the other,
// then both away, and sees which of the new objects are not reached any more.
func divideByHand(c compared, session uint64) byHand {
	g := c.heap.Graph
	isNew := func(n graph.NodeID) bool { _, _, ok := c.before.Before(g.ID.At(n), g.Type[n]); return !ok }
	holders := map[graph.NodeID][]graph.NodeID{} // node -> who refers to it
	target := graph.NoNode
	for n := range graph.NodeID(g.NumNodes()) {
		if g.ID.At(n) == session {
			target = n
		}
		for _, m := range targets(g, n) {
			holders[m] = append(holders[m], n)
		}
	}
	var table, listeners, store graph.NodeID
	for _, n := range holders[target] {
		for _, m := range holders[n] {
			switch g.NodeName(m) {
			case "Map":
				table = n
			case "Array": // the backing store holds the elements again
				listeners, store = m, n
			}
		}
	}
	without := func(away ...graph.NodeID) map[graph.NodeID]bool {
		gone := map[graph.NodeID]bool{}
		for _, n := range away {
			gone[n] = true
		}
		return reachable(g, gone)
	}
	noMap, noArray := without(table), without(listeners, store)
	neither := without(table, listeners, store)
	var out byHand
	for n := range graph.NodeID(g.NumNodes()) {
		self := g.Self.At(n)
		switch {
		case !isNew(n) || neither[n]:
		case noMap[n] && noArray[n]:
			out.share[0] += self / 2
			out.share[1] += self / 2
		case noArray[n]:
			out.share[0] += self
			out.alone[0] += self
		default:
			out.share[1] += self
			out.alone[1] += self
		}
	}
	for n := range graph.NodeID(g.NumNodes()) {
		was, ok := c.before[g.ID.At(n)]
		if !ok {
			continue
		}
		grew := g.Self.At(n) - min(was.self, g.Self.At(n))
		for _, m := range targets(g, n) { // sizes have been moved to the owner of the backing store
			if m == table && g.NodeName(n) == "Map" {
				out.share[0] += grew
				out.alone[0] += grew
			}
		}
		if n == listeners {
			out.share[1] += grew
			out.alone[1] += grew
		}
	}
	return out
}

func targets(g *graph.Graph, n graph.NodeID) []graph.NodeID {
	var out []graph.NodeID
	from, to := g.Edges(n)
	for _, l := range g.Links[from:to] {
		if !l.Loose() && l.Type() != graph.WeakEdge {
			out = append(out, l.To())
		}
	}
	return out
}

func reachable(g *graph.Graph, gone map[graph.NodeID]bool) map[graph.NodeID]bool {
	seen := map[graph.NodeID]bool{g.Root: true}
	for stack := []graph.NodeID{g.Root}; len(stack) > 0; {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, m := range targets(g, n) {
			if !seen[m] && !gone[m] {
				seen[m] = true
				stack = append(stack, m)
			}
		}
	}
	return seen
}

func BenchmarkBuild(b *testing.B) {
	h := load(b, "node20-after")
	for b.Loop() {
		growth.Build(h.Graph, growth.Options{})
	}
	b.ReportMetric(float64(h.NumNodes())*float64(b.N)/b.Elapsed().Seconds(), "nodes/s")
}

func BenchmarkRank(b *testing.B) {
	h := load(b, "node20-before")
	before := growth.Build(h.Graph, growth.Options{})
	h = load(b, "node20-after")
	after := growth.Build(h.Graph, growth.Options{})
	for b.Loop() {
		if _, err := growth.Rank(before, after, h, nil, growth.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
