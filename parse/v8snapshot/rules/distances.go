package rules

import (
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

const (
	// SystemDistance is added to the distance of what only the collector's
	// roots reach; DevTools shows such distances as a dash.
	SystemDistance = 100_000_000
	// Unreachable is the distance of what no root reaches.
	Unreachable = -5
)

// Distances returns the number of edges on the shortest way to each node from
// the program's roots, or from the collector's plus SystemDistance where the
// program's do not reach it, or Unreachable. Call it after Prepare.
func Distances(g *graph.Graph) []int32 {
	d := newDistancer(g)
	users := userRoots(g)
	for _, n := range users {
		d.reach(n, 1)
	}
	d.spread()
	if len(users) > 0 {
		d.reach(g.Root, SystemDistance)
	} else {
		d.reach(g.Root, 0)
	}
	d.spread()
	return d.distance
}

type distancer struct {
	g        *graph.Graph
	distance []int32         // node -> distance
	reached  graph.Bits      // nodes that have one: asked for each edge, and so small that it stays near
	level    []graph.NodeID  // what was reached last
	next     []graph.NodeID  // what is reached from there
	pending  map[string]bool // WeakMap pairs of which one edge was met

	nativeContext, sloppyMap, descriptors name
	ephemerons                            []uint64 // string/64 -> which are names of WeakMap entries
}

// name is the indices at which a text stands in the table: nearly always one.
type name []graph.StringID

func (n *name) add(s graph.StringID) { *n = append(*n, s) }

func (n name) is(s graph.StringID) bool { return slices.Contains(n, s) }

func newDistancer(g *graph.Graph) *distancer {
	n := g.NumNodes()
	room := n / 8 // for all but rare levels: as they grow, lists leave memory behind
	d := &distancer{
		g: g, distance: make([]int32, n), reached: graph.NewBits(n), pending: map[string]bool{},
		level: make([]graph.NodeID, 0, room), next: make([]graph.NodeID, 0, room),
	}
	for i := range d.distance {
		d.distance[i] = Unreachable
	}
	d.ephemerons = make([]uint64, g.Strings.Len()/64+1)
	for s := range graph.StringID(g.Strings.Len()) {
		switch text := g.Strings.Bytes(s); string(text) {
		case "system / NativeContext":
			d.nativeContext.add(s)
		case "sloppy_function_map":
			d.sloppyMap.add(s)
		case "(map descriptors)":
			d.descriptors.add(s)
		default:
			if _, _, ok := ephemeron(text); ok {
				d.ephemerons[s/64] |= 1 << (s % 64)
			}
		}
	}
	return d
}

func (d *distancer) reach(n graph.NodeID, distance int32) {
	if !d.reached.Has(n) {
		d.reached.Add(n)
		d.distance[n] = distance
		d.next = append(d.next, n)
	}
}

// spread goes on, level by level, from what was reached, all of it at one distance.
func (d *distancer) spread() {
	if len(d.next) == 0 {
		return
	}
	for next := d.distance[d.next[0]] + 1; len(d.next) > 0; next++ {
		d.level, d.next = d.next, d.level[:0]
		d.follow(next)
	}
}

// follow reaches what the edges of the level lead to, which is at the distance next.
func (d *distancer) follow(next int32) {
	g := d.g
	for _, n := range d.level {
		check := d.special(n)
		from, to := g.Edges(n)
		for e := from; e < to; e++ {
			l := g.Links[e]
			target := l.To()
			if l.Type() == graph.WeakEdge || d.reached.Has(target) {
				continue
			}
			if (check || l.Type() == graph.InternalEdge && d.ephemeral(g.Label(e))) && !d.leads(n, e) {
				continue
			}
			d.reach(target, next)
		}
	}
}

func (d *distancer) ephemeral(label uint32) bool {
	return d.ephemerons[label/64]>>(label%64)&1 != 0
}

// special reports whether edges of n may be passed over for its own sake.
func (d *distancer) special(n graph.NodeID) bool {
	g := d.g
	var names name
	switch g.Type[n] {
	case graph.Hidden:
		names = d.nativeContext
	case graph.Array:
		names = d.descriptors
	default:
		return false
	}
	return names.is(g.Name[n]) && g.Flags[n]&graph.RenamedDetached == 0
}

// leads decides on an edge to a node that is not yet reached.
func (d *distancer) leads(n graph.NodeID, e graph.EdgeID) bool {
	g := d.g
	t, label := g.Links[e].Type(), g.Label(e)
	switch {
	case g.Type[n] == graph.Hidden && d.nativeContext.is(g.Name[n]) && !t.Indexed() && d.sloppyMap.is(graph.StringID(label)):
		return false
	case g.Type[n] == graph.Array && d.descriptors.is(g.Name[n]):
		if i, ok := leadingNumber(g, t, label); ok && i >= 2 && i%3 == 1 {
			return false // a key in the descriptors of an old V8
		}
	}
	if t != graph.InternalEdge || !d.ephemeral(label) {
		return true
	}
	pair, _, ok := ephemeron(g.Strings.Bytes(graph.StringID(label)))
	if !ok {
		return true
	}
	// The value of a WeakMap entry is as far as the farther of key and table:
	// the first edge met is passed over, the second is followed.
	if d.pending[string(pair)] {
		delete(d.pending, string(pair))
		return true
	}
	d.pending[string(pair)] = true
	return false
}

// leadingNumber reads an edge's name as JavaScript's parseInt does.
func leadingNumber(g *graph.Graph, t graph.EdgeType, label uint32) (int, bool) {
	if t.Indexed() {
		return int(label), true
	}
	v, ok := 0, false
	for _, c := range g.Strings.Bytes(graph.StringID(label)) {
		if c < '0' || c > '9' || v > 1<<40 {
			break
		}
		v, ok = v*10+int(c-'0'), true
	}
	return v, ok
}
