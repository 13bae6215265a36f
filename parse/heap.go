package parse

import (
	"sync"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse/v8snapshot/rules"
)

// Heap is one heap, ready to be looked at: edges that do not retain are loose,
// sizes are where they belong, dominators and retained sizes are known.
type Heap struct {
	*graph.Graph
	Dominators *graph.Dominators

	File   string // as the user named it
	Format string // such as "V8 heap snapshot"

	classes *rules.Classes // nil if the graph came with its classes
	named   named
}

// named are the classes as the heap's own interfaces name them.
type named struct {
	once       sync.Once
	interfaces []rules.Interface
	classes    []graph.Class
	final      []graph.ClassID
}

// Interfaces returns what plain objects of this heap are called by the
// properties they have.
func (h *Heap) Interfaces() []rules.Interface {
	if h.classes == nil {
		return nil
	}
	return h.classes.Interfaces()
}

// Named returns the classes as the heap's own interfaces name them, which it
// returns, too: final maps the provisional classes in Graph.Class to the
// classes. Graph.Class itself stays as it is.
func (h *Heap) Named() (classes []graph.Class, final []graph.ClassID, interfaces []rules.Interface) {
	n := &h.named
	n.once.Do(func() {
		n.interfaces = h.Interfaces()
		n.classes, n.final = h.Naming().Resolve(n.interfaces)
	})
	return n.classes, n.final, n.interfaces
}

// FirstShape returns the first provisional class that is a shape of plain
// objects: the only ones whose names depend on interfaces.
func (h *Heap) FirstShape() graph.ClassID {
	if h.classes == nil {
		return graph.ClassID(len(h.Classes))
	}
	return h.classes.FirstShape()
}

// Provisional returns the number of provisional classes.
func (h *Heap) Provisional() int {
	if h.classes == nil {
		return len(h.Classes)
	}
	return h.classes.Len()
}

// Settle resolves the classes by the heap's own interfaces, for when only this
// heap is looked at: Graph.Class then indexes Graph.Classes.
func (h *Heap) Settle() {
	if h.classes != nil {
		h.classes.Settle()
		h.classes = nil
	}
}

// Distances returns the number of edges on the shortest way from the program's
// roots to each node, as rules.Distances does.
func (h *Heap) Distances() []int32 { return rules.Distances(h.Graph) }
