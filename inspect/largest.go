package inspect

import "github.com/heapdiff/heapdiff/graph"

// largest returns the objects that retain most. The root, what the collector
// made up, code, and the inner layers of objects are left out: what they retain,
// an object of the program retains.
func (s *subject) largest() []graph.NodeID {
	return s.mostRetaining(or(s.options.Largest, 20), func(n graph.NodeID) bool {
		switch s.Type[n] {
		case graph.Synthetic, graph.Code, graph.ObjectShape:
			return false
		}
		return n != s.Root && !s.paths.Folded(n)
	})
}

// mostRetaining returns the nodes that retain most, at most limit of them;
// those that come first in the file before others that retain as much.
func (s *subject) mostRetaining(limit int, wanted func(graph.NodeID) bool) []graph.NodeID {
	var top []graph.NodeID // largest first
	for n := range graph.NodeID(s.NumNodes()) {
		retained := s.Dominators.Retained(n)
		if len(top) == limit && retained <= s.Dominators.Retained(top[limit-1]) || !wanted(n) {
			continue
		}
		if len(top) < limit {
			top = append(top, n)
		}
		at := len(top) - 1
		for ; at > 0 && s.Dominators.Retained(top[at-1]) < retained; at-- {
			top[at] = top[at-1]
		}
		top[at] = n
	}
	return top
}
