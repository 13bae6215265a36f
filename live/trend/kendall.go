package trend

import (
	"math"
	"slices"
)

// exactBelow is the number of points below which p-values are counted and not
// approximated.
const exactBelow = 10

// kendall is Mann and Kendall's S: how many pairs rise, less how many fall; and
// how many are tied.
func kendall(points []Point) (s, tied int) {
	for i, a := range points {
		for _, b := range points[i+1:] {
			switch {
			case b.Value > a.Value:
				s++
			case b.Value < a.Value:
				s--
			default:
				tied++
			}
		}
	}
	return s, tied
}

// exactP is the chance that n values in random order have an S of s or more.
// The number of orders with k falling pairs is counted as usual: the n-th value
// may fall behind 0 to n-1 of those before it. Ties make it a little too large.
func exactP(n, s int) float64 {
	pairs := n * (n - 1) / 2
	most := (pairs - s) / 2 // falling pairs
	if most < 0 {
		return 0
	}
	orders := []float64{1} // falling pairs -> share of all orders
	for m := 2; m <= n; m++ {
		next := make([]float64, m*(m-1)/2+1)
		for k, share := range orders {
			for j := range m {
				next[k+j] += share / float64(m)
			}
		}
		orders = next
	}
	p := 0.0
	for _, share := range orders[:min(most+1, len(orders))] {
		p += share
	}
	return min(p, 1)
}

// varianceS is the variance of S for points in random order.
func varianceS(points []Point, tied int) float64 {
	n := float64(len(points))
	v := n * (n - 1) * (2*n + 5)
	if tied == 0 {
		return v / 18
	}
	sorted := make([]float64, len(points))
	for i, p := range points {
		sorted[i] = p.Value
	}
	slices.Sort(sorted)
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		t := float64(j - i)
		v -= t * (t - 1) * (2*t + 5)
		i = j
	}
	return v / 18
}

// score is how many standard deviations S is away from none, with the
// correction for continuity.
func score(s int, variance float64) float64 {
	if variance <= 0 || s == 0 {
		return 0
	}
	return (float64(s) - math.Copysign(1, float64(s))) / math.Sqrt(variance)
}

// hamedRao is the factor by which neighbours that resemble each other widen the
// variance of S: one or more. It looks at the ranks of what is left when the
// trend is taken away, at the lags that differ from noise.
func hamedRao(points []Point, slope float64) float64 {
	n := len(points)
	left := make([]float64, n)
	for i, p := range points {
		left[i] = p.Value - slope*p.At.Minutes()
	}
	ranks := rank(left)
	mean := float64(n+1) / 2
	whole := 0.0
	for i := range ranks {
		ranks[i] -= mean
		whole += ranks[i] * ranks[i]
	}
	if whole == 0 {
		return 1
	}
	noise := 1.96 / math.Sqrt(float64(n))
	sum := 0.0
	for lag := 1; lag < n-2; lag++ {
		r := 0.0
		for i := range ranks[lag:] {
			r += ranks[i] * ranks[i+lag]
		}
		if r /= whole; math.Abs(r) > noise {
			k := float64(n - lag)
			sum += k * (k - 1) * (k - 2) * r
		}
	}
	m := float64(n)
	return max(1, 1+2*sum/(m*(m-1)*(m-2)))
}

// rank gives each value its place, from 1; equal ones share the middle.
func rank(values []float64) []float64 {
	order := make([]int, len(values)) // place -> index
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case values[a] < values[b]:
			return -1
		case values[a] > values[b]:
			return 1
		}
		return a - b
	})
	ranks := make([]float64, len(values))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && values[order[j]] == values[order[i]] {
			j++
		}
		for _, at := range order[i:j] {
			ranks[at] = float64(i+j+1) / 2
		}
		i = j
	}
	return ranks
}
