package v8snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/internal/input"
)

// text is the file as a tokenizer sees it: a window that moves over a stream.
type text struct {
	src     io.Reader
	name    string // of the file, for errors
	buf     []byte // the window: buf[at:] is not consumed yet
	at      int
	offset  int64 // of buf[0] in the file
	section string
	ended   bool     // src has no more
	tick    func()   // called at each read; may be nil
	pieces  []*piece // of the arrays read so far, to be used again
}

const windowSize = 1 << 20

func newText(src io.Reader, name string) *text {
	return &text{src: src, name: name, buf: make([]byte, 0, windowSize)}
}

// position is the offset of the next byte.
func (t *text) position() int64 { return t.offset + int64(t.at) }

// more reads until there is at least one unconsumed byte, or returns io.EOF.
func (t *text) more() error {
	if t.at < len(t.buf) {
		return nil
	}
	t.offset += int64(len(t.buf))
	t.at, t.buf = 0, t.buf[:0]
	n, err := t.read(t.buf[:cap(t.buf)])
	t.buf = t.buf[:n]
	return err
}

// read fills some of p from the stream; it returns an error only without bytes.
func (t *text) read(p []byte) (int, error) {
	for range 100 {
		if t.ended {
			return 0, io.EOF
		}
		if t.tick != nil {
			t.tick()
		}
		n, err := t.src.Read(p)
		switch {
		case n > 0:
			t.ended = err == io.EOF
			return n, nil
		case err == io.EOF:
			t.ended = true
		case err != nil:
			return 0, err
		}
	}
	return 0, io.ErrNoProgress
}

// take moves what is in the window into p, or reads into it.
func (t *text) take(p []byte) (int, error) {
	if t.at < len(t.buf) {
		n := copy(p, t.buf[t.at:])
		t.at += n
		return n, nil
	}
	n, err := t.read(p)
	t.offset += int64(n)
	return n, err
}

// giveBack returns bytes that take gave, the last ones first. They lie outside
// of the window.
func (t *text) giveBack(p []byte) {
	rest := t.buf[t.at:]
	at := t.position() - int64(len(p))
	joined := t.buf[:0]
	if len(p)+len(rest) > cap(joined) {
		joined = make([]byte, 0, len(p)+len(rest))
	}
	joined = joined[:len(p)+len(rest)]
	copy(joined[len(p):], rest) // before p: it may move within the window
	copy(joined, p)
	t.buf, t.at, t.offset = joined, 0, at
}

// next returns the next byte that is not white space, without consuming it.
func (t *text) next() (byte, error) {
	for {
		for ; t.at < len(t.buf); t.at++ {
			switch c := t.buf[t.at]; c {
			case ' ', '\n', '\r', '\t':
			default:
				return c, nil
			}
		}
		if err := t.more(); err != nil {
			return 0, t.fail(err)
		}
	}
}

// byteOrderMark may stand at the very start of a file.
const byteOrderMark = "\xEF\xBB\xBF"

// skipMark consumes a byte order mark, if the file begins with one.
func (t *text) skipMark() error {
	for i := range len(byteOrderMark) {
		if err := t.more(); err != nil {
			return t.fail(err)
		}
		if c := t.buf[t.at]; c != byteOrderMark[i] {
			if i == 0 {
				return nil
			}
			return t.unexpected(c, "half a byte order mark")
		}
		t.at++
	}
	return nil
}

// expect consumes the byte c.
func (t *text) expect(c byte) error {
	got, err := t.next()
	if err != nil {
		return err
	}
	if got != c {
		return t.unexpected(got, fmt.Sprintf("%q was expected", c))
	}
	t.at++
	return nil
}

// key consumes a string that is a key: short, and without the need to keep
// escapes apart.
func (t *text) key() (string, error) {
	if err := t.expect('"'); err != nil {
		return "", err
	}
	var key []byte
	for {
		if err := t.more(); err != nil {
			return "", t.fail(err)
		}
		rest := t.buf[t.at:]
		if end := bytes.IndexByte(rest, '"'); end >= 0 {
			key = append(key, rest[:end]...)
			t.at += end + 1
			return string(key), nil
		}
		key = append(key, rest...)
		t.at = len(t.buf)
		if len(key) > 1<<16 {
			return "", t.bad("a key without an end", "")
		}
	}
}

// skipString consumes a string after its opening quote.
func (t *text) skipString() error {
	for {
		if err := t.more(); err != nil {
			return t.fail(err)
		}
		rest := t.buf[t.at:]
		end := bytes.IndexByte(rest, '"')
		if end >= 0 {
			rest = rest[:end]
		}
		if escape := bytes.IndexByte(rest, '\\'); escape >= 0 {
			t.at += escape + 1
			if err := t.more(); err != nil {
				return t.fail(err)
			}
			t.at++ // the escaped byte
			continue
		}
		if end >= 0 {
			t.at += end + 1
			return nil
		}
		t.at = len(t.buf)
	}
}

