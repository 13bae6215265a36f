package diff

import (
	"cmp"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

// growers finds the objects that gained. Going down the dominator tree, it
// follows what gained much until the gain is spread: over many new objects of a
// class, over many small gains, or because it is the object's own. That is
// where a program keeps adding, and what a person has to be told of; everything
// above retains as much and says less.
//
// Each byte is counted for one grower only, or divided where several hold the
// same objects.
type growers struct {
	c     *comparison
	g     *graph.Graph
	d     *graph.Dominators
	tree  *graph.Tree
	shown *shown
	least int64 // bytes below which a gain is not followed

	globals    []graph.NodeID
	renumbered bool // embedders' objects have new ids

	// places has the retained sizes of places before and after, where objects are
	// not recognised; else it is nil.
	places map[graph.NodeID][2]uint64

	visits []growthVisit
	bunch  []bunch // class row -> what one visit found of the class; reset after it
	rows   []uint32
}

// growthVisit is an object that gained, on the way down.
type growthVisit struct {
	node   graph.NodeID
	above  int // its visit, or -1
	fresh  bool
	delta  int64 // of its retained size
	gain   int64 // the part that is not within objects visited below
	groups []group
}

// group is many new objects of one class, or a chain of them, below one object.
type group struct {
	row   uint32
	chain graph.NodeID // the first of a chain, or NoNode
	count int
	gain  int64
}

// bunch counts the new children of a class.
type bunch struct {
	count int
	gain  int64
	// foreign is how many are embedders' objects.
	foreign int
	large   []graph.NodeID // those that would be worth a visit
}

const (
	// leastGroup is how many new objects of a class make a group.
	leastGroup = 5
	// A chain is a way down on which a class comes again and again. Classes that
	// programs nest in each other have to come more often.
	chainSteps, chainLinks, chainGeneric = 64, 6, 20
)

// findGrowers returns the objects that gained at least so many bytes. A stored heap
// knows of none.
func (c *comparison) findGrowers(least int64) []found {
	byID := c.result.Match.Mode == Identity
	if !byID && c.before.places == nil {
		return nil
	}
	s := c.newGrowers(least)
	if byID {
		s.search()
	} else {
		s.searchPlaces(c.before.places, newPlaces(c.after, s.tree, c.shown))
	}
	return s.list()
}

func (c *comparison) newGrowers(least int64) *growers {
	return &growers{
		c: c, g: c.after.Graph, d: c.after.Dominators, tree: c.after.Dominators.Tree(), shown: c.shown,
		least: least, globals: c.names.Globals(), renumbered: c.before.objects != nil && c.met.renumbered(), bunch: make([]bunch, len(c.result.Classes)),
	}
}

// delta returns what n gained of retained size, and whether it is new.
func (s *growers) delta(n graph.NodeID) (gain int64, fresh bool) {
	retained := int64(s.d.Retained(n))
	objects := s.c.before.objects
	row, ok := objects.ids.row(s.g.ID.At(n))
	if !ok {
		return retained, true
	}
	was := objects.at(row)
	if was.self == 0 && s.g.Self.At(n) != 0 {
		return retained, true
	}
	return retained - int64(was.retained), false
}

// selfDelta returns what n gained itself.
func (s *growers) selfDelta(n graph.NodeID) int64 {
	was, _, _ := s.c.before.objects.find(s.g.ID.At(n))
	return int64(s.g.Self.At(n) - was.self)
}

// children calls f with what is below n, as eachChild does, and returns what n
// gained itself, with what folds into it.
func (s *growers) children(n graph.NodeID, f func(child graph.NodeID)) (own int64) {
	own = s.selfDelta(n)
	eachChild(s.tree, s.shown, n, func(part graph.NodeID) { own += s.selfDelta(part) }, f)
	return own
}

// search visits everything that gained at least s.least.
func (s *growers) search() {
	delta := int64(s.g.TotalSelf()) - int64(s.c.before.side.Size)
	s.visits = append(s.visits, growthVisit{node: s.g.Root, above: -1, delta: delta})
	for at := 0; at < len(s.visits); at++ {
		s.visit(at)
	}
	s.settleVisits()
}

// settleVisits leaves gains with those that can be told of.
func (s *growers) settleVisits() {
	// What is too little to be told of an object belongs to the one above.
	for at := len(s.visits) - 1; at > 0; at-- {
		v := &s.visits[at]
		if v.gain = min(v.gain, v.delta); v.gain < s.least {
			s.visits[v.above].gain += v.gain
			v.gain, v.groups = 0, nil
		}
	}
}

func (s *growers) visit(at int) {
	n := s.visits[at].node
	s.rows = s.rows[:0]
	var descend []graph.NodeID
	var little int64
	own := s.children(n, func(child graph.NodeID) {
		gain, fresh := s.delta(child)
		switch {
		case fresh:
			row := s.c.rowOfAfter[s.g.ClassOf(child)]
			b := &s.bunch[row]
			if b.count == 0 {
				s.rows = append(s.rows, row)
			}
			b.count++
			b.gain += gain
			if !isObjectID(s.g.ID.At(child)) {
				b.foreign++
			}
			if gain >= s.least && len(b.large) < leastGroup {
				b.large = append(b.large, child)
			}
		case gain >= s.least:
			descend = append(descend, child)
		default:
			little += gain
		}
	})
	gain := max(own, 0) + little
	var groups []group
	for _, row := range s.rows {
		b := &s.bunch[row]
		s.discount(row, b)
		switch {
		case b.count >= leastGroup:
			groups = append(groups, group{row: row, chain: graph.NoNode, count: b.count, gain: b.gain})
			gain += b.gain
		default:
			for _, child := range b.large {
				descend = append(descend, child)
				b.gain -= int64(s.d.Retained(child))
			}
			gain += b.gain
		}
		*b = bunch{}
	}
	for _, child := range descend {
		delta, fresh := s.delta(child)
		if s.isChain(child) {
			groups = append(groups, group{row: s.c.rowOfAfter[s.g.ClassOf(child)], chain: child, count: 1, gain: delta})
			gain += delta
			continue
		}
		s.visits = append(s.visits, growthVisit{node: child, above: at, fresh: fresh, delta: delta})
	}
	s.visits[at].gain += gain
	s.visits[at].groups = groups
}

// discount takes back what only seems to be new: where embedders' objects get
// new ids in each snapshot, no more of a class are new than there are more of it.
func (s *growers) discount(row uint32, b *bunch) {
	if !s.renumbered || b.foreign == 0 {
		return
	}
	more := max(s.c.result.Classes[row].CountDelta, 0)
	if b.count <= more {
		return
	}
	b.gain = b.gain / int64(b.count) * int64(more)
	b.count = more
	if more < leastGroup {
		b.large = nil
	}
}

// isChain reports whether a list or a tree of objects of one class begins at n:
// what gained goes down from one to the next, and none of them is its owner.
func (s *growers) isChain(n graph.NodeID) bool {
	row := s.c.rowOfAfter[s.g.ClassOf(n)]
	links, need := 0, chainLinks
	if generic(s.c.result.Classes[row].Class) {
		need = chainGeneric
	}
	for range chainSteps {
		if s.c.rowOfAfter[s.g.ClassOf(n)] == row {
			if links++; links >= need {
				return true
			}
		}
		next, most := graph.NoNode, s.least-1
		s.children(n, func(child graph.NodeID) {
			if gain, _ := s.delta(child); gain > most {
				next, most = child, gain
			}
		})
		if next == graph.NoNode {
			return false
		}
		n = next
	}
	return false
}

// generic reports whether a class says little by its name.
func generic(class string) bool {
	switch class {
	case "", "Object", "Array", "Function", "Map", "Set", "Promise", "Generator", "AsyncFunction", "global", "WeakRef", "Arguments":
		return true
	}
	return class[0] == '(' || len(class) > 9 && class[:9] == "system / "
}

// found is a grower and where it is.
type found struct {
	Grower
	node graph.NodeID
}

// list returns the growers, largest first, without the ways to them.
func (s *growers) list() []found {
	all := map[graph.NodeID]*found{}
	at := func(n graph.NodeID) *found {
		g := all[n]
		if g == nil {
			g = &found{s.grower(n), n}
			all[n] = g
		}
		return g
	}
	holders := s.findHolders()
	for i := range s.visits {
		v := &s.visits[i]
		rest := v.gain
		for j := range v.groups {
			group := &v.groups[j]
			owners := holders[groupKey{i, j}]
			if group.chain != graph.NoNode && s.isTop(v.node) {
				owners = []graph.NodeID{group.chain}
			}
			if len(owners) == 0 {
				continue
			}
			share := min(group.gain, rest)
			rest -= share
			held := s.held(v.node, group)
			for _, owner := range owners {
				g := at(owner)
				g.Delta += share / int64(len(owners))
				g.Holders = max(g.Holders, len(owners))
				g.Holds = append(g.Holds, held...)
			}
		}
		if !s.isTop(v.node) && !s.isRuntime(v.node) && rest > 0 {
			at(v.node).Delta += rest
		}
	}
	var out []found
	for _, g := range all {
		if g.Delta >= s.least {
			g.Holds = tidyHeld(g.Holds)
			out = append(out, *g)
		}
	}
	slices.SortFunc(out, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.Delta, a.Delta), cmp.Compare(a.ID, b.ID), cmp.Compare(a.node, b.node))
	})
	return out[:min(len(out), s.c.options.Top)]
}

func (s *growers) grower(n graph.NodeID) Grower {
	g := Grower{ID: s.g.ID.At(n), Class: s.c.names.Name(n), Holders: 1, AfterRetained: s.d.Retained(n)}
	if s.places != nil {
		if sizes, ok := s.places[n]; ok {
			g.BeforeRetained, g.AfterRetained = sizes[0], sizes[1]
		}
		return g
	}
	delta, fresh := s.delta(n)
	if g.New = fresh; !fresh {
		g.BeforeRetained = uint64(int64(g.AfterRetained) - delta)
	}
	return g
}

// isTop reports whether n is a place where everything begins: naming it tells nothing.
func (s *growers) isTop(n graph.NodeID) bool {
	return s.shown.isRoot(n) || slices.Contains(s.globals, n)
}

// isRuntime reports whether n is the engine's own: code and what it learnt of it.
func (s *growers) isRuntime(n graph.NodeID) bool {
	return s.g.Type[n] == graph.Code || s.g.Type[n] == graph.ObjectShape
}
