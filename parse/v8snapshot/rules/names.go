package rules

import (
	"strings"

	"github.com/heapdiff/heapdiff/graph"
)

const (
	longestText  = 1024 // where the text of a joined string is cut, in UTF-16 units
	longestShape = 100  // where properties are left out of the name of a plain object
	mostHalves   = 1 << 16
)

// NodeName returns the name by which DevTools lists n: the text of a string,
// joined from its halves if need be; the properties of a plain object, as many
// from the front and the back as fit; and the name in the file for all others.
func NodeName(g *graph.Graph, n graph.NodeID) string {
	switch g.Type[n] {
	case graph.ConsString:
		return joinedText(g, n)
	case graph.Object:
		if string(g.Strings.Bytes(g.Name[n])) == "Object" {
			return shapeText(g, n)
		}
	}
	return g.NodeName(n)
}

// joinedText puts the halves of a concatenated string together.
func joinedText(g *graph.Graph, n graph.NodeID) string {
	var b strings.Builder
	units := 0
	stack := []graph.NodeID{n}
	for steps := 0; len(stack) > 0 && units < longestText && steps < mostHalves; steps++ {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if g.Type[n] != graph.ConsString {
			text := g.NodeName(n)
			b.WriteString(text)
			units += utf16Length(text)
			continue
		}
		first, second := halves(g, n)
		if second != graph.NoNode {
			stack = append(stack, second)
		}
		if first != graph.NoNode {
			stack = append(stack, first)
		}
	}
	return b.String()
}

// halves returns what a concatenated string was made from.
func halves(g *graph.Graph, n graph.NodeID) (first, second graph.NodeID) {
	first, second = graph.NoNode, graph.NoNode
	from, to := g.Edges(n)
	for e := from; e < to; e++ {
		if g.Links[e].Type() != graph.InternalEdge {
			continue
		}
		switch label := g.Strings.Bytes(graph.StringID(g.Label(e))); {
		case string(label) == "first" && first == graph.NoNode:
			first = g.Links[e].To()
		case string(label) == "second" && second == graph.NoNode:
			second = g.Links[e].To()
		}
	}
	return first, second
}

// IsFlattened reports whether n is a concatenated string one half of which is
// empty: V8 has already joined the text, and n is only the way to it.
func IsFlattened(g *graph.Graph, n graph.NodeID) bool {
	if g.Type[n] != graph.ConsString {
		return false
	}
	first, second := halves(g, n)
	for _, half := range []graph.NodeID{first, second} {
		if half != graph.NoNode && NodeName(g, half) == "" {
			return true
		}
	}
	return false
}

// shapeText names a plain object: {a, b, …, y, z}.
func shapeText(g *graph.Graph, n graph.NodeID) string {
	start, end := "{", "}"
	units := 2
	from, to := g.Edges(n)
	front, back := int(from), int(to)-1
	fromBack := false
	for front <= back {
		at := &front
		if fromBack {
			at = &back
		}
		e := graph.EdgeID(*at)
		property := ""
		skip := g.Links[e].Type() != graph.PropertyEdge
		if !skip {
			property = g.Strings.String(graph.StringID(g.Label(e)))
			skip = property == "__proto__"
		}
		if !skip {
			text := propertyText(property)
			length := utf16Length(text)
			if start != "{" && units+length > longestShape {
				break
			}
			units += length
			if fromBack {
				if end != "}" {
					end = ", " + end
					units += 2
				}
				end = text + end
			} else {
				if start != "{" {
					start += ", "
					units += 2
				}
				start += text
			}
		}
		if fromBack {
			back--
		} else {
			front++
		}
		if !skip {
			fromBack = !fromBack
		}
	}
	if front <= back {
		start += ", …"
	}
	if end != "}" {
		start += ", "
	}
	return start + end
}

// CompareNames orders two names as JavaScript does, by UTF-16 units: characters
// beyond the basic plane come before U+E000.
func CompareNames(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	if i < len(a) && i < len(b) && a[i] >= 0xF0 != (b[i] >= 0xF0) && min(a[i], b[i]) >= 0xEE {
		return strings.Compare(b[i:], a[i:])
	}
	return strings.Compare(a[i:], b[i:])
}
