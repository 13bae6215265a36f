package growth

import (
	"regexp"

	"github.com/heapdiff/heapdiff/graph"
)

// Options say how growth is looked for. The zero value is what most want.
type Options struct {
	// Minimum is how many more objects make a place that grows; 0 means 10, or
	// Iterations if that is less.
	Minimum int
	// Iterations is how often the program did its work between two heaps; 0 if
	// that is not known.
	Iterations int
	// Masks are taken out of names, beside what looks like a number or a hash.
	Masks []*regexp.Regexp
	// All keeps the lines that are too small to be shown.
	All bool
}

// minimum is how much a count must grow.
func (o *Options) minimum() int64 {
	switch {
	case o.Minimum > 0:
		return int64(o.Minimum)
	case o.Iterations > 0 && o.Iterations < 10:
		return int64(o.Iterations)
	}
	return 10
}

// Build finds the signature of each node of g. Call it when the edges that do
// not retain have been marked, that is after the dominators are known.
//
// The graph is walked breadth first from the root, over retaining edges: first
// those that a programmer would name; when they lead no further those from the
// collector's roots; and last those to what the engine knows of an object, its
// code and its shape. So the path of an object is the shortest of the most
// readable.
func Build(g *graph.Graph, o Options) *Tree {
	b := newBuilder(g, o)
	b.start()
	b.spread()
	b.rest()
	b.clean()
	return b.Tree
}

// builder is the walk.
type builder struct {
	*Tree
	g      *graph.Graph
	class  *classer
	edge   *edger
	queue  []graph.NodeID
	head   int
	later  [2][]laterEdge // edges that wait: from roots, and to the engine's data
	from   [2]int
	keys   map[uint64]uint16 // signature and class -> number of property names
	recent recent
}

// laterEdge is an edge that is followed when the ordinary ones are done.
type laterEdge struct {
	from graph.NodeID
	edge graph.EdgeID
}

// recent is the last place looked up: neighbours in an array hang in the same.
type recent struct{ parent, edge, class, place uint32 }

// A node that no ordinary edge has reached yet, but one that waits.
const (
	waiting  Signature = 1<<31 - 1 // in the first queue of those that wait
	waiting2 Signature = 1<<31 - 2 // in the second
)

const (
	maxDepth = 250 // deeper signatures are part of the one at this depth
	maxKeys  = 32  // property names under which one class may hang before they are taken for keys
	maxSigs  = 1 << 22
)

func newBuilder(g *graph.Graph, o Options) *builder {
	m := &masker{extra: o.Masks}
	b := &builder{
		Tree:  &Tree{Sig: make([]Signature, g.NumNodes()), index: make([]uint32, 1<<12)},
		g:     g,
		class: newClasser(g, m),
		edge:  newEdger(g, m),
		keys:  map[uint64]uint16{},
	}
	b.namer = &namer{g, b.class, b.edge}
	b.edges, b.classes = b.edge.labels, b.class.labels
	b.sigs = make([]sigNode, 2, 1<<12)
	b.sigs[rootSig] = sigNode{place: absent}
	b.recent.place = absent
	return b
}

// start visits the root and the program's own roots.
func (b *builder) start() {
	g := b.g
	b.Sig[g.Root] = rootSig
	b.sigs[rootSig].count = 1
	b.addSelf(rootSig, g.Root)
	from, to := g.Edges(g.Root)
	globals := 0
	for e := from; e < to; e++ {
		l := g.Links[e]
		if l.Type() != graph.ShortcutEdge || l.Loose() {
			continue
		}
		n := l.To()
		if global := b.globalOf(n); global != graph.NoNode {
			n = global
		}
		b.visitStart(n)
		globals++
	}
	if globals == 0 {
		b.startFromContexts()
	}
	for e := from; e < to; e++ {
		if l := g.Links[e]; retains(l) && b.Sig[l.To()] == 0 {
			b.wait(0, g.Root, e)
		}
	}
}

