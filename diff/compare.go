package diff

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/crew"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/heapdiff/heapdiff/paths"
)

// Opener loads a heap, with the classes provisional as parse.Load leaves them.
// It is given what the comparison wants of the loader (Beside, Weighed, Held, …)
// and adds what else there is to say. An opener that has the heap already may
// leave the options alone.
type Opener func(ctx context.Context, o parse.Options) (*parse.Heap, error)

// Bytes a node that a comparison takes beside a heap, at the most: the tree of
// its dominators, ways to its objects, and what is kept of it.
const perNode = 4 + 5 + 4

const (
	someNodes  = 1 << 16 // where the memory of a whole heap is worth the time of a collection
	manyNodes  = 1 << 20 // where that of some columns is
	giantNodes = 1 << 22 // where it is worth to be given back
)

// Compare compares two heaps. Only one of them is in memory at a time: the
// earlier one is loaded, reduced and dropped before the later one is loaded.
func Compare(ctx context.Context, before, after Opener, o Options) (*Result, error) {
	reduced, err := reduce(ctx, before, o)
	if err != nil {
		return nil, err
	}
	reduced.tidy(someNodes) // what the earlier heap took is room for the later one
	return newComparison(reduced, true).follow(ctx, after, reduced.Size())
}

// tidy collects what the heap left behind, if it had more nodes than are given.
func (r *Reduction) tidy(worth int) {
	if r.side.Nodes > worth {
		runtime.GC()
	}
}

// Follow compares the reduced heap with a later one, which is read while it is
// loaded. Neither is changed, so that others can follow.
func (r *Reduction) Follow(ctx context.Context, after Opener) (*Result, error) {
	return newComparison(r, false).follow(ctx, after, r.Size())
}

// FollowStored is Follow for a stored heap, which is reduced with options. before
// is asked for it while the later heap is read, which leaves a core idle; or, if
// there may be but one job, when that has been walked.
func FollowStored(ctx context.Context, before func() (*Reduction, error), after Opener, o Options) (*Result, error) {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	c := &comparison{options: o.withDefaults()}
	c.stored = func() {
		if c.before, c.fault = before(); c.fault != nil {
			stop() // there is nothing to compare with
		}
	}
	var ahead crew.Crew
	if c.options.Jobs != 1 {
		ahead.Go(c.stored)
		c.stored = ahead.Wait
	}
	r, err := c.follow(reading, after, storedSize)
	ahead.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case c.fault != nil && (err == nil || errors.Is(err, context.Canceled)): // that is why it was not read to its end
		return nil, c.fault
	}
	return r, err
}

// newComparison compares something with a reduction. If it is the last that does,
// the reduction is used up on the way.
func newComparison(before *Reduction, last bool) *comparison {
	return &comparison{before: before, options: before.options, last: last}
}

// follow compares with a later heap; what it is compared with takes so much memory.
func (c *comparison) follow(ctx context.Context, after Opener, held uint64) (*Result, error) {
	h, err := c.load(ctx, after, held)
	if err != nil {
		return nil, err
	}
	return c.weigh(ctx, h)
}

// load opens the later heap and does beside what can be done.
func (c *comparison) load(ctx context.Context, after Opener, held uint64) (*parse.Heap, error) {
	o := parse.Options{Known: c.know, Beside: c.read, Weighed: c.nest, Held: held, PerNode: perNode}
	if c.stored != nil {
		o.Settled = func(*parse.Heap) { c.find() } // the walk of the ranking takes longest
	}
	h, err := after(ctx, o)
	if err == nil && c.after == nil {
		c.readAll(h)
	}
	return h, err
}

// readAll reads a heap that has been loaded.
func (c *comparison) readAll(h *parse.Heap) {
	c.know(h)
	c.read(h, new(parse.Loading))
	c.nest(h)
}

// reduce is a function of its own so that the heap is garbage when it returns.
func reduce(ctx context.Context, open Opener, o Options) (*Reduction, error) {
	r := &Reduction{options: o.withDefaults()}
	h, err := open(ctx, parse.Options{Known: r.know, Beside: r.read, Weighed: r.weigh, PerNode: perNode})
	if err != nil {
		return nil, err
	}
	if r.sums == nil {
		r.readAll(h)
	}
	r.describe(h)
	return r, ctx.Err()
}

