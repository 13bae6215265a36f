package diff

import (
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

// searchPlaces finds what gained where objects cannot be recognised: each place
// of the later heap is compared with the place of the earlier one that has the
// same way. What there is more of at a place is its gain, unless the heap as a
// whole has no more of it: then it has only come to hang elsewhere.
func (s *growers) searchPlaces(before, after *places) {
	s.places = map[graph.NodeID][2]uint64{}
	deltas := make([]int64, len(after.list))
	below := make([][]int, len(after.list)) // place -> the places below it
	for i := range after.list {
		p := &after.list[i]
		was := before.at(p.key).retained
		deltas[i] = int64(p.retained - was)
		s.places[p.node] = [2]uint64{was, p.retained}
		if p.above >= 0 {
			below[p.above] = append(below[p.above], i)
		}
	}
	type pending struct{ place, above int } // above is a visit
	queue := []pending{{0, -1}}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		p := &after.list[next.place]
		was := before.at(p.key)
		groups, gain := s.gained(p, &was)
		at := len(s.visits)
		row := &s.c.result.Classes[s.c.rowOfAfter[p.class]]
		gain += max(min(int64(p.own-was.own), row.SizeDelta), 0)
		for _, i := range below[next.place] {
			c := &after.list[i]
			row := s.c.rowOfAfter[c.class]
			if slices.ContainsFunc(groups, func(g group) bool { return g.row == row }) || deltas[i] < s.least {
				continue // it is one of those gained here, or not worth a visit
			}
			// Of a chain only the heap as a whole tells how long it was.
			if more := s.c.result.Classes[row].CountDelta; c.chain && more >= leastGroup {
				groups = append(groups, group{row: row, chain: c.node, count: more, gain: deltas[i]})
				gain += deltas[i]
				continue
			}
			queue = append(queue, pending{i, at})
		}
		s.visits = append(s.visits, growthVisit{
			node: p.node, above: next.above, fresh: was.retained == 0, delta: deltas[next.place], gain: gain, groups: groups,
		})
	}
	s.settleVisits()
}

// at returns the place with a key, or an empty one.
func (p *places) at(key uint64) place {
	if i, ok := p.byKey[key]; ok {
		return p.list[i]
	}
	return place{above: -1}
}

// gained returns the classes of which a place has many more, and their bytes.
func (s *growers) gained(now, was *place) (groups []group, gain int64) {
	type change struct {
		count    int
		retained int64
	}
	changes := map[uint32]*change{}
	var rows []uint32
	at := func(row uint32) *change {
		c := changes[row]
		if c == nil {
			c = &change{}
			changes[row] = c
			rows = append(rows, row)
		}
		return c
	}
	for _, g := range now.below {
		c := at(s.c.rowOfAfter[g.class])
		c.count += g.count
		c.retained += int64(g.retained)
	}
	for _, g := range was.below {
		c := at(s.c.rowOfBefore[g.class])
		c.count -= g.count
		c.retained -= int64(g.retained)
	}
	for _, row := range rows {
		c := changes[row]
		if c.count < leastGroup {
			continue
		}
		if more := s.c.result.Classes[row].CountDelta; c.count > more {
			c.retained = c.retained / int64(c.count) * int64(max(more, 0))
			c.count = more
		}
		if c.count >= leastGroup && c.retained >= s.least {
			groups = append(groups, group{row: row, chain: graph.NoNode, count: c.count, gain: c.retained})
			gain += c.retained
		}
	}
	return groups, gain
}
