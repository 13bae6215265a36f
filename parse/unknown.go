package parse

import (
	"bytes"
	"io"

	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/v8profile"
	"github.com/heapdiff/heapdiff/parse/v8snapshot"
)

// sniffed is how many bytes it takes to tell formats apart.
const sniffed = 64

// unknown is the error for a file that nobody recognises by its start.
func unknown(src *input.Source, start []byte) error {
	if len(start) < sniffed && (v8snapshot.CutShort(start) || v8profile.CutShort(start)) {
		return &input.SyntaxError{
			File: src.Name(), Offset: int64(len(start)), What: "truncated", Detail: "that is all there is of it", Err: io.ErrUnexpectedEOF,
			Try: "the process may have died or still be writing, or the copy was cut short; take or copy the snapshot again",
		}
	}
	e := &input.SyntaxError{
		File: src.Name(), Offset: -1, What: "not a heap snapshot", Detail: describe(start),
		Try: `a V8 heap snapshot begins with {"snapshot": — write one with v8.writeHeapSnapshot() or in DevTools' Memory panel; ` +
			"a profile is what Go's /debug/pprof/heap or another writer of pprof gives, or a .heapprofile",
	}
	switch {
	case isBaseline(start):
		e.Try = "heapdiff check AFTER --baseline " + src.Name()
	case isReport(start):
		e.Try = "heapdiff explain FINGERPRINT " + src.Name() + ", or give the files that it was made of"
	}
	return e
}

// isBaseline and isReport recognise what heapdiff itself writes.
func isBaseline(start []byte) bool { return bytes.HasPrefix(start, []byte("heapdiff baseline ")) }

func isReport(start []byte) bool {
	rest, ok := bytes.CutPrefix(start, []byte("{"))
	rest, named := bytes.CutPrefix(bytes.TrimLeft(rest, " \n\r\t"), []byte(`"schema":`))
	return ok && named && bytes.HasPrefix(bytes.TrimLeft(rest, " "), []byte(`"heapdiff/`))
}

// describe says what a file that nobody recognises begins with.
func describe(start []byte) string {
	text := bytes.TrimLeft(start, " \n\r\t")
	switch {
	case isBaseline(start):
		return "it is a baseline of heapdiff"
	case isReport(start):
		return "it is a report of heapdiff"
	case len(text) == 0:
		return "it is nothing but spaces and line ends"
	case text[0] == '{' || text[0] == '[':
		return "it is JSON of another kind"
	case text[0] == '<':
		return "it looks like HTML or XML"
	}
	for _, c := range text {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return "it is a binary file of another kind"
		}
	}
	return "it is text of another kind"
}
