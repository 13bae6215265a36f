package growth

import (
	"cmp"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

// located counts where the objects of some signatures are defined.
type located struct {
	scripts scripts
	table   []graph.Location
	row     []uint32 // signature -> row of counts + 1; 0 where nobody asked
	counts  []map[uint32]int
}

// locate looks at the locations of all objects of the signatures.
func locate(t *Tree, sigs []uint32) *located {
	g := t.namer.g
	l := &located{scripts: findScripts(g), table: g.Locations.Table(), row: make([]uint32, len(t.sigs))}
	for _, sig := range sigs {
		if l.row[sig] == 0 {
			l.counts = append(l.counts, map[uint32]int{})
			l.row[sig] = uint32(len(l.counts))
		}
	}
	for n, sig := range t.Sig {
		if row := l.row[sig.Row()]; row != 0 && !sig.Internal() {
			if place := g.Locations.Place(graph.NodeID(n)); place >= 0 {
				l.counts[row-1][uint32(place)]++
			}
		}
	}
	return l
}

// of returns the places of the objects of a signature, most common first.
func (l *located) of(sig uint32) []graph.Location {
	row := l.row[sig]
	if row == 0 {
		return nil
	}
	counts := l.counts[row-1]
	places := make([]uint32, 0, len(counts))
	for p := range counts {
		places = append(places, p)
	}
	slices.SortFunc(places, func(a, b uint32) int {
		x, y := l.table[a], l.table[b]
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(l.scripts[x.Script], l.scripts[y.Script]),
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

// origin returns whose code defines the objects of a signature: that of the
// most common place that is known.
func (l *located) origin(sig uint32) origin {
	for _, place := range l.of(sig) {
		if o := l.scripts.of(place.Script); o != unknownOrigin {
			return o
		}
	}
	return unknownOrigin
}
