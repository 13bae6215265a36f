package diff_test

import (
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/diff"
)

// leak is what a program of testdata leaks.
type leak struct {
	Owner string `json:"owner"`
	Class string `json:"class"`
	Added int    `json:"added"`
	Bytes int64  `json:"approximate_bytes"`
}

func leaks(t testing.TB, name string) []leak {
	t.Helper()
	var file struct {
		Leaks []leak `json:"leaks"`
	}
	readJSON(t, name+".leak.json", &file)
	if len(file.Leaks) == 0 {
		t.Fatalf("%s leaks nothing", name)
	}
	return file.Leaks
}

// place says a path as one would write it in code.
func place(p diff.Path) string {
	var b strings.Builder
	for i, step := range p.Steps {
		switch {
		case i == 0:
			b.WriteString(step.Class)
		case strings.HasPrefix(step.Edge, "["):
			b.WriteString(step.Edge)
		default:
			b.WriteString("." + step.Edge)
		}
	}
	return b.String()
}

// holds returns how many objects of a class a grower gained.
func holds(g *diff.Grower, class string) (count int) {
	for _, h := range g.Holds {
		if h.Class == class {
			count += h.Count
		}
	}
	return count
}

// TestGrowersNameTheLeak expects the places that leak, and nothing before them.
func TestGrowersNameTheLeak(t *testing.T) {
	for _, name := range pairs(t) {
		t.Run(name, func(t *testing.T) {
			r := compare(t, name+"-before", name+"-after", diff.Options{})
			list := leaks(t, name)
			if len(r.Growers) < len(list) {
				t.Fatalf("%d growers for %d leaks", len(r.Growers), len(list))
			}
			wanted := map[string]leak{}
			for _, l := range list {
				wanted[strings.TrimPrefix(strings.TrimPrefix(l.Owner, "global."), "window.")] = l
			}
			for i := range list {
				g := &r.Growers[i]
				at := strings.TrimPrefix(strings.TrimPrefix(place(g.Path), "global."), "window.")
				l, ok := wanted[at]
				if !ok && len(list) == 1 { // the head of a list hangs at what holds the list
					if l = list[0]; strings.HasPrefix(l.Owner, "global."+at+".") {
						ok = true
					}
				}
				if !ok {
					t.Fatalf("grower %d is at %s, the leaks are at %v", i, place(g.Path), list)
				}
				if got := holds(g, l.Class); got != l.Added {
					t.Errorf("%s holds %d more of %s, %d leaked: %+v", at, got, l.Class, l.Added, g.Holds)
				}
				if g.Delta < l.Bytes/3 || g.Delta > l.Bytes*3/2 { // what the runtime adds for it is not the program's
					t.Errorf("%s gained %d bytes, about %d leaked", at, g.Delta, l.Bytes)
				}
				if g.Holds[0].Class != l.Class {
					t.Errorf("%s is said to hold %s first, not %s", at, g.Holds[0].Class, l.Class)
				}
				delete(wanted, at)
			}
		})
	}
}

// TestGrowersCountNothingTwice: what growers gained is part of what came.
func TestGrowersCountNothingTwice(t *testing.T) {
	for _, name := range pairs(t) {
		r := compare(t, name+"-before", name+"-after", diff.Options{})
		var gained, came int64
		for _, g := range r.Growers {
			gained += g.Delta
		}
		for _, c := range r.Classes {
			came += int64(c.AddedSize) + max(c.InPlaceDelta, 0)
		}
		if gained <= 0 || gained > came {
			t.Errorf("%s: growers gained %d of %d bytes that came", name, gained, came)
		}
	}
}

// TestInPlace: a container that leaks grew itself, and is listed with its size.
func TestInPlace(t *testing.T) {
	for name, want := range map[string]string{
		"node20": "global.indexerState.cache", "node16": "global.bus._events.theme", "node24": "global.archive.responses",
	} {
		r := compare(t, name+"-before", name+"-after", diff.Options{})
		found := false
		for i, o := range r.InPlace {
			if o.AfterSize <= o.BeforeSize {
				t.Errorf("%s: @%d went from %d to %d bytes", name, o.ID, o.BeforeSize, o.AfterSize)
			}
			if i > 0 && o.AfterSize-o.BeforeSize > r.InPlace[i-1].AfterSize-r.InPlace[i-1].BeforeSize {
				t.Errorf("%s: @%d grew more than the one before it", name, o.ID)
			}
			found = found || place(o.Path) == want
		}
		if !found {
			t.Errorf("%s: %s is not among %d objects that grew in place", name, want, len(r.InPlace))
		}
	}
}
