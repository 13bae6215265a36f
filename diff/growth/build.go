package growth

import (
	"regexp"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/raw"
	"github.com/heapdiff/heapdiff/internal/sourcemap"
	"github.com/heapdiff/heapdiff/parse"
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
	// Maps say what places and names were before the program was bundled and made
	// smaller; may be nil.
	Maps *sourcemap.Maps
	// Jobs is how many goroutines work; 0 means one a core. It changes no result.
	Jobs int
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

// Pace is the work of others on a graph while its signatures are looked for: that
// of a [parse.Loading].
type Pace interface {
	// Yield is called now and then, between two looks at the graph: whoever wants to
	// mark edges can do it.
	Yield()
	// Settled returns when the edges that do not retain have been marked.
	Settled()
	// Known returns when the sizes are where they belong.
	Known()
}

// Build finds the signature of each node of g, of which it is known which edges do
// not retain.
//
// The graph is walked breadth first from the root, over retaining edges: first
// those that a programmer would name; when they lead no further those from the
// collector's roots; and last those to what the engine knows of an object, its
// code and its shape. So the path of an object is the shortest of the most
// readable, and of several such the first by its names: the order of nodes and
// edges in the file, which differs from run to run, decides nothing.
func Build(g *graph.Graph, o Options) *Tree { return BuildBeside(g, o, new(parse.Loading)) }

// BuildBeside is Build for a graph of which that is being found out.
func BuildBeside(g *graph.Graph, o Options, pace Pace) *Tree {
	b := newBuilder(g, o, pace)
	b.start()
	b.spread()
	b.rest()
	b.finish()
	return b.Tree
}

// builder is the walk.
//
// While it goes on, one look tells all that is known of a node: of one that was not met yet the class; of one
// that is claimed the place that claims it, or for internals the signature.
//
//	   31       30…28     27             26…0
//	┌──────────┬───────┬───────┬────────────────────────────┐
//	│ internal │ state │ unmet │ class, place or signature  │
//	└──────────┴───────┴───────┴────────────────────────────┘
type builder struct {
	*Tree
	g            *graph.Graph
	pace         Pace
	known        []Signature // node -> what is known of it
	class        *classer
	edge         *edger
	level        frontier              // settled last, to be followed
	next         frontier              // claimed by this level
	waiting      [waits][]graph.NodeID // state - waitProto -> claimed so; some have been settled since
	rank         []uint32              // signature -> where it stands among all by level and names
	ranked       int                   // signatures that have a rank
	names        []nameList            // signature -> the names that lead on from it
	earlier      []uint32              // place -> the one made before it for a name of its signature + 1, or 0
	keys         map[uint64]keyring    // signature and class -> how many names, where there are many
	dictionaries []uint64              // rings that this level has filled
	joined       int                   // places that have been looked at for keys
	followed     uint                  // nodes
	recent       [recents]step
	peculiar     step // of a node whose edges are named in a manner of its own
}

// States of a node: by what edge it is claimed. An edge of a later state is
// followed only when all others lead no further.
const (
	settled   Signature = iota << 28
	claimed             // an ordinary one, of this level
	waitProto           // to a prototype, or from the key of a WeakMap to its value
	waitScope           // to the variables of functions that are many: better their module names them
	waitRoot            // from the collector's roots
	waitStack           // from what runs at the moment to functions and their variables
	waitData            // to what the engine knows: code, shapes
	waitLocal           // from what runs at the moment to objects: they stand there now, and not the next time
	states    Signature = 7 << 28
	unmet     Signature = 1 << 27
	payload   Signature = 1<<27 - 1

	firstWait = waitProto >> 28
	waits     = 6
)

const (
	maxDepth = 250 // deeper signatures are part of the one at this depth
	maxKeys  = 32  // property names under which one class may hang before they are taken for keys
	maxSigs  = 1 << 22
	// More places are rare.
	somePlaces = 1 << 17
	// An object with more properties than that is a dictionary, whatever hangs there.
	maxProperties = 1 << 10
	// What hangs at further places is part of what holds it.
	maxPlaces = 1 << 23
)

func newBuilder(g *graph.Graph, o Options, pace Pace) *builder {
	m := &masker{extra: o.Masks}
	b := &builder{
		Tree:  &Tree{},
		g:     g,
		pace:  pace,
		known: raw.Slice[Signature](g.NumNodes()),
		class: newClasser(g, m),
		edge:  newEdger(g, m),
		keys:  map[uint64]keyring{},
	}
	b.namer = &namer{g, b.class, b.edge}
	b.edges, b.classes, b.anyKey = b.edge.labels, b.class.labels, b.edge.any
	// What is not used of it is never touched, and so takes no memory but the rest of a page.
	places := min(max(g.NumNodes()/6, 1<<10), somePlaces)
	b.kept = raw.Room[keeping](g.NumNodes() / 3)
	b.places = raw.Room[place](places)
	b.index = make([]uint64, indexSize(places))
	b.sigs = append(raw.Room[sigNode](places/2), sigNode{}, sigNode{place: absent}) // the second is the root's
	b.met = append(raw.Room[metClass](places/2), metClass{}, metClass{flags: b.classes.flags[0]})
	b.rank, b.ranked = append(raw.Room[uint32](places/2), 0, 0), 2
	b.names, b.earlier = append(raw.Room[nameList](places/2), nameList{}, nameList{}), raw.Room[uint32](places)
	b.level, b.next = newFrontier(g.NumNodes()), newFrontier(g.NumNodes())
	b.forgetSteps()
	for n := range b.known {
		if n%4096 == 0 {
			pace.Yield()
		}
		class := b.class.of(graph.NodeID(n))
		b.known[n] = unmet | Signature(class)
		if flags := b.classes.flags[class]; flags&(contexty|module|runs) != 0 {
			b.addCode(graph.NodeID(n), flags)
		}
	}
	return b
}

// addCode remembers a node that has variables or sees them.
func (b *builder) addCode(n graph.NodeID, flags labelFlags) {
	c := &b.code
	switch {
	case flags&contexty != 0:
		c.scopes = append(doubled(c.scopes), n)
	case flags&module != 0:
		c.modules = append(doubled(c.modules), n)
		b.edge.nameExports(n)
	default:
		c.functions = append(doubled(c.functions), n)
	}
}

// start settles the root and claims the program's own roots. What they reach is
// owned, and which edges of that retain can be told by the edges alone: so the walk
// can begin before all is settled, and wait when it comes to the collector's roots.
func (b *builder) start() {
	g := b.g
	b.known[g.Root] = rootSig
	b.engine = b.group(b.edge.engine, engineClass)
	from, to := g.Edges(g.Root)
	globals := 0
	for e := from; e < to; e++ {
		l := g.Links[e]
		if l.Type() != graph.ShortcutEdge || l.Loose() || b.willLoosen(l, g.Root) {
			continue
		}
		n := l.To()
		if global := b.globalOf(n); global != graph.NoNode {
			b.pace.Settled() // it need not be owned
			n = global
		}
		b.startAt(n)
		globals++
	}
	if globals == 0 {
		b.pace.Settled()
		b.startAtContexts()
	}
	b.advance()
	b.follow(g.Root)
}

// startAtContexts claims the global objects of a heap whose root names none.
func (b *builder) startAtContexts() {
	for n := range graph.NodeID(b.g.NumNodes()) {
		if t := b.g.Type[n]; t == graph.Hidden || t == graph.Native {
			if global := b.globalOf(n); global != graph.NoNode {
				b.startAt(global)
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
		if l := g.Links[e]; l.Type() == graph.InternalEdge && string(g.Strings.Bytes(graph.StringID(g.Label(e)))) == "global_object" {
			return l.To()
		}
	}
	return graph.NoNode
}

func (b *builder) startAt(n graph.NodeID) {
	if b.known[n]&unmet != 0 {
		b.claim(n, claimed, b.place(rootSig, b.edge.start, b.class.of(n)))
		b.next.add(n)
	}
}

func retains(l graph.Link) bool { return !l.Loose() }

// willLoosen reports whether an edge that seems to retain will turn out not to, where
// that is not settled. It leaves something owned or the root.
func (b *builder) willLoosen(l graph.Link, from graph.NodeID) bool {
	return l.To() == from || l.Type() == graph.ShortcutEdge && from != b.g.Root
}

// spread walks until nothing is left to reach.
func (b *builder) spread() {
	for {
		for !b.level.empty() {
			b.level.drain(b.follow)
			b.advance()
		}
		if !b.resume() {
			return
		}
	}
}

// resume follows the first kind of edges that wait, all at once.
func (b *builder) resume() bool {
	for i, waiting := range b.waiting {
		state := waitProto + Signature(i)<<28
		if state == waitRoot {
			b.pace.Settled()
		}
		for _, n := range waiting {
			if b.known[n]&states == state {
				b.known[n] = b.known[n]&^states | claimed
				b.next.add(n)
			}
		}
		b.waiting[i] = waiting[:0]
		if !b.next.empty() {
			b.advance()
			return true
		}
	}
	return false
}

// advance settles what was claimed and makes it the level to be followed.
func (b *builder) advance() {
	b.joinKeys()
	b.next.each(b.settle)
	b.rankNew()
	b.level, b.next = b.next, b.level
}

func (b *builder) settle(n graph.NodeID) {
	s := b.known[n]
	if s&internalBit != 0 {
		b.known[n] = s &^ states
		return
	}
	at := b.real(uint32(s & payload))
	p := &b.places[at]
	if p.sig == 0 {
		p.sig = b.signature(at)
	}
	b.known[n] = Signature(p.sig)
}

// rankNew orders the signatures that the last level made.
func (b *builder) rankNew() {
	fresh := make([]uint64, 0, len(b.sigs)-b.ranked) // the rank of its parent, then the signature
	for s := b.ranked; s < len(b.sigs); s++ {
		fresh = append(fresh, uint64(b.rank[b.sigs[s].parent])<<32|uint64(s))
	}
	slices.Sort(fresh)
	for rest := fresh; len(rest) > 1; {
		siblings := 1
		for siblings < len(rest) && rest[siblings]>>32 == rest[0]>>32 {
			siblings++
		}
		slices.SortFunc(rest[:siblings], func(x, y uint64) int {
			return b.compare(b.sigs[uint32(x)].place, b.sigs[uint32(y)].place)
		})
		rest = rest[siblings:]
	}
	b.rank = append(doubled(b.rank), make([]uint32, len(fresh))...)
	for i, x := range fresh {
		b.rank[uint32(x)] = uint32(b.ranked + i)
	}
	b.ranked = len(b.sigs)
}

// rest gives a signature to what the root does not reach, by its class alone.
func (b *builder) rest() {
	lost := absent
	for n := range graph.NodeID(len(b.known)) {
		s := b.known[n]
		if s&unmet == 0 {
			continue
		}
		if lost == absent {
			lost = b.group(b.edge.hidden, lostClass)
		}
		b.reach(n, s, b.step(&source{sig: lost}, graph.HiddenEdge, 0, uint32(s&payload)), graph.NoNode)
	}
	b.spread()
}

// lostClass is what unreachable objects hang at.
const lostClass = "(unreachable)"

// engineClass is what hangs the engine's own data together.
const engineClass = "(engine)"

// group makes a signature below the root that no object has, for others to hang at.
func (b *builder) group(edge uint32, class string) uint32 {
	at := b.place(rootSig, edge, b.classes.put(class, class, system))
	b.places[at].sig = b.signature(at)
	b.rankNew()
	return b.places[at].sig
}

// finish counts the objects of each signature and drops what only the walk
// needed.
func (b *builder) finish() {
	b.pace.Known()
	for n, s := range b.known {
		sig := &b.sigs[s.Row()]
		size := b.g.Self.At(graph.NodeID(n))
		sig.self += size
		b.size += size
		if !s.Internal() {
			sig.count++
		}
	}
	b.Sig, b.scratch = pack(b.known, uint32(len(b.sigs)))
	b.known, b.level, b.next, b.waiting, b.keys, b.rank, b.names, b.earlier = nil, frontier{}, frontier{}, [waits][]graph.NodeID{}, nil, nil, nil, nil
}
