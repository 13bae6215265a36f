package inspect

import (
	"regexp"
	"sort"

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
	for e, l := range g.Links { // they stand as the nodes do that they leave
		if l.Type() != graph.PropertyEdge || graph.StringID(g.Labels.Of(graph.EdgeID(e), l)) != names[1] || g.Type[l.To()] != graph.String {
			continue
		}
		n := sourceOf(g, graph.EdgeID(e))
		texts := [2]string{textOf(g, n, names[0]), textOf(g, n, names[1])}
		if g.Type[n] == graph.Object && version.MatchString(texts[0]) && version.MatchString(texts[1]) {
			return Versions{Node: texts[0], V8: texts[1]}
		}
	}
	return Versions{}
}

// sourceOf returns the node that an edge leaves.
func sourceOf(g *graph.Graph, e graph.EdgeID) graph.NodeID {
	behind := sort.Search(len(g.FirstEdge), func(n int) bool { return g.FirstEdge[n] > e })
	return graph.NodeID(behind - 1)
}

// textOf returns the text that is a property of n, the last if there are several.
func textOf(g *graph.Graph, n graph.NodeID, name graph.StringID) string {
	text := ""
	from, to := g.Edges(n)
	for e := from; e < to; e++ {
		if l := g.Links[e]; l.Type() == graph.PropertyEdge && graph.StringID(g.Label(e)) == name && g.Type[l.To()] == graph.String {
			text = g.NodeName(l.To())
		}
	}
	return text
}