// startFromContexts visits the global objects of a heap whose root names none.
func (b *builder) startFromContexts() {
	for n := range graph.NodeID(b.g.NumNodes()) {
		if t := b.g.Type[n]; t == graph.Hidden || t == graph.Native {
			if global := b.globalOf(n); global != graph.NoNode {
				b.visitStart(global)
			}
		}
	}
}

// globalOf returns the global object of a context, or NoNode.
func (b *builder) globalOf(n graph.NodeID) graph.NodeID {
	g := b.g
	if t := g.Type[n]; t != graph.Hidden && t != graph.Native {
		return graph.NoNode
	}
	if class := b.class.of(n); b.classes.text[class] != string(nativeGlobal) {
		return graph.NoNode
	}
	from, to := g.Edges(n)
	for e := from; e < to; e++ {
		if l := g.Links[e]; l.Type() == graph.InternalEdge && string(g.Strings.Bytes(graph.StringID(g.Labels[e]))) == "global_object" {
			return l.To()
		}
	}
	return graph.NoNode
}

func (b *builder) visitStart(n graph.NodeID) {
	if b.Sig[n] == 0 {
		b.visit(n, rootSig, b.edge.start, b.class.of(n))
	}
}

func retains(l graph.Link) bool { return !l.Loose() && l.Type() != graph.WeakEdge }

// spread walks until nothing is left to reach.
func (b *builder) spread() {
	for {
		for ; b.head < len(b.queue); b.head++ {
			b.follow(b.queue[b.head])
		}
		if !b.resume(0) && !b.resume(1) {
			return
		}
	}
}

// resume visits the target of the next edge that waits.
func (b *builder) resume(level int) bool {
	for b.from[level] < len(b.later[level]) {
		w := b.later[level][b.from[level]]
		b.from[level]++
		n := b.g.Links[w.edge].To()
		if s := b.Sig[n]; s != waiting && s != waiting2 {
			continue
		}
		b.visit(n, b.Sig[w.from].Row(), b.labelOf(w.from, w.edge), b.class.of(n))
		return true
	}
	return false
}

func (b *builder) wait(level int, from graph.NodeID, e graph.EdgeID) {
	mark := waiting
	if level == 1 {
		mark = waiting2
	}
	b.Sig[b.g.Links[e].To()] = mark
	b.later[level] = append(b.later[level], laterEdge{from, e})
}

// labelOf names an edge.
func (b *builder) labelOf(from graph.NodeID, e graph.EdgeID) uint32 {
	return b.edge.of(b.g.Links[e].Type(), b.g.Labels[e], b.classes.flags[b.class.of(from)])
}

// follow looks at all edges of a node that has its signature.
func (b *builder) follow(n graph.NodeID) {
	g := b.g
	sig := b.Sig[n].Row()
	source := b.classes.flags[b.class.of(n)]
	from, to := g.Edges(n)
	for e := from; e < to; e++ {
		l := g.Links[e]
		if !retains(l) {
			continue
		}
		t := l.To()
		s := b.Sig[t]
		if s != 0 && s != waiting && s != waiting2 {
			if !s.Internal() {
				b.meet(sig, l.Type(), g.Labels[e], source, b.sigs[s].class)
			}
			continue
		}
		label := b.edge.of(l.Type(), g.Labels[e], source)
		class := b.class.of(t)
		switch {
		case b.classes.flags[class]&runtime != 0 || b.edges.flags[label]&late != 0 || source&runtime != 0:
			if s == 0 {
				b.wait(1, n, e)
			}
		case source&system != 0 || b.classes.flags[class]&system != 0:
			if s != waiting {
				b.wait(0, n, e)
			}
		default:
			b.visit(t, sig, label, class)
		}
	}
}

// meet counts an edge to an object that has its signature by another way.
func (b *builder) meet(sig uint32, t graph.EdgeType, label uint32, source labelFlags, class uint32) {
	if b.classes.flags[class]&(leaf|runtime|system|folded) != 0 || source&(runtime|shadow) != 0 {
		return
	}
	edge := b.edge.of(t, label, source)
	if b.edges.flags[edge]&late != 0 {
		return
	}
	b.places[b.place(sig, edge, class)].held++
}

