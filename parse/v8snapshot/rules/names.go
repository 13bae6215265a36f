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
func joinedText(g *graph.Graph, n graph.NodeID) string { return string(AppendText(nil, g, n)) }

// AppendText appends the text of a string, joined from its halves if need be.
func AppendText(into []byte, g *graph.Graph, n graph.NodeID) []byte {
	units := 0
	eachPart(g, n, func(text []byte) bool {
		into = append(into, text...)
		units += utf16Length(text)
		return units < longestText
	})
	return into
}

// eachPart calls f with the parts of a string in their order, until it returns false.
func eachPart(g *graph.Graph, n graph.NodeID, f func(text []byte) bool) {
	var few [32]graph.NodeID
	stack := append(few[:0], n)
	for steps := 0; len(stack) > 0 && steps < mostHalves; steps++ {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if g.Type[n] != graph.ConsString {
			text := g.Strings.Bytes(g.Name[n])
			if g.Flags[n]&graph.RenamedDetached != 0 {
				text = []byte(g.NodeName(n))
			}
			if !f(text) {
				return
			}
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
	return isEmpty(g, first) || isEmpty(g, second)
}

// isEmpty reports whether a half of a string has no text.
func isEmpty(g *graph.Graph, half graph.NodeID) bool {
	if half == graph.NoNode {
		return false
	}
	if g.Type[half] != graph.ConsString && !g.Type[half].IsString() {
		return NodeName(g, half) == ""
	}
	empty := true
	eachPart(g, half, func(text []byte) bool {
		empty = len(text) == 0
		return empty
	})
	return empty
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
			length := utf16Length([]byte(text))
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
