package diff

import "github.com/heapdiff/heapdiff/graph"

// match decides how objects are recognised.
func (c *comparison) match() {
	if c.before.witness != nil {
		c.met = c.before.witness.meet(c.after.Graph)
		if c.last {
			c.before.witness.prints = nil
		}
	}
	if c.before.objects == nil {
		c.result.Match = Match{Mode: Structure, Forced: true, Reason: "classes are compared by name and definition site"}
		return
	}
	c.result.Match = c.met.match(c.options.Match)
}

// survivors finds the objects that are in both heaps, and so what is new, what
// is gone and what grew where it was.
//
// As in Chrome DevTools, an object that changed its class is one gone and one
// new, and so is an embedder's object of Node, which has a new id in each
// snapshot.
func (c *comparison) survivors() {
	if c.result.Match.Mode == Structure {
		for i := range c.result.Classes {
			c.result.Classes[i].structuralChange()
		}
		return
	}
	alive := make([]survival, len(c.result.Classes))
	g, objects := c.after.Graph, c.before.objects
	met := newBitset(objects.ids.len())
	for n := range graph.NodeID(g.NumNodes()) {
		self := g.Self.At(n)
		if self == 0 {
			continue
		}
		was, at, ok := objects.find(g.ID.At(n))
		if !ok {
			continue
		}
		row := c.rowOfAfter[g.ClassOf(n)]
		if was.self == 0 || c.rowOfBefore[was.class] != row || met.has(at) {
			continue
		}
		met.add(at)
		s := &alive[row]
		s.count++
		s.before += was.self
		s.after += self
		if self > was.self {
			c.grown = append(c.grown, grown{n, was.self})
		}
	}
	for i := range c.result.Classes {
		c.result.Classes[i].identityChange(alive[i])
	}
}

// sameType reports whether one object can be of both types: strings are joined,
// cut and flattened in place.
func sameType(a, b graph.NodeType) bool { return a == b || a.IsString() && b.IsString() }

// survival sums up the objects of a class that are in both heaps.
type survival struct {
	count         int
	before, after uint64 // bytes
}

// identityChange fills what follows from which objects survived.
func (r *ClassRow) identityChange(s survival) {
	r.AddedCount, r.RemovedCount = r.AfterCount-s.count, r.BeforeCount-s.count
	r.AddedSize, r.RemovedSize = r.AfterSize-s.after, r.BeforeSize-s.before
	r.InPlaceDelta = int64(s.after - s.before)
	r.settle()
}

// structuralChange fills what can be said where objects cannot be recognised.
func (r *ClassRow) structuralChange() {
	r.AddedCount, r.RemovedCount = max(r.AfterCount-r.BeforeCount, 0), max(r.BeforeCount-r.AfterCount, 0)
	r.AddedSize, r.RemovedSize = r.AfterSize-min(r.AfterSize, r.BeforeSize), r.BeforeSize-min(r.AfterSize, r.BeforeSize)
	r.settle()
}

func (r *ClassRow) settle() {
	r.CountDelta = r.AddedCount - r.RemovedCount
	r.SizeDelta = int64(r.AddedSize - r.RemovedSize)
}
