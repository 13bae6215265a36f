package pprof

import (
	"bytes"
	"regexp"
)

// peekSize is how much of a file is looked at to recognise it.
const peekSize = 64

// textStarts are how the text forms begin.
var textStarts = []string{
	"heap profile:", "goroutine profile:", "threadcreate profile:", "allocs profile:", "block profile:", "mutex profile:",
	"--- contention", "--- mutex", "--- heapz", "--- growthz", "--- threadz", "--- Memory map", "--- symbol", "heap_v2/", "growthz",
}

func isText(start []byte) bool {
	start = bytes.TrimLeft(start, " \t\r\n")
	for _, s := range textStarts {
		if bytes.HasPrefix(start, []byte(s)) {
			return true
		}
	}
	return false
}

var dumpStart = regexp.MustCompile(`^\s*goroutine \d+ (gp=\S+ )?.{0,20}\[`)

// isDump recognises what Go writes for all goroutines, on SIGQUIT or by debug=2.
func isDump(start []byte) bool { return dumpStart.Match(start) }

// Recognises reports whether a file that begins with these bytes is a profile.
// A protocol buffer has no magic number: its first fields have to be such as
// profiles have.
func Recognises(start []byte) bool {
	if isText(start) || isDump(start) {
		return true
	}
	fields := 0
	for at := 0; at < len(start); fields++ {
		tag, next := uvarint(start, at)
		if next < 0 {
			return fields > 0
		}
		field, typ := tag>>3, int(tag&7)
		if field == 0 || field > fieldDoc || !mayBe(int(field), typ) {
			return false
		}
		v, next := uvarint(start, next)
		if next < 0 {
			return fields > 0
		}
		if typ == wireBytes {
			if next == len(start) && v > 0 {
				return fields > 0 // what was looked at ends before the message
			}
			body := start[next:min(len(start), next+int(min(v, peekSize)))]
			if field != fieldString && !plausible(int(field), body) {
				return false
			}
			next += int(min(v, 1<<20))
		}
		at = next
	}
	return fields > 0
}

// mayBe says whether a field of profiles is written with a wire type.
func mayBe(field, typ int) bool {
	if isMessage(field) {
		return typ == wireBytes
	}
	return typ == wireVarint || field == fieldComment && typ == wireBytes
}

// plausible says whether a message may be one of a field: it begins with a
// field that such messages have.
func plausible(field int, body []byte) bool {
	if len(body) == 0 {
		return field != fieldSample
	}
	first, typ := int(body[0]>>3), int(body[0]&7)
	switch field {
	case fieldType, fieldPeriodType:
		return typ == wireVarint && (first == 1 || first == 2)
	case fieldSample:
		return first >= 1 && first <= 3 && (typ == wireBytes || typ == wireVarint && first < 3)
	case fieldLocation:
		return typ == wireVarint && first >= 1 && first <= 5 || typ == wireBytes && first == 4
	}
	return typ == wireVarint && first >= 1 && first <= 10
}
