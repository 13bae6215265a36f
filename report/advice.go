package report

import (
	"github.com/heapdiff/heapdiff/advice"
	"github.com/heapdiff/heapdiff/diff/growth"
)

// counsel says what a finding means and what mends it.
func counsel(l *growth.Line) []Phrase {
	a, ok := advice.Of(l.Advice)
	if !ok {
		return nil
	}
	return []Phrase{{words("cause: " + a.Title), dot, words("fix: " + a.Fix)}}
}

func newAdviceJSON(l *growth.Line) *adviceJSON {
	a, ok := advice.Of(l.Advice)
	if !ok {
		return nil
	}
	return &adviceJSON{
		Pattern: string(a.Pattern), Title: a.Title, Cause: a.Cause, Look: append([]string{}, a.Look...), Fix: a.Fix, Code: a.Code,
	}
}
