package live

import (
	"context"
	"time"
)

// Growth is what is waited for between two captures.
type Growth struct {
	By    uint64        // bytes
	Every time.Duration // between looks
	Clock Clock
	Tell  func(grown uint64) // after each look; may be nil
}

// settled is how many looks in a row must see growth: garbage that the next
// collection takes away comes and goes.
const settled = 3

// Wait returns how much a program has grown, once that is enough. A capture before
// it has collected all garbage, so that the first look is of what was left.
func (g Growth) Wait(ctx context.Context, source Source) (uint64, error) {
	var first, run uint64
	seen := 0
	for {
		s, err := source.Sample(ctx, g.Clock.Now())
		if err != nil {
			return 0, err
		}
		now := s.held()
		if first == 0 || now < first {
			first = now
		}
		grown := now - first
		if g.Tell != nil {
			g.Tell(grown)
		}
		switch {
		case grown < g.By:
			seen = 0
		case seen == 0:
			seen, run = 1, grown
		default:
			seen++
			run = min(run, grown)
		}
		if seen == settled {
			return run, nil
		}
		if err := g.Clock.Sleep(ctx, g.Every); err != nil {
			return 0, err
		}
	}
}

// held is what a snapshot would be about: the heap, as a collection left it where
// there was one, and what is outside of it; of an unknown program all there is.
func (s *Sample) held() uint64 {
	switch {
	case s.Live != nil:
		return s.Live.Heap + s.External
	case s.HeapUsed > 0:
		return s.HeapUsed + s.External
	}
	return s.RSS
}
