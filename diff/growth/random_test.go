package growth

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse"
)

// sketch is a heap as a test draws it: node 0 is the root, node 1 the global object.
type sketch struct {
	nodes []sketchNode
	edges [][]sketchEdge // node -> its edges
}

type sketchNode struct {
	typ  graph.NodeType
	name string
	id   uint64
	self uint64
}

type sketchEdge struct {
	to   int
	typ  graph.EdgeType
	name string // or an index, for elements
}

// graph makes columns of the first n nodes and of the edges among them.
func (s *sketch) graph(n int) *graph.Graph {
	g := &graph.Graph{TypeNames: graph.NodeTypeNames()}
	known := map[string]graph.StringID{}
	text := func(name string) graph.StringID {
		id, ok := known[name]
		if !ok {
			id = g.Strings.Append([]byte(name))
			known[name] = id
		}
		return id
	}
	text("<dummy>")
	g.Type = make([]graph.NodeType, n)
	g.Name = make([]graph.StringID, n)
	g.Flags = make([]graph.Flags, n)
	g.FirstEdge = make([]graph.EdgeID, n+1)
	g.ID, g.Self = graph.Wide{Lo: make([]uint32, n)}, graph.Wide{Lo: make([]uint32, n)}
	for i, node := range s.nodes[:n] {
		id := graph.NodeID(i)
		g.Type[i], g.Name[i] = node.typ, text(node.name)
		g.ID.Set(id, node.id)
		g.Self.Set(id, node.self)
		for _, e := range s.edges[i] {
			if e.to >= n {
				continue
			}
			label := uint32(e.to)
			if !e.typ.Indexed() {
				label = uint32(text(e.name))
			}
			g.Links = append(g.Links, graph.MakeLink(graph.NodeID(e.to), e.typ))
			g.Labels.Append(label)
		}
		g.FirstEdge[i+1] = graph.EdgeID(len(g.Links))
	}
	g.Locations = graph.NewLocations(n, nil, nil, nil)
	return g
}

// drawSketch draws a heap with few names, so that signatures have many objects.
func drawSketch(t *rapid.T) *sketch {
	n := rapid.IntRange(4, 60).Draw(t, "nodes")
	s := &sketch{nodes: make([]sketchNode, n), edges: make([][]sketchEdge, n)}
	classes := []sketchNode{
		{typ: graph.Object, name: "Object"},
		{typ: graph.Object, name: "Array"},
		{typ: graph.Object, name: "Map"},
		{typ: graph.Object, name: "Item"},
		{typ: graph.Object, name: "system / Context"},
		{typ: graph.Array, name: ""},
		{typ: graph.Array, name: "(object elements)"},
		{typ: graph.Closure, name: "listen"},
		{typ: graph.Closure, name: ""},
		{typ: graph.String, name: "secret"},
		{typ: graph.ConsString, name: "secret"},
		{typ: graph.Hidden, name: "system / PromiseReaction"},
		{typ: graph.Hidden, name: "system / Map"},
		{typ: graph.Native, name: "Detached <li class=x>"},
		{typ: graph.Code, name: "(code)"},
		{typ: graph.Synthetic, name: "(GC roots)"},
	}
	for i := range s.nodes {
		s.nodes[i] = rapid.SampledFrom(classes).Draw(t, "class")
		s.nodes[i].id, s.nodes[i].self = uint64(2*i+1), uint64(rapid.IntRange(0, 100).Draw(t, "self"))
	}
	s.nodes[0].typ, s.nodes[0].name = graph.Synthetic, ""
	s.nodes[1].typ, s.nodes[1].name = graph.Object, "global"
	s.edges[0] = append(s.edges[0], sketchEdge{to: 1, typ: graph.ShortcutEdge, name: "1"})
	names := []string{"a", "b", "item12", "item3", "__proto__", "map", "context", "elements", "7", "1 / part of key (x @1) -> value (y @3) pair in WeakMap (table @5)"}
	types := []graph.EdgeType{graph.PropertyEdge, graph.ElementEdge, graph.ContextEdge, graph.InternalEdge, graph.HiddenEdge, graph.WeakEdge}
	count := rapid.IntRange(n-2, 4*n).Draw(t, "edges")
	for i := range count {
		to := i + 2
		from := 0
		if to < n { // most nodes hang on an earlier one
			from = rapid.IntRange(0, to-1).Draw(t, "from")
		} else {
			from, to = rapid.IntRange(0, n-1).Draw(t, "from"), rapid.IntRange(1, n-1).Draw(t, "to")
		}
		typ := rapid.SampledFrom(types).Draw(t, "type")
		s.edges[from] = append(s.edges[from], sketchEdge{to: to, typ: typ, name: rapid.SampledFrom(names).Draw(t, "name")})
	}
	for i := range rapid.SampledFrom([]int{0, 0, 150}).Draw(t, "more") { // so that both halves of the nodes are some words of bits
		to, node := len(s.nodes), classes[i*i%len(classes)]
		node.id, node.self = uint64(2*to+1), uint64(i%50)
		s.nodes, s.edges = append(s.nodes, node), append(s.edges, nil)
		from, back := i*13%to, 1+i*29%to
		s.edges[from] = append(s.edges[from], sketchEdge{to: to, typ: types[i%3], name: names[i%4]})
		s.edges[to] = append(s.edges[to], sketchEdge{to: back, typ: types[i%5], name: names[i%7]})
	}
	return s
}

