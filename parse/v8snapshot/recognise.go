package v8snapshot

import (
	"bytes"
	"strings"
)

// sections are the keys a snapshot may begin with, the usual one first.
var sections = []string{"snapshot", "nodes", "edges", "strings", "locations", "samples", "trace_tree", "trace_function_infos"}

// Recognises reports whether a file that begins with these bytes is a snapshot.
func Recognises(start []byte) bool {
	rest, ok := bytes.CutPrefix(unspaced(start), []byte("{"))
	rest = bytes.TrimLeft(rest, space)
	for _, section := range sections {
		if ok && bytes.HasPrefix(rest, []byte(`"`+section+`"`)) {
			return true
		}
	}
	return false
}

// CutShort reports whether a file of these bytes and no more is the beginning of
// a snapshot, but not enough of one to recognise it.
func CutShort(whole []byte) bool {
	rest, ok := bytes.CutPrefix(unspaced(whole), []byte("{"))
	rest = bytes.TrimLeft(rest, space)
	for _, section := range sections {
		if ok && strings.HasPrefix(`"`+section, string(rest)) {
			return true
		}
	}
	return false
}

const space = " \n\r\t"

// unspaced leaves out what may stand before the first bracket.
func unspaced(start []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(start, []byte(byteOrderMark)), space)
}
