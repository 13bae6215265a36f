package growth

import (
	"encoding/binary"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/crew"
)

// sharer finds out which accumulation points hold each object.
//
// The idea is LeakShare, of Vilk and Berger, "BLeak: Automatically Debugging
// Memory Leaks in Web Applications" (PLDI 2018): mark what is reachable without
// the grown children of any point; of the rest, an object that k points reach
// counts as size/k for each of them.
//
// One thing is our own: a point's objects end where those of another begin. A
// timer whose callback sees a list does not hold what the list gained: the list
// was there before, with whoever leads to it, and mending the list frees all.
type sharer struct {
	g      *graph.Graph
	led    *ledger
	points []point
	jobs   int // how many goroutines work

	pointOf []uint32           // signature -> point + 1
	grown   []bool             // place -> whether it grew
	stored  map[memberKey]bool // whether objects of a class came to a point
	child   []uint32           // signature -> point + 1 whose grown child it is

	sets   setTable
	owners graph.Narrow // node -> set of points; 0 for none
	behind bitset       // nodes that may be reachable only through grown children
	rescue bitset       // reachable by edges that are no point's
	next   frontier     // whose owners what they lead to does not know yet
	elders []elder

	rescuers map[rescuer]int // -> grown children found so
}

// freed is a node that is reachable without grown children, and the last
// signature on the way there whose path says so.
type freed struct {
	node  graph.NodeID
	entry uint32
}

// rescuer is a signature from which there is a way to grown children of a set of
// points that leads over none of their edges.
type rescuer struct{ set, entry uint32 }

// elder is a child of a point that the heap before had.
type elder struct {
	node graph.NodeID
	set  uint32
}

func newSharer(g *graph.Graph, led *ledger, points []point, jobs int) *sharer {
	s := &sharer{
		g: g, led: led, points: points, jobs: jobs,
		pointOf: make([]uint32, len(led.after.sigs)), child: make([]uint32, len(led.after.sigs)),
		grown: make([]bool, len(led.after.places)), owners: graph.MakeNarrowIn(led.after.takeScratch(), g.NumNodes()),
		next: newFrontier(g.NumNodes()),
		sets: newSetTable(), rescuers: map[rescuer]int{}, stored: map[memberKey]bool{},
	}
	for i, p := range points {
		s.pointOf[p.sig] = uint32(i) + 1
		for _, c := range p.places {
			s.grown[c.place] = true
			s.stored[memberKey{p.sig, led.after.places[c.place].class}] = true
			if sig := led.after.places[c.place].sig; sig != 0 && led.after.sigs[sig].place == c.place {
				s.child[sig] = uint32(i) + 1
			}
		}
	}
	s.seed()
	s.mark()
	s.seedElders()
	s.propagate()
	return s
}

// isFresh reports whether n may be part of the growth.
func (s *sharer) isFresh(n graph.NodeID) bool { return s.led.fresh == nil || s.led.fresh.has(n) }

// seed gives the grown children to their points.
func (s *sharer) seed() {
	t := s.led.after
	for node := range graph.NodeID(s.g.NumNodes()) {
		sig := t.sig(node)
		if c := s.child[sig.Row()]; c != 0 && !sig.Internal() && s.isFresh(node) {
			s.add(node, s.sets.single(c-1))
		}
		p := s.pointOf[sig.Row()]
		if p == 0 {
			continue
		}
		set := s.sets.single(p - 1)
		from, to := s.g.Edges(node)
		for e := from; e < to; e++ {
			l := s.g.Links[e]
			switch {
			case !retains(l) || !s.grows(node, e):
			case s.isFresh(l.To()):
				s.add(l.To(), set)
			default:
				s.elders = append(s.elders, elder{l.To(), set})
			}
		}
	}
}

// grows reports whether an edge leads from a point to a grown child.
func (s *sharer) grows(n graph.NodeID, e graph.EdgeID) bool {
	t := s.led.after
	from := t.sig(n)
	if s.pointOf[from.Row()] == 0 {
		return false
	}
	to := t.sig(s.g.Links[e].To())
	if to.Internal() {
		return false
	}
	if place := t.placeOf(n, e); place != absent && s.grown[place] {
		return true
	}
	// The store of an object's properties repeats its edges without their names,
	// and has the names themselves.
	class := t.sigs[to.Row()].class
	return from.Internal() && t.sourceFlags(n, from)&shadow != 0 && (t.classes.flags[class]&leaf != 0 || s.stored[memberKey{from.Row(), class}])
}

