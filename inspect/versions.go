package inspect

import (
	"regexp"

	"github.com/heapdiff/heapdiff/graph"
)

// Versions are what the program ran on, as the heap itself knows: Node keeps
// them in process.versions. They are empty where the heap does not know.
type Versions struct {
	Node string // such as 20.20.2
	V8   string // such as 11.3.244.8-node.33
}

var version = regexp.MustCompile(`^[0-9]+\.[0-9]+[0-9A-Za-z.+-]{0,60}$`)

// FindVersions looks for the object that has both versions as properties.
func FindVersions(g *graph.Graph) Versions {
	var names [2]graph.StringID // of the properties node, v8
	const found = 3
	have := 0
	for id := range graph.StringID(g.Strings.Len()) {
		switch string(g.Strings.Bytes(id)) {
		case "node":
			names[0], have = id, have|1
		case "v8":
			names[1], have = id, have|2
		}
		if have == found {
			break
		}
	}
	if have != found {
		return Versions{}
	}
	for n, t := range g.Type {
		if t != graph.Object {
			continue
		}
		var texts [2]string
		from, to := g.Edges(graph.NodeID(n))
		for e := from; e < to; e++ {
			for i, name := range names {
				if g.Links[e].Type() == graph.PropertyEdge && graph.StringID(g.Label(e)) == name && g.Type[g.Links[e].To()] == graph.String {
					texts[i] = g.NodeName(g.Links[e].To())
				}
			}
		}
		if version.MatchString(texts[0]) && version.MatchString(texts[1]) {
			return Versions{Node: texts[0], V8: texts[1]}
		}
	}
	return Versions{}
}
