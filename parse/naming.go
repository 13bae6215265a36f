package parse

import (
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse/v8snapshot/rules"
)

// Naming names the classes of a heap.
type Naming struct {
	classes *rules.Classes // nil if the graph came with its classes
	fixed   []graph.Class
}

// Naming returns what names the heap's classes, for as long as the heap is there.
func (h *Heap) Naming() *Naming { return &Naming{classes: h.classes, fixed: h.Classes} }

// Detached returns the same, for when the heap has been dropped.
func (n *Naming) Detached() *Naming {
	if n.classes == nil {
		return n
	}
	return &Naming{classes: n.classes.Detached()}
}

// Resolve names the classes by the given interfaces, which may be another
// heap's: final maps the provisional classes in Graph.Class to the classes
// returned.
func (n *Naming) Resolve(interfaces []rules.Interface) (classes []graph.Class, final []graph.ClassID) {
	return resolve(n.classes, n.fixed, interfaces)
}

// FirstShape returns the first provisional class that is a shape of plain
// objects: the only ones whose names depend on interfaces.
func (n *Naming) FirstShape() graph.ClassID {
	if n.classes == nil {
		return graph.ClassID(len(n.fixed))
	}
	return n.classes.FirstShape()
}

func resolve(c *rules.Classes, fixed []graph.Class, interfaces []rules.Interface) (classes []graph.Class, final []graph.ClassID) {
	if c != nil {
		return c.Resolve(interfaces)
	}
	final = make([]graph.ClassID, len(fixed))
	for i := range final {
		final[i] = graph.ClassID(i)
	}
	return fixed, final
}
