package growth

import "slices"

// standing is what a line is about in terms of its tree.
type standing struct {
	counted []uint32 // signatures whose objects are counted
	held    []uint32 // places whose edges are counted, where the objects have another path
	weighed []uint32 // signatures whose bytes are counted
}

// Judge turns a ranking of the first and the last heap of a series into one of
// all: each line gets what its place held in every heap (Counts, Sizes) and its
// tier by how that went. trees are those of all heaps in order, the first and
// the last included; all may have been released.
//
//	LEAK     grew in every step
//	WARM-UP  grew and stopped
//	CHURN    went down in between
//	GROWTH   anything else
//
// Lines of libraries and of the engine keep their tier. Rates are for one
// iteration of the whole series: o.Iterations is how many lie in each step.
// With fewer than three trees nothing is judged.
func (r *Ranking) Judge(trees []*Tree, o Options) {
	if len(trees) < 3 {
		return
	}
	last := trees[len(trees)-1]
	for i := range r.Lines {
		r.Lines[i].Counts, r.Lines[i].Sizes = make([]uint64, len(trees)), make([]uint64, len(trees))
	}
	for k, t := range trees {
		l := matched(t, last)
		for i := range r.Lines {
			line := &r.Lines[i]
			line.Counts[k], line.Sizes[k] = l.standing(&line.standing)
		}
	}
	for i := range r.Lines {
		l := &r.Lines[i]
		if l.Tier == Growth {
			l.Tier = l.trend()
		}
		l.PerIteration = l.rate(o.Iterations * (len(trees) - 1))
	}
	slices.SortFunc(r.Lines, compareLines)
}

// standing adds up what the places of a line held in the tree before.
func (l *ledger) standing(s *standing) (count, size uint64) {
	for _, sig := range s.counted {
		if m := l.match[sig]; m != 0 {
			count += uint64(l.before.sigs[m].count)
		} else if place := l.after.sigs[sig].place; place != absent {
			count += uint64(l.heldBefore(place))
		}
	}
	for _, place := range s.held {
		count += uint64(l.heldBefore(place))
	}
	for _, sig := range s.weighed {
		if m := l.match[sig]; m != 0 {
			size += l.before.sigs[m].self
		}
	}
	return count, size
}

// negligible is the part of the largest step that a step must reach to be one.
const negligible = 20

// trend judges how a line went through a series.
func (l *Line) trend() Tier {
	values := l.Counts
	if l.InPlace {
		values = l.Sizes
	}
	steps := make([]int64, len(values)-1)
	var most int64
	for i := range steps {
		steps[i] = int64(values[i+1]) - int64(values[i])
		most = max(most, steps[i])
	}
	least := max(1, (most+negligible-1)/negligible)
	grew := 0
	stopped, resumed := false, false
	for _, step := range steps {
		switch {
		case step <= -least:
			return Churn
		case step >= least:
			resumed = resumed || stopped
			grew++
		case grew > 0:
			stopped = true
		}
	}
	switch {
	case grew == len(steps):
		return Leak
	case grew > 0 && stopped && !resumed:
		return WarmUp
	}
	return Growth
}

// rate returns what a line gained in each of so many iterations.
func (l *Line) rate(iterations int) Rate {
	if iterations <= 0 {
		return Rate{}
	}
	return Rate{
		Count: float64(int64(l.CountAfter)-int64(l.CountBefore)) / float64(iterations),
		Size:  float64(l.Share) / float64(iterations),
	}
}
