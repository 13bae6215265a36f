package rules

import (
	"bytes"

	"github.com/heapdiff/heapdiff/graph"
)

// spreadDetachedness gives native nodes the state of the document nodes they
// hang on, attached before detached, and marks the detached ones as renamed.
// Files of a V8 that did not write the state only have it in the names.
func spreadDetachedness(g *graph.Graph) {
	if !g.HasDOMStates {
		prefix := []byte("Detached ")
		for n, t := range g.Type {
			if t == graph.Native && bytes.HasPrefix(g.Strings.Bytes(g.Name[n]), prefix) {
				g.Flags[n] = g.Flags[n].WithDOMState(graph.Detached)
			}
		}
		return
	}
	s := spreader{g: g, visited: map[graph.NodeID]bool{}}
	for n := range g.Flags {
		if state := g.Flags[n].DOMState(); state != 0 {
			s.process(graph.NodeID(n), state)
		}
	}
	s.spread(&s.attached, graph.Attached)
	s.spread(&s.detached, graph.Detached)
}

type spreader struct {
	g                  *graph.Graph
	visited            map[graph.NodeID]bool // natives near documents: few beside the heap
	attached, detached []graph.NodeID
}

// process gives n a state, once. Only native nodes pass it on.
func (s *spreader) process(n graph.NodeID, state graph.Flags) {
	if s.visited[n] {
		return
	}
	s.visited[n] = true
	g := s.g
	if g.Type[n] != graph.Native {
		return
	}
	g.Flags[n] = g.Flags[n].WithDOMState(state)
	if state == graph.Attached {
		s.attached = append(s.attached, n)
	} else {
		g.Flags[n] |= graph.RenamedDetached
		s.detached = append(s.detached, n)
	}
}

func (s *spreader) spread(stack *[]graph.NodeID, state graph.Flags) {
	for len(*stack) > 0 {
		n := (*stack)[len(*stack)-1]
		*stack = (*stack)[:len(*stack)-1]
		from, to := s.g.Edges(n)
		for _, l := range s.g.Links[from:to] {
			if t := l.Type(); t != graph.HiddenEdge && t != graph.WeakEdge {
				s.process(l.To(), state)
			}
		}
	}
}
