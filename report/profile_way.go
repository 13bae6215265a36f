package report

import (
	"strings"

	"github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/parse/pprof"
)

// waySteps is how many calls of a way are told; of a longer one its ends are.
const waySteps = 6

// reachedBy says by which ways a site was reached, the one that grew most first.
func (m measure) reachedBy(list []profile.Part) Phrase {
	p := Phrase{words("by way of ")}
	if m.r.Nature == pprof.References {
		p = Phrase{words("held by ")}
	}
	for i, part := range list {
		if i > 0 && part.Growth <= 0 {
			break
		}
		if i > 0 {
			p = append(p, dot)
		}
		p = append(p, m.way(part.Name)...)
		if len(list) > 1 {
			p = append(p, words(" ("), m.delta(part.Growth), words(")"))
		}
	}
	return p
}

// way writes the steps of a way, each a name of its own, so that lines break
// between them. Go's import paths are left out: the site says its own.
func (m measure) way(text string) Phrase {
	steps := strings.Split(text, " → ")
	var p Phrase
	for i, step := range steps {
		if len(steps) > waySteps && i >= 2 && i < len(steps)-waySteps+3 {
			if i == 2 {
				p = append(p, words(" → …"))
			}
			continue
		}
		if i > 0 {
			p = append(p, words(" → "))
		}
		if m.r.Nature != pprof.References {
			step = withoutImportPath(step)
		}
		p = append(p, name(step))
	}
	return p
}

// withoutImportPath is a function of Go as it is called in its own file: only
// the last element of its package's path is kept.
func withoutImportPath(function string) string {
	head := function
	if end := strings.IndexAny(head, "([ "); end >= 0 {
		head = head[:end]
	}
	return function[strings.LastIndexByte(head, '/')+1:]
}
