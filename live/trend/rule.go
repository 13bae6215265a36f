package trend

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Point is a value at a time since any fixed moment.
type Point struct {
	At    time.Duration
	Value float64
}

// Rule is what has to hold for a leak. The zero value is of no use: start from
// [Bytes] or [Count].
type Rule struct {
	Windows []time.Duration // rising; the last is accepted whatever the limit
	Points  int             // the least in a window
	Blocks  int             // more points than that become minima of so many blocks
	Covered float64         // the share of the window that points must span
	P       float64         // of the exact test
	Z       float64         // of the approximation
	Least   float64         // growth in the window worth speaking of, in the unit of the series
	Share   float64         // the same, relative to the start
	Middle  float64         // share of all growth that falls between the first and the second third
	Late    float64         // and between the second and the last
	Urgency float64         // so many windows away is near
}

// Bytes is the rule for memory, in bytes.
func Bytes() Rule {
	minutes := []time.Duration{2, 3, 5, 8, 12, 20, 30, 45, 60}
	for i := range minutes {
		minutes[i] *= time.Minute
	}
	return Rule{
		Windows: minutes, Points: 6, Blocks: 20, Covered: 0.6,
		P: 0.0015, Z: 3.3, Least: 4 << 20, Share: 0.04, Middle: 0.2, Late: 0.3, Urgency: 10,
	}
}

// Count is the rule for things that are counted, such as descriptors.
func Count() Rule {
	r := Bytes()
	r.Least, r.Share = 20, 0.1
	return r
}

// Upto makes w the longest window: less is seen sooner and more is blamed on load
// that comes and goes, more the other way round.
func (r Rule) Upto(w time.Duration) Rule {
	var windows []time.Duration
	for _, have := range r.Windows {
		if have < w {
			windows = append(windows, have)
		}
	}
	for last := 2 * r.Windows[len(r.Windows)-1]; last < w; last *= 2 {
		windows = append(windows, last)
	}
	r.Windows = append(windows, w)
	return r
}

// longest is the last window.
func (r Rule) longest() time.Duration { return r.Windows[len(r.Windows)-1] }

// Soonest is the time that points must span before anything is said.
func (r Rule) Soonest() time.Duration {
	return time.Duration(r.Covered * float64(r.Windows[0]))
}

// Evidence is what was found in a window.
type Evidence struct {
	Window time.Duration `json:"window"`
	Points int           `json:"points"` // that were compared, after blocks were made
	Whole  int           `json:"whole"`  // that there were
	S      int           `json:"s"`      // Mann and Kendall's: rising pairs less falling ones
	Pairs  int           `json:"pairs"`  // all pairs
	Exact  bool          `json:"exact"`  // P was counted; else it comes from Z
	P      float64       `json:"p"`      // the chance to see such a trend where there is none, one-sided
	Z      float64       `json:"z"`      // corrected for autocorrelation; 0 if exact
	Slope  float64       `json:"slope"`  // Theil-Sen, per minute
	Low    float64       `json:"low"`    // end of its 99 % interval; a pessimistic slope below 10 points
	High   float64       `json:"high"`
	Start  float64       `json:"start"` // median of the first third
	Middle float64       `json:"middle"`
	End    float64       `json:"end"`    // median of the last third
	Trend  bool          `json:"trend"`  // the test, the slope and the size all say that it grows
	Steady bool          `json:"steady"` // and it goes on

	points   []Point // that were compared
	variance float64 // of S
	measured bool
}

// Growth over the window.
func (e *Evidence) Growth() float64 { return e.Slope * e.Window.Minutes() }

// look examines the window that ends at now and says whether there are enough
// points. What e had before is overwritten, its memory used again.
func (r Rule) look(e *Evidence, points []Point, now, window time.Duration) bool {
	from, _ := slices.BinarySearchFunc(points, now-window, func(p Point, at time.Duration) int { return cmp.Compare(p.At, at) })
	all := points[from:]
	if len(all) < r.Points || float64(all[len(all)-1].At-all[0].At) < r.Covered*float64(window) {
		return false
	}
	few := e.points[:0]
	if len(all) > r.Blocks {
		few = blocks(few, all, r.Blocks, now-window, window)
	} else {
		few = append(few, all...)
	}
	n := len(few)
	*e = Evidence{Window: window, Points: n, Whole: len(all), Pairs: n * (n - 1) / 2, Exact: n < exactBelow, P: 1, points: few}
	if n < r.Points {
		return false
	}
	var tied int
	e.S, tied = kendall(few)
	e.variance = varianceS(few, tied)
	// The correction only makes it less sure, so that most windows end here.
	if e.sure(r) {
		e.measure(r)
	}
	return true
}

// sure says whether the test finds a trend, and fills in what it says.
func (e *Evidence) sure(r Rule) bool {
	if e.Exact {
		e.P = exactP(e.Points, e.S)
		return e.P <= r.P
	}
	e.Z = score(e.S, e.variance)
	return e.Z >= r.Z
}

// measure fills in all that needs the slopes between all pairs, once.
func (e *Evidence) measure(r Rule) {
	if e.measured {
		return
	}
	e.measured = true
	sorted := slopes(e.points)
	e.Slope = median(sorted)
	if e.Exact {
		e.Low, e.High = sorted[0], sorted[len(sorted)-1]
		if e.Slope > 0 {
			e.Low = 0.6 * e.Slope
		}
	} else {
		e.variance *= hamedRao(e.points, e.Slope)
		e.Low, e.High = interval(sorted, e.variance)
		e.Z = score(e.S, e.variance)
		e.P = math.Erfc(e.Z/math.Sqrt2) / 2
	}
	m := thirds(e.points)
	e.Start, e.Middle, e.End = m[0], m[1], m[2]
	span := (e.points[e.Points-1].At - e.points[0].At).Minutes()
	grown := m[2] - m[0]
	e.Trend = e.sure(r) && e.Low > 0 && e.Slope*span >= max(r.Least, r.Share*m[0])
	e.Steady = e.Trend && grown > 0 && m[1]-m[0] >= r.Middle*grown && m[2]-m[1] >= r.Late*grown
}

// blocks are the lowest points of n equal spans of the window; a span without a
// point has none. They are appended to lowest, which is empty.
func blocks(lowest, points []Point, n int, from, window time.Duration) []Point {
	last := -1
	for _, p := range points {
		at := min(int(int64(p.At-from)*int64(n)/int64(window)), n-1)
		switch {
		case at != last:
			lowest = append(lowest, p)
			last = at
		case p.Value < lowest[len(lowest)-1].Value:
			lowest[len(lowest)-1] = p
		}
	}
	return lowest
}