// Compare compares the reduced heap with a later one, whose classes must be
// provisional as parse.Load leaves them. Neither is changed.
func (r *Reduction) Compare(ctx context.Context, after *parse.Heap) (*Result, error) {
	c := newComparison(r, false)
	c.readAll(after)
	return c.weigh(ctx, after)
}

// comparison is the work on one result.
type comparison struct {
	options  Options
	before   *Reduction
	stored   func() // gets before; nil if it is at hand
	fault    error  // with that
	last     bool   // of the comparisons with before: what was used of it may go
	after    *parse.Heap
	sums     *sums // of after
	form     form  // of after
	met      encounter
	ofSeries bool // there are heaps in between: the series says what is doubtful
	result   Result

	finding, meeting sync.Once // see find and meet

	scripts     paths.Scripts // of after
	rowOfBefore []uint32      // provisional class -> row of result.Classes until they are sorted
	rowOfAfter  []uint32

	grown []grown // objects that weigh more

	signed *growth.Tree // of after; nil unless growth is ranked
	shares *growth.Shares
	wrong  error // with the shares
	shown  *shown
	names  *paths.Finder
}

// know finds out what follows from the nodes alone.
func (c *comparison) know(h *parse.Heap) {
	c.after = h
	c.options.both(func() {
		c.sums = newSums(h)
	}, func() {
		c.form = formOf(h.Graph)
		if c.stored == nil {
			c.match()
		}
	})
}

// find gets what the heap is compared with. Whoever needs it first does it. It
// reports whether there is any.
func (c *comparison) find() bool {
	if c.stored != nil {
		c.finding.Do(func() {
			if c.stored(); c.fault == nil {
				c.match()
			}
		})
	}
	return c.fault == nil
}

// read finds out where everything hangs, and who has what grew.
func (c *comparison) read(h *parse.Heap, l *parse.Loading) {
	if c.options.Ranking == nil {
		return
	}
	if c.stored == nil {
		l.Known() // before the walk, which is the shorter one, has ended
	}
	c.signed = growth.BuildBeside(h.Graph, *c.options.Ranking, l)
	if c.last {
		tidyPieces(h)
	}
	if l.GivenUp() || !c.find() {
		return
	}
	c.share()
	c.meet() // who nests may be behind
}

// nest finds out what has become of classes, kinds and objects, and which objects
// gained. It may run beside read.
func (c *comparison) nest(h *parse.Heap) {
	c.sums.nest = newNesting(h, c.sums.naming)
	if !c.find() {
		return
	}
	c.meet()
	c.retained()
	c.growth()
}

// meet finds out what has become of classes, kinds and objects. Whoever needs it
// first does it.
func (c *comparison) meet() {
	c.meeting.Do(func() {
		c.classes()
		c.kinds()
		c.survivors()
	})
}

// weigh finds out the rest.
func (c *comparison) weigh(ctx context.Context, h *parse.Heap) (*Result, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	c.options.Progress("ranking")
	r := &c.result
	r.Before, r.After = c.before.side, sideOf(h)
	if !c.ofSeries {
		r.Doubts = c.doubts()
	}
	r.Warnings = append(slices.Clone(r.Doubts), c.warnings()...)
	r.Allocated = c.allocated()
	err := c.rank()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	r.Classes = sortClasses(r.Classes)
	r.total()
	return r, r.check()
}

// tidyPieces makes the pieces between the columns room for what comes next. That
// is large, and in a giant heap would not fit them.
func tidyPieces(h *parse.Heap) {
	switch n := h.NumNodes(); {
	case n > giantNodes:
		debug.FreeOSMemory()
	case n > manyNodes:
		runtime.GC()
	}
}

// growth looks for what grew in the later heap, and for the ways to it.
func (c *comparison) growth() {
	c.shown = newShown(c.after.Graph)
	c.names = paths.Names(c.after.Graph, c.className)
	var gained int64
	for i := range c.result.Classes {
		row := &c.result.Classes[i]
		gained += int64(row.AddedSize) + max(row.InPlaceDelta, 0)
	}
	least := max(gained/200, 1024)

	growers := c.findGrowers(least)
	c.before.tidy(manyNodes) // the tree: the ways take as much memory
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
}
