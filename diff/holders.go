package diff

import (
	"cmp"
	"math"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

// groupKey names a group by its visit and its place there.
type groupKey struct{ visit, group int }

// maxGroups is how many groups holders are looked for.
const maxGroups = math.MaxUint8

// findHolders finds out who refers to the objects of each group. That need not
// be the object that dominates them: what two containers hold is dominated by
// something far above both. A holder refers to at least half of a group.
func (s *growers) findHolders() map[groupKey][]graph.NodeID {
	var keys []groupKey
	for i := range s.visits {
		for j := range s.visits[i].groups {
			keys = append(keys, groupKey{i, j})
		}
	}
	of := func(k groupKey) *group { return &s.visits[k.visit].groups[k.group] }
	slices.SortStableFunc(keys, func(a, b groupKey) int { return cmp.Compare(of(b).gain, of(a).gain) })
	keys = keys[:min(len(keys), maxGroups)]
	if len(keys) == 0 {
		return nil
	}

	member := make([]uint8, s.g.NumNodes()) // node -> its group + 1
	sizes := make([]int, len(keys))         // group -> objects in the heap
	for i, k := range keys {
		s.members(s.visits[k.visit].node, of(k), func(n graph.NodeID) {
			member[n] = uint8(i + 1)
			sizes[i]++
		})
	}
	holders := make([]map[graph.NodeID]int, len(keys)) // group -> holder -> objects it refers to
	through := map[[2]uint8]int{}                      // two groups -> objects of the second that the first refers to
	var seen [maxGroups + 1]int
	for n := range graph.NodeID(s.g.NumNodes()) {
		from, to := s.g.Edges(n)
		if s.g.Type[n] == graph.Code || s.g.Type[n] == graph.ObjectShape {
			continue
		}
		var touched []uint8
		for _, l := range s.g.Links[from:to] {
			if at := member[l.To()]; at != 0 && !l.Loose() && l.Type() != graph.WeakEdge {
				if seen[at]++; seen[at] == 1 {
					touched = append(touched, at)
				}
			}
		}
		for _, at := range touched {
			k := keys[at-1]
			if from := s.groupAbove(n, member); from != 0 && from != at {
				through[[2]uint8{from, at}] += seen[at]
			}
			if seen[at] >= leastGroup || of(k).chain != graph.NoNode {
				owner := s.owner(n)
				if holders[at-1] == nil {
					holders[at-1] = map[graph.NodeID]int{}
				}
				holders[at-1][owner] += seen[at]
			}
			seen[at] = 0
		}
	}

	owners := make([][]graph.NodeID, len(keys))
	for i, k := range keys {
		if of(k).chain != graph.NoNode {
			owners[i] = []graph.NodeID{s.visits[k.visit].node}
		} else {
			owners[i] = s.choose(holders[i], sizes[i])
		}
	}
	out := map[groupKey][]graph.NodeID{}
	for i, k := range keys {
		list := owners[i]
		if len(list) == 0 || s.shown.isRoot(list[0]) {
			// Each object may have one of another group to thank: then it belongs
			// to those who hold that group.
			for j := range keys {
				if through[[2]uint8{uint8(j + 1), uint8(i + 1)}]*2 >= sizes[i] && len(owners[j]) > 0 {
					list = owners[j]
					break
				}
			}
		}
		if len(list) == 0 && !s.shown.isRoot(s.visits[k.visit].node) {
			list = []graph.NodeID{s.visits[k.visit].node}
		}
		out[k] = list
	}
	return out
}

// groupAbove returns the group of the object that n is, or is a near part of.
func (s *growers) groupAbove(n graph.NodeID, member []uint8) uint8 {
	const near = 8
	for range near {
		if member[n] != 0 || n == s.g.Root {
			return member[n]
		}
		n = s.d.Idom(n)
	}
	return 0
}

// choose returns the holders of at least half of count objects: programs'
// objects, or roots if there are no others.
func (s *growers) choose(holders map[graph.NodeID]int, count int) []graph.NodeID {
	var objects, roots []graph.NodeID
	for n, objectsHeld := range holders {
		switch {
		case objectsHeld*2 < count:
		case s.shown.isRoot(n):
			roots = append(roots, n)
		default:
			objects = append(objects, n)
		}
	}
	if len(objects) == 0 {
		objects = roots
	}
	slices.Sort(objects)
	return objects
}

// owner returns the object that n is a part of.
func (s *growers) owner(n graph.NodeID) graph.NodeID {
	for n != s.g.Root && s.shown.folds(n) {
		n = s.d.Idom(n)
	}
	return n
}

// members calls f with the objects of a group below n.
func (s *growers) members(n graph.NodeID, g *group, f func(graph.NodeID)) {
	if g.chain != graph.NoNode {
		f(g.chain)
		return
	}
	eachChild(s.tree, s.shown, n, func(graph.NodeID) {}, func(child graph.NodeID) {
		if s.c.rowOfAfter[s.g.ClassOf(child)] != g.row {
			return
		}
		if s.places != nil || s.isNew(child) {
			f(child)
		}
	})
}
