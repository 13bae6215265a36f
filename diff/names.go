package diff

import (
	"fmt"
	"strings"

	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/sourcemap"
	"github.com/heapdiff/heapdiff/paths"
)

// className returns the name of the class of a node of the later heap.
func (c *comparison) className(n graph.NodeID) string {
	return c.result.Classes[c.rowOfAfter[c.after.ClassOf(n)]].Class
}

// path returns the way to a node of the later heap, which must have been looked for.
func (c *comparison) path(n graph.NodeID) Path {
	var p Path
	steps := c.names.To(n)
	if at, script := c.variable(steps); at > 0 {
		p.Steps = append(p.Steps, Step{Class: script})
		steps = steps[at:]
	}
	for _, step := range steps {
		p.Steps = append(p.Steps, Step{
			Edge: step.Edge, Class: step.Class, ID: c.after.ID.At(step.Node), Where: c.where(step.Node),
		})
	}
	return p
}

// variable finds the variable that a way may as well begin with, whichever of
// the functions that see it leads there: the first one in a script that is the
// program's own, or the first one at all. It returns its step and its script.
func (c *comparison) variable(steps []paths.Step) (at int, script string) {
	for i := 1; i < len(steps); i++ {
		if !strings.HasPrefix(steps[i].Edge, "context:") {
			continue
		}
		l, ok := c.after.Locations.Of(steps[i-1].Node)
		name := c.scripts[l.Script]
		if !ok || name == "" {
			continue
		}
		own := !strings.HasPrefix(name, "node:") && strings.ContainsAny(name, `/\`)
		if at == 0 || own {
			if p, ok := c.maps().Place(name, int(l.Line), int(l.Column)); ok {
				name = p.Source
			}
			at, script = i, growth.ScriptName(name)
		}
		if own {
			break
		}
	}
	return at, script
}

// where says where the constructor of an object, or a closure, stands.
func (c *comparison) where(n graph.NodeID) string {
	at, ok := c.after.Locations.Of(n)
	if !ok {
		return ""
	}
	return sourceWhere(c.maps(), c.scripts, at)
}

// maps are the source maps of the program; nil if there are none.
func (c *comparison) maps() *sourcemap.Maps {
	if c.options.Ranking == nil {
		return nil
	}
	return c.options.Ranking.Maps
}

// sourceWhere writes a location: that in the source, if it is known.
func sourceWhere(maps *sourcemap.Maps, scripts paths.Scripts, at graph.Location) string {
	if p, ok := maps.Place(scripts[at.Script], int(at.Line), int(at.Column)); ok {
		return fmt.Sprintf("%s:%d:%d", p.Source, p.Line+1, p.Column+1)
	}
	return scripts.Where(at)
}

// originalName returns what a class was called in the source, or "". Classes
// that are named after what they look like have no other name.
func originalName(maps *sourcemap.Maps, scripts paths.Scripts, c *graph.Class) string {
	if maps == nil || c.Name == "Object" || strings.HasPrefix(c.Name, "{") || strings.HasPrefix(c.Name, "(") {
		return ""
	}
	return maps.Function(scripts[c.Location.Script], int(c.Location.Line), int(c.Location.Column))
}
