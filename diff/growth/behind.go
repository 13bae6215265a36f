package growth

// This file finds out what stands behind the points: what is reachable only through
// what they gained.

import (
	"slices"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/crew"
)

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

// mark finds what is reachable without the grown children, and of those
// children the ones that something else holds as well.
//
// A node whose path leads through no grown child is reachable on that path.
// That is known of whole signatures, so that only the others have to be walked,
// from the edges that lead to them. Of the engine's own, whose signature is not
// how they are reached, it is known of what first led to each.
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
	for _, half := range s.crossings(suspect) {
		for _, c := range half {
			cross(c, t.sig(c.from).Row())
		}
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
// order of the file, by halves. Nothing is written meanwhile, so that both cores
// can look. Of those that lead to one of the engine's own, such as a shape that
// millions have, the first does.
func (s *sharer) crossings(suspect []bool) [2][]crossing {
	t, g := s.led.after, s.g
	var out [2][]crossing
	crew.Halves(s.jobs, g.NumNodes(), func(half, from, to int) {
		met := newBitset(g.NumNodes())
		for n := graph.NodeID(from); n < graph.NodeID(to); n++ {
			sig := t.sig(n).Row()
			switch {
			case suspect[sig] && (s.behind.has(n) || !t.isEngine(sig)):
				continue
			case s.ownersOf(n) != 0, t.classes.flags[t.sigs[sig].class]&forgetful != 0:
				continue
			}
			first, end := g.Edges(n)
			for i, l := range g.Links[first:end] {
				to := l.To()
				if !s.behind.has(to) || !retains(l) || met.has(to) {
					continue
				}
				if t.isEngine(t.sig(to).Row()) {
					met.set(to)
				}
				out[half] = append(out[half], crossing{n, first + graph.EdgeID(i)})
			}
		}
	})
	return out
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
