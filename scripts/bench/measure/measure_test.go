package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		in   []int64
		want int64
	}{
		{nil, 0},
		{[]int64{7}, 7},
		{[]int64{9, 1}, 5},
		{[]int64{30, 10, 20}, 20},
		{[]int64{4, 1, 3, 2}, 2},
	} {
		if got := median(c.in); got != c.want {
			t.Errorf("median(%v) = %d, want %d", c.in, got, c.want)
		}
	}
}

// A command's cost reaches the table, and one that fails does not pass for fast.
func TestMeasureToTable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.tsv")
	for _, args := range [][]string{
		{"-o", file, "-work", "w", "-tool", "good", "--", "sh", "-c", "exit 0"},
		{"-o", file, "-work", "w", "-tool", "bad", "--", "sh", "-c", "exit 3"},
		{"-o", file, "-work", "w", "-tool", "late", "-timeout", "50ms", "--", "sleep", "10"},
		{"-o", file, "-work", "w", "-tool", "absent", "--", filepath.Join(t.TempDir(), "none")},
	} {
		var stderr bytes.Buffer
		if code := run(args, &stderr, &stderr); code != 0 {
			t.Fatalf("run(%q) = %d: %s", args, code, &stderr)
		}
	}
	var out, stderr bytes.Buffer
	if code := run([]string{"-table", file}, &out, &stderr); code != 0 {
		t.Fatalf("-table: %d: %s", code, &stderr)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 6 {
		t.Fatalf("want 4 lines under the head:\n%s", &out)
	}
	for i, want := range []string{"| w | good | 1 |", "| w | bad | 0 | exit status 3 |", "| w | late | 0 | not done in 50ms |", "| w | absent | 0 |"} {
		if !strings.HasPrefix(lines[i+2], want) {
			t.Errorf("line %d is %q, want %q…", i, lines[i+2], want)
		}
	}
}

func TestPeakIsCounted(t *testing.T) {
	var stderr bytes.Buffer
	c := measure([]string{"sh", "-c", "s=$(head -c 40000000 /dev/zero | tr '\\0' x); :"}, time.Minute, &stderr)
	if c.status != "ok" {
		t.Fatalf("status %q: %s", c.status, &stderr)
	}
	if c.peak < 40_000_000 {
		t.Errorf("a shell that holds 40 MB is said to peak at %d bytes", c.peak)
	}
}

func TestShapesAreComparedByEdge(t *testing.T) {
	var out bytes.Buffer
	err := printShapes(&out, []summary{
		{work: "list", tool: "t", edges: 2e6, runs: 1, cost: cost{wall: 3 * time.Second, status: "ok"}},
		{work: "list (ordinary)", tool: "t", edges: 1e6, runs: 1, cost: cost{wall: time.Second, status: "ok"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := "| list | t | 2000000 | 3.00 | 0 | 1500 | 1.50 |\n"; !strings.HasSuffix(out.String(), want) {
		t.Errorf("got\n%swant …%s", &out, want)
	}
}
