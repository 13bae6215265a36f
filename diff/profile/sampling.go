package profile

import "math"

// variance of the value of a row, from how likely a block of its size is in the
// sample. counts says that values are numbers of blocks and not bytes.
func variance(value, size, rate float64, counts bool) float64 {
	if rate <= 1 || value <= 0 {
		return 0
	}
	if size < 1 {
		size = 1
	}
	missed := 1 / math.Expm1(size/rate) // (1-p)/p
	if counts {
		return value * missed
	}
	return value * size * missed
}

// deltaVariance of the growth of a row. In one process a block that is in both
// profiles was sampled once: only what came (at most what was allocated) and
// what went count.
func deltaVariance(before, after *row, rate float64, counts, same bool) float64 {
	size := float64(max(before.size, after.size))
	b, a := float64(before.value), float64(after.value)
	if !same || after.alloc == 0 {
		return variance(a, size, rate, counts) + variance(b, size, rate, counts)
	}
	allocated := float64(after.alloc - before.alloc)
	if !counts {
		allocated *= size
	}
	came := math.Max(math.Min(allocated, a), 0)
	went := math.Max(came-(a-b), 0)
	return variance(came, size, rate, counts) + variance(went, size, rate, counts)
}

// threeSigma rounds up, so that noise is never taken for growth.
func threeSigma(variance float64) int64 {
	e := math.Ceil(3 * math.Sqrt(variance))
	if e >= math.MaxInt64/2 {
		return math.MaxInt64 / 2
	}
	return int64(e)
}

// evidence of two profiles being of one process, gathered from their rows.
type evidence struct {
	shrank int // stacks for which less was allocated than before: impossible in one process
	still  int // stacks of small blocks for which exactly as much was: likely only in one process
	shared int
}

func (e *evidence) add(before, after *row, rate int64) {
	if before.alloc == 0 {
		return
	}
	e.shared++
	switch {
	case after.alloc < before.alloc:
		e.shrank++
	case after.alloc == before.alloc && int64(before.size)*4 < rate:
		e.still++
	}
}

// process judges: where system files lie in memory is decided anew for each process.
func (e *evidence) process(before, after map[string]uint64) Process {
	met := false
	for file, start := range before {
		if now, ok := after[file]; ok {
			if now != start {
				return OtherProcess
			}
			met = true
		}
	}
	switch {
	case e.shrank > 0:
		return OtherProcess
	case met && e.shared > 0, e.still >= 5:
		return SameProcess
	}
	return UnknownProcess
}
