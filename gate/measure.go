package gate

import (
	"math"
	"strings"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/internal/near"
)

// view is what rules see of a comparison: what is ignored and what is noise is
// not there.
type view struct {
	*Facts
	noise   Noise
	ignored []bool                  // line -> whether an ignore covers it
	hidden  func(class string) bool // whether an ignore covers a class
}

// lines returns the lines in scope that a rule may be about: without a scope
// those of the program itself; with one also those of libraries and the engine.
// What a series showed to be no leak is never among them.
func (v *view) lines(s Scope) []*growth.Line {
	var out []*growth.Line
	for i := range v.Lines {
		l := &v.Lines[i]
		switch l.Tier {
		case growth.WarmUp, growth.Churn:
			continue
		case growth.Library, growth.Runtime:
			if s.Kind == Everything {
				continue
			}
		}
		if v.withinError(l) && !v.noise.WithinError {
			continue
		}
		if v.ignored[i] || s.Kind != Fingerprint && v.isNoise(l) || !s.matches(l) {
			continue
		}
		out = append(out, l)
	}
	return out
}

// isNoise reports whether a line is too small to be spoken of.
func (v *view) isNoise(l *growth.Line) bool {
	few := gained(l) < int64(v.noise.MinCount)
	switch {
	case v.Profiled == nil:
		return l.Share < v.noise.MinBytes || !l.InPlace && few
	case v.Profiled.Counted != "":
		return few
	}
	return l.Share < v.noise.MinBytes // a slice grows and stays one object
}

func (v *view) heapBefore() float64 { return float64(v.Before.Size) }

// overLines makes a measure of the lines in scope.
func (v *view) overLines(s Scope, size func(*growth.Line) uint64) measure {
	m := measure{base: v.heapBefore()}
	for _, l := range v.lines(s) {
		if n := size(l); n > 0 {
			m.findings = append(m.findings, v.ofLine(l, n))
		}
	}
	largestFirst(m.findings, bySize)
	return m
}

func share(l *growth.Line) uint64 { return l.Share }

func lineSum(v *view, s Scope) measure {
	m := v.overLines(s, share)
	for _, f := range m.findings {
		m.value += float64(f.Size)
	}
	return m
}

func lineMax(v *view, s Scope) measure { return first(v.overLines(s, share)) }

func exclusiveMax(v *view, s Scope) measure {
	return first(v.overLines(s, func(l *growth.Line) uint64 { return l.Exclusive }))
}

// first takes the largest finding for the value.
func first(m measure) measure {
	if len(m.findings) > 0 {
		m.value = float64(m.findings[0].Size)
	}
	return m
}

func lineCount(v *view, s Scope) measure {
	m := v.overLines(s, share)
	if v.Profiled != nil && v.Profiled.Counted != "" {
		m = v.gainedAt(s) // what is counted has no bytes
	}
	m.value = float64(len(m.findings))
	return m
}

func listenerCount(v *view, s Scope) measure {
	m := v.overLines(s, func(l *growth.Line) uint64 {
		if l.Kind != growth.Listeners {
			return 0
		}
		return l.Share
	})
	largestFirst(m.findings, byCount)
	for _, f := range m.findings {
		m.value += float64(f.Count)
	}
	return m
}

func perIteration(v *view, s Scope) measure {
	if v.Iterations == 0 {
		return measure{unknown: "it is not known how many iterations the program made: say --iterations N"}
	}
	m := first(v.overLines(s, share))
	m.value /= float64(v.Iterations)
	return m
}

func heapDelta(v *view, _ Scope) measure {
	m := v.overLines(Scope{}, share)
	m.value = float64(v.After.Size) - float64(v.Before.Size)
	return v.unsureOf(m, v.wholeError())
}

func heapPercent(v *view, _ Scope) measure {
	m := heapDelta(v, Scope{}) // what is unsure of one is of the other
	m.value = percent(m.value, m.base)
	return m
}

// percent is part of whole; something of nothing is infinitely much.
func percent(part, whole float64) float64 {
	switch {
	case part == 0:
		return 0
	case whole == 0:
		return math.Inf(int(math.Copysign(1, part)))
	}
	return part / whole * 100
}

func unattributed(v *view, _ Scope) measure {
	return measure{value: float64(v.Reconciliation.Unattributed), base: v.heapBefore()}
}

func stringsWasted(v *view, _ Scope) measure {
	if !v.HasWasted {
		return measure{unknown: "duplicate strings were not looked for"}
	}
	return measure{value: float64(v.Wasted[1]) - float64(v.Wasted[0]), base: v.heapBefore()}
}

func externalRatio(v *view, _ Scope) measure {
	outside, inside := v.external()
	m := measure{value: percent(float64(outside), float64(inside))}
	for _, kind := range []string{kindBuffers, kindNative} {
		if f := ofKind(v.kind(kind)); f.Size > 0 {
			m.findings = append(m.findings, f)
		}
	}
	largestFirst(m.findings, bySize)
	return m
}

// kindSize and kindCount make metrics of a kind of the heap.
func kindSize(kind string) func(*view, Scope) measure {
	return func(v *view, _ Scope) measure {
		row := v.kind(kind)
		m := v.explained(row)
		m.value, m.base = float64(row.AfterSize)-float64(row.BeforeSize), float64(row.BeforeSize)
		return v.unsureOf(m, v.kindError(kind))
	}
}

