package input

import (
	"errors"
	"io"
	"strings"
	"unicode"

	"github.com/heapdiff/heapdiff/internal/human"
)

// SyntaxError says that the content of a file is not what it should be: what is
// wrong, where, and what to try. It is the error of every parser.
//
//	&SyntaxError{
//		File: "after.heapsnapshot", Offset: 18204113, Section: "edges",
//		What: "truncated", Detail: "expected 444,267 edges, found 391,002",
//		Try: "take the snapshot again and wait until the file stops growing",
//	}
//
// reads
//
//	after.heapsnapshot: truncated at byte 18,204,113 inside "edges" (expected 444,267 edges, found 391,002)
type SyntaxError struct {
	File    string // as the user named it; empty if there is none
	Offset  int64  // of the first wrong byte, after decompression; negative if not known
	Section string // the part of the file it is in, such as a JSON key; may be empty
	What    string // what is wrong, as short as it can be said
	Detail  string // more of it, said in parentheses; may be empty
	Try     string // what the user may do about it; see Hint
	Err     error  // the cause, for errors.Is; not printed; may be nil
}

// Error is one line without the hint. Nothing in it can move the cursor or
// break the line, whatever the file contained.
func (e *SyntaxError) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File + ": ")
	}
	b.WriteString(e.What)
	if e.Offset >= 0 {
		b.WriteString(" at byte " + human.Count(e.Offset))
	}
	if e.Section != "" {
		b.WriteString(` inside "` + e.Section + `"`)
	}
	if e.Detail != "" {
		b.WriteString(" (" + e.Detail + ")")
	}
	return printable(b.String())
}

// Hint is what the user may do about it, for a line of its own; it may be empty.
func (e *SyntaxError) Hint() string { return printable(e.Try) }

// Unwrap is the cause.
func (e *SyntaxError) Unwrap() error { return e.Err }

// OpenError says that there is nothing to read: no such file, a directory, an
// empty file, no permission.
type OpenError struct {
	File string // as the user named it
	What string // what is wrong
	Try  string // what the user may do about it; see Hint
	Err  error  // the cause, for errors.Is; not printed; may be nil
}

// Error is one line without the hint.
func (e *OpenError) Error() string { return printable(e.File + ": " + e.What) }

// Hint is what the user may do about it, for a line of its own; it may be empty.
func (e *OpenError) Hint() string { return printable(e.Try) }

// Unwrap is the cause.
func (e *OpenError) Unwrap() error { return e.Err }

// Hint finds the hint of err or of anything it wraps; it is empty if there is none.
func Hint(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}

// cutShort says whether err is how a decoder or reader complains that its input ended.
func cutShort(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

// printable replaces everything that is not a visible character or a space.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}
