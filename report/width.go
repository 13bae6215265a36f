package report

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// ellipsis stands for what was cut out of a name. It is one column wide.
const ellipsis = "…"

// columns is how many columns of a terminal s takes. s is visible.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case r < 0x300: // all of Latin
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me), 0x1160 <= r && r <= 0x11ff: // marks; Korean vowels that join
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// cutMiddle shortens s to at most n columns. It keeps the start and the end, for
// both carry meaning in paths and class names, and marks the cut. Of paths it
// leaves out whole steps if that is enough.
func cutMiddle(s string, n int) string {
	if len(s) <= n || columns(s) <= n {
		return s
	}
	if n <= 1 {
		return strings.Repeat(ellipsis, max(n, 0))
	}
	separator := "."
	if strings.Contains(s, "/") {
		separator = "/"
	}
	if short := cutSteps(s, separator, n); columns(short) > n/2 {
		return short
	}
	tail := (n - 1) * 2 / 5
	head := n - 1 - tail
	return strings.TrimRight(headOf(s, head), " ") + ellipsis + strings.TrimLeft(tailOf(s, tail), " ")
}

// cutSteps leaves out steps of a path: it keeps the last one, as many before it
// as half of the room allows, and what of the start fits. It returns nothing if
// s has no steps that are short enough.
func cutSteps(s, separator string, n int) string {
	steps := strings.SplitAfter(s, separator)
	last := len(steps) - 1
	end := columns(steps[last])
	if last < 2 || end+columns(separator)+1 > n || strings.ContainsAny(s, " ") {
		return ""
	}
	from := last
	for from > 1 && end+columns(steps[from-1]) <= n/2 {
		from--
		end += columns(steps[from])
	}
	tail := separator + strings.Join(steps[from:], "")
	room := n - columns(ellipsis) - columns(tail)
	head := 0
	for head < from && columns(steps[head]) <= room {
		room -= columns(steps[head])
		head++
	}
	return strings.Join(steps[:head], "") + ellipsis + tail
}

// headOf returns what of the start of s fits into n columns.
func headOf(s string, n int) string {
	for i, r := range s {
		if n -= runeColumns(r); n < 0 {
			return s[:i]
		}
	}
	return s
}

// tailOf returns what of the end of s fits into n columns; it does not begin
// with a mark that belongs to the character before it.
func tailOf(s string, n int) string {
	skip := columns(s) - n
	for i, r := range s {
		if skip <= 0 && runeColumns(r) > 0 {
			return s[i:]
		}
		skip -= runeColumns(r)
	}
	return ""
}

// padRight fills s up to n columns.
func padRight(s string, n int) string {
	return s + strings.Repeat(" ", max(n-columns(s), 0))
}

// padLeft puts s at the right end of n columns.
func padLeft(s string, n int) string {
	return strings.Repeat(" ", max(n-columns(s), 0)) + s
}
