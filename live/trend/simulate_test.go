package trend

import (
	"math"
	"math/rand/v2"
	"time"
)

// heap is a model of a V8 heap: what is live, what is allocated on top of it, and
// a major collection once there is 1.25 to 1.75 times as much as the last one left.
type heap struct {
	live     func(minute float64) float64 // MiB that a collection leaves, without noise
	noise    float64                      // of what is live, relative
	memory   float64                      // seconds until noise is forgotten
	rates    [2]float64                   // MiB/s allocated, log-uniform between these
	promoted float64                      // share of it that only a major collection frees
	forced   float64                      // seconds between forced collections; 0 never
}

// run plays hours of the heap and returns what its collections left, in bytes.
func (h heap) run(seed uint64, hours float64) []Point {
	r := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	rate := h.promoted * h.rates[0] * math.Pow(h.rates[1]/h.rates[0], r.Float64())
	keep := math.Exp(-1 / h.memory)
	wander := r.NormFloat64()
	left := h.live(0)
	garbage, factor := 0.0, 1.25+r.Float64()/2
	next := h.forced * r.Float64()
	var points []Point
	for second := 0.0; second < hours*3600; second++ {
		wander = keep*wander + math.Sqrt(1-keep*keep)*r.NormFloat64()
		live := h.live(second/60) * (1 + h.noise*wander)
		garbage += rate
		due := h.forced > 0 && second >= next
		if due {
			next += h.forced
		}
		if due || live+garbage >= factor*left {
			left, garbage, factor = live, 0, 1.25+r.Float64()/2
			points = append(points, Point{At: time.Duration(second * float64(time.Second)), Value: live * (1 << 20)})
		}
	}
	return points
}

func flat(base float64) func(float64) float64 { return func(float64) float64 { return base } }

func warmUp(base, share, tau float64) func(float64) float64 {
	return func(m float64) float64 { return base * (1 + share*(1-math.Exp(-m/tau))) }
}

func step(base, share, at float64) func(float64) float64 {
	return func(m float64) float64 {
		if m < at {
			return base
		}
		return base * (1 + share)
	}
}

// batch is work that needs more every so often, for a while.
func batch(base, share, every, long float64) func(float64) float64 {
	return func(m float64) float64 {
		if math.Mod(m, every) >= every-long {
			return base * (1 + share)
		}
		return base
	}
}

func wave(base, share, period float64) func(float64) float64 {
	return func(m float64) float64 { return base * (1 + share*math.Sin(2*math.Pi*m/period)) }
}

func leak(base, perMinute float64) func(float64) float64 {
	return func(m float64) float64 { return base + perMinute*m }
}

// alarm plays a heap into a series that is judged every 30 s and returns the
// minute of the first leak, or a negative number.
func alarm(points []Point, limit float64, hours float64) float64 {
	s := NewSeries(Bytes())
	at := 0
	for now := 30 * time.Second; now.Hours() <= hours; now += 30 * time.Second {
		for at < len(points) && points[at].At <= now {
			s.Add(points[at])
			at++
		}
		if s.judge(now, limit).State >= Leaking {
			return now.Minutes()
		}
	}
	return -1
}
