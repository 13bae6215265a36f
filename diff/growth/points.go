package growth

// point is an accumulation point: a signature that did not itself become more,
// while what hangs at some of its places did.
type point struct {
	sig    uint32
	places []grown
	minor  bool // of the engine or a list of roots: owns only what nothing else does
}

// grown is a place of a point, and what it gained.
type grown struct {
	place         uint32
	before, after int64 // objects, or edges where the objects have another path
	own           bool  // objects: their path leads through the place
}

// findPoints returns the accumulation points in the order of their signatures.
func (l *ledger) findPoints(minimum int64) []point {
	var points []point
	at := map[uint32]int{} // signature -> its point
	for i := range l.after.places {
		p := &l.after.places[i]
		if p.alias != 0 || p.parent == l.after.engine || l.holdsLess(p, minimum) {
			continue
		}
		if l.more(p.parent) >= minimum && !l.lengthened(uint32(i), minimum) {
			continue
		}
		g := l.growthOf(uint32(i), minimum)
		if g.after-g.before < minimum {
			continue
		}
		k, ok := at[p.parent]
		if !ok {
			k = len(points)
			at[p.parent] = k
			points = append(points, point{sig: p.parent, minor: true})
		}
		points[k].places = append(points[k].places, g)
		if l.after.classes.flags[p.class]&runtime == 0 && !l.isMinor(p.parent) {
			points[k].minor = false
		}
	}
	return points
}

// holdsLess reports whether a place has too little to have gained so much, whatever
// it held before.
func (l *ledger) holdsLess(p *place, minimum int64) bool {
	return int64(p.held) < minimum && (p.sig == 0 || l.accounts[p.sig].count < minimum)
}

// more returns how many more objects there are of a signature: new ones, or ones
// that another way led to before.
func (l *ledger) more(sig uint32) int64 {
	moved := int64(l.after.sigs[sig].count)
	if was := l.match[sig]; was != 0 {
		moved -= int64(l.before.sigs[was].count)
	}
	return max(moved, l.accounts[sig].count)
}

// lengthened reports whether more objects hang at a place while no more edges
// lead to them: a list became longer, whatever became of what holds its head.
func (l *ledger) lengthened(place uint32, minimum int64) bool {
	p := &l.after.places[place]
	if p.sig == 0 || l.after.sigs[p.sig].place != place || l.accounts[p.sig].count < minimum {
		return false
	}
	return int64(p.held)-l.heldBefore(place) < minimum
}

// growthOf returns what a place holds before and after: the objects that have
// their path through it, or the edges if those became more.
func (l *ledger) growthOf(place uint32, minimum int64) grown {
	p := &l.after.places[place]
	g := grown{place: place, before: l.heldBefore(place), after: int64(p.held)}
	// A text is one however many parts the engine keeps it in.
	if l.after.classes.flags[p.class]&text != 0 && g.after-g.before >= minimum {
		return g
	}
	if p.sig != 0 && l.after.sigs[p.sig].place == place {
		after := int64(l.after.sigs[p.sig].count)
		if delta := l.accounts[p.sig].count; delta >= g.after-g.before {
			g.before, g.after, g.own = after-delta, after, true
		}
	}
	return g
}

// isMinor reports whether a signature is of a list of roots or of the engine's
// own data.
func (l *ledger) isMinor(sig uint32) bool {
	flags := l.after.classes.flags[l.after.sigs[sig].class]
	return flags&(runtime|system) != 0
}
