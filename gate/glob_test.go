package gate

import (
	"testing"

	"github.com/heapdiff/heapdiff/diff/growth"
)

func TestMatchClass(t *testing.T) {
	for _, c := range []struct {
		pattern, class string
		want           bool
	}{
		{"Session", "Session", true},
		{"Session", "Sessions", false},
		{"*Session", "UserSession", true},
		{"S*n", "Session", true},
		{"S?ssion", "Session", true},
		{"S?ssion", "Sssion", false},
		{"*", "", true},
		{"Ünïc?de", "Ünïcöde", true},
		{"a*b*c", "a-b-b-c", true},
		{"a*b*c", "a-c-b", false},
		{"what?", "what?", true},
		{"{id, *}", "{id, tags}", true},
	} {
		if got := matchClass(c.pattern, c.class); got != c.want {
			t.Errorf("matchClass(%q, %q) = %v", c.pattern, c.class, got)
		}
	}
}

func TestMatchPath(t *testing.T) {
	for _, c := range []struct {
		pattern, owner string
		want           bool
	}{
		{"global.cache", "global.cache", true},
		{"global/cache", "global.cache", true},
		{"global.cache", "global.cache.a", false},
		{"global.cache/**", "global.cache", true},
		{"global.cache/**", "global.cache.a.b", true},
		{"global.cache/**", "global.cache[*].b", true},
		{"global.cache/**", "global.cached", false},
		{"global.*.cache", "global.x.cache", true},
		{"global.*.cache", "global.x.y.cache", false},
		{"global.**.cache", "global.x.y.cache", true},
		{"**/samples", "samples", true},
		{"**/samples", "global.x.samples", true},
		{"**/samples/**", "samples.x", true},
		{"samples[]", "samples", true},
		{"**", "anything.at.all", true},
	} {
		if got := matchPath(c.pattern, &growth.Line{Owner: c.owner, Path: c.owner + " (Map)"}); got != c.want {
			t.Errorf("matchPath(%q, %q) = %v", c.pattern, c.owner, got)
		}
	}
}

// A pattern of many stars takes no time to speak of.
func TestGlobIsCheap(t *testing.T) {
	pattern, name := "", ""
	for range 200 {
		pattern, name = pattern+"*a", name+"aa"
	}
	if glob(pattern+"b", name, 0) {
		t.Error("matched")
	}
}
