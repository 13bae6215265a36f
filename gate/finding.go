package gate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
)

// Finding is a place, a class or a kind that makes up the value of a metric.
// Place and Things come out of the heap and are hostile.
type Finding struct {
	Place  string // "global.listeners[]", or the name of a class
	Size   int64  // bytes more
	Count  int64  // objects more
	Things string // what they are: "closures", "Session"; may be empty
	// Of a profile: whether it is a site that allocates, and three standard
	// deviations of Size, 0 if that is exact.
	Allocates bool
	Error     int64

	retained int64 // bytes more that the objects of a class keep alive

	// Line is the growth line it is, or nil. Where is the place in the source,
	// "script:line:column", or empty.
	Line  *growth.Line
	Where string
}

// ofLine describes a place that grew by size bytes.
func (f *Facts) ofLine(l *growth.Line, size uint64) Finding {
	out := Finding{Place: placeOf(l), Size: int64(size), Count: gained(l), Things: thingsOf(l), Line: l, Where: l.Location}
	if f.Profiled != nil {
		site := f.Profiled.sites[l.Fingerprint]
		out.Things, out.Error, out.Allocates = site.things, site.err, true
	}
	return out
}

// gained is how many more objects there are at a place.
func gained(l *growth.Line) int64 { return int64(l.CountAfter) - int64(l.CountBefore) }

// placeOf writes where a line is as one would write it in code.
func placeOf(l *growth.Line) string {
	place := l.Owner
	if place == "" {
		place = l.Path
	}
	if rest, ok := strings.CutPrefix(l.Path, place+"."); ok && !l.InPlace {
		// What accumulates has a name of its own there: the head of a list, say.
		name, _, _ := strings.Cut(rest, " ")
		return place + "." + name
	}
	if n := len(l.Steps); n > 0 && l.Steps[n-1].Class == "Array" && !l.InPlace && !strings.HasSuffix(place, "[]") {
		place += "[]"
	}
	return place
}

// thingsOf says what accumulates at a place.
func thingsOf(l *growth.Line) string {
	if l.InPlace {
		return ""
	}
	switch {
	case l.Kind == growth.Listeners && strings.HasSuffix(l.Class, "()"):
		return "listeners"
	case l.Kind == growth.Closures, strings.HasSuffix(l.Class, "()"):
		return "closures"
	case l.Kind == growth.Strings:
		return "strings"
	}
	return l.Class
}

func ofClass(c *diff.ClassRow) Finding {
	return Finding{Place: c.Class, Size: c.SizeDelta + c.InPlaceDelta, Count: countDelta(c), Where: c.Where, retained: c.RetainedDelta}
}

func ofKind(k diff.KindRow) Finding {
	return Finding{Place: k.Kind, Size: int64(k.AfterSize) - int64(k.BeforeSize), Count: int64(k.AfterCount - k.BeforeCount)}
}

func countDelta(c *diff.ClassRow) int64 { return int64(c.AfterCount) - int64(c.BeforeCount) }

// largestFirst sorts findings by what they add to the metric.
func largestFirst(list []Finding, value func(*Finding) int64) {
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(value(&b), value(&a)), cmp.Compare(a.Place, b.Place))
	})
}

func bySize(f *Finding) int64  { return f.Size }
func byCount(f *Finding) int64 { return f.Count }
