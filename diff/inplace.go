package diff

import (
	"cmp"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

// grown is an object of the later heap that weighs more than before.
type grown struct {
	node graph.NodeID
	was  uint64 // bytes
}

// keepGrown keeps those that gained most, largest first, and at least so much.
func (c *comparison) keepGrown(least uint64) {
	g := c.after.Graph
	growth := func(a grown) uint64 { return g.Self.At(a.node) - a.was }
	c.grown = slices.DeleteFunc(c.grown, func(a grown) bool { return growth(a) < least })
	slices.SortFunc(c.grown, func(a, b grown) int {
		return cmp.Or(cmp.Compare(growth(b), growth(a)), cmp.Compare(g.ID.At(a.node), g.ID.At(b.node)))
	})
	c.grown = c.grown[:min(len(c.grown), c.options.Top)]
}

// inPlace describes what was kept.
func (c *comparison) inPlace() []InPlace {
	g := c.after.Graph
	list := make([]InPlace, len(c.grown))
	for i, o := range c.grown {
		list[i] = InPlace{
			ID: g.ID.At(o.node), Class: c.className(o.node), BeforeSize: o.was, AfterSize: g.Self.At(o.node), Path: c.path(o.node),
			BeforeLength: -1, AfterLength: -1,
		}
	}
	return list
}