func kindCount(kind string) func(*view, Scope) measure {
	return func(v *view, _ Scope) measure {
		row := v.kind(kind)
		m := v.explained(row)
		m.value, m.base = float64(row.AfterCount-row.BeforeCount), float64(row.BeforeCount)
		return m
	}
}

// explained finds the places where a kind accumulates, or else says the kind.
func (v *view) explained(row diff.KindRow) measure {
	var m measure
	for _, k := range kindScopes {
		if k.heap == row.Kind {
			m = v.overLines(Scope{OfKind, k.name}, share)
			break
		}
	}
	if f := ofKind(row); len(m.findings) == 0 && (f.Size > 0 || f.Count > 0) {
		m.findings = []Finding{f}
	}
	return m
}

// socketClasses are the JavaScript side of connections.
var socketClasses = map[string]bool{"Socket": true, "TLSSocket": true, "WebSocket": true}

func socketCount(v *view, _ Scope) measure {
	var m measure
	for i := range v.Classes {
		if c := &v.Classes[i]; socketClasses[c.Class] {
			m.add(c, float64(countDelta(c)), float64(c.BeforeCount))
		}
	}
	if lines := v.overLines(Scope{OfKind, "socket"}, share); len(lines.findings) > 0 {
		m.findings = lines.findings
	}
	return m
}

// classMetric makes a metric of what a class gained and had. Without a scope it
// is that of the class that gained most.
func (v *view) classMetric(s Scope, gain, had func(*diff.ClassRow) float64) measure {
	var m measure
	for i := range v.Classes {
		c := &v.Classes[i]
		if s.Kind == Everything {
			if gain(c) > m.value && isProgramClass(c.Class) && !v.hidden(c.Class) {
				m = measure{}
				m.add(c, gain(c), had(c))
			}
			continue
		}
		if matchClass(s.Name, c.Class) {
			m.add(c, gain(c), had(c))
		}
	}
	return v.unsureOf(m, v.wholeError())
}

// missing says whether a rule is about a class that is in neither heap, and which
// one was probably meant.
func (v *view) missing(s Scope) (missing, meant string) {
	if s.Kind != Class {
		return "", ""
	}
	var names []string
	for i := range v.Classes {
		name := v.Classes[i].Class
		if matchClass(s.Name, name) {
			return "", ""
		}
		if len(name) <= 2*len(s.Name)+8 { // others are not near
			names = append(names, name)
		}
	}
	return s.Name, near.Name(s.Name, names)
}

// isProgramClass leaves out what is no class of a program: "(string)",
// "system / Context" and their like.
func isProgramClass(name string) bool {
	return name != "" && !strings.HasPrefix(name, "(") && !strings.HasPrefix(name, "system / ")
}

func (m *measure) add(c *diff.ClassRow, gain, had float64) {
	m.value += gain
	m.base += had
	if gain > 0 {
		m.findings = append(m.findings, ofClass(c))
		largestFirst(m.findings, bySize)
	}
}

func classCount(v *view, s Scope) measure {
	switch s.Kind {
	case OfKind:
		if k, _ := kindNamed(s.Name); k.heap != "" {
			return kindCount(k.heap)(v, s)
		}
		return v.gainedAt(s)
	case Path, Fingerprint:
		return v.gainedAt(s)
	case Class:
		if v.Profiled != nil {
			return v.gainedAt(s)
		}
	case Everything:
		if v.Profiled != nil {
			return firstCount(v.gainedAt(s))
		}
	}
	return v.classMetric(s,
		func(c *diff.ClassRow) float64 { return float64(countDelta(c)) },
		func(c *diff.ClassRow) float64 { return float64(c.BeforeCount) })
}

// firstCount takes the finding with most objects for the value.
func firstCount(m measure) measure {
	if m.value = 0; len(m.findings) > 0 {
		m.value = float64(m.findings[0].Count)
	}
	return m
}

// gainedAt counts objects at the places in scope.
func (v *view) gainedAt(s Scope) measure {
	var m measure
	for _, l := range v.lines(s) {
		m.value += float64(gained(l))
		m.base += float64(l.CountBefore)
		m.findings = append(m.findings, v.ofLine(l, l.Share))
	}
	largestFirst(m.findings, byCount)
	return m
}

func classSize(v *view, s Scope) measure {
	switch s.Kind {
	case OfKind:
		if k, _ := kindNamed(s.Name); k.heap != "" {
			return kindSize(k.heap)(v, s)
		}
		return lineSum(v, s)
	case Path, Fingerprint:
		return lineSum(v, s)
	}
	return v.classMetric(s,
		func(c *diff.ClassRow) float64 { return float64(c.AfterSize) - float64(c.BeforeSize) },
		func(c *diff.ClassRow) float64 { return float64(c.BeforeSize) })
}

func classRetained(v *view, s Scope) measure {
	m := v.classMetric(s,
		func(c *diff.ClassRow) float64 { return float64(c.RetainedDelta) },
		func(c *diff.ClassRow) float64 { return float64(c.BeforeRetained) })
	for i := range m.findings {
		m.findings[i].Size = m.findings[i].retained
	}
	largestFirst(m.findings, bySize)
	return m
}
