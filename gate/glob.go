package gate

import (
	"strings"

	"github.com/heapdiff/heapdiff/diff/growth"
)

// matchClass compares a class name with a pattern in which * stands for any
// characters and ? for one. A name that has such characters matches itself.
func matchClass(pattern, class string) bool {
	return pattern == class || glob(pattern, class, 0)
}

// matchPath compares the place of a line with a pattern: names are separated by
// dots or slashes, * stands for any characters within a name, ** for any at all,
// and a pattern that ends in /** is also its own beginning.
//
//	global.cache          that place only
//	global.*.cache        one name between
//	global.cache/**       and everything below
//	**/sessions           wherever it is
func matchPath(pattern string, l *growth.Line) bool {
	if pattern == l.Path || pattern == l.Owner {
		return true
	}
	pattern, owner := slashed(pattern), slashed(l.Owner)
	if inner, ok := strings.CutPrefix(pattern, "**/"); ok && matchBelow(inner, owner) {
		return true // nothing before it
	}
	return matchBelow(pattern, owner)
}

func matchBelow(pattern, owner string) bool {
	if base, ok := strings.CutSuffix(pattern, "/**"); ok && glob(base, owner, '/') {
		return true
	}
	return glob(pattern, owner, '/')
}

// slashed writes a path with one kind of separator, without the brackets of
// elements.
func slashed(path string) string {
	path = strings.ReplaceAll(strings.TrimSuffix(path, "[]"), ".", "/")
	return strings.ReplaceAll(path, "[", "/[")
}

// glob reports whether a name matches a pattern. A single * stops at the
// separator if there is one; ** does not. It takes time in proportion to the
// product of the lengths, whatever the pattern.
func glob(pattern, name string, separator rune) bool {
	text := []rune(name)
	row := make([]bool, len(text)+1) // row[j]: the pattern so far matches text[:j]
	row[0] = true
	p := []rune(pattern)
	for i := 0; i < len(p); i++ {
		next := make([]bool, len(text)+1)
		if p[i] != '*' {
			for j, c := range text {
				next[j+1] = row[j] && (p[i] == c || p[i] == '?' && c != separator)
			}
			row = next
			continue
		}
		deep := separator == 0
		for i+1 < len(p) && p[i+1] == '*' {
			i, deep = i+1, true
		}
		next[0] = row[0]
		for j, c := range text {
			next[j+1] = row[j+1] || next[j] && (deep || c != separator)
		}
		row = next
	}
	return row[len(text)]
}
