package inspector

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// appendUnescaped appends what the inside of a JSON string stands for. Snapshots
// are ASCII, in which only quotes, backslashes and line ends are escaped: long
// runs are copied, the rest is looked at.
func appendUnescaped(to, s []byte) []byte {
	for {
		i := bytes.IndexByte(s, '\\')
		if i < 0 || i+1 >= len(s) {
			return append(to, s...)
		}
		to = append(to, s[:i]...)
		c := s[i+1]
		s = s[i+2:]
		switch c {
		case 'n':
			to = append(to, '\n')
		case 't':
			to = append(to, '\t')
		case 'r':
			to = append(to, '\r')
		case 'b':
			to = append(to, '\b')
		case 'f':
			to = append(to, '\f')
		case 'u':
			var r rune
			r, s = unit(s)
			if utf16.IsSurrogate(r) && len(s) >= 6 && s[0] == '\\' && s[1] == 'u' {
				if low, rest := unit(s[2:]); utf16.DecodeRune(r, low) != utf8.RuneError {
					r, s = utf16.DecodeRune(r, low), rest
				}
			}
			to = utf8.AppendRune(to, r)
		default: // the quote, the backslash, the slash
			to = append(to, c)
		}
	}
}

// unit reads four hexadecimal digits.
func unit(s []byte) (rune, []byte) {
	if len(s) < 4 {
		return utf8.RuneError, nil
	}
	v, err := strconv.ParseUint(string(s[:4]), 16, 16)
	if err != nil {
		return utf8.RuneError, s[4:]
	}
	return rune(v), s[4:]
}
