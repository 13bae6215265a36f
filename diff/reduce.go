package diff

import (
	"context"

	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/crew"
	"github.com/heapdiff/heapdiff/kinds"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/heapdiff/heapdiff/paths"
)

// Options say how to compare.
type Options struct {
	// Match forces a mode; empty leaves it to what the heaps have in common.
	Match Mode
	// Top is how many growers and objects that grew in place are listed; 0 means 50.
	Top int
	// Ranking asks for Result.Ranking, and says how; nil leaves it out.
	Ranking *growth.Options
	// Jobs is how many goroutines work; 0 means one a core. It changes no result.
	Jobs int
	// Progress is told what is being done; it may be nil.
	Progress func(phase string)
}

func (o Options) withDefaults() Options {
	if o.Top <= 0 {
		o.Top = 50
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	return o
}

// both runs two functions that do not disturb each other, side by side unless
// there may be but one job.
func (o *Options) both(a, b func()) {
	crew.Both(o.Jobs, a, b)
}

// Reduction is what a comparison needs of the earlier heap: about 4 bytes an
// object, and sums. It does not keep the heap alive.
type Reduction struct {
	options Options
	side    Side
	sums    *sums
	objects *records     // nil if ids are not to be looked at
	witness *witness     // nil if the ids are not known
	places  *places      // nil if ids are to be believed whatever they say
	tree    *growth.Tree // nil unless growth is to be ranked
	scripts paths.Scripts
	form    form
	traces  []graph.Trace // what had been made when; nil if that was not tracked
}

// Reduce prepares h, whose classes must be provisional as parse.Load leaves
// them, to be compared with a later heap. Then h can be dropped.
func Reduce(ctx context.Context, h *parse.Heap, o Options) (*Reduction, error) {
	r := &Reduction{options: o.withDefaults()}
	r.readAll(h)
	r.describe(h)
	return r, ctx.Err()
}

// readAll reads a heap that has been loaded.
func (r *Reduction) readAll(h *parse.Heap) {
	r.know(h)
	r.read(h, new(parse.Loading))
	r.weigh(h)
}

// know notes what follows from the nodes alone.
func (r *Reduction) know(h *parse.Heap) {
	r.options.both(func() {
		r.sums = newSums(h)
		r.sums.naming = r.sums.naming.Detached()
		r.scripts = paths.FindScripts(h.Graph)
		r.form = formOf(h.Graph)
	}, func() {
		if r.options.Match == Structure {
			r.witness = newWitness(h.Graph, newIDs(&h.ID, h.NumNodes()))
			return
		}
		r.objects = newRecords(h)
		r.witness = newWitness(h.Graph, r.objects.ids)
	})
}

// read notes where everything hangs.
func (r *Reduction) read(h *parse.Heap, l *parse.Loading) {
	if r.options.Ranking == nil {
		return
	}
	l.Known() // before the walk, which is the shorter one, has ended
	r.tree = growth.BuildBeside(h.Graph, *r.options.Ranking, l)
	if r.objects != nil {
		r.objects.sign(h, &r.tree.Sig)
	}
	r.tree.Release()
}

// weigh notes what the dominators tell. It may run beside read.
func (r *Reduction) weigh(h *parse.Heap) {
	r.options.both(func() {
		r.sums.nest = newNesting(h, r.sums.naming)
		if r.options.Match != Identity {
			r.places = newPlaces(h, h.Dominators.Tree(), newShown(h.Graph))
		}
	}, func() {
		if r.objects != nil {
			r.objects.weigh(h)
		}
	})
}

// describe notes what the heap is, and lets go of it.
func (r *Reduction) describe(h *parse.Heap) {
	r.side = sideOf(h)
	if h.Traces != nil {
		r.traces = h.Traces.Calls
	}
	if r.objects != nil {
		r.objects.repeated = nil
	}
}

func sideOf(h *parse.Heap) Side {
	return Side{File: h.File, Format: h.Format, Nodes: h.NumNodes(), Edges: h.NumEdges(), Size: h.TotalSelf(), Extra: h.ExtraBytes}
}

// sums are the totals of a heap by provisional class and by kind, of objects
// that have a size.
type sums struct {
	naming *parse.Naming
	count  []int            // provisional class -> objects
	size   []uint64         // provisional class -> bytes
	types  []graph.NodeType // provisional class -> type of its nodes
	kinds  []kindSum
	nest   *nesting // nil until the dominators are known
}

type kindSum struct {
	count int
	size  uint64
}

func newSums(h *parse.Heap) *sums {
	classes := h.Provisional()
	s := &sums{
		naming: h.Naming(),
		count:  make([]int, classes),
		size:   make([]uint64, classes),
		types:  make([]graph.NodeType, classes),
		kinds:  make([]kindSum, len(kinds.All())),
	}
	table := kinds.New(h.Graph)
	for n := range graph.NodeID(h.NumNodes()) {
		class := h.ClassOf(n)
		s.types[class] = h.Type[n]
		self := h.Self.At(n)
		if self == 0 {
			continue
		}
		s.count[class]++
		s.size[class] += self
		kind := &s.kinds[table.Of(n)]
		kind.count++
		kind.size += self
	}
	return s
}
