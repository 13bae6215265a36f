package v8snapshot

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

// locator collects the locations of objects. Few places are the locations of
// many objects, so each worker keeps a table of the different ones.
type locator struct {
	c       *columns
	workers []located
}

// located is what one worker found.
type located struct {
	pieces []locatedPiece
	known  map[graph.Location]uint32 // -> index in table
	table  []graph.Location
}

// locatedPiece is a piece of the array; place is an index in the worker's table.
type locatedPiece struct {
	first int64
	node  []graph.NodeID
	place []uint32
}

func newLocator(c *columns, jobs int) *locator {
	lo := &locator{c: c, workers: make([]located, max(jobs, 1))}
	for i := range lo.workers {
		lo.workers[i].known = map[graph.Location]uint32{}
	}
	return lo
}

func (lo *locator) parse(worker int, p *piece) (int64, error) {
	c, l, w := lo.c, lo.c.l, &lo.workers[worker]
	rows := bytes.Count(p.data, comma)/l.locationFields + 1
	out := locatedPiece{first: p.first, node: make([]graph.NodeID, 0, rows), place: make([]uint32, 0, rows)}
	last, lastPlace := graph.Location{Script: -1, Line: -1, Column: -1}, uint32(0)
	store := func(r []uint64) *malformed {
		node, exact := c.ordinal.divide(r[l.locNode])
		if !exact || node >= uint64(c.g.NumNodes()) {
			return &malformed{what: fmt.Sprintf("a location of node index %d, which is none", r[l.locNode])}
		}
		at := graph.Location{Script: int32(r[l.locScript]), Line: int32(r[l.locLine]), Column: int32(r[l.locColumn])}
		if at != last || len(w.table) == 0 {
			place, ok := w.known[at]
			if !ok {
				place = uint32(len(w.table))
				w.known[at] = place
				w.table = append(w.table, at)
			}
			last, lastPlace = at, place
		}
		out.node = append(out.node, graph.NodeID(node))
		out.place = append(out.place, lastPlace)
		return nil
	}
	stored, at := p.fastRecords(l.locationFields, store)
	negative := ^uint64(0) &^ (1 << l.locNode)
	found, err := scanRecords(p.data[at:], l.locationFields, negative, store)
	w.pieces = append(w.pieces, out)
	return stored + found, c.locate(p, at, err)
}

// join puts what the workers found together, in the order of the file.
func (lo *locator) join() graph.Locations {
	var (
		pieces []locatedPiece
		known  = map[graph.Location]uint32{}
		table  []graph.Location
		rows   int
	)
	for _, w := range lo.workers {
		final := make([]uint32, len(w.table)) // worker's index -> index in table
		for i, at := range w.table {
			place, ok := known[at]
			if !ok {
				place = uint32(len(table))
				known[at] = place
				table = append(table, at)
			}
			final[i] = place
		}
		for _, p := range w.pieces {
			for i, place := range p.place {
				p.place[i] = final[place]
			}
			rows += len(p.node)
		}
		pieces = append(pieces, w.pieces...)
	}
	slices.SortFunc(pieces, func(a, b locatedPiece) int { return cmp.Compare(a.first, b.first) })
	node, place := make([]graph.NodeID, 0, rows), make([]uint32, 0, rows)
	for _, p := range pieces {
		node, place = append(node, p.node...), append(place, p.place...)
	}
	return graph.NewLocations(lo.c.g.NumNodes(), node, place, table)
}