// firstOnes knows the ids that a heap of the first nodes had.
type firstOnes struct {
	tree *Tree
	g    *graph.Graph
}

func (firstOnes) Forget() {}

func (f firstOnes) Before(id uint64, _ graph.NodeType) (Signature, uint64, bool) {
	n := (id - 1) / 2
	if n >= uint64(f.tree.Sig.Len()) {
		return 0, 0, false
	}
	return f.tree.Sig.At(uint32(n)), f.g.Self.At(graph.NodeID(n)), true
}

// Every share, exclusive byte and rescue is what the definition says, found by
// walking the graph once for each point.
func TestShareByDefinition(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawSketch(t)
		earlier := s.graph(rapid.IntRange(2, len(s.nodes)).Draw(t, "before"))
		later := s.graph(len(s.nodes))
		o := Options{Minimum: rapid.IntRange(1, 4).Draw(t, "minimum"), Jobs: rapid.IntRange(0, 1).Draw(t, "jobs"), All: true}
		before, after := Build(earlier, o), Build(later, o)
		var id Identity
		if rapid.Bool().Draw(t, "identity") {
			id = firstOnes{before, earlier}
		}
		led := newLedger(before, after, later, id)
		points := led.findPoints(o.minimum())
		sh := newSharer(later, led, points, o.Jobs)
		a := attribute(led, sh)
		if _, err := a.reconcile(before, after); err != nil {
			t.Fatal(err)
		}
		if len(points) > 0 {
			found++
		}
		checkPoints(t, led, points, o.minimum())
		checkOwners(t, sh)
		if id != nil {
			checkStakes(t, led, sh, a)
		}
		r, err := Rank(before, after, heapOf(after), id, o)
		if err != nil {
			t.Fatal(err)
		}
		checkWays(t, r)
	})
	if found == 0 {
		t.Error("no graph had an accumulation point")
	}
}

// checkPoints holds that the points have all places that gained enough, whatever can
// be told of a place without looking for it in the heap before.
func checkPoints(t *rapid.T, l *ledger, points []point, minimum int64) {
	found := map[uint32]grown{}
	for _, p := range points {
		for _, g := range p.places {
			found[g.place] = g
		}
	}
	for i := range l.after.places {
		place, p := uint32(i), &l.after.places[i]
		if p.alias != 0 || p.parent == l.after.engine || l.more(p.parent) >= minimum && !l.lengthened(place, minimum) {
			continue
		}
		want := l.growthOf(place, minimum)
		if got, ok := found[place]; ok != (want.after-want.before >= minimum) || ok && got != want {
			t.Fatalf("place %d went from %d to %d; found with the points: %v", place, want.before, want.after, ok)
		}
	}
}

// checkWays holds that what came and went on all ways is the growth, and that no
// way has less than what it leads to. The heaps here are small enough for all
// ways to be told, but for those on which nothing happened.
func checkWays(t *rapid.T, r *Ranking) {
	rec, all := &r.Reconciliation, &r.Ways[0]
	if int64(all.Up-all.Down) != rec.Growth || all.Above != -1 {
		t.Fatalf("the first way is %+v, the growth %d", all, rec.Growth)
	}
	up, down := make([]uint64, len(r.Ways)), make([]uint64, len(r.Ways))
	for i, w := range r.Ways[1:] {
		if w.Above < 0 || w.Above > i || w.Up+w.Down == 0 {
			t.Fatalf("way %d is %+v", i+1, w)
		}
		up[w.Above] += w.Up
		down[w.Above] += w.Down
	}
	for i, w := range r.Ways {
		if up[i] > w.Up || down[i] > w.Down {
			t.Fatalf("way %+v leads to more: +%d -%d", w, up[i], down[i])
		}
	}
}

