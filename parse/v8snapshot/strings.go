package v8snapshot

import (
	"bytes"
	"unicode/utf8"

	"github.com/heapdiff/heapdiff/graph"
)

// strings reads the table of strings into the graph. V8 writes ASCII with
// escapes; raw UTF-8 is taken as well. Two escaped surrogates make one
// character; a lone one is kept in its generalised UTF-8 form.
func (t *text) strings(open func() []byte, seal func([]byte)) error {
	if err := t.expect('['); err != nil {
		return err
	}
	c, err := t.next()
	if err != nil {
		return err
	}
	if c == ']' {
		t.at++
		return nil
	}
	for {
		if err := t.expect('"'); err != nil {
			return err
		}
		into, err := t.appendString(open())
		if err != nil {
			return err
		}
		seal(into)
		c, err := t.next()
		if err != nil {
			return err
		}
		t.at++
		switch c {
		case ',':
		case ']':
			return nil
		default:
			t.at--
			return t.unexpected(c, "a comma or the end of the strings was expected")
		}
	}
}

// appendString decodes a string after its opening quote and consumes the closing one.
func (t *text) appendString(into []byte) ([]byte, error) {
	start := len(into)
	for {
		if err := t.more(); err != nil {
			return into, t.fail(err)
		}
		rest := t.buf[t.at:]
		n := plainLength(rest)
		into = append(into, rest[:n]...)
		t.at += n
		if len(into)-start > graph.MaxString {
			return into, t.bad("a string of 64 MiB or more", "")
		}
		if n == len(rest) {
			continue
		}
		if rest[n] == '"' {
			t.at++
			return into, nil
		}
		var err error
		if into, err = t.appendEscape(into, start); err != nil {
			return into, err
		}
	}
}

// plainLength returns how many bytes come before the next quote or backslash.
func plainLength(b []byte) int {
	const near = 32 // most strings are names: a call costs more than a few steps
	for i, c := range b[:min(len(b), near)] {
		if c == '"' || c == '\\' {
			return i
		}
	}
	if len(b) <= near {
		return len(b)
	}
	end := bytes.IndexByte(b[near:], '"')
	if end < 0 {
		end = len(b) - near
	}
	if escape := bytes.IndexByte(b[near:near+end], '\\'); escape >= 0 {
		end = escape
	}
	return near + end
}

// appendEscape decodes what begins with a backslash; the string begins at start.
func (t *text) appendEscape(into []byte, start int) ([]byte, error) {
	t.at++
	if err := t.more(); err != nil {
		return into, t.fail(err)
	}
	c := t.buf[t.at]
	t.at++
	switch c {
	case '"', '\\', '/':
		return append(into, c), nil
	case 'b':
		return append(into, '\b'), nil
	case 'f':
		return append(into, '\f'), nil
	case 'n':
		return append(into, '\n'), nil
	case 'r':
		return append(into, '\r'), nil
	case 't':
		return append(into, '\t'), nil
	case 'u':
		unit, err := t.hex4()
		if err != nil {
			return into, err
		}
		return appendUnit(into, start, unit), nil
	}
	t.at--
	return into, t.unexpected(c, "it cannot follow a backslash")
}

// hex4 consumes four hexadecimal digits.
func (t *text) hex4() (rune, error) {
	var unit rune
	for range 4 {
		if err := t.more(); err != nil {
			return 0, t.fail(err)
		}
		c := t.buf[t.at]
		switch {
		case '0' <= c && c <= '9':
			unit = unit<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			unit = unit<<4 | rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			unit = unit<<4 | rune(c-'A'+10)
		default:
			return 0, t.unexpected(c, "four hexadecimal digits were expected")
		}
		t.at++
	}
	return unit, nil
}

const (
	surrogateMin, surrogateLow, surrogateMax = 0xD800, 0xDC00, 0xDFFF
)

// appendUnit appends a UTF-16 code unit. A low surrogate joins a high one that
// stands just before it in the string that begins at start.
func appendUnit(into []byte, start int, unit rune) []byte {
	if unit < surrogateMin || unit > surrogateMax {
		return utf8.AppendRune(into, unit)
	}
	if n := len(into); unit >= surrogateLow && n-start >= 3 && into[n-3] == 0xED && 0xA0 <= into[n-2] && into[n-2] <= 0xAF {
		high := rune(into[n-3]&0x0F)<<12 | rune(into[n-2]&0x3F)<<6 | rune(into[n-1]&0x3F)
		return utf8.AppendRune(into[:n-3], 0x10000+(high-surrogateMin)<<10+(unit-surrogateLow))
	}
	return append(into, 0xE0|byte(unit>>12), 0x80|byte(unit>>6)&0x3F|0x80, 0x80|byte(unit)&0x3F)
}
