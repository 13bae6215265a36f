package rules

import "github.com/heapdiff/heapdiff/graph"

const documentTrees = "(Document DOM trees)"

// is reports whether n bears a name, its renaming included.
func is(g *graph.Graph, n graph.NodeID, name string) bool {
	return g.Flags[n]&graph.RenamedDetached == 0 && string(g.Strings.Bytes(g.Name[n])) == name
}

// userRoots returns the children of the root that belong to the program: all
// that V8 did not make up, and the document trees. In the order of the root's
// edges, each once.
func userRoots(g *graph.Graph) []graph.NodeID {
	var roots []graph.NodeID
	seen := map[graph.NodeID]bool{}
	from, to := g.Edges(g.Root)
	for _, l := range g.Links[from:to] {
		n := l.To()
		if seen[n] || g.Type[n] == graph.Synthetic && !is(g, n, documentTrees) {
			continue
		}
		seen[n] = true
		roots = append(roots, n)
	}
	return roots
}

// ownerRoots returns what page ownership starts from: the global objects, which
// the root has shortcuts to, and the document trees.
func ownerRoots(g *graph.Graph) []graph.NodeID {
	var roots []graph.NodeID
	from, to := g.Edges(g.Root)
	for _, l := range g.Links[from:to] {
		switch t := l.Type(); {
		case t == graph.ShortcutEdge, t == graph.ElementEdge && is(g, l.To(), documentTrees):
			roots = append(roots, l.To())
		}
	}
	return roots
}