// byDefinition is the slow twin of sharer.
type byDefinition struct {
	free    map[graph.NodeID]bool   // reachable without any grown child
	rescued map[graph.NodeID]bool   // reachable without any edge to a grown child
	reach   []map[graph.NodeID]bool // point -> what its grown children reach beside, without what points gained
}

func define(s *sharer) byDefinition {
	g := s.g
	seeds := make([]map[graph.NodeID]bool, len(s.points))
	for i := range seeds {
		seeds[i] = map[graph.NodeID]bool{}
	}
	removed := map[graph.NodeID]bool{}
	elders := map[graph.NodeID][]int{}
	for node := range graph.NodeID(s.g.NumNodes()) {
		sig := s.led.after.sig(node)
		if c := s.child[sig.Row()]; c != 0 && !sig.Internal() && s.isFresh(node) {
			seeds[c-1][node], removed[node] = true, true
		}
		from, to := g.Edges(node)
		for e := from; e < to; e++ {
			if !retains(g.Links[e]) || !s.grows(node, e) {
				continue
			}
			p := int(s.pointOf[sig.Row()]) - 1
			if child := g.Links[e].To(); s.isFresh(child) {
				seeds[p][child], removed[child] = true, true
			} else {
				elders[child] = append(elders[child], p)
			}
		}
	}
	d := byDefinition{free: map[graph.NodeID]bool{}, rescued: map[graph.NodeID]bool{}}
	walk(g, []graph.NodeID{g.Root}, d.free, func(n graph.NodeID, e graph.EdgeID) bool {
		return !removed[g.Links[e].To()] && !s.grows(n, e)
	})
	walk(g, []graph.NodeID{g.Root}, d.rescued, func(n graph.NodeID, e graph.EdgeID) bool { return !s.grows(n, e) })
	for child, points := range elders {
		for _, p := range points {
			if !d.free[child] {
				seeds[p][child] = true
			}
		}
	}
	for p := range s.points {
		reach := map[graph.NodeID]bool{}
		var from []graph.NodeID
		for n := range seeds[p] {
			from = append(from, n)
		}
		walk(g, from, reach, func(n graph.NodeID, e graph.EdgeID) bool { return !d.free[g.Links[e].To()] && !s.grows(n, e) })
		d.reach = append(d.reach, reach)
	}
	return d
}

func walk(g *graph.Graph, from []graph.NodeID, seen map[graph.NodeID]bool, follow func(graph.NodeID, graph.EdgeID) bool) {
	for _, n := range from {
		seen[n] = true
	}
	for len(from) > 0 {
		n := from[len(from)-1]
		from = from[:len(from)-1]
		a, b := g.Edges(n)
		for e := a; e < b; e++ {
			if t := g.Links[e].To(); retains(g.Links[e]) && !seen[t] && follow(n, e) {
				seen[t] = true
				from = append(from, t)
			}
		}
	}
}

func checkOwners(t *rapid.T, s *sharer) {
	d := define(s)
	for n := range s.owners.Len() {
		node := graph.NodeID(n)
		var want []uint32
		for p := range s.points {
			if d.reach[p][node] {
				want = append(want, uint32(p))
			}
		}
		got := s.sets.members[s.ownersOf(node)]
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("node %d is owned by points %v, by definition by %v", n, got, want)
		}
		if s.ownersOf(node) != 0 && s.isFresh(node) && s.rescue.has(node) != d.rescued[node] {
			t.Fatalf("node %d: rescued %v, by definition %v", n, s.rescue.has(node), d.rescued[node])
		}
	}
}

