package trend

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestRates plays hundreds of heaps and holds how often the rule is wrong, and
// when it is right how soon. No seed below was looked at when it was tuned.
func TestRates(t *testing.T) {
	scenarios := []struct {
		name string
		live func(minute float64) float64
		// With a forced collection every two minutes: false alarms at the most, in
		// 1000; or all are found, half of them before the minute.
		most   int
		minute float64
		// Without: the same, and the least that are found, of 100.
		passive int
	}{
		{name: "flat", live: flat(100), most: 8, passive: 8},
		{name: "warm-up", live: warmUp(100, 0.6, 5), most: 22, passive: 22},
		{name: "step", live: step(100, 0.3, 60), most: 12, passive: 38},
		{name: "batch", live: batch(100, 0.4, 30, 6), most: 12, passive: 8},
		{name: "load wave", live: wave(100, 0.3, 40), most: 8, passive: 8},
		{name: "0.5 MiB/min", live: leak(100, 0.5), minute: 64, passive: 76},
		{name: "2 MiB/min", live: leak(100, 2), minute: 64, passive: 78},
		{name: "20 MiB/min", live: leak(100, 20), minute: 22, passive: 85},
		{name: "100 MiB/min", live: leak(100, 100), minute: 8, passive: 86},
	}
	const first = 50_000
	for _, forced := range []float64{120, 0} {
		for _, c := range scenarios {
			t.Run(fmt.Sprintf("%s, forced %v", c.name, forced), func(t *testing.T) {
				t.Parallel()
				runs, hours := 400, 3.0
				if c.minute > 0 {
					hours = 2
				}
				var minutes []float64
				for seed := range runs {
					h := heap{live: c.live, noise: 0.03, memory: 60, rates: [2]float64{0.5, 20}, promoted: 0.1, forced: forced}
					if m := alarm(h.run(uint64(first+seed), hours), 4<<30, hours); m >= 0 {
						minutes = append(minutes, m)
					}
				}
				slices.Sort(minutes)
				switch {
				case c.minute == 0:
					most := c.most
					if forced == 0 {
						most = c.passive
					}
					if len(minutes)*1000 > most*runs {
						t.Errorf("%d of %d alarm, at minutes %v", len(minutes), runs, minutes)
					}
				case forced == 0:
					if len(minutes)*100 < c.passive*runs {
						t.Errorf("%d of %d are found", len(minutes), runs)
					}
				case len(minutes) < runs || minutes[runs/2] > c.minute:
					t.Errorf("%d of %d are found, half of them by minute %v", len(minutes), runs, minutes[len(minutes)/2])
				}
			})
		}
	}
}

// TestNearLimit holds that a steep leak near its limit is found in minutes, and
// that it is critical.
func TestNearLimit(t *testing.T) {
	s := NewSeries(Bytes())
	for i := range 12 {
		s.Add(Point{At: time.Duration(i*10) * time.Second, Value: float64(100+i*20) * (1 << 20)})
		v := s.Judge(time.Duration(i*10)*time.Second, 512<<20)
		if i < 5 && v.State != Unknown {
			t.Errorf("point %d: %v", i, v.State)
		}
	}
	v := s.Judge(2*time.Minute, 512<<20)
	if v.State != Critical {
		t.Fatalf("%v, %+v", v.State, v.Evidence)
	}
	if e := v.Evidence; e.Window != 2*time.Minute || e.S != e.Pairs || e.Slope != 120*(1<<20) {
		t.Errorf("%+v", e)
	}
	// 100 + 11*20 of 512 MiB are full, at 120 MiB a minute.
	if want := 96 * time.Second; v.ToLimit != want {
		t.Errorf("limit in %v, want %v", v.ToLimit, want)
	}
}

// TestStates goes from unknown to stable, growing, leaking, and back by Reset.
func TestStates(t *testing.T) {
	s := NewSeries(Bytes())
	var seen []State
	for minute := range 100 {
		value := 100.0
		if minute > 10 {
			value += 2 * float64(minute-10)
		}
		at := time.Duration(minute) * time.Minute
		s.Add(Point{At: at, Value: value * (1 << 20)})
		if v := s.Judge(at, 0); len(seen) == 0 || seen[len(seen)-1] != v.State {
			seen = append(seen, v.State)
		}
	}
	if want := []State{Unknown, Stable, Growing, Leaking}; !slices.Equal(seen, want) {
		t.Errorf("states are %v", seen)
	}
	s.Reset()
	if v := s.Judge(100*time.Minute, 0); v.State != Unknown || v.Evidence != nil || s.Len() != 0 {
		t.Errorf("after Reset: %+v", v)
	}
}

// TestAdd leaves out what would break the order, and takes collections within a
// second for one.
func TestAdd(t *testing.T) {
	s := NewSeries(Bytes())
	for _, p := range []Point{{0, 1}, {time.Minute, 2}, {time.Second, 9}, {time.Minute + 100*time.Millisecond, 3}} {
		s.Add(p)
	}
	if want := []Point{{0, 1}, {time.Minute, 3}}; !slices.Equal(s.points, want) {
		t.Errorf("%v", s.points)
	}
	for i := range 10 * 3600 {
		s.Add(Point{At: time.Duration(i) * time.Second, Value: 1})
	}
	if s.Len() > 5000 {
		t.Errorf("%d points are kept", s.Len())
	}
}

// TestUpto holds that the longest window is what was asked for.
func TestUpto(t *testing.T) {
	for minutes, want := range map[int]string{
		30:  "[2m0s 3m0s 5m0s 8m0s 12m0s 20m0s 30m0s]",
		90:  "[2m0s 3m0s 5m0s 8m0s 12m0s 20m0s 30m0s 45m0s 1h0m0s 1h30m0s]",
		360: "[2m0s 3m0s 5m0s 8m0s 12m0s 20m0s 30m0s 45m0s 1h0m0s 2h0m0s 4h0m0s 6h0m0s]",
	} {
		if got := fmt.Sprint(Bytes().Upto(time.Duration(minutes) * time.Minute).Windows); got != want {
			t.Errorf("%d min: %s", minutes, got)
		}
	}
}

// TestLevels holds the printed tables.
func TestLevels(t *testing.T) {
	tables := DefaultLevels()
	for _, c := range []struct {
		levels Levels
		value  float64
		want   Level
	}{
		{tables.ExternalOfHeap, 0.49, Normal},
		{tables.ExternalOfHeap, 0.5, Warning},
		{tables.ExternalOfHeap, 2, Warning},
		{tables.ExternalOfHeap, 2.01, Serious},
		{tables.ExternalOfHeap, 18.81, Imminence},
		{tables.Handles, 99, Normal},
		{tables.Handles, 500, Warning},
		{tables.Handles, 1033, Serious},
		{tables.MBPerMinute, 9.9, Normal},
		{tables.MBPerMinute, 33.3, Warning},
		{tables.MBPerMinute, 51, Serious},
		{tables.MBPerMinute, 2000, Imminence},
	} {
		if got := c.levels.Of(c.value); got != c.want {
			t.Errorf("%v of %v is %v, want %v", c.levels, c.value, got, c.want)
		}
	}
}
