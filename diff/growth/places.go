package growth

import (
	"cmp"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

// located counts where the objects of some signatures are defined, and what
// plain objects among them look like.
type located struct {
	scripts *scripts
	table   []graph.Location
	row     []uint32                // signature -> row + 1; 0 where nobody asked
	counts  []votes[uint32]         // row -> place -> objects
	shapes  []*votes[graph.ClassID] // row -> provisional class -> objects; nil unless they are plain
}

// votes are counts of things of which most are like the one before.
type votes[T comparable] struct {
	counts map[T]*int
	last   T
	at     *int // count of last
}

func (t *votes[T]) add(thing T) {
	if t.at == nil || t.last != thing {
		if t.last, t.at = thing, t.counts[thing]; t.at == nil {
			t.at = new(int)
			t.counts[thing] = t.at
		}
	}
	*t.at++
}

func newVotes[T comparable]() votes[T] { return votes[T]{counts: map[T]*int{}} }

// locate looks at the locations of all objects of the signatures.
func locate(t *Tree, sigs []uint32, s *scripts) *located {
	g := t.namer.g
	l := &located{scripts: s, table: g.Locations.Table(), row: make([]uint32, len(t.sigs))}
	for _, sig := range sigs {
		if l.row[sig] == 0 {
			l.counts = append(l.counts, newVotes[uint32]())
			var shapes *votes[graph.ClassID]
			if g.Class.Len() > 0 && t.classes.text[t.sigs[sig].class] == "Object" {
				t := newVotes[graph.ClassID]()
				shapes = &t
			}
			l.shapes = append(l.shapes, shapes)
			l.row[sig] = uint32(len(l.counts))
		}
	}
	for n := range graph.NodeID(t.Sig.Len()) {
		sig := t.sig(n)
		row := l.row[sig.Row()]
		if row == 0 || sig.Internal() {
			continue
		}
		if place := g.Locations.Place(n); place >= 0 {
			l.counts[row-1].add(uint32(place))
		}
		if shapes := l.shapes[row-1]; shapes != nil {
			shapes.add(g.ClassOf(n))
		}
	}
	return l
}

// name returns what most of the plain objects of a signature are called by the
// properties they have, or "" if they are not plain or all different.
func (l *located) name(sig uint32, resolve func(graph.ClassID) string) string {
	row := l.row[sig]
	if row == 0 || l.shapes[row-1] == nil {
		return ""
	}
	names := map[string]int{}
	total := 0
	for class, count := range l.shapes[row-1].counts {
		names[resolve(class)] += *count
		total += *count
	}
	for name, count := range names {
		if count*2 > total && name != "Object" {
			return name
		}
	}
	return ""
}

// of returns the places of the objects of a signature, most common first.
func (l *located) of(sig uint32) []graph.Location {
	row := l.row[sig]
	if row == 0 {
		return nil
	}
	counts := l.counts[row-1].counts
	places := make([]uint32, 0, len(counts))
	for p := range counts {
		places = append(places, p)
	}
	slices.SortFunc(places, func(a, b uint32) int {
		x, y := l.table[a], l.table[b]
		return cmp.Or(cmp.Compare(*counts[b], *counts[a]), cmp.Compare(l.scripts.names[x.Script], l.scripts.names[y.Script]),
			cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column))
	})
	out := make([]graph.Location, len(places))
	for i, p := range places {
		out[i] = l.table[p]
	}
	return out
}

// where returns the most common place, or "".
func (l *located) where(sig uint32) string {
	if places := l.of(sig); len(places) > 0 {
		return l.scripts.format(places[0])
	}
	return ""
}

// original returns what the functions of a signature, or the classes of its
// objects, were called before they were made smaller; "" if that is not known.
func (l *located) original(sig uint32) string {
	if l.scripts.maps == nil {
		return ""
	}
	if places := l.of(sig); len(places) > 0 {
		return l.scripts.function(places[0])
	}
	return ""
}

// origin returns whose code defines the objects of a signature: that of the
// most common place that is known.
func (l *located) origin(sig uint32) origin {
	for _, place := range l.of(sig) {
		if o := l.scripts.of(place); o != unknownOrigin {
			return o
		}
	}
	return unknownOrigin
}
