package inspect

import (
	"cmp"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/kinds"
	"github.com/heapdiff/heapdiff/parse/v8snapshot/rules"
)

// aggregates are DevTools' aggregates: only nodes that weigh something count.
type aggregates struct {
	count    []int    // class -> nodes
	size     []uint64 // class -> bytes of its own
	retained []uint64 // class -> bytes retained
	detached []bool   // class -> whether it is of detached DOM nodes
	nearest  []int32  // class -> distance of the nearest of its nodes
}

// aggregate counts the classes. A node's retained size counts for its class
// unless a node of the class that counts dominates it.
func (s *subject) aggregate() *aggregates {
	n := len(s.Classes)
	a := &aggregates{count: make([]int, n), size: make([]uint64, n), retained: make([]uint64, n), detached: make([]bool, n)}
	kind := kinds.New(s.Graph)
	within := s.Dominators.Nested(n, func(n graph.NodeID) uint32 {
		if s.Self.Lo[n] == 0 && s.Self.At(n) == 0 {
			return graph.NoGroup
		}
		return uint32(s.ClassOf(n))
	})
	for n := range graph.NodeID(s.NumNodes()) {
		size := s.Self.At(n)
		if size == 0 {
			continue
		}
		c := s.ClassOf(n)
		a.count[c]++
		a.size[c] += size
		if !within.Has(n) {
			a.retained[c] += s.Dominators.Retained(n)
		}
		if s.Type[n] == graph.Native && kind.Of(n) == kinds.DetachedDOM {
			a.detached[c] = true
		}
	}
	return a
}

// findNearest finds the distances of the classes, which are those of their
// nearest objects.
func (a *aggregates) findNearest(s *subject) {
	const unset = 1<<31 - 1
	a.nearest = make([]int32, len(a.count))
	for i := range a.nearest {
		a.nearest[i] = unset
	}
	for n, d := range s.distance {
		if n := graph.NodeID(n); s.Self.At(n) > 0 {
			c := s.ClassOf(n)
			a.nearest[c] = min(a.nearest[c], d)
		}
	}
}

// rows returns the classes as DevTools lists them, largest retained size first.
// Those of nodes detached from their document stand in a list of their own, too.
func (a *aggregates) rows(s *subject) (rows, detached []Class) {
	for c := range a.count {
		if a.count[c] == 0 {
			continue
		}
		class := &s.Classes[c]
		row := Class{
			Class: class.Name, Key: class.Key,
			Count: a.count[c], Size: a.size[c], Retained: a.retained[c],
			Distance: shownDistance(a.nearest[c]),
		}
		if class.Located {
			row.Where = s.scripts.Where(class.Location)
		}
		rows = append(rows, row)
		if a.detached[c] {
			detached = append(detached, row)
		}
	}
	byRetained := func(a, b Class) int {
		return cmp.Or(
			cmp.Compare(b.Retained, a.Retained),
			rules.CompareNames(a.Class, b.Class),
			rules.CompareNames(a.Key, b.Key),
		)
	}
	slices.SortFunc(rows, byRetained)
	slices.SortFunc(detached, byRetained)
	return rows, detached
}

// shownDistance hides the distances that mean: no root of the program leads there.
func shownDistance(d int32) int {
	if d < 0 || d >= rules.SystemDistance {
		return -1
	}
	return int(d)
}