// ownersOf returns the set of points that hold n.
func (s *sharer) ownersOf(n graph.NodeID) uint32 { return s.owners.At(uint32(n)) }

func (s *sharer) add(n graph.NodeID, set uint32) {
	if had := s.ownersOf(n); had == 0 {
		s.owners.Set(uint32(n), set)
		s.next.add(n)
	} else {
		s.owners.Set(uint32(n), s.sets.union(had, set))
	}
}

// mark finds what is reachable without the grown children, and of those
// children the ones that something else holds as well.
//
// A node whose path leads through no grown child is reachable on that path.
// That is known of whole signatures, so that only the others have to be walked,
// from the edges that lead to them.
func (s *sharer) mark() {
	g := s.g
	suspect := s.suspects()
	s.behind, s.rescue = newBitset(g.NumNodes()), newBitset(g.NumNodes())
	t := s.led.after
	for n := range graph.NodeID(g.NumNodes()) {
		if suspect[t.sig(n).Row()] || s.ownersOf(n) != 0 {
			s.behind.set(n)
		}
	}
	for _, k := range t.kept {
		if k.by != graph.NoNode && !s.behind.has(k.by) && s.isKept(k.node) {
			s.behind.clear(k.node)
		}
	}
	var free []freed
	var saved []graph.NodeID
	cross := func(c crossing, entry uint32) {
		t := g.Links[c.edge].To()
		switch {
		case !s.behind.has(t) || s.grows(c.from, c.edge):
		case s.ownersOf(t) == 0:
			s.behind.clear(t)
			free = append(free, freed{t, entry})
		case !s.rescue.has(t):
			s.rescue.set(t)
			saved = append(saved, t)
			s.rescuers[rescuer{s.ownersOf(t), entry}]++
		}
	}
	for _, c := range s.crossings(suspect) {
		cross(c, t.sig(c.from).Row())
	}
	for len(free) > 0 {
		f := free[len(free)-1]
		free = free[:len(free)-1]
		from, to := g.Edges(f.node)
		for e := from; e < to; e++ {
			if retains(g.Links[e]) {
				cross(crossing{f.node, e}, f.entry)
			}
		}
	}
	for len(saved) > 0 {
		n := saved[len(saved)-1]
		saved = saved[:len(saved)-1]
		from, to := g.Edges(n)
		for e := from; e < to; e++ {
			if t := g.Links[e].To(); s.behind.has(t) && !s.rescue.has(t) && retains(g.Links[e]) && !s.grows(n, e) {
				s.rescue.set(t)
				saved = append(saved, t)
			}
		}
	}
}

// crossing is a retaining edge from a node that is reachable without grown
// children to one of which that is not known.
type crossing struct {
	from graph.NodeID
	edge graph.EdgeID
}

// crossings returns the edges that lead out of what is known to be free, in the
// order of the file. Nothing is written meanwhile, so that both cores can look.
func (s *sharer) crossings(suspect []bool) []crossing {
	t, g := s.led.after, s.g
	find := func(from, to graph.NodeID) (out []crossing) {
		for n := from; n < to; n++ {
			sig := t.sig(n).Row()
			switch {
			case suspect[sig] && (s.behind.has(n) || !t.isEngine(sig)):
				continue
			case s.ownersOf(n) != 0, t.classes.flags[t.sigs[sig].class]&forgetful != 0:
				continue
			}
			first, end := g.Edges(n)
			for i, l := range g.Links[first:end] {
				if s.behind.has(l.To()) && retains(l) {
					out = append(out, crossing{n, first + graph.EdgeID(i)})
				}
			}
		}
		return out
	}
	var low, high []crossing
	half, nodes := graph.NodeID(g.NumNodes()/2), graph.NodeID(g.NumNodes())
	crew.Both(s.jobs, func() { low = find(0, half) }, func() { high = find(half, nodes) })
	return append(low, high...)
}

// isKept reports whether n is of the engine's own data, and no point gained it.
func (s *sharer) isKept(n graph.NodeID) bool {
	return s.led.after.isEngine(s.led.after.sig(n).Row()) && s.ownersOf(n) == 0
}

