package sourcemap

import (
	"regexp"
	"strings"
)

// functionAt returns the name of the function or the class that begins at a
// place of a source, or "".
func functionAt(text string, line, column int) string {
	at := offset(text, line, column)
	if at < 0 {
		return ""
	}
	rest := text[at:]
	for {
		word := identifier.FindString(rest)
		switch {
		case word == "class":
			return identifier.FindString(strings.TrimLeft(rest[len(word):], " \t\r\n"))
		case word == "constructor":
			return classAbove(text[:at])
		case modifiers[word] && strings.IndexByte("( \t*", first(rest[len(word):])) > 0, word == "function":
			rest = strings.TrimLeft(rest[len(word):], " \t\r\n*")
			continue
		case word != "" && strings.HasPrefix(strings.TrimLeft(rest[len(word):], " \t"), "("):
			return word
		}
		break
	}
	// A function without a name of its own has that of what it is given to.
	if m := assigned.FindStringSubmatch(text[max(0, at-longestAssignment):at]); m != nil {
		return m[1]
	}
	return ""
}

const longestAssignment = 200

var (
	identifier = regexp.MustCompile(`^[\p{L}_$#][\p{L}\p{N}_$]*`)
	classNamed = regexp.MustCompile(`(?:^|[^\p{L}\p{N}_$.])class\s+([\p{L}_$][\p{L}\p{N}_$]*)`)
	assigned   = regexp.MustCompile(`([\p{L}_$#][\p{L}\p{N}_$]*)\s*[=:]\s*(?:async\s*)?(?:function\s*\*?\s*)?\(?$`)
	modifiers  = map[string]bool{"async": true, "static": true, "get": true, "set": true, "export": true, "default": true}
)

func first(s string) byte {
	if s == "" {
		return ' '
	}
	return s[0]
}

// classAbove returns the name of the last class that begins in a text.
func classAbove(text string) string {
	const far = 1 << 16 // bytes that a class may be away from its constructor
	all := classNamed.FindAllStringSubmatch(text[max(0, len(text)-far):], -1)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1][1]
}

// offset returns where a place is in a text, or -1. Columns count the units of
// UTF-16.
func offset(text string, line, column int) int {
	at := 0
	for range line {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return -1
		}
		at += i + 1
	}
	for i, r := range text[at:] {
		switch {
		case column <= 0:
			return at + i
		case r == '\n':
			return -1
		case r >= 0x10000:
			column--
		}
		column--
	}
	if column <= 0 {
		return len(text)
	}
	return -1
}
