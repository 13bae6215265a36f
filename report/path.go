package report

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/heapdiff/heapdiff/diff"
)

// A path is written the way a person would say it, as one would write it in
// code as far as that goes:
//
//	global.indexerState.cache            properties
//	global.routes["/a b"].handlers[*]    names that are no identifiers, elements
//	store.mjs: history                   a variable of a script
//	server.onRequest{cache}              a variable that a closure keeps
//	(Global handles)                     what the runtime itself keeps
//
// It is the way to an object, so the class of the object is said after it.

// contextEdge is how the edges to variables of closures begin.
const contextEdge = "context:"

// place writes the way from the root along the steps.
func place(steps []diff.Step) string {
	var b strings.Builder
	for i, step := range steps {
		edge := step.Edge
		switch {
		case edge == "" && i == 0:
			b.WriteString(step.Class)
		case edge == "":
		case strings.HasPrefix(edge, contextEdge) && i == 1 && steps[0].ID == 0: // of a script
			b.WriteString(": " + edge[len(contextEdge):])
		case strings.HasPrefix(edge, contextEdge):
			b.WriteString("{" + edge[len(contextEdge):] + "}")
		case strings.HasPrefix(edge, "["), strings.HasPrefix(edge, "("):
			b.WriteString(edge)
		case b.Len() == 0:
			b.WriteString(edge)
		case isIdentifier(edge):
			b.WriteString("." + edge)
		default:
			b.WriteString("[" + strconv.Quote(edge) + "]")
		}
	}
	return b.String()
}

// isIdentifier says whether s can stand after a dot.
func isIdentifier(s string) bool {
	for i, r := range s {
		switch {
		case r == '_', r == '$', r == '#' && i == 0, unicode.IsLetter(r):
		case i > 0 && unicode.IsDigit(r):
		default:
			return false
		}
	}
	return s != ""
}

// holder writes who holds something: the place and the class that is there.
func holder(steps []diff.Step, class string) string {
	at := place(steps)
	if at == "" || at == class {
		return class
	}
	return at + ": " + class
}
