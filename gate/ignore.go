package gate

import (
	"strings"
	"time"

	"github.com/heapdiff/heapdiff/diff/growth"
)

// Ignore is a finding that somebody knows of and accepts, for a reason.
type Ignore struct {
	// What it covers; of several all must fit. At least one is given.
	Fingerprint string // or the beginning of one
	Path        string // see Scope
	Class       string

	Reason string
	Until  time.Time // the last day it counts; zero for ever
	Max    uint64    // bytes it may grow to; 0 for any
	Line   int       // in the configuration
}

// What says what an ignore covers.
func (g *Ignore) What() string {
	var parts []string
	for _, s := range []Scope{{Fingerprint, g.Fingerprint}, {Path, g.Path}, {Class, g.Class}} {
		if s.Name != "" {
			parts = append(parts, s.String())
		}
	}
	return strings.Join(parts, " ")
}

func (g *Ignore) covers(l *growth.Line) bool {
	return (g.Fingerprint == "" || matchFingerprint(g.Fingerprint, l.Fingerprint)) &&
		(g.Path == "" || matchPath(g.Path, l)) &&
		(g.Class == "" || matchClass(g.Class, l.Class))
}

// coversClass reports whether an ignore is about a class, wherever it is held.
func (g *Ignore) coversClass(class string) bool {
	return g.Class != "" && g.Fingerprint == "" && g.Path == "" && matchClass(g.Class, class)
}

// State is what became of an ignore.
type State uint8

const (
	// Unused ignores cover nothing that grew: they can go.
	Unused State = iota
	// Active ignores cover something.
	Active
	// Outgrown ignores cover more than they may.
	Outgrown
	// Expired ignores cover something and counted until a day that is over.
	Expired
)

func (s State) String() string { return []string{"unused", "ignored", "outgrown", "expired"}[s] }

// Ignored is an ignore and what it covers.
type Ignored struct {
	Ignore
	State    State
	Size     uint64 // bytes
	Findings []Finding
}

// apply finds out what an ignore covers on a day.
func (g *Ignore) apply(f *Facts, today time.Time) Ignored {
	out := Ignored{Ignore: *g}
	for i := range f.Lines {
		if l := &f.Lines[i]; g.covers(l) {
			out.Size += l.Share
			out.Findings = append(out.Findings, f.ofLine(l, l.Share))
		}
	}
	if len(out.Findings) == 0 {
		for i := range f.Classes {
			if c := &f.Classes[i]; g.coversClass(c.Class) && (countDelta(c) > 0 || c.AfterSize > c.BeforeSize) {
				gain := int64(c.AfterSize) - int64(c.BeforeSize)
				out.Size += uint64(max(gain, 0))
				out.Findings = append(out.Findings, ofClass(c))
			}
		}
	}
	largestFirst(out.Findings, bySize)
	switch {
	case len(out.Findings) == 0:
		out.State = Unused
	case g.IsOver(today):
		out.State = Expired
	case g.Max > 0 && out.Size > g.Max:
		out.State = Outgrown
	default:
		out.State = Active
	}
	return out
}

// IsOver reports whether the last day of an ignore has passed.
func (g *Ignore) IsOver(today time.Time) bool {
	return !g.Until.IsZero() && today.Format(time.DateOnly) > g.Until.Format(time.DateOnly)
}