// seedElders gives the children that a point had before to it, where nothing
// else holds them: what is new and hangs on them hangs on the point.
func (s *sharer) seedElders() {
	for _, old := range s.elders {
		if s.behind.has(old.node) {
			s.add(old.node, old.set)
		}
	}
	s.elders = nil
}

// rescuerOf returns the signature from which most grown children of a point are
// reachable without it, or 0.
func (s *sharer) rescuerOf(point uint32) uint32 {
	found := map[uint32]int{}
	var best uint32
	for r, count := range s.rescuers {
		if slices.Contains(s.sets.members[r.set], point) {
			found[r.entry] += count
		}
	}
	for entry, count := range found {
		if best == 0 || count > found[best] || count == found[best] && entry < best {
			best = entry
		}
	}
	return best
}

// suspects marks the signatures whose paths may lead over edges of points to
// their children: those that have such a child, and all below.
func (s *sharer) suspects() []bool {
	t := s.led.after
	suspect := make([]bool, len(t.sigs))
	suspect[t.engine] = len(s.points) > 0 // it is not what leads there
	for n := range graph.NodeID(s.owners.Len()) {
		if s.ownersOf(n) != 0 {
			suspect[t.sig(n).Row()] = true
		}
	}
	for _, old := range s.elders {
		suspect[t.sig(old.node).Row()] = true
	}
	for changed := true; changed; {
		changed = false
		for sig := rootSig + 1; sig < len(t.sigs); sig++ {
			node := &t.sigs[sig]
			// Paths that nothing leads to prove nothing.
			if !suspect[sig] && (suspect[node.parent] || node.parent == rootSig && t.classes.text[node.class] == lostClass) {
				suspect[sig], changed = true, true
			}
		}
		// Paths that repeat themselves lead from below to above.
		for i := range t.places {
			if p := &t.places[i]; p.sig != 0 && suspect[p.parent] && !suspect[p.sig] {
				suspect[p.sig], changed = true, true
			}
		}
	}
	return suspect
}

// propagate carries the owners of each object on to what it holds, until
// nothing changes.
func (s *sharer) propagate() {
	level := newFrontier(s.g.NumNodes())
	for !s.next.empty() {
		level, s.next = s.next, level
		level.drain(s.carry)
	}
	s.next = frontier{}
}

// carry gives what n holds to the owners of n. What a point gained is its own
// already and nobody's who only leads to the point.
func (s *sharer) carry(n graph.NodeID) {
	set := s.ownersOf(n)
	from, to := s.g.Edges(n)
	for i, l := range s.g.Links[from:to] {
		t := l.To()
		if !s.behind.has(t) || !retains(l) {
			continue
		}
		had := s.ownersOf(t)
		if had == set || had != 0 && s.grows(n, from+graph.EdgeID(i)) {
			continue
		}
		if union := s.sets.union(had, set); union != had {
			s.owners.Set(uint32(t), union)
			s.next.add(t)
		}
	}
}

// setTable numbers the sets of points that occur. Set 0 is empty.
type setTable struct {
	members [][]uint32 // set -> points, ascending
	byKey   map[string]uint32
	unions  map[uint64]uint32
	singles []uint32 // point -> its set
}

func newSetTable() setTable {
	return setTable{members: [][]uint32{nil}, byKey: map[string]uint32{"": 0}, unions: map[uint64]uint32{}}
}

func (t *setTable) number(points []uint32) uint32 {
	key := make([]byte, 0, len(points)*4)
	for _, p := range points {
		key = binary.LittleEndian.AppendUint32(key, p)
	}
	id, ok := t.byKey[string(key)]
	if !ok {
		id = uint32(len(t.members))
		t.members = append(t.members, points)
		t.byKey[string(key)] = id
	}
	return id
}

func (t *setTable) single(point uint32) uint32 {
	for int(point) >= len(t.singles) {
		t.singles = append(t.singles, t.number([]uint32{uint32(len(t.singles))}))
	}
	return t.singles[point]
}

func (t *setTable) union(a, b uint32) uint32 {
	if a == b || b == 0 {
		return a
	}
	if a == 0 {
		return b
	}
	key := uint64(min(a, b))<<32 | uint64(max(a, b))
	if id, ok := t.unions[key]; ok {
		return id
	}
	both := append(slices.Clone(t.members[a]), t.members[b]...)
	slices.Sort(both)
	id := t.number(slices.Compact(both))
	t.unions[key] = id
	return id
}
