package diff

import (
	"bytes"

	"github.com/heapdiff/heapdiff/graph"
)

// shown knows which nodes a person wants to hear of. What is inside of a
// container (a Map's table, the variables of a closure, the data of a buffer)
// folds into the object it belongs to, and roots own nothing by themselves.
type shown struct {
	g     *graph.Graph
	names []nameFlags // name -> what it says, once it was looked at
}

type nameFlags uint8

const (
	looked nameFlags = 1 << iota
	system           // begins with "system / "
	native           // begins with "system / NativeContext"
)

func newShown(g *graph.Graph) *shown {
	return &shown{g: g, names: make([]nameFlags, g.Strings.Len())}
}

func (s *shown) name(n graph.NodeID) nameFlags {
	flags := &s.names[s.g.Name[n]]
	if *flags == 0 {
		*flags = looked
		text := s.g.Strings.Bytes(s.g.Name[n])
		if bytes.HasPrefix(text, []byte("system / ")) {
			*flags |= system
			if bytes.HasPrefix(text, []byte("system / NativeContext")) {
				*flags |= native
			}
		}
	}
	return *flags
}

// folds reports whether n is a part of what holds it.
func (s *shown) folds(n graph.NodeID) bool {
	switch s.g.Type[n] {
	case graph.Array:
		return true
	case graph.Hidden, graph.Object, graph.Native:
		return s.name(n)&(system|native) == system
	}
	return false
}

// isRoot reports whether n is one of the places where everything begins, which
// are never what leaks.
func (s *shown) isRoot(n graph.NodeID) bool {
	switch s.g.Type[n] {
	case graph.Synthetic:
		return true
	case graph.Hidden, graph.Object, graph.Native:
		return s.name(n)&native != 0
	}
	return n == s.g.Root
}

// isPart reports whether child belongs to n rather than being held by it.
func (s *shown) isPart(child, n graph.NodeID) bool {
	return s.folds(child) || s.g.Type[child].IsString() && s.g.Type[n].IsString()
}
