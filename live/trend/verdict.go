package trend

import (
	"math"
	"time"
)

// State is how a series does.
type State uint8

// The states, the worst last.
const (
	Unknown  State = iota // too little was seen
	Stable                // no growth worth speaking of
	Growing               // it grows; whether it goes on is not known yet
	Leaking               // the rule holds
	Critical              // and the limit is less than an hour away
)

var stateNames = [...]string{"unknown", "stable", "growing", "leaking", "critical"}

// String is one word in lower case.
func (s State) String() string { return stateNames[s] }

// MarshalText writes the word.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Near is a time to the limit that is critical, Imminent one that is worse.
const (
	Near     = time.Hour
	Imminent = 10 * time.Minute
)

// Verdict is a state and why.
type Verdict struct {
	State    State         `json:"state"`
	Evidence *Evidence     `json:"evidence"` // of the window that decided, or of the longest there is; nil if unknown
	Since    time.Duration `json:"since"`    // when growth was first found, on the clock of the points; 0 if it is not
	ToLimit  time.Duration `json:"toLimit"`  // at the median slope; negative if there is no limit or no growth
}

// Series is one quantity over time. It keeps the points of its longest window.
type Series struct {
	rule   Rule
	points []Point
	looks  []Evidence    // window -> what was found last
	began  time.Duration // when it was first added to or judged
	begun  bool
	since  time.Duration // when the rule first held without a break since
	held   bool
	grown  time.Duration // when growth was first found without a break since
	grows  bool
}

// NewSeries makes an empty one.
func NewSeries(rule Rule) *Series {
	return &Series{rule: rule, looks: make([]Evidence, len(rule.Windows))}
}

// Add adds a point later than those before it; others, and what is no number,
// are left out. Several collections within a second count as one: what the last
// of them left.
func (s *Series) Add(p Point) {
	if math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
		return
	}
	s.begin(p.At)
	if n := len(s.points); n > 0 {
		last := s.points[n-1]
		if p.At <= last.At {
			return
		}
		if n > 1 && p.At-last.At < time.Second {
			s.points[n-1].Value = p.Value
			return
		}
	}
	s.points = append(s.points, p)
	if old := p.At - s.rule.longest() - time.Minute; s.points[0].At < old && len(s.points) > 64 {
		keep := 0
		for s.points[keep].At < old {
			keep++
		}
		if keep > len(s.points)/4 { // seldom, so that it costs next to nothing
			s.points = append(s.points[:0], s.points[keep:]...)
		}
	}
}

// Reset forgets everything: after a restart, a capture or a forced clearing the
// values before say nothing.
func (s *Series) Reset() { *s = *NewSeries(s.rule) }

// Len is the number of points that are kept.
func (s *Series) Len() int { return len(s.points) }

// Lacks is what is missing at the least before anything can be said: so many points,
// and so much time. Both are none where neither is what stands in the way.
func (s *Series) Lacks() (points int, span time.Duration) {
	span = s.rule.Soonest()
	if n := len(s.points); n > 0 {
		span -= s.points[n-1].At - s.points[0].At
	}
	return max(0, s.rule.Points-len(s.points)), max(0, span)
}

// begin notes since when the series is watched.
func (s *Series) begin(now time.Duration) {
	if !s.begun {
		s.began, s.begun = now, true
	}
}

// Judge says how the series does at now, which must not go back between calls.
// The limit is where it cannot grow beyond, in the unit of the series; 0 if there
// is none.
func (s *Series) Judge(now time.Duration, limit float64) Verdict {
	v := s.judge(now, limit)
	if v.Evidence != nil {
		e := *v.Evidence
		e.measure(s.rule)
		e.points = nil
		v.Evidence = &e
	}
	return v
}

func (s *Series) judge(now time.Duration, limit float64) Verdict {
	s.begin(now)
	var hit, trend, any *Evidence
	for i, w := range s.rule.Windows {
		if w == s.rule.longest() && now-s.began < w {
			break // a slow leak must show all of it
		}
		e := &s.looks[i]
		if !s.rule.look(e, s.points, now, w) {
			continue
		}
		any = e
		if !e.Trend {
			continue
		}
		trend = e
		if e.Steady && (w == s.rule.longest() || s.urgent(e, limit)) {
			hit = e
			break
		}
	}
	v := Verdict{ToLimit: -1}
	switch {
	case any == nil:
		s.held, s.grows = false, false
		return v
	case trend == nil:
		v.State, v.Evidence = Stable, any
		s.held, s.grows = false, false
		return v
	}
	v.State, v.Evidence = Growing, trend
	if !s.grows {
		s.grows, s.grown = true, now
	}
	v.Since = s.grown
	if hit == nil {
		s.held = false
	} else {
		v.Evidence = hit
		if !s.held {
			s.held, s.since = true, now
		}
		if now-s.since >= hit.Window/time.Duration(s.rule.Blocks) {
			v.State = Leaking
		}
	}
	v.ToLimit = s.toLimit(v.Evidence.Slope, limit)
	if v.State == Leaking && v.ToLimit >= 0 && v.ToLimit < Near {
		v.State = Critical
	}
	return v
}

// urgent says whether the limit is so near that the window must do.
func (s *Series) urgent(e *Evidence, limit float64) bool {
	left := s.toLimit(e.Low, limit)
	return left >= 0 && float64(left) <= s.rule.Urgency*float64(e.Window)
}

// toLimit is how long it takes to reach the limit at a slope per minute.
func (s *Series) toLimit(slope, limit float64) time.Duration {
	if limit <= 0 || slope <= 0 {
		return -1
	}
	minutes := max(0, (limit-s.points[len(s.points)-1].Value)/slope)
	const most = 10 * 365 * 24 * time.Hour
	if minutes > most.Minutes() {
		return -1
	}
	return time.Duration(minutes * float64(time.Minute))
}
