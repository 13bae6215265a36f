package diff

import "github.com/heapdiff/heapdiff/graph"

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
	return c.scripts.Where(at)
}
