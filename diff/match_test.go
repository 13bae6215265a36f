package diff_test

import (
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/diff"
)

// TestMatch: one process or two, and which way round.
func TestMatch(t *testing.T) {
	for _, test := range []struct {
		before, after string
		mode          diff.Mode
		least, most   float64 // agreement
		reason        string
		warning       string // part of one; none may be given if it is empty
	}{
		{"node20-before", "node20-after", diff.Identity, 0.99, 1, "one process", ""},
		{"chromium156-before", "chromium156-after", diff.Identity, 0.99, 1, "one process", ""},
		{"node20-after", "node20-after", diff.Identity, 1, 1, "one process", "is given twice"},
		{"chromium156-after", "chromium156-after", diff.Identity, 1, 1, "one process", "is given twice"},
		{"chromium156-after", "chromium156-before", diff.Identity, 0.99, 1, "one process", "wrong order"},
		{"node20-after", "node20-before", diff.Identity, 0.99, 1, "one process", "wrong order"},
		{"node14-before", "node14-rerun", diff.Structure, 0, 0.97, "different processes", ""},
		{"node14-after", "node14-rerun", diff.Structure, 0, 0.97, "different processes", ""},
		{"node22-after", "node26-after", diff.Structure, 0, 0.5, "different processes", ""},
		{"node16-after", "node26-after", diff.Structure, 0, 0.5, "different processes", "different versions"},
	} {
		r := compare(t, test.before, test.after, diff.Options{})
		m := r.Match
		if m.Mode != test.mode || m.Forced || m.Agreement < test.least || m.Agreement > test.most || m.Shared == 0 {
			t.Errorf("%s and %s: %+v", test.before, test.after, m)
		}
		if !strings.Contains(m.Reason, test.reason) {
			t.Errorf("%s and %s: %q does not say %q", test.before, test.after, m.Reason, test.reason)
		}
		warnings := strings.Join(r.Warnings, "\n")
		if (warnings == "") != (test.warning == "") || !strings.Contains(warnings, test.warning) {
			t.Errorf("%s and %s: warnings %q, want %q", test.before, test.after, warnings, test.warning)
		}
	}
}

// TestForcedIdentity: who insists is told that it is not so.
func TestForcedIdentity(t *testing.T) {
	r := compare(t, "node14-before", "node14-rerun", diff.Options{Match: diff.Identity})
	if r.Match.Mode != diff.Identity || !r.Match.Forced || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "as asked") {
		t.Errorf("%+v %q", r.Match, r.Warnings)
	}
}

// TestAcrossProcesses: the leak is found at its true count though no id means
// anything, and where nothing leaked nothing much is found.
func TestAcrossProcesses(t *testing.T) {
	r := compare(t, "node14-before", "node14-rerun", diff.Options{})
	want := leaks(t, "node14")[0]
	if len(r.Growers) == 0 || holds(&r.Growers[0], want.Class) != want.Added {
		t.Errorf("first grower %+v, leaked %+v", r.Growers, want)
	}
	for _, c := range r.Classes {
		if c.Class == want.Class && c.CountDelta != want.Added {
			t.Errorf("%d more of %s, %d leaked", c.CountDelta, c.Class, want.Added)
		}
		if c.AddedCount != 0 && c.RemovedCount != 0 || c.InPlaceDelta != 0 {
			t.Errorf("objects are recognised: %+v", c)
		}
	}

	r = compare(t, "node14-after", "node14-rerun", diff.Options{})
	for _, c := range r.Classes {
		if c.Class == want.Class && c.CountDelta != 0 {
			t.Errorf("%s ×%d leaked where nothing did", c.Class, c.CountDelta)
		}
	}
	for _, g := range r.Growers {
		if g.Delta > 16<<10 {
			t.Errorf("%s grew by %d bytes where nothing leaked", place(g.Path), g.Delta)
		}
	}
}