// checkStakes holds the shares of a heap that only grew against size/k.
func checkStakes(t *rapid.T, led *ledger, s *sharer, a *attribution) {
	want := make([]float64, len(s.points))
	parts := make([]float64, len(s.points))
	for n := range s.owners.Len() {
		node := graph.NodeID(n)
		set := s.ownersOf(node)
		sig := led.after.sig(graph.NodeID(n)).Row()
		if set == 0 || !s.isFresh(node) || led.accounts[sig].gain != int64(led.accounts[sig].fresh) {
			continue
		}
		owners := s.principals(set)
		for _, p := range owners {
			want[p] += float64(s.g.Self.At(node)) / float64(len(owners))
			parts[p]++
		}
	}
	for p := range s.points {
		if got := float64(a.stakes[p].share); got < want[p]-parts[p] || got > want[p]+parts[p] {
			t.Fatalf("point %d has %f bytes, by definition %f", p, got, want[p])
		}
	}
}

// The order of nodes and edges in the file decides nothing.
func TestOrderDecidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSketch(t)
		want := describe(Build(s.graph(len(s.nodes)), Options{}))
		got := describe(Build(shuffle(t, s).graph(len(s.nodes)), Options{}))
		for path, a := range want {
			if got[path] != a {
				t.Errorf("%q: %+v, in another order %+v", path, a, got[path])
			}
			delete(got, path)
		}
		for path, a := range got {
			t.Errorf("%q: %+v only in another order", path, a)
		}
	})
}

// What hangs nowhere is not stored: whether a place was looked up for it depends
// on the order of the file.
func TestStoredPlacesHoldSomething(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSketch(t)
		stored := Build(s.graph(len(s.nodes)), Options{}).Store()
		for _, p := range stored.Places {
			if edge := stored.Edges[p.Edge]; p.Held == 0 && !p.Own && !p.Alias && !edge.Named && !edge.Entry {
				t.Errorf("nothing hangs at %q of %q", edge.Text, stored.Classes[p.Class].Text)
			}
		}
	})
}

// describe lists the signatures of a tree by their paths.
func describe(t *Tree) map[string]amount {
	out := map[string]amount{}
	for s := rootSig; s < len(t.sigs); s++ {
		path := ""
		for _, l := range t.links(uint32(s)) {
			path += t.edges.text[l.edge] + "\t" + t.classes.text[l.class] + "\n"
		}
		sum := out[path]
		sum.count += uint64(t.sigs[s].count)
		sum.size += t.sigs[s].self
		out[path] = sum
	}
	return out
}

// shuffle numbers the nodes anew, but for the root, and reorders their edges.
func shuffle(t *rapid.T, s *sketch) *sketch {
	order := append([]int{0}, rapid.Permutation(make1toN(len(s.nodes))).Draw(t, "order")...)
	number := make([]int, len(order)) // before -> after
	for after, before := range order {
		number[before] = after
	}
	out := &sketch{}
	for _, before := range order {
		out.nodes = append(out.nodes, s.nodes[before])
		edges := rapid.Permutation(s.edges[before]).Draw(t, "edges")
		for i := range edges {
			edges[i].to = number[edges[i].to]
		}
		out.edges = append(out.edges, edges)
	}
	return out
}

func make1toN(n int) []int {
	var out []int
	for i := 1; i < n; i++ {
		out = append(out, i)
	}
	return out
}

// heapOf is the heap a tree was made from, without dominators.
func heapOf(t *Tree) *parse.Heap { return &parse.Heap{Graph: t.namer.g} }

// A file may claim any size and give one id to many objects: the sums may be
// refused, but nothing breaks.
func TestHostileSizes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSketch(t)
		for i := range s.nodes {
			s.nodes[i].self = rapid.SampledFrom([]uint64{0, 1, 1 << 31, 1 << 62, 1 << 63, 1<<64 - 1}).Draw(t, "self")
			s.nodes[i].id = uint64(rapid.IntRange(0, 9).Draw(t, "id"))
		}
		o := Options{Minimum: 1, All: true}
		earlier, later := s.graph(2+len(s.nodes)/2), s.graph(len(s.nodes))
		before, after := Build(earlier, o), Build(later, o)
		for _, id := range []Identity{nil, firstOnes{before, earlier}, wrong{}} {
			r, err := Rank(before, after, heapOf(after), id, o)
			if err == nil && r == nil {
				t.Fatal("neither a ranking nor an error")
			}
		}
	})
}

// wrong remembers every object, as one that never was.
type wrong struct{}

func (wrong) Forget() {}

func (wrong) Before(id uint64, _ graph.NodeType) (Signature, uint64, bool) {
	return Signature(id * 1000), id, true
}
