package growth

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

// holding is what the objects of one signature that one set of points holds weigh.
type holding struct {
	sig, set uint32
	rescued  bool // something else holds them as well
	amount
}

// amount counts objects and bytes.
type amount struct {
	count uint64
	size  uint64
}

// stake is what a point gets.
type stake struct {
	share     uint64            // bytes, shared ones in equal parts
	exclusive uint64            // bytes that only this point holds
	own       uint64            // bytes the containers themselves became more
	rescued   uint64            // bytes that something holds which is no point
	partners  map[uint32]uint64 // point -> bytes held together
	children  map[uint32]amount // signature -> what of it accumulated
}

// attribution is the ledger divided among the points.
type attribution struct {
	stakes       []stake
	grewInPlace  []uint64 // signature -> bytes that no point has
	unattributed []uint64 // signature -> bytes that no point has
	freed        uint64
}

// attribute divides the gain of each signature among the sets of points that
// hold its fresh objects, in proportion to what those weigh, and then in equal
// parts among the members of the set. Nothing is rounded away.
func attribute(led *ledger, s *sharer) *attribution {
	t := led.after
	a := &attribution{
		stakes: make([]stake, len(s.points)), freed: led.vanished,
		grewInPlace: make([]uint64, len(t.sigs)), unattributed: make([]uint64, len(t.sigs)),
	}
	for i := range a.stakes {
		a.stakes[i].partners, a.stakes[i].children = map[uint32]uint64{}, map[uint32]amount{}
	}
	for sig, holdings := range tally(t, s) {
		gain := led.accounts[sig].gain
		if gain <= 0 {
			continue
		}
		slices.SortFunc(holdings, func(x, y holding) int {
			return cmp.Or(slices.Compare(s.sets.members[x.set], s.sets.members[y.set]), compareBool(x.rescued, y.rescued))
		})
		var sum uint64
		for _, h := range holdings {
			sum += h.size
		}
		give := min(uint64(gain), sum)
		left := uint64(gain)
		var before uint64 // cumulated sizes, so that the parts add up to give
		for _, h := range holdings {
			from := mulDiv(give, before, sum)
			before += h.size
			part := mulDiv(give, before, sum) - from
			left -= part
			a.divide(h, part, scale(h.count, part, h.size), s)
		}
		a.unattributed[sig] = left
	}
	for sig := range led.accounts {
		acct := &led.accounts[sig]
		if acct.gain < 0 {
			a.freed += uint64(-acct.gain)
		}
		a.freed += acct.shrank
		if p := s.pointOf[sig]; p != 0 {
			// What the containers gained, and the few of them that are new.
			a.stakes[p-1].own += acct.grew + a.unattributed[sig]
			a.unattributed[sig] = 0
		} else if t.isEngine(uint32(sig)) {
			// What of it no point has: there is no more to say of where it hangs.
			a.grewInPlace[sig] = acct.grew + a.unattributed[sig]
			a.unattributed[sig] = 0
		} else {
			a.grewInPlace[sig] = acct.grew
		}
	}
	return a
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// tally weighs the fresh objects by signature and owners. It returns the
// holdings of each signature, in the order in which their sets were made.
func tally(t *Tree, s *sharer) [][]holding {
	type cell struct {
		holding
		next uint32 // cell of the same signature + 1
	}
	var cells []cell
	first := make([]uint32, len(t.sigs)) // signature -> cell + 1
	for n := range s.owners.Len() {
		node := graph.NodeID(n)
		set := s.ownersOf(node)
		if set == 0 || !s.isFresh(node) {
			continue
		}
		sig, rescued := t.sig(node), s.rescue.has(node)
		at := &first[sig.Row()]
		for *at != 0 && (cells[*at-1].set != set || cells[*at-1].rescued != rescued) {
			at = &cells[*at-1].next
		}
		if *at == 0 {
			cells = append(cells, cell{holding: holding{sig: sig.Row(), set: set, rescued: rescued}})
			// The slice may have moved: find the end of the list again.
			for at = &first[sig.Row()]; *at != 0; at = &cells[*at-1].next {
			}
			*at = uint32(len(cells))
		}
		h := &cells[*at-1].holding
		h.size += s.g.Self.At(node)
		if !sig.Internal() {
			h.count++
		}
	}
	out := make([][]holding, len(t.sigs))
	for i := range cells {
		h := cells[i].holding
		out[h.sig] = append(out[h.sig], h)
	}
	return out
}

// divide gives the part of a holding to its points.
func (a *attribution) divide(h holding, size, count uint64, s *sharer) {
	owners, holders := s.principals(h.set), s.holders(h.set)
	k := uint64(len(owners))
	for i, p := range owners {
		st := &a.stakes[p]
		part := size / k
		if uint64(i) < size%k {
			part++
		}
		st.share += part
		if k == 1 && !h.rescued && len(holders) == 1 {
			st.exclusive += part
		}
		if h.rescued {
			st.rescued += part
		}
		child := st.children[h.sig]
		child.size += size
		child.count += count
		st.children[h.sig] = child
		for _, other := range holders {
			if other != p {
				st.partners[other] += size
			}
		}
	}
}

// principals are the points of a set that count as owners: lists of roots and
// the engine's own data do so only where there is no other.
func (s *sharer) principals(set uint32) []uint32 {
	members := s.sets.members[set]
	var major []uint32
	for _, p := range members {
		if !s.points[p].minor {
			major = append(major, p)
		}
	}
	if len(major) > 0 {
		return major
	}
	return members
}

// holders are the points of a set that keep something alive: the engine's table of
// texts does not.
func (s *sharer) holders(set uint32) []uint32 {
	members := s.sets.members[set]
	t := s.led.after
	forgets := func(p uint32) bool { return t.classes.flags[t.sigs[s.points[p].sig].class]&forgetful != 0 }
	if len(members) < 2 || !slices.ContainsFunc(members, forgets) {
		return members
	}
	return slices.DeleteFunc(slices.Clone(members), forgets)
}

// mulDiv returns a*b/c, where a and b are at most c. Sizes that a file made up
// may wrap around when they are added, and then they are not.
func mulDiv(a, b, c uint64) uint64 {
	if c == 0 {
		return 0
	}
	a, b = min(a, c), min(b, c)
	hi, lo := bits.Mul64(a, b)
	q, _ := bits.Div64(hi, lo, c)
	return q
}

func scale(count, part, whole uint64) uint64 {
	if whole == 0 || part >= whole {
		return count
	}
	return mulDiv(count, part, whole)
}

// reconcile adds everything up.
func (a *attribution) reconcile(before, after *Tree) (Reconciliation, error) {
	r := Reconciliation{Growth: int64(after.size) - int64(before.size), Freed: a.freed}
	for i := range a.stakes {
		r.Accumulated += a.stakes[i].share + a.stakes[i].own
		r.Own += a.stakes[i].own
	}
	for sig := range a.grewInPlace {
		r.InPlace += a.grewInPlace[sig]
		r.Unattributed += a.unattributed[sig]
	}
	if gained := r.Accumulated + r.InPlace + r.Unattributed; gained > 0 {
		r.Coverage = float64(r.Accumulated+r.InPlace) / float64(gained)
	}
	if sum := int64(r.Accumulated) + int64(r.InPlace) + int64(r.Unattributed) - int64(r.Freed); sum != r.Growth {
		return r, fmt.Errorf("growth: the parts add up to %d bytes and the heap grew by %d", sum, r.Growth)
	}
	return r, nil
}
