package trend

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// orders calls f with every order of values.
func orders(values []Point, k int, f func()) {
	if k == len(values) {
		f()
		return
	}
	for i := k; i < len(values); i++ {
		values[k], values[i] = values[i], values[k]
		orders(values, k+1, f)
		values[k], values[i] = values[i], values[k]
	}
}

// TestExactP holds the counted p-values and the variance against all orders.
func TestExactP(t *testing.T) {
	for n := 2; n <= 7; n++ {
		values := make([]Point, n)
		for i := range values {
			values[i].Value = float64(i)
		}
		count := map[int]int{} // S -> orders
		all, squares := 0, 0
		orders(values, 0, func() {
			s, _ := kendall(values)
			count[s]++
			all++
			squares += s * s
		})
		if want, got := float64(squares)/float64(all), varianceS(values, 0); math.Abs(got-want) > 1e-9 {
			t.Errorf("variance for %d values is %v, want %v", n, got, want)
		}
		for s := range count {
			more := 0
			for other, k := range count {
				if other >= s {
					more += k
				}
			}
			if want, got := float64(more)/float64(all), exactP(n, s); math.Abs(got-want) > 1e-12 {
				t.Errorf("p of %d values with S = %d is %v, want %v", n, s, got, want)
			}
		}
	}
}

// TestVarianceTies holds the correction for ties against all orders.
func TestVarianceTies(t *testing.T) {
	values := []Point{{Value: 1}, {Value: 1}, {Value: 2}, {Value: 3}, {Value: 3}, {Value: 3}}
	all, squares := 0, 0
	orders(values, 0, func() {
		s, _ := kendall(values)
		all++
		squares += s * s
	})
	if want, got := float64(squares)/float64(all), varianceS(values, 4); math.Abs(got-want) > 1e-9 {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestInterval holds that the interval covers the true slope about as often as
// it says.
func TestInterval(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const runs, slope = 2000, 0.7
	missed := 0
	for range runs {
		points := make([]Point, 20)
		for i := range points {
			points[i] = Point{At: time.Duration(i) * time.Minute, Value: slope*float64(i) + 3*r.NormFloat64()}
		}
		low, high := interval(slopes(points), varianceS(points, 0))
		if slope < low || slope > high {
			missed++
		}
	}
	if missed == 0 || missed > runs*2/100 {
		t.Errorf("a 99%% interval missed %d of %d", missed, runs)
	}
}

// TestHamedRao holds that noise with a memory is trusted less, and noise without
// about as much as before.
func TestHamedRao(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	mean := func(keep float64) float64 {
		sum := 0.0
		const runs = 300
		for range runs {
			points := make([]Point, 20)
			last := r.NormFloat64()
			for i := range points {
				last = keep*last + math.Sqrt(1-keep*keep)*r.NormFloat64()
				points[i] = Point{At: time.Duration(i) * time.Minute, Value: last}
			}
			sum += hamedRao(points, median(slopes(points)))
		}
		return sum / runs
	}
	white, red := mean(0), mean(0.8)
	if white > 1.2 || red < 1.3 {
		t.Errorf("factor without memory %.2f, with memory %.2f", white, red)
	}
	same := make([]Point, 12)
	if got := hamedRao(same, 0); got != 1 {
		t.Errorf("factor of equal values is %v", got)
	}
}

// TestRank shares places among equals.
func TestRank(t *testing.T) {
	if got, want := rank([]float64{5, 1, 5, 0, 5}), []float64{4, 2, 4, 1, 4}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// TestBlocks keeps the lowest of each.
func TestBlocks(t *testing.T) {
	var points []Point
	for i := range 10 {
		points = append(points, Point{At: time.Duration(i) * time.Minute, Value: float64((i * 7) % 10)})
	}
	got := blocks(nil, points, 5, 0, 10*time.Minute)
	want := []float64{0, 1, 5, 2, 3}
	for i := range got {
		if got[i].Value != want[i] {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}
