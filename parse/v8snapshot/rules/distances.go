package rules

import "github.com/heapdiff/heapdiff/graph"

const (
	// SystemDistance is added to the distance of what only the collector's
	// roots reach; DevTools shows such distances as a dash.
	SystemDistance = 100_000_000
	// Unreachable is the distance of what no root reaches.
	Unreachable = -5
)

// Distances returns the number of edges on the shortest way to each node from
// the program's roots, or from the collector's plus SystemDistance where the
// program's do not reach it, or Unreachable. Call it after Apply.
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
	distance []int32 // node -> distance
	queue    []graph.NodeID
	pending  map[string]bool // WeakMap pairs of which one edge was met

	nativeContext, sloppyMap, descriptors name
}

// name finds a string in the table once and then compares indices.
type name struct{ ids map[graph.StringID]bool }

func (n name) is(s graph.StringID) bool { return n.ids[s] }

func newDistancer(g *graph.Graph) *distancer {
	d := &distancer{g: g, distance: make([]int32, g.NumNodes()), pending: map[string]bool{}}
	for i := range d.distance {
		d.distance[i] = Unreachable
	}
	find := func(text string) name {
		ids := map[graph.StringID]bool{}
		for s := range graph.StringID(g.Strings.Len()) {
			if string(g.Strings.Bytes(s)) == text {
				ids[s] = true
			}
		}
		return name{ids}
	}
	d.nativeContext = find("system / NativeContext")
	d.sloppyMap = find("sloppy_function_map")
	d.descriptors = find("(map descriptors)")
	return d
}

func (d *distancer) reach(n graph.NodeID, distance int32) {
	if d.distance[n] == Unreachable {
		d.distance[n] = distance
		d.queue = append(d.queue, n)
	}
}

func (d *distancer) spread() {
	g := d.g
	for head := 0; head < len(d.queue); head++ {
		n := d.queue[head]
		next := d.distance[n] + 1
		check := d.special(n)
		from, to := g.Edges(n)
		for e := from; e < to; e++ {
			l := g.Links[e]
			target := l.To()
			if l.Type() == graph.WeakEdge || d.distance[target] != Unreachable {
				continue
			}
			if (check || l.Type() == graph.InternalEdge) && !d.follow(n, e) {
				continue
			}
			d.reach(target, next)
		}
	}
	d.queue = d.queue[:0]
}

// special reports whether edges of n may be passed over for its own sake.
func (d *distancer) special(n graph.NodeID) bool {
	g := d.g
	if g.Flags[n]&graph.RenamedDetached != 0 {
		return false
	}
	return g.Type[n] == graph.Hidden && d.nativeContext.is(g.Name[n]) ||
		g.Type[n] == graph.Array && d.descriptors.is(g.Name[n])
}

// follow decides on an edge to a node that is not yet reached.
func (d *distancer) follow(n graph.NodeID, e graph.EdgeID) bool {
	g := d.g
	t, label := g.Links[e].Type(), g.Labels[e]
	switch {
	case g.Type[n] == graph.Hidden && d.nativeContext.is(g.Name[n]) && !t.Indexed() && d.sloppyMap.is(graph.StringID(label)):
		return false
	case g.Type[n] == graph.Array && d.descriptors.is(g.Name[n]):
		if i, ok := leadingNumber(g, t, label); ok && i >= 2 && i%3 == 1 {
			return false // a key in the descriptors of an old V8
		}
	}
	if t != graph.InternalEdge {
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
