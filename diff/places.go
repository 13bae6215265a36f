package diff

import (
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse"
)

// places are what retains much in a heap, known by the way down the dominator
// tree: names of edges and of what they lead to. In another process the same
// place has the same way, though every id in it is another.
type places struct {
	list  []place
	byKey map[uint64]int
}

// place is an object that retains much, or several with the same way. A chain of
// objects of one name, such as a list, is one place.
type place struct {
	key      uint64
	above    int           // the place above, or -1
	node     graph.NodeID  // the first of its objects
	class    graph.ClassID // provisional
	step     uint64        // the last step of the way to it
	retained uint64
	own      uint64 // bytes of its objects with what folds into them
	chain    bool
	below    []placeGroup
}

// placeGroup is what a place holds of a class.
type placeGroup struct {
	class    graph.ClassID // provisional
	count    int
	retained uint64
}

const (
	// leastPlace is the part of the heap that a place retains.
	leastPlace = 10000
	maxPlaces  = 1 << 14
	// chainPeriod is how many different steps a chain may repeat.
	chainPeriod = 4
)

type placeWalk struct {
	*places
	h     *parse.Heap
	tree  *graph.Tree
	shown *shown
	least uint64
	queue []placeVisit
	sum   map[graph.ClassID]int // class -> row of the group being made + 1
}

// placeVisit is an object of a place that has not been looked into.
type placeVisit struct {
	node  graph.NodeID
	place int
}

func newPlaces(h *parse.Heap, tree *graph.Tree, s *shown) *places {
	w := &placeWalk{
		places: &places{byKey: map[uint64]int{}}, h: h, tree: tree, shown: s,
		least: max(h.TotalSelf()/leastPlace, 256), sum: map[graph.ClassID]int{},
	}
	w.add(-1, h.Root, 0)
	for at := 0; at < len(w.queue); at++ {
		w.look(w.queue[at])
	}
	return w.places
}

// add makes n an object of the place to which a step leads from another.
func (w *placeWalk) add(above int, n graph.NodeID, step uint64) {
	for at, i := above, 0; at >= 0 && i < chainPeriod; at, i = w.list[at].above, i+1 {
		if w.list[at].step == step && w.list[at].class == w.h.ClassOf(n) {
			w.list[at].chain = true
			w.queue = append(w.queue, placeVisit{n, at})
			return
		}
	}
	key := step
	if above >= 0 {
		key = mix(w.list[above].key, step)
	}
	at, ok := w.byKey[key]
	if !ok {
		if len(w.list) == maxPlaces {
			return
		}
		at = len(w.list)
		w.byKey[key] = at
		w.list = append(w.list, place{key: key, above: above, node: n, class: w.h.ClassOf(n), step: step})
	}
	w.list[at].retained += w.h.Dominators.Retained(n)
	w.queue = append(w.queue, placeVisit{n, at})
}

// look sums up what is below an object and goes on to what is large there.
func (w *placeWalk) look(v placeVisit) {
	g, d := w.h.Graph, w.h.Dominators
	clear(w.sum)
	p := &w.list[v.place]
	for i, group := range p.below {
		w.sum[group.class] = i + 1
	}
	var large []graph.NodeID
	parts := []graph.NodeID{v.node}
	p.own += g.Self.At(v.node)
	eachChild(w.tree, w.shown, v.node, func(part graph.NodeID) {
		parts = append(parts, part)
		p.own += g.Self.At(part)
	}, func(child graph.NodeID) {
		class := w.h.ClassOf(child)
		at := w.sum[class]
		if at == 0 {
			p.below = append(p.below, placeGroup{class: class})
			at = len(p.below)
			w.sum[class] = at
		}
		group := &p.below[at-1]
		group.count++
		group.retained += d.Retained(child)
		if d.Retained(child) >= w.least {
			large = append(large, child)
		}
	})
	if len(large) == 0 {
		return
	}
	steps := make(map[graph.NodeID]uint64, len(large))
	for _, n := range large {
		steps[n] = 0
	}
	for _, part := range parts {
		from, to := g.Edges(part)
		for e := from; e < to; e++ {
			l := g.Links[e]
			if known, ok := steps[l.To()]; ok && known == 0 && !l.Loose() && l.Type() != graph.WeakEdge {
				steps[l.To()] = w.label(e)
			}
		}
	}
	for _, n := range large {
		w.add(v.place, n, mix(steps[n], w.name(n)))
	}
}

// label tells edges apart by their names; indices are all the same.
func (w *placeWalk) label(e graph.EdgeID) uint64 {
	g := w.h.Graph
	t := g.Links[e].Type()
	if t.Indexed() {
		return 1
	}
	text := g.Strings.Bytes(graph.StringID(g.Label(e)))
	if t == graph.InternalEdge && len(text) > 0 && text[0] >= '0' && text[0] <= '9' {
		return 1
	}
	return hashBytes(uint64(t)+2, text)
}

// name tells nodes apart by type and name; values are all the same.
func (w *placeWalk) name(n graph.NodeID) uint64 {
	g := w.h.Graph
	switch t := g.Type[n]; t {
	case graph.Object, graph.Native, graph.Closure, graph.Synthetic, graph.Hidden:
		return hashBytes(uint64(t), []byte(structuralName(g.NodeName(n))))
	default:
		return uint64(t) + 1
	}
}

func mix(a, b uint64) uint64 {
	h := (a ^ b*0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93
	return h ^ h>>32
}

func hashBytes(seed uint64, text []byte) uint64 {
	h := seed ^ 0xCBF29CE484222325
	for _, c := range text {
		h = (h ^ uint64(c)) * 0x100000001B3
	}
	return mix(h, uint64(len(text)))
}

// eachChild calls child with what is immediately below n in the dominator tree.
// What folds into n is given to part, and instead of it what is below it is
// visited.
func eachChild(tree *graph.Tree, s *shown, n graph.NodeID, part, child func(graph.NodeID)) {
	stack := []graph.NodeID{tree.FirstChild(n)}
	for len(stack) > 0 {
		top := len(stack) - 1
		at := stack[top]
		if at == graph.NoNode {
			stack = stack[:top]
			continue
		}
		stack[top] = tree.NextSibling(at)
		if s.isPart(at, n) {
			part(at)
			stack = append(stack, tree.FirstChild(at))
			continue
		}
		child(at)
	}
}
