package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestName is how many characters of a name a page or a comment shows. Class
// names can be megabytes long: an object without a constructor is called after
// its properties.
const longestName = 256

// visible writes s in characters that one can see and that stay where they are.
// Control characters, which could drive a terminal, and format characters, which
// could turn the order of the text around or hide in it, become escapes as in Go
// and JavaScript: \n, \x1b, \u202e. It is the first thing done to every name.
func visible(s string) string {
	if isVisible(s) {
		return s
	}
	var b strings.Builder
	for i, w := 0, 0; i < len(s); i += w {
		var r rune
		r, w = utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && w == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

func isVisible(s string) bool {
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return utf8.ValidString(s)
}

// shown is visible, and not longer than a reader can bear: what is too long
// loses its middle.
func shown(s string) string {
	const most = 4 * longestName // bytes that can matter at either end
	if len(s) > 2*most {
		// The megabytes between need not be looked at.
		head, tail := strings.ToValidUTF8(s[:most], ""), strings.ToValidUTF8(s[len(s)-most:], "")
		return cutMiddle(visible(head)+ellipsis+visible(tail), longestName)
	}
	return cutMiddle(visible(s), longestName)
}
