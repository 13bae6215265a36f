package growth

import (
	"cmp"

	"github.com/heapdiff/heapdiff/graph"
)

// follow looks at all edges of a node that is settled.
func (b *builder) follow(n graph.NodeID) {
	g := b.g
	first, end := g.Edges(n)
	if first == end {
		return
	}
	if b.followed++; b.followed%64 == 0 {
		b.pace.Yield()
	}
	sig := b.known[n]
	from := source{sig: sig.Row(), flags: b.sourceFlags(n, sig)}
	from.manner = b.mannerOf(n, end-first, from.sig, from.flags)
	for i, l := range g.Links[first:end] {
		if !retains(l) {
			continue
		}
		s := b.known[l.To()]
		class := uint32(s & payload) // of what was not met yet
		switch {
		case s < unmet: // settled, and no internals
			met := b.met[s]
			if met.flags&(leaf|runtime|system|folded) != 0 || from.flags&(runtime|shadow) != 0 {
				continue
			}
			class = met.class
		case s&(states|unmet) == 0:
			continue
		case s&unmet == 0:
			if s&(states|internalBit) == waitData && b.places[s&payload].parent == b.engine {
				continue // the engine's own hangs at one place, whatever leads to it
			}
			class = b.classAt(l.To(), s)
		}
		if b.willLoosen(l, n) {
			continue
		}
		var name uint32
		if !l.Type().Indexed() {
			name = g.Labels.Of(first+graph.EdgeID(i), l)
		}
		if step := b.step(&from, l.Type(), name, class); s < unmet {
			b.meet(step)
		} else {
			b.reach(l.To(), s, step, n)
		}
	}
}

// reach claims t, which is not settled, by a step that leads to it from a node.
func (b *builder) reach(t graph.NodeID, s Signature, by *step, from graph.NodeID) {
	state := by.state
	first := s&unmet != 0
	if first {
		if by.engine {
			b.kept = append(b.kept, keeping{t, from})
		}
		s = waitLocal // as if the last of all had claimed it
	}
	if by.inside {
		b.claimInternal(t, first, s, state, by.sig)
		return
	}
	if s&states < state {
		return // something better claims it
	}
	p := b.placeOfStep(by)
	if p == absent {
		b.claimInternal(t, first, s, state, by.sig)
		return
	}
	if state == claimed || first {
		b.places[p].held++
	}
	switch {
	case first || s&states > state:
		b.enqueue(t, state)
		b.claim(t, state, p)
	case s.Internal() || p != uint32(s&payload) && b.compare(p, uint32(s&payload)) < 0: // internals of the root go before those of others
		b.claim(t, state, p)
	}
}

// classAt returns the class of a node that is not settled.
func (b *builder) classAt(t graph.NodeID, s Signature) uint32 {
	switch {
	case s&unmet != 0:
		return uint32(s & payload)
	case s&internalBit == 0:
		return b.places[s&payload].class
	}
	return b.class.of(t)
}

func (b *builder) claim(n graph.NodeID, state Signature, place uint32) {
	b.known[n] = state | Signature(place)
}

// claimInternal claims internals for the object they belong to.
func (b *builder) claimInternal(t graph.NodeID, first bool, s, state Signature, sig uint32) {
	switch {
	case first || s&states > state:
		b.enqueue(t, state)
	case s&states < state || !s.Internal() || b.rank[sig] >= b.rank[s&payload]:
		return
	}
	b.known[t] = internalBit | state | Signature(sig)
}

func (b *builder) enqueue(n graph.NodeID, state Signature) {
	if state == claimed {
		b.next.add(n)
		return
	}
	i := state>>28 - firstWait
	b.waiting[i] = append(b.waiting[i], n)
}

// meet counts an edge to an object that has its signature by another way.
func (b *builder) meet(by *step) {
	if by.aside {
		return
	}
	if p := b.placeOfStep(by); p != absent {
		b.places[p].held++
	}
}

// compare orders places by where they hang and by their names.
func (b *builder) compare(x, y uint32) int {
	p, q := &b.places[x], &b.places[y]
	if d := cmp.Compare(b.rank[p.parent], b.rank[q.parent]); d != 0 {
		return d
	}
	if p.edge != q.edge {
		return cmp.Compare(b.edges.text[p.edge], b.edges.text[q.edge])
	}
	return cmp.Compare(b.classes.text[p.class], b.classes.text[q.class])
}
