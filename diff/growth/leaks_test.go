//go:build leaks

package growth_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/diff/growth"
)

// leakFolder names a folder that scripts/leaks.sh has filled. Its snapshots are
// too large to be kept beside the code.
const leakFolder = "HEAPDIFF_LEAKS"

// Every leak program, in one process, across two, and as a series, with its leak
// and without: the true owners are the first lines of growth, and where nothing
// leaks there is none.
func TestLeakPrograms(t *testing.T) {
	dir := os.Getenv(leakFolder)
	if dir == "" {
		t.Fatalf("%s is not set: fill a folder with scripts/leaks.sh", leakFolder)
	}
	leaks := append(readLeaks(t, dir, "leaks.json"), readLeaks(t, dir, "published.json")...)
	if len(leaks) < 12 {
		t.Fatalf("%d leaks", len(leaks))
	}
	for _, l := range leaks {
		t.Run(l.Kind, func(t *testing.T) {
			t.Parallel()
			names := map[string]string{} // owner -> its fingerprint
			for _, pair := range []struct {
				before, after string
				byID, leaks   bool
			}{
				{"t0", "t1", true, true},
				{"t0", "t1", false, true},
				{"base", "branch", false, true},
				{"c0", "c1", true, false},
				{"c0", "c1", false, false},
				{"base", "base2", false, false},
				{"base", "moved", false, false},
			} {
				c := compareFiles(t, l.file(dir, pair.before), l.file(dir, pair.after), pair.byID, growth.Options{})
				lines := c.of(growth.Growth)
				l.checkNames(t, pair.before+" → "+pair.after, c.Lines, names)
				switch {
				case pair.leaks:
					l.check(t, pair.before+" → "+pair.after, lines)
				case len(lines) > 0:
					t.Errorf("%s → %s: growth without a leak: %q", pair.before, pair.after, paths(lines))
				}
			}
			for prefix, leaks := range map[string]bool{"t": true, "w": true, "c": false} {
				r := series(t, l, dir, prefix)
				l.checkNames(t, "series "+prefix, r.Lines, names)
				var lines []growth.Line
				for _, line := range r.Lines {
					if line.Tier == growth.Leak {
						lines = append(lines, line)
					}
				}
				if !leaks {
					if len(lines) > 0 {
						t.Errorf("series %s: leaks without a leak: %q", prefix, paths(lines))
					}
					continue
				}
				l.check(t, "series "+prefix, lines)
				if len(lines) == len(l.Owners) && !strings.Contains(l.Class, "string") {
					if got := lines[0].PerIteration.Count; got < l.PerRequest*0.98 || got > l.PerRequest*1.02 {
						t.Errorf("series %s: %f objects a request, want %f", prefix, got, l.PerRequest)
					}
				}
			}
		})
	}
}

// leak is one line of leaks.json.
type leak struct {
	Kind       string
	Owners     []string
	Class      string
	PerRequest float64 `json:"per_request"`
}

func readLeaks(t *testing.T, dir, name string) []leak {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	var leaks []leak
	if err := json.Unmarshal(raw, &leaks); err != nil {
		t.Fatal(err)
	}
	return leaks
}

func (l *leak) file(dir, name string) string {
	return filepath.Join(dir, l.Kind, name+".heapsnapshot")
}

// check finds the owners on the first lines.
func (l *leak) check(t *testing.T, what string, lines []growth.Line) {
	t.Helper()
	if len(lines) < len(l.Owners) {
		t.Errorf("%s: %d lines, want %s", what, len(lines), l.Owners)
		return
	}
	for _, owner := range l.Owners {
		found := false
		for _, line := range lines[:len(l.Owners)] {
			found = found || strings.Contains(line.Path, owner)
		}
		if !found {
			t.Errorf("%s: first lines are %q, want %s", what, paths(lines), owner)
		}
	}
}

// checkNames finds no fingerprint twice, and for each owner always the same.
func (l *leak) checkNames(t *testing.T, what string, lines []growth.Line, names map[string]string) {
	t.Helper()
	seen := map[string]string{}
	for _, line := range lines {
		if other, twice := seen[line.Fingerprint]; twice {
			t.Errorf("%s: %s and %s are both %s", what, other, line.Path, line.Fingerprint)
		}
		seen[line.Fingerprint] = line.Path
	}
	for _, owner := range l.Owners {
		for _, line := range lines {
			if !strings.Contains(line.Path, owner) || line.InPlace || line.Class != l.Class {
				continue
			}
			if name, known := names[owner]; known && name != line.Fingerprint {
				t.Errorf("%s: %s is %s, and was %s", what, line.Path, line.Fingerprint, name)
			}
			names[owner] = line.Fingerprint
			break
		}
	}
}

// series judges four heaps, with one graph in memory at a time.
func series(t *testing.T, l leak, dir, prefix string) *growth.Ranking {
	o := growth.Options{Iterations: 400}
	var (
		trees []*growth.Tree
		first earlier
	)
	for i := range 4 {
		h := loadFile(t, l.file(dir, prefix+string(rune('0'+i))))
		tree := growth.Build(h.Graph, o)
		trees = append(trees, tree)
		if i == 0 {
			first = remember(tree, h.Graph)
		}
		if i < 3 {
			tree.Release()
			continue
		}
		r, err := growth.Rank(trees[0], tree, h, first, o)
		if err != nil {
			t.Fatal(err)
		}
		r.Judge(trees, o)
		return r
	}
	return nil
}
