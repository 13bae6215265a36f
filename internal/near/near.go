// Package near finds the name that was probably meant by one that does not exist.
package near

// Name returns the candidate that was probably meant by what was typed, or ""
// if none is near.
func Name(typed string, candidates []string) string {
	best, least := "", len(typed)/3+2 // so many mistakes are too many
	for _, c := range candidates {
		if n := mistakes(typed, c); n < least {
			best, least = c, n
		}
	}
	return best
}

// mistakes counts how many letters have to be typed, left out, changed or
// swapped with the next to make b of a (the optimal string alignment distance).
func mistakes(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
