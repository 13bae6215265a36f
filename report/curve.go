package report

import (
	"fmt"
	"strings"
)

// Curve is a reading over time.
type Curve struct {
	Name        string // this program's own
	First, Last Value
	Low, High   Value
	Rate        string    // in a minute, in words; may be empty
	Points      []float64 // at equal distances
}

// sparkline draws the points in so many cells: the mean of each cell's, between
// the least and the most of all.
func (c *Curve) sparkline(cells int) string {
	bars := []rune("▁▂▃▄▅▆▇█")
	cells = min(cells, len(c.Points))
	means := make([]float64, cells)
	for i := range means {
		from, to := i*len(c.Points)/cells, (i+1)*len(c.Points)/cells
		for _, v := range c.Points[from:to] {
			means[i] += v / float64(to-from)
		}
	}
	low, high := bounds(means)
	var b strings.Builder
	for _, v := range means {
		at := 0
		if high > low {
			at = min(len(bars)-1, int((v-low)/(high-low)*float64(len(bars))))
		}
		b.WriteRune(bars[at])
	}
	return b.String()
}

// Polyline is the curve in a box of 300 by 64, as SVG writes it.
func (c Curve) Polyline() string {
	low, high := bounds(c.Points)
	var b strings.Builder
	for i, v := range c.Points {
		x, y := 294.0, 32.0
		if n := len(c.Points) - 1; n > 0 {
			x = 6 + 288*float64(i)/float64(n)
		}
		if high > low {
			y = 58 - 52*(v-low)/(high-low)
		}
		fmt.Fprintf(&b, "%.1f,%.1f ", x, y)
	}
	return strings.TrimSpace(b.String())
}

func bounds(values []float64) (low, high float64) {
	for i, v := range values {
		if i == 0 {
			low, high = v, v
		}
		low, high = min(low, v), max(high, v)
	}
	return low, high
}

// curves writes one line each.
func (t *text) curves(list []Curve) {
	names, values := 0, 0
	for i := range list {
		names = max(names, columns(list[i].Name))
		values = max(values, columns(list[i].Last.format(t.Options.Exact)))
	}
	const rates = 16
	cells := max(8, min(60, t.width-names-values-rates-8))
	for i := range list {
		c := &list[i]
		line := "  " + padRight(c.Name, names) + "  " + padLeft(c.Last.format(t.Options.Exact), values) + "  " + c.sparkline(cells)
		if c.Rate != "" {
			line += "  " + c.Rate
		}
		t.line(line)
	}
}

// curves writes a table: a picture of characters is one everywhere.
func (m *markdown) curves(list []Curve) {
	m.line("| | first | last | in a minute | |")
	m.line("|---|---:|---:|---:|---|")
	for i := range list {
		c := &list[i]
		m.line("| " + prose(c.Name) + " | " + c.First.format(m.exact) + " | " + c.Last.format(m.exact) + " | " + prose(c.Rate) + " | " + c.sparkline(40) + " |")
	}
}