// place returns the place of a class under a name.
func (b *builder) place(sig, edge, class uint32) uint32 {
	r := &b.recent
	if r.parent == sig && r.edge == edge && r.class == class && r.place != absent {
		return r.place
	}
	key := edge
	at := b.lookup(sig, edge, class)
	if at == absent && b.edges.flags[edge]&named != 0 {
		key = b.key(sig, edge, class)
	}
	if at == absent {
		at = b.put(sig, key, class)
	}
	*r = recent{sig, edge, class, at}
	return at
}

// key returns the label under which a class hangs that is new under this name:
// when there are many names already they are keys of a dictionary.
func (b *builder) key(sig, edge, class uint32) uint32 {
	id := uint64(sig)<<32 | uint64(class)
	if b.keys[id] >= maxKeys {
		return b.edge.any
	}
	b.keys[id]++
	return edge
}

// visit gives n the signature of what hangs there.
func (b *builder) visit(n graph.NodeID, parent, edge, class uint32) {
	if flags := b.classes.flags[class]; flags&folded != 0 && parent != rootSig {
		b.Sig[n] = Signature(parent) | internalBit
		b.addSelf(parent, n)
	} else {
		p := &b.places[b.place(parent, edge, class)]
		p.held++
		if p.sig == 0 {
			p.sig = b.signature(parent, p.edge, class)
		}
		b.Sig[n] = Signature(p.sig)
		b.sigs[p.sig].count++
		b.addSelf(p.sig, n)
	}
	if b.g.FirstEdge[n] != b.g.FirstEdge[n+1] {
		b.queue = append(b.queue, n)
	}
}

func (b *builder) addSelf(sig uint32, n graph.NodeID) {
	size := b.g.Self.At(n)
	b.sigs[sig].self += size
	b.size += size
}

// signature returns the signature of what hangs at a place: a new one, or that
// of an ancestor if the path repeats itself.
func (b *builder) signature(parent, edge, class uint32) uint32 {
	up := &b.sigs[parent]
	if up.depth >= maxDepth || len(b.sigs) >= maxSigs {
		return parent
	}
	if up.class == class && b.classes.flags[class]&(builtin|leaf) == 0 {
		return parent // a list or a tree of one class
	}
	if up.edge == edge && up.class == class {
		return parent
	}
	if same := b.repeats(parent, edge, class); same != 0 {
		return same
	}
	id := uint32(len(b.sigs))
	at := b.lookup(parent, edge, class)
	b.sigs = append(b.sigs, sigNode{parent: parent, place: at, edge: edge, class: class, depth: up.depth + 1})
	return id
}

// repeats finds the ancestor that the new step would repeat, with all steps
// between: … a b c a b [c] is the first c.
func (b *builder) repeats(parent, edge, class uint32) uint32 {
	for period, a := 2, b.sigs[parent].parent; period <= 4 && a > rootSig; period, a = period+1, b.sigs[a].parent {
		if b.sigs[a].edge != edge || b.sigs[a].class != class {
			continue
		}
		x, y := parent, b.sigs[a].parent
		same := true
		for i := 1; i < period && same; i++ {
			same = y > rootSig && b.sigs[x].edge == b.sigs[y].edge && b.sigs[x].class == b.sigs[y].class
			x, y = b.sigs[x].parent, b.sigs[y].parent
		}
		if same {
			return a
		}
	}
	return 0
}

// rest gives a signature to what the root does not reach.
func (b *builder) rest() {
	lost := uint32(0)
	for n := range b.Sig {
		if b.Sig[n] != 0 {
			continue
		}
		if lost == 0 {
			lost = b.put(rootSig, b.edge.hidden, b.classes.put("(unreachable)", "(unreachable)", system))
			b.places[lost].sig = b.signature(rootSig, b.edge.hidden, b.places[lost].class)
		}
		b.visit(graph.NodeID(n), b.places[lost].sig, b.edge.hidden, b.class.of(graph.NodeID(n)))
		b.spread()
	}
}

// clean drops what only the walk needed.
func (b *builder) clean() {
	b.queue, b.later, b.keys = nil, [2][]laterEdge{}, nil
}
