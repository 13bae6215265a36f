package gate

import (
	"fmt"
	"slices"
	"strings"
)

// Unit is what a metric counts.
type Unit uint8

const (
	// Bytes may be compared with a size or with a percentage.
	Bytes Unit = iota
	// Count may be compared with a number or with a percentage.
	Count
	// Percent is compared with a percentage.
	Percent
)

// Metric is something that a rule can be about.
type Metric struct {
	Name  string
	Unit  Unit
	About string // in a line
	// Scopes are what it can be narrowed to.
	Scopes []ScopeKind
	// Of says what a percentage is of; empty where there can be none.
	Of string

	measure func(*view, Scope) measure
}

// measure is the value of a metric in one comparison.
type measure struct {
	value    float64
	base     float64   // what a percentage is of
	findings []Finding // what makes it up, largest first
	unknown  string    // why it cannot be said; empty if it can
	unsure   string    // why it is not judged though it can be said; empty if it is
}

const ofHeap = "the heap before"

var (
	ofLines   = []ScopeKind{Class, Path, OfKind, Fingerprint}
	ofClasses = []ScopeKind{Class, OfKind, Path, Fingerprint}
)

// Metrics returns all there are, in the order of the documentation.
func Metrics() []Metric {
	return []Metric{
		{"growth", Bytes, "bytes of everything that accumulates", ofLines, ofHeap, lineSum},
		{"heap.delta", Bytes, "bytes the heap gained", nil, ofHeap, heapDelta},
		{"heap.percent", Percent, "the same in percent of the heap before", nil, "", heapPercent},
		{"leak.max", Bytes, "bytes of the place that grew most", ofLines, ofHeap, lineMax},
		{"leak.count", Count, "places that grew", ofLines, "", lineCount},
		{"exclusive.max", Bytes, "bytes that mending one place alone would free, at most", ofLines, ofHeap, exclusiveMax},
		{"count", Count, "more objects of a class; of the class that gained most if none is named", ofClasses, "the objects before", classCount},
		{"size", Bytes, "more bytes of a class, without what its objects hold", ofClasses, "the size before", classSize},
		{"retained", Bytes, "more bytes that the objects of a class keep alive (needs class:)", []ScopeKind{Class}, "what was retained before", classRetained},
		{"arraybuffer", Bytes, "more bytes of ArrayBuffers", nil, "those before", kindSize(kindBuffers)},
		{"external.ratio", Percent, "bytes outside the JavaScript heap in percent of those inside, afterwards", nil, "", externalRatio},
		{"handles", Count, "more sockets, servers, files and requests under way", nil, "those before", kindCount(kindHandles)},
		{"sockets", Count, "more sockets", nil, "those before", socketCount},
		{"strings", Bytes, "more bytes of strings", nil, "those before", kindSize(kindStrings)},
		{"strings.wasted", Bytes, "more bytes of strings that are copies of others", nil, ofHeap, stringsWasted},
		{"arrays", Bytes, "more bytes of arrays", nil, "those before", kindSize(kindArrays)},
		{"detached", Count, "more nodes that are detached from their document", nil, "those before", kindCount(kindDetached)},
		{"listeners", Count, "more listeners at places that accumulate them", []ScopeKind{Path, Fingerprint}, "", listenerCount},
		{"timers", Count, "more timers", nil, "those before", kindCount(kindTimers)},
		{"per_iteration", Bytes, "bytes an iteration at the place that grew most (needs --iterations)", ofLines, "", perIteration},
		{"unattributed", Bytes, "new bytes that hang at no place that accumulates", nil, ofHeap, unattributed},
	}
}

// metricNamed finds a metric; ok is false if there is none.
func metricNamed(name string) (m Metric, ok bool) {
	all := Metrics()
	i := slices.IndexFunc(all, func(m Metric) bool { return m.Name == name })
	if i < 0 {
		return Metric{}, false
	}
	return all[i], true
}

func metricNames() []string {
	var names []string
	for _, m := range Metrics() {
		names = append(names, m.Name)
	}
	return names
}

// takes reports whether the metric can be narrowed to such a scope.
func (m *Metric) takes(k ScopeKind) bool { return slices.Contains(m.Scopes, k) }

// scopesText says what the metric can be narrowed to.
func (m *Metric) scopesText() string {
	if len(m.Scopes) == 0 {
		return "it is about the whole heap"
	}
	var names []string
	for _, s := range m.Scopes {
		names = append(names, s.String()+":")
	}
	return fmt.Sprintf("it takes %s", strings.Join(names, ", "))
}
