package rules

import (
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

// StoredClass is a provisional class as plain data, to be kept in a file.
type StoredClass struct {
	Name string
	// Properties are those of a plain object, sorted, whose name depends on the
	// interfaces of another heap; Shape says that it is one.
	Properties []string
	Shape      bool

	Location graph.Location
	Located  bool
}

// Store returns the provisional classes as plain data, in their order.
func (c *Classes) Store() []StoredClass {
	out := make([]StoredClass, 0, c.Len())
	located := func(s StoredClass, place int32) StoredClass {
		if place >= 0 {
			s.Location, s.Located = c.places[place], true
		}
		return s
	}
	for i, l := range c.labels {
		out = append(out, located(StoredClass{Name: c.labelName(i)}, l.place))
	}
	for i := range c.shapes.list {
		sh := &c.shapes.list[i]
		s := StoredClass{Shape: true}
		for _, p := range c.shapes.props[sh.from:sh.to] {
			s.Properties = append(s.Properties, string(c.shapes.nameOf(p)))
		}
		slices.Sort(s.Properties)
		s.Properties = slices.Compact(s.Properties)
		out = append(out, located(s, sh.place))
	}
	return out
}

// RestoreClasses returns classes that resolve as those which were stored did.
// Shapes must stand behind all others. Interfaces are not inferred again.
func RestoreClasses(list []StoredClass) *Classes {
	c := &Classes{names: []string{}}
	text := &graph.Strings{}
	c.shapes = shapes{text: text, proto: absent}
	properties := map[string]property{}
	for _, s := range list {
		place := int32(-1)
		if s.Located {
			place = int32(len(c.places))
			c.places = append(c.places, s.Location)
		}
		if !s.Shape {
			c.labels = append(c.labels, label{place: place})
			c.names = append(c.names, s.Name)
			continue
		}
		from := uint32(len(c.shapes.props))
		for _, name := range s.Properties {
			p, ok := properties[name]
			if !ok {
				p = property(len(properties))
				properties[name] = p
				c.shapes.names = append(c.shapes.names, text.Append([]byte(name)))
			}
			c.shapes.props = append(c.shapes.props, p)
		}
		c.shapes.list = append(c.shapes.list, shape{from: from, to: uint32(len(c.shapes.props)), place: place})
	}
	return c
}
