package paths

import (
	"strconv"
	"strings"

	"github.com/heapdiff/heapdiff/graph"
)

// Scripts are the names of the scripts of a heap by their number, which is all
// that a location has. The name stands in a node that the closures of the
// script lead to; a script without closures has none.
type Scripts map[int32]string

// FindScripts asks closures for the scripts of all locations in g.
func FindScripts(g *graph.Graph) Scripts {
	const patience = 50 // closures of one script that are asked in vain
	s := Scripts{}
	wanted := map[int32]int{} // script -> closures asked
	for _, l := range g.Locations.Table() {
		wanted[l.Script] = 0
	}
	for n := graph.NodeID(0); int(n) < g.NumNodes() && len(wanted) > 0; n++ {
		if g.Type[n] != graph.Closure {
			continue
		}
		l, ok := g.Locations.Of(n)
		if !ok {
			continue
		}
		asked, ok := wanted[l.Script]
		if !ok {
			continue
		}
		if name := ScriptName(g, n); name != "" {
			s[l.Script] = name
			delete(wanted, l.Script)
		} else if wanted[l.Script]++; asked >= patience {
			delete(wanted, l.Script)
		}
	}
	return s
}

// Where writes a location as editors do, counted from 1: file:line:column.
func (s Scripts) Where(l graph.Location) string {
	name := s[l.Script]
	if name == "" {
		name = "script " + strconv.Itoa(int(l.Script))
	}
	return name + ":" + strconv.Itoa(int(l.Line)+1) + ":" + strconv.Itoa(int(l.Column)+1)
}

// ScriptName returns the name of the script of a closure, or "".
func ScriptName(g *graph.Graph, n graph.NodeID) string {
	for _, labels := range [][2]string{{"shared", "shared"}, {"script", "script_or_debug_info"}, {"name", "name"}} {
		if n = internal(g, n, labels); n == graph.NoNode {
			return ""
		}
	}
	return text(g, n, longestName)
}

// longestName is how long the name of a script may be, in bytes.
const longestName = 4096

// text returns the text of a node, at most so much of it; of a concatenation,
// which has none of its own, that of its parts.
func text(g *graph.Graph, n graph.NodeID, most int) string {
	var b strings.Builder
	for parts := []graph.NodeID{n}; len(parts) > 0 && b.Len() < most; {
		n := parts[len(parts)-1]
		parts = parts[:len(parts)-1]
		switch {
		case g.Type[n] == graph.ConsString:
			for _, half := range [][2]string{{"second", "second"}, {"first", "first"}} {
				if part := internal(g, n, half); part != graph.NoNode && len(parts) < most {
					parts = append(parts, part)
				}
			}
		case g.Type[n].IsString():
			b.WriteString(g.NodeName(n))
		}
	}
	return b.String()
}

// internal returns the target of the internal edge that has one of the labels.
func internal(g *graph.Graph, n graph.NodeID, labels [2]string) graph.NodeID {
	from, to := g.Edges(n)
	for e := from; e < to; e++ {
		if g.Links[e].Type() == graph.InternalEdge {
			label := g.Strings.Bytes(graph.StringID(g.Label(e)))
			if string(label) == labels[0] || string(label) == labels[1] {
				return g.Links[e].To()
			}
		}
	}
	return graph.NoNode
}
