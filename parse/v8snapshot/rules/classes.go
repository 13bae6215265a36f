package rules

import (
	"bytes"
	"fmt"

	"github.com/heapdiff/heapdiff/graph"
)

// Classes is the classification of one heap. The classes of plain objects
// depend on a list of interfaces, which may come from another heap (DevTools
// compares both heaps by the interfaces of the later one); until [Classes.Resolve]
// is given one, each plain object is in the class of its shape.
type Classes struct {
	g      *graph.Graph // nil once detached
	labels []label      // provisional class -> what it is; those of shapes follow
	names  []string     // the same -> its name; nil until detached
	places []graph.Location
	shapes shapes
}

// label is what a provisional class is made of.
type label struct {
	node  graph.NodeID // a member, which has the type and the name
	place int32        // its location, or -1
}

// Classify puts each node into a provisional class, in Graph.Class.
func Classify(g *graph.Graph) *Classes {
	c := &Classes{g: g, places: g.Locations.Table()}
	c.shapes.init(g)
	g.Class = graph.MakeNarrow(g.NumNodes())
	var (
		byType  [256]graph.ClassID
		byName  = make([]graph.ClassID, g.Strings.Len()) // class + 1 of objects and natives without a location
		renamed = map[graph.StringID]graph.ClassID{}
		placed  = map[placedName]graph.ClassID{}
		recent  = make([]placedClass, len(c.places)) // place -> what was asked for last: nearly always one
	)
	object := graph.StringID(g.Strings.Len())
	for s := range graph.StringID(g.Strings.Len()) {
		if string(g.Strings.Bytes(s)) == "Object" {
			object = s
			break
		}
	}
	add := func(n graph.NodeID, place int32) graph.ClassID {
		c.labels = append(c.labels, label{n, place})
		return graph.ClassID(len(c.labels)) // + 1
	}
	// Shapes follow the other classes. Until it is known how many those are, a
	// label has an even number and a shape an odd one.
	set := func(n graph.NodeID, label graph.ClassID) { g.Class.Set(uint32(n), uint32(label)<<1) }
	for n := range graph.NodeID(g.NumNodes()) {
		t := g.Type[n]
		if t != graph.Object && t != graph.Native {
			if byType[t] == 0 {
				byType[t] = add(n, -1)
			}
			set(n, byType[t]-1)
			continue
		}
		place := int32(-1)
		if t == graph.Object {
			place = g.Locations.Place(n)
			if g.Name[n] == object {
				g.Class.Set(uint32(n), uint32(c.shapes.of(n, place))<<1|1)
				continue
			}
		}
		var class *graph.ClassID
		name := g.Name[n]
		switch {
		case place >= 0:
			last := &recent[place]
			if last.class == 0 || last.name != name {
				key := placedName{name, place}
				if placed[key] == 0 {
					placed[key] = add(n, place)
				}
				*last = placedClass{name, placed[key]}
			}
			set(n, last.class-1)
			continue
		case g.Flags[n]&graph.RenamedDetached != 0:
			if renamed[name] == 0 {
				renamed[name] = add(n, -1)
			}
			set(n, renamed[name]-1)
			continue
		default:
			class = &byName[name]
		}
		if *class == 0 {
			*class = add(n, -1)
		}
		set(n, *class-1)
	}
	for n := range uint32(g.NumNodes()) {
		class := g.Class.At(n)
		if class&1 != 0 {
			class += uint32(len(c.labels)) << 1
		}
		g.Class.Set(n, class>>1)
	}
	return c
}

type placedName struct {
	name  graph.StringID
	place int32
}

type placedClass struct {
	name  graph.StringID
	class graph.ClassID // + 1
}

// Len returns the number of provisional classes.
func (c *Classes) Len() int { return len(c.labels) + c.shapes.len() }

// FirstShape returns the first provisional class that is the shape of plain objects.
func (c *Classes) FirstShape() graph.ClassID { return graph.ClassID(len(c.labels)) }

// Resolve names the classes by the given interfaces. It returns the classes and
// for each provisional class the index of its own; classes of one key are one.
func (c *Classes) Resolve(interfaces []Interface) (classes []graph.Class, final []graph.ClassID) {
	byKey := map[string]graph.ClassID{}
	final = make([]graph.ClassID, 0, c.Len())
	put := func(name string, place int32) {
		class := graph.Class{Name: name}
		if place >= 0 {
			class.Location, class.Located = c.places[place], true
		}
		class.Key = class.MakeKey()
		id, ok := byKey[class.Key]
		if !ok {
			id = graph.ClassID(len(classes))
			byKey[class.Key] = id
			classes = append(classes, class)
		}
		final = append(final, id)
	}
	for i, l := range c.labels {
		put(c.labelName(i), l.place)
	}
	for shape, name := range c.shapes.classNames(interfaces) {
		put(name, c.shapes.list[shape].place)
	}
	return classes, final
}

// labelName returns the name of a provisional class that is not a shape.
func (c *Classes) labelName(i int) string {
	if c.names != nil {
		return c.names[i]
	}
	return ClassName(c.g, c.labels[i].node)
}

// Detached returns the same classification on texts of its own: it resolves as
// c does and does not keep the graph alive.
func (c *Classes) Detached() *Classes {
	names := make([]string, len(c.labels))
	for i := range names {
		names[i] = c.labelName(i)
	}
	return &Classes{labels: c.labels, names: names, places: c.places, shapes: c.shapes.detached()}
}

// Settle resolves the classes by the heap's own interfaces and stores them in
// the graph: enough where only one heap is looked at.
func (c *Classes) Settle() {
	classes, final := c.Resolve(c.Interfaces())
	c.g.Classes = classes
	for n := range graph.NodeID(c.g.NumNodes()) {
		c.g.Class.Set(uint32(n), uint32(final[c.g.ClassOf(n)]))
	}
}

// ClassName returns DevTools' name for the class of n, plain objects apart.
func ClassName(g *graph.Graph, n graph.NodeID) string {
	switch t := g.Type[n]; t {
	case graph.Hidden:
		return "(system)"
	case graph.Code:
		return "(compiled code)"
	case graph.Closure:
		return "Function"
	case graph.RegExp:
		return "RegExp"
	case graph.Object, graph.Native:
		return tagName(g.NodeName(n))
	default:
		return fmt.Sprintf("(%s)", g.TypeName(n))
	}
}

// tagName cuts the attributes off the name of a DOM element.
func tagName(name string) string {
	const detached = "Detached "
	start := 0
	if len(name) > len(detached) && name[:len(detached)] == detached {
		start = len(detached)
	}
	if start >= len(name) || name[start] != '<' {
		return name
	}
	if space := bytes.IndexByte([]byte(name[start:]), ' '); space >= 0 {
		return name[:start+space] + ">"
	}
	return name
}
