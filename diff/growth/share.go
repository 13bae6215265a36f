package growth

import (
	"github.com/heapdiff/heapdiff/graph"
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
