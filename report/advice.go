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
	cause := "cause: " + a.Title
	if l.Payload == growth.Buffers {
		cause += "; most of it is buffers, whose bytes lie outside the JavaScript heap"
	}
	return []Phrase{{words(cause), dot, words("fix: " + a.Fix)}}
}

// payloadAdvice is what there is to say of most of the bytes, if that is another
// thing than what is said of the place.
func payloadAdvice(l *growth.Line) (advice.Advice, bool) {
	if l.Payload != growth.Buffers {
		return advice.Advice{}, false
	}
	return advice.Of(advice.BuffersKept)
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
