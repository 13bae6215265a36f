package inspect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/heapdiff/heapdiff/graph"
)

// NotFoundError says that nothing in the heap is called so.
type NotFoundError struct {
	Target  string
	Nearest []string // class names that look like it, best first; may be empty
	Try     string   // what else to try; may be empty
}

// Error is one line without the hint.
func (e *NotFoundError) Error() string { return "nothing in the heap is called " + e.Target }

// Hint says what may have been meant.
func (e *NotFoundError) Hint() string {
	if len(e.Nearest) > 0 {
		return "did you mean " + strings.Join(e.Nearest, ", ") + "?"
	}
	if e.Try != "" {
		return e.Try
	}
	return "name a class as heapdiff inspect lists it, or an object as @ID"
}

// nearest returns up to three class names that look like the target.
func nearest(target string, classes []graph.Class) []string {
	type candidate struct {
		name     string
		distance int
	}
	limit := max(1, len(target)/3)
	lower := strings.ToLower(target)
	seen := map[string]bool{}
	var found []candidate
	for i := range classes {
		name := classes[i].Name
		if seen[name] || len(name) > 100 {
			continue
		}
		seen[name] = true
		d := edits(lower, strings.ToLower(name), limit+1)
		if len(lower) >= 3 && strings.Contains(strings.ToLower(name), lower) {
			d = min(d, limit)
		}
		if d <= limit {
			found = append(found, candidate{name, d})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(len(a.name), len(b.name)), cmp.Compare(a.name, b.name))
	})
	var names []string
	for _, c := range found[:min(len(found), 3)] {
		names = append(names, c.name)
	}
	return names
}

// edits counts the insertions, deletions and replacements between two texts, up
// to about limit.
func edits(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > limit || len(y)-len(x) > limit {
		return limit
	}
	row := make([]int, len(y)+1) // prefix of y -> edits from the prefix of x
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, q := range y {
			cost := diagonal
			if r != q {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(y)]
}
