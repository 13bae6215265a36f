package diff

import (
	"context"
	"fmt"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/kinds"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/heapdiff/heapdiff/paths"
)

// Opener loads a heap, with the classes provisional as parse.Load leaves them.
type Opener func(ctx context.Context) (*parse.Heap, error)

// Compare compares two heaps. Only one of them is in memory at a time: the
// earlier one is loaded, reduced and dropped before the later one is loaded.
func Compare(ctx context.Context, before, after Opener, o Options) (*Result, error) {
	reduced, err := reduceOpened(ctx, before, o)
	if err != nil {
		return nil, err
	}
	h, err := after(ctx)
	if err != nil {
		return nil, err
	}
	return reduced.Compare(ctx, h)
}

// reduceOpened is a function of its own so that the heap is garbage when it returns.
func reduceOpened(ctx context.Context, open Opener, o Options) (*Reduction, error) {
	h, err := open(ctx)
	if err != nil {
		return nil, err
	}
	return Reduce(ctx, h, o)
}

// Compare compares the reduced heap with a later one, whose classes must be
// provisional as parse.Load leaves them. Neither is changed.
func (r *Reduction) Compare(ctx context.Context, after *parse.Heap) (*Result, error) {
	c := &comparison{before: r, after: after, options: r.options, result: &Result{Before: r.side, After: sideOf(after)}}
	for _, step := range []struct {
		phase string
		run   func() error
	}{
		{"matching", c.match},
		{"sums", func() error {
			c.tree = after.Dominators.Tree()
			c.sums = newSums(after, c.tree)
			return nil
		}},
		{"classes", c.classes},
		{"kinds", c.kinds},
		{"survivors", c.survivors},
		{"growers", c.growth},
		{"totals", c.totals},
	} {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		c.options.Progress(step.phase)
		if err := step.run(); err != nil {
			return nil, err
		}
	}
	return c.result, nil
}

// comparison is the work on one result.
type comparison struct {
	options Options
	before  *Reduction
	after   *parse.Heap
	sums    *sums // of after
	met     encounter
	result  *Result

	rowOfBefore []uint32 // provisional class -> row of result.Classes until they are sorted
	rowOfAfter  []uint32

	grown []grown // objects that weigh more

	tree  *graph.Tree // of after
	shown *shown
	names *paths.Finder
}

func (c *comparison) match() error {
	if c.before.objects == nil {
		c.result.Match = Match{Mode: Structure, Forced: true, Reason: "classes are compared by name and definition site"}
		return nil
	}
	c.met = c.before.meet(c.after.Graph)
	c.result.Match = c.met.match(c.options.Match)
	c.result.Warnings = append(c.result.Warnings, c.warnings()...)
	return nil
}

// classes makes the rows of all classes with what is known without looking at
// single objects. Both heaps are named by the interfaces of the later one, as
// Chrome DevTools does: by its own, the earlier heap would name the same
// objects differently.
func (c *comparison) classes() error {
	interfaces := c.after.Interfaces()
	structure := c.result.Match.Mode == Structure
	t := newClassTable(structure)
	classes, final := c.sums.naming.Resolve(interfaces)
	c.rowOfAfter = t.rowsOf(classes, final)
	classes, final = c.before.sums.naming.Resolve(interfaces)
	c.rowOfBefore = t.rowsOf(classes, final)
	rows := t.rows
	for p, row := range c.rowOfBefore {
		rows[row].BeforeCount += c.before.sums.count[p]
		rows[row].BeforeSize += c.before.sums.size[p]
	}
	for p, row := range c.rowOfAfter {
		rows[row].AfterCount += c.sums.count[p]
		rows[row].AfterSize += c.sums.size[p]
	}
	for i, retained := range c.before.sums.nest.sum(c.rowOfBefore, len(rows)) {
		rows[i].BeforeRetained = retained
	}
	for i, retained := range c.sums.nest.sum(c.rowOfAfter, len(rows)) {
		rows[i].AfterRetained = retained
		rows[i].RetainedDelta = int64(retained - rows[i].BeforeRetained)
	}
	c.result.Classes = rows
	return nil
}

func (c *comparison) kinds() error {
	for _, kind := range kinds.All() {
		before, after := c.before.sums.kinds[kind], c.sums.kinds[kind]
		if before.count == 0 && after.count == 0 {
			continue
		}
		c.result.Kinds = append(c.result.Kinds, KindRow{
			Kind:        kind.String(),
			BeforeCount: before.count, AfterCount: after.count,
			BeforeSize: before.size, AfterSize: after.size,
		})
	}
	return nil
}