// maxDepth bounds the nesting of what is skipped; V8's trace trees are as deep
// as the stacks they describe.
const maxDepth = 1 << 20

// skipValue consumes one JSON value of any kind.
func (t *text) skipValue() error {
	depth := 0
	for {
		c, err := t.next()
		if err != nil {
			return err
		}
		t.at++
		switch c {
		case '"':
			if err := t.skipString(); err != nil {
				return err
			}
		case '[', '{':
			if depth++; depth > maxDepth {
				return t.bad("nested too deeply", "")
			}
			continue
		case ']', '}':
			depth--
		case ',', ':':
			if depth == 0 {
				return t.unexpected(c, "a value was expected")
			}
			continue
		default:
			t.skipScalar()
		}
		if depth < 0 {
			return t.unexpected(c, "a value was expected")
		}
		if depth == 0 {
			return nil
		}
	}
}

// skipScalar consumes the rest of a number, true, false or null, as far as it
// is in the window; a second piece is taken for another scalar, which is as well.
func (t *text) skipScalar() {
	for t.at < len(t.buf) {
		switch t.buf[t.at] {
		case ',', ':', ']', '}', '[', '{', '"', ' ', '\n', '\r', '\t':
			return
		}
		t.at++
	}
}

// keepValue is skipValue for a value that is wanted as it stands. Now and then
// fits is asked whether there may be so many bytes of it.
func (t *text) keepValue(keep *[]byte, fits func(bytes int) error) error {
	depth, quoted := 0, false
	for {
		if err := t.more(); err != nil {
			return t.fail(err)
		}
		if err := fits(len(*keep)); err != nil {
			return err
		}
		for t.at < len(t.buf) {
			c := t.buf[t.at]
			if depth == 0 && !quoted && len(*keep) > 0 && (c == ',' || c == '}' || c == ']') {
				return nil
			}
			*keep = append(*keep, c)
			t.at++
			switch {
			case quoted && c == '\\':
				if err := t.more(); err != nil {
					return t.fail(err)
				}
				*keep = append(*keep, t.buf[t.at])
				t.at++
				continue
			case c == '"':
				quoted = !quoted
			case quoted:
			case c == '[' || c == '{':
				depth++
			case c == ']' || c == '}':
				depth--
			}
			if depth == 0 && !quoted && (c == ']' || c == '}' || c == '"') {
				return nil
			}
		}
	}
}

// fail turns the end of the stream into an error that says where it came.
func (t *text) fail(err error) error {
	if errors.Is(err, io.EOF) {
		return t.truncated("")
	}
	return err
}

func (t *text) truncated(detail string) error {
	return &input.SyntaxError{
		File: t.name, Offset: t.position(), Section: t.section, What: "truncated", Detail: detail, Err: io.ErrUnexpectedEOF,
		Try: "the process may have died or still be writing, or the copy was cut short; take or copy the snapshot again",
	}
}

func (t *text) bad(what, detail string) error { return t.badAt(t.position(), what, detail) }

func (t *text) badAt(offset int64, what, detail string) error {
	return &input.SyntaxError{
		File: t.name, Offset: offset, Section: t.section, What: what, Detail: detail,
		Try: "this is not a heap snapshot as V8 writes it; was the file edited, or joined from pieces?",
	}
}

func (t *text) unexpected(c byte, detail string) error {
	return t.bad(fmt.Sprintf("unexpected %q", c), detail)
}

// miscounted says that an array does not have as many records as announced.
func (t *text) miscounted(what string, expected, found int64) error {
	return &input.SyntaxError{
		File: t.name, Offset: t.position(), Section: t.section, What: "wrong number of " + what,
		Detail: fmt.Sprintf("expected %s %s, found %s", human.Count(expected), what, human.Count(found)),
		Try:    "the header and the data disagree: the snapshot is damaged; take it again",
	}
}

// tooFewStrings says that a name is not in the table of strings.
func (t *text) tooFewStrings(name, strings int64) error {
	return &input.SyntaxError{
		File: t.name, Offset: t.position(), Section: "strings", What: "too few strings",
		Detail: fmt.Sprintf("a node or an edge is named by string %s, and there are %s", human.Count(name), human.Count(strings)),
		Try:    "the snapshot is damaged; take it again",
	}
}

// skipNumbers consumes an array of numbers, without looking at them.
func (t *text) skipNumbers() error {
	if err := t.expect('['); err != nil {
		return err
	}
	for {
		if err := t.more(); err != nil {
			return t.fail(err)
		}
		if end := bytes.IndexByte(t.buf[t.at:], ']'); end >= 0 {
			t.at += end + 1
			return nil
		}
		t.at = len(t.buf)
	}
}
