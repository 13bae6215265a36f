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
	h := heldWalk{growers: s, tallies: map[heldKey]*tally{}}
	s.members(n, g, func(member graph.NodeID) { s.tree.WalkFrom(member, h.enter, h.leave) })
	var out []Held
	for key, t := range h.tallies {
		if s.renumbered && t.foreign > 0 { // those with a new id need not be new
			if more := max(s.c.result.Classes[key.row].CountDelta, 0); t.count > more {
				t.size = t.size / uint64(t.count) * uint64(more)
				t.count = more
			}
		}
		if t.count > 0 {
			out = append(out, Held{Class: t.class, Count: t.count, Size: t.size})
		}
	}
	return out
}

// heldWalk counts new objects by class below the members of a group.
type heldWalk struct {
	*growers
	tallies map[heldKey]*tally
	above   []graph.NodeID // the new objects above the node
}

// heldKey is a class, and of what the collector names a name.
type heldKey struct {
	row  uint32
	name graph.StringID
}

type tally struct {
	class   string
	open    int // new objects of the class above
	count   int
	foreign int // embedders' objects among them
	size    uint64
}

func (h *heldWalk) key(n graph.NodeID) heldKey {
	key := heldKey{row: h.c.rowOfAfter[h.g.ClassOf(n)]}
	if h.g.Type[n] == graph.Synthetic {
		key.name = h.g.Name[n]
	}
	return key
}

func (h *heldWalk) enter(n graph.NodeID) {
	if h.g.Self.At(n) == 0 {
		return
	}
	key := h.key(n)
	t := h.tallies[key]
	if t == nil {
		t = &tally{class: h.c.className(n)}
		if h.g.Type[n] == graph.Synthetic {
			t.class = h.c.names.Name(n)
		}
		h.tallies[key] = t
	}
	if !h.isNew(n) {
		return
	}
	t.count++
	if !isObjectID(h.g.ID.At(n)) {
		t.foreign++
	}
	if t.open == 0 {
		t.size += h.d.Retained(n)
	}
	t.open++
	h.above = append(h.above, n)
}

func (h *heldWalk) leave(n graph.NodeID) {
	if last := len(h.above) - 1; last >= 0 && h.above[last] == n {
		h.above = h.above[:last]
		h.tallies[h.key(n)].open--
	}
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
			if !generic(h.Class) && h.Count*4 >= first.Count && h.Size*10 >= first.Size {
				out = append([]Held{h}, append(out[:i:i], out[i+1:]...)...)
				break
			}
		}
	}
	return out[:min(len(out), maxHeld)]
}
