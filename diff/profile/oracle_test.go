package profile_test

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/pprof"
)

func open(path string) profile.Opener {
	return func(ctx context.Context) (*pprof.Profile, error) {
		src, err := input.Open(ctx, path, input.Options{})
		if err != nil {
			return nil, err
		}
		defer src.Close()
		return pprof.Read(ctx, src, pprof.Options{})
	}
}

// pair is two profiles that can be compared.
type pair struct{ name, before, after string }

// pairs are all in testdata: NAME-0.END and NAME-1.END belong together.
func pairs(t *testing.T) []pair {
	t.Helper()
	var files []string
	for _, pattern := range []string{"go-*-0.*", "producers/datadog-0.pb.gz", "producers/tcmalloc-0.heap.gz", "producers/python-0.heap.gz"} {
		found, err := filepath.Glob("../../testdata/" + pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v %v", pattern, found, err)
		}
		files = append(files, found...)
	}
	var all []pair
	for _, before := range files {
		if strings.Contains(before, ".dump") {
			continue // go tool pprof does not read them
		}
		after := strings.Replace(before, "-0.", "-1.", 1)
		all = append(all, pair{filepath.Base(before), before, after})
	}
	if len(all) < 12 {
		t.Fatalf("only %d pairs of profiles", len(all))
	}
	return all
}

// pprofTool is the program that go tool pprof runs.
type pprofTool struct{ path string }

func findPprof(t *testing.T) pprofTool {
	t.Helper()
	path, err := exec.Command("go", "tool", "-n", "pprof").Output()
	if err != nil {
		t.Fatal(err)
	}
	return pprofTool{strings.TrimSpace(string(path))}
}

// run runs it and returns what it writes.
func (tool pprofTool) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(tool.path, args...)
	cmd.Env = append(cmd.Environ(), "PPROF_TMPDIR="+t.TempDir())
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, stderr.String())
	}
	return string(out)
}

// top returns flat and cumulative values by function.
func (tool pprofTool) top(t *testing.T, before, after, index, unit string) map[string][2]int64 {
	t.Helper()
	out := tool.run(t, "-top", "-symbolize=none", "-nodecount=0", "-nodefraction=0", "-edgefraction=0",
		"-unit="+map[string]string{"bytes": "B", "nanoseconds": "ns"}[unit], "-sample_index="+index, "-diff_base", before, after)
	rows := map[string][2]int64{}
	inside := false
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		if inside {
			name := strings.Join(f[5:], " ")
			name = strings.TrimSuffix(strings.TrimSuffix(name, " (inline)"), " (partial-inline)")
			rows[name] = [2]int64{number(t, f[0]), number(t, f[3])}
		}
		inside = inside || len(f) > 1 && f[0] == "flat" && f[1] == "flat%"
	}
	return rows
}

var measured = regexp.MustCompile(`^(-?[0-9.]+)(B|kB|ns|)$`)

// number reads a value in the smallest unit, which has no fraction.
func number(t *testing.T, s string) int64 {
	t.Helper()
	m := measured.FindStringSubmatch(s)
	if m == nil {
		t.Fatalf("%q is no exact number", s)
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestEqualsPprof compares every function's flat and cumulative growth with go
// tool pprof's, for every sample type of every pair of profiles.
func TestEqualsPprof(t *testing.T) {
	compared := 0
	tool := findPprof(t)
	for _, p := range pairs(t) {
		first, err := open(p.after)(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, index := range append(first.TypeNames(), "") {
			r, err := profile.Compare(t.Context(), open(p.before), open(p.after), profile.Options{SampleIndex: index})
			if err != nil {
				t.Errorf("%s %s: %v", p.name, index, err)
				continue
			}
			if strings.Contains(p.name, ".txt") || strings.Contains(p.name, ".heap.") {
				textTotals(t, tool, p, r, index)
				continue
			}
			want := tool.top(t, p.before, p.after, index, r.Value.Unit)
			for _, f := range r.Functions {
				got := [2]int64{f.Flat(), f.Cum()}
				if got == [2]int64{} {
					continue // go tool pprof leaves out what did not change
				}
				if want[f.Name] != got {
					t.Errorf("%s %s: %s has %v, of go tool pprof %v", p.name, index, f.Name, got, want[f.Name])
				}
				compared++
				delete(want, f.Name)
			}
			for name, values := range want {
				if values != [2]int64{} {
					t.Errorf("%s %s: %s is missing, %v", p.name, index, name, values)
				}
			}
		}
	}
	if compared < 1000 {
		t.Errorf("only %d values were compared", compared)
	}
}

// textTotals compares only the sums: go tool pprof does not know the names of
// functions in the text forms, which Go writes as comments and others leave out.
func textTotals(t *testing.T, tool pprofTool, p pair, r *profile.Result, index string) {
	t.Helper()
	var got, want int64
	for _, f := range r.Functions {
		got += f.Flat()
		if f.Unresolved && strings.Contains(p.name, ".txt") {
			t.Errorf("%s: %s has no name", p.name, f.Name)
		}
	}
	for _, values := range tool.top(t, p.before, p.after, index, r.Value.Unit) {
		want += values[0]
	}
	if got != want || got == 0 && r.Total.Growth() != 0 {
		t.Errorf("%s %s: %d in all, of go tool pprof %d", p.name, index, got, want)
	}
}

func ExampleCompare() {
	r, err := profile.Compare(context.Background(), open("../../testdata/go-cache-heap-0.pb.gz"), open("../../testdata/go-cache-heap-1.pb.gz"), profile.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Sites[0].Function, r.Process, r.Sampling.Rate)
	// Output: example.com/shop/cache.newSession same 524288
}
