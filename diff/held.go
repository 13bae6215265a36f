package diff

import (
	"cmp"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

// maxHeld is how many classes are named for a grower.
const maxHeld = 8

// held returns what new objects there are in a group below n, by class.
func (s *growers) held(n graph.NodeID, g *group) []Held {
	if s.places != nil {
		return []Held{{Class: s.c.result.Classes[g.row].Class, Count: g.count, Size: uint64(g.gain)}}
	}
	type tally struct {
		open, count int
		size        uint64
	}
	tallies := map[uint32]*tally{}
	enter := func(n graph.NodeID) {
		if s.g.Self.At(n) == 0 {
			return
		}
		row := s.c.rowOfAfter[s.g.Class[n]]
		t := tallies[row]
		if t == nil {
			t = &tally{}
			tallies[row] = t
		}
		if s.isNew(n) {
			t.count++
			if t.open == 0 {
				t.size += s.d.Retained(n)
			}
		}
		t.open++
	}
	leave := func(n graph.NodeID) {
		if s.g.Self.At(n) != 0 {
			tallies[s.c.rowOfAfter[s.g.Class[n]]].open--
		}
	}
	direct := 0
	s.members(n, g, func(member graph.NodeID) { direct++; s.tree.WalkFrom(member, enter, leave) })
	var out []Held
	for row, t := range tallies {
		if t.count > 0 {
			h := Held{Class: s.c.result.Classes[row].Class, Count: t.count, Size: t.size}
			if row == g.row && g.chain == graph.NoNode && g.count < t.count && t.count == direct {
				h.Count, h.Size = g.count, uint64(g.gain) // some have a new id and are not new
			}
			out = append(out, h)
		}
	}
	return out
}

func (s *growers) isNew(n graph.NodeID) bool {
	_, fresh := s.delta(n)
	return fresh
}

// tidyHeld merges classes of one name, puts the largest first and before it, if
// that is only a closure or a list, the class that says what they are for.
func tidyHeld(list []Held) []Held {
	byClass := map[string]int{}
	var out []Held
	for _, h := range list {
		at, ok := byClass[h.Class]
		if !ok {
			at = len(out)
			byClass[h.Class] = at
			out = append(out, Held{Class: h.Class})
		}
		out[at].Count += h.Count
		out[at].Size += h.Size
	}
	slices.SortFunc(out, func(a, b Held) int {
		return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Class, b.Class))
	})
	if len(out) > 0 && generic(out[0].Class) {
		first := out[0]
		for i, h := range out {
			if !generic(h.Class) && h.Count*2 >= first.Count && h.Size*10 >= first.Size {
				out = append([]Held{h}, append(out[:i:i], out[i+1:]...)...)
				break
			}
		}
	}
	return out[:min(len(out), maxHeld)]
}