// survivors finds the objects that are in both heaps, and so what is new, what
// is gone and what grew where it was.
func (c *comparison) survivors() error {
	if c.result.Match.Mode == Structure {
		for i := range c.result.Classes {
			c.result.Classes[i].structuralChange()
		}
		return nil
	}
	alive := make([]survival, len(c.result.Classes))
	g, objects := c.after.Graph, c.before.objects
	met := newBitset(len(objects.rows))
	for n := range graph.NodeID(g.NumNodes()) {
		self := g.Self.At(n)
		if self == 0 {
			continue
		}
		was, at, ok := objects.find(g.ID.At(n))
		if !ok || met.has(at) {
			continue
		}
		row := c.rowOfAfter[g.Class[n]]
		if was.self == 0 || c.rowOfBefore[was.class] != row {
			continue // DevTools: one gone and one new
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
	return nil
}

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

// totals adds the classes up and makes sure that nothing is missing: what
// classes and kinds gained is what the heap gained, to the byte.
func (c *comparison) totals() error {
	r := c.result
	r.Classes = sortClasses(r.Classes)
	t := ClassRow{Class: "total"}
	for i := range r.Classes {
		row := &r.Classes[i]
		t.AddedCount += row.AddedCount
		t.RemovedCount += row.RemovedCount
		t.AddedSize += row.AddedSize
		t.RemovedSize += row.RemovedSize
		t.InPlaceDelta += row.InPlaceDelta
		t.BeforeCount += row.BeforeCount
		t.AfterCount += row.AfterCount
		t.BeforeSize += row.BeforeSize
		t.AfterSize += row.AfterSize
	}
	t.settle()
	t.SizeDelta += t.InPlaceDelta
	t.BeforeRetained, t.AfterRetained, t.RetainedDelta = r.Before.Size, r.After.Size, r.Growth()
	r.Totals = t
	var kindsBefore, kindsAfter uint64
	for _, k := range r.Kinds {
		kindsBefore += k.BeforeSize
		kindsAfter += k.AfterSize
	}
	if t.SizeDelta != r.Growth() || t.BeforeSize != r.Before.Size || t.AfterSize != r.After.Size ||
		kindsBefore != r.Before.Size || kindsAfter != r.After.Size {
		return fmt.Errorf("internal error: the comparison does not add up: the heap grew by %d bytes, its classes by %d; please report it with both snapshots' sizes", r.Growth(), t.SizeDelta)
	}
	return nil
}

// growth looks for what grew in the later heap, and for the ways to it.
func (c *comparison) growth() error {
	c.shown = newShown(c.after.Graph)
	c.names = paths.Names(c.after.Graph, c.className)
	var gained int64
	for i := range c.result.Classes {
		row := &c.result.Classes[i]
		gained += int64(row.AddedSize) + max(row.InPlaceDelta, 0)
	}
	least := max(gained/200, 1024)

	s := c.newGrowers(least)
	if c.result.Match.Mode == Identity {
		s.search()
	} else {
		s.searchPlaces(c.before.places, newPlaces(c.after, c.tree, c.shown))
	}
	growers := s.list()
	c.tree = nil
	c.keepGrown(uint64(least) / 8)

	targets := make([]graph.NodeID, 0, len(growers)+len(c.grown))
	for i := range growers {
		targets = append(targets, growers[i].node)
	}
	for i := range c.grown {
		targets = append(targets, c.grown[i].node)
	}
	c.names.Seek(targets)
	for i := range growers {
		growers[i].Path = c.path(growers[i].node)
		c.result.Growers = append(c.result.Growers, growers[i].Grower)
	}
	c.result.InPlace = c.inPlace()
	return nil
}

// className returns the name of the class of a node of the later heap.
func (c *comparison) className(n graph.NodeID) string {
	return c.result.Classes[c.rowOfAfter[c.after.Class[n]]].Class
}

// path returns the way to a node of the later heap, which must have been looked for.
func (c *comparison) path(n graph.NodeID) Path {
	var p Path
	for _, step := range c.names.To(n) {
		p.Steps = append(p.Steps, Step{
			Edge: step.Edge, Class: step.Class, ID: c.after.ID.At(step.Node), Where: c.where(step.Node),
		})
	}
	return p
}

// where says where the constructor of an object, or a closure, stands.
func (c *comparison) where(n graph.NodeID) string {
	at, ok := c.after.Locations.Of(n)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d:%d:%d", at.Script, at.Line+1, at.Column+1)
}
