package trend

import (
	"math"
	"slices"
)

// z995 bounds 99 % of a normal distribution from both sides.
const z995 = 2.5758293035489004

// slopes are those between all pairs of points, per minute, sorted: their
// median is Theil and Sen's estimate.
func slopes(points []Point) []float64 {
	list := make([]float64, 0, len(points)*(len(points)-1)/2)
	for i, a := range points {
		for _, b := range points[i+1:] {
			if b.At > a.At {
				list = append(list, (b.Value-a.Value)/(b.At-a.At).Minutes())
			}
		}
	}
	slices.Sort(list)
	return list
}

// interval is Sen's 99 % confidence interval of the median slope, from the
// variance of S.
func interval(sorted []float64, variance float64) (low, high float64) {
	n := float64(len(sorted))
	half := z995 * math.Sqrt(variance)
	first := int(math.Floor((n - half) / 2))
	last := int(math.Ceil((n + half) / 2))
	return sorted[max(first, 0)], sorted[min(last, len(sorted)-1)]
}

// median of what is sorted; there must be something.
func median(sorted []float64) float64 {
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

// thirds are the medians of the first, second and last third.
func thirds(points []Point) (m [3]float64) {
	values := make([]float64, 0, len(points))
	for i := range m {
		values = values[:0]
		for _, p := range points[len(points)*i/3 : len(points)*(i+1)/3] {
			values = append(values, p.Value)
		}
		slices.Sort(values)
		m[i] = median(values)
	}
	return m
}
