package profile_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/parse/pprof"
)

// shop is the program that leaks, built once for all tests of it.
type shop struct{ path string }

func buildShop(t *testing.T) shop {
	t.Helper()
	const source = "../../testdata/go-leaks"
	// The sources are read, so that a cached result is never older than they are.
	if err := filepath.WalkDir(source, func(path string, _ os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") {
			_, err = os.ReadFile(path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	s := shop{filepath.Join(t.TempDir(), "shop")}
	build := exec.Command("go", "build", "-o", s.path, ".")
	build.Dir = source
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return s
}

// The rates of samples, in bytes: Go's own, and one that makes little data say
// as much as sixteen times as much with Go's own.
const (
	ordinary = 512 << 10
	finer    = 32 << 10
)

// run lets it leak, so many times less than it does for people, and returns the
// folder with its profiles.
func (s shop) run(t *testing.T, how string, divide, rate int) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command(s.path, "-leak", how, "-divide", strconv.Itoa(divide), "-o", dir)
	cmd.Env = append(cmd.Environ(), "GODEBUG=memprofilerate="+strconv.Itoa(rate))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", how, err, out)
	}
	return dir
}

func compareIn(t *testing.T, before, after string, o profile.Options) *profile.Result {
	t.Helper()
	r, err := profile.Compare(t.Context(), open(before), open(after), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// compareHeaps compares the two heap profiles of a run.
func compareHeaps(t *testing.T, dir string) *profile.Result {
	t.Helper()
	return compareIn(t, filepath.Join(dir, "heap-0.pb.gz"), filepath.Join(dir, "heap-1.pb.gz"), profile.Options{})
}

// grown are the sites whose growth is no noise.
func grown(r *profile.Result) []profile.Site {
	var list []profile.Site
	for _, s := range r.Sites {
		if s.Growth() > 0 && !s.Noise() {
			list = append(list, s)
		}
	}
	return list
}

// TestPrograms runs real programs that leak, and one that does not.
func TestPrograms(t *testing.T) {
	shop := buildShop(t)
	t.Run("leaks", func(t *testing.T) { testLeaks(t, shop) })
	t.Run("goroutines", func(t *testing.T) { testGoroutines(t, shop) })
	t.Run("no leak", func(t *testing.T) { testNoLeak(t, shop) })
	t.Run("merged", func(t *testing.T) { testMerged(t, shop) })
}

// testLeaks: what leaks is the first line.
func testLeaks(t *testing.T, shop shop) {
	for how, want := range map[string]struct {
		divide               int
		function, kind, leaf string
	}{
		"cache":   {8, "example.com/shop/cache.newSession", "other objects", "example.com/shop/cache.newSession"},
		"catalog": {1, "example.com/shop/catalog.grow[go.shape.int]", "other objects", "example.com/shop/catalog.grow[go.shape.int]"},
		"ingest":  {2, "example.com/shop/ingest.Fetch", "buffers and bodies", "io.ReadAll"},
		"feed":    {1, "example.com/shop/feed.Subscribe", "buffers and bodies", "bufio.NewReaderSize"},
		"clock":   {4, "example.com/shop/clock.Schedule", "other objects", "example.com/shop/clock.Schedule"},
		"journal": {8, "example.com/shop/journal.Write", "buffers and bodies", "bytes.growSlice"},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			r := compareHeaps(t, shop.run(t, how, want.divide, finer))
			sites := grown(r)
			if len(sites) == 0 {
				t.Fatalf("nothing grew: %+v", r.Total)
			}
			s := &sites[0]
			if s.Function != want.function || s.Kind != want.kind || len(s.Leaves) == 0 || s.Leaves[0].Name != want.leaf || s.Origin != profile.Own {
				t.Errorf("first is %s (%s), allocated at %v; want %v", s.Function, s.Kind, s.Leaves, want)
			}
			if r.Process != profile.SameProcess {
				t.Errorf("the profiles are of processes that are %s", r.Process)
			}
		})
	}
}

// testGoroutines finds goroutines that wait for ever, what they wait for, and
// that the heap grew with them.
func testGoroutines(t *testing.T, shop shop) {
	dir := shop.run(t, "feed", 1, finer)
	in := func(name string) string { return filepath.Join(dir, name) }
	r := compareIn(t, in("goroutine-0.pb.gz"), in("goroutine-1.pb.gz"), profile.Options{})
	if r.Nature != pprof.Goroutines || len(r.Sites) == 0 {
		t.Fatalf("a %s with %d sites", r.Nature, len(r.Sites))
	}
	s := &r.Sites[0]
	if s.Function != "example.com/shop/feed.(*subscriber).wait" || s.Kind != "channel receive" || s.Growth() != 400 || s.Noise() {
		t.Errorf("first is %s (%s) with %d", s.Function, s.Kind, s.Growth())
	}
	heap := compareHeaps(t, dir)
	profile.Correlate(heap, r)
	if h := &heap.Sites[0]; h.Goroutines != 400 || !strings.HasPrefix(h.Waiting, "example.com/shop/feed.(*subscriber).wait") {
		t.Errorf("the heap grew at %s with %d goroutines in %s", h.Function, h.Goroutines, h.Waiting)
	}
	i := slices.IndexFunc(heap.Sites, func(s profile.Site) bool { return s.IsStacks() && s.Growth() > 0 })
	if i < 0 || heap.Sites[i].Goroutines != 400 {
		t.Errorf("the stacks of %d of %d sites are of no goroutines", i, len(heap.Sites))
	}
}

// testNoLeak compares runs of a program that does not leak, ten times: in one
// process and across two there is nothing beyond noise.
func testNoLeak(t *testing.T, shop shop) {
	var last string
	measured := int64(0)
	for range 10 {
		dir := shop.run(t, "none", 8, ordinary)
		pairs := [][2]string{{filepath.Join(dir, "heap-0.pb.gz"), filepath.Join(dir, "heap-1.pb.gz")}}
		if last != "" {
			pairs = append(pairs, [2]string{filepath.Join(last, "heap-1.pb.gz"), filepath.Join(dir, "heap-1.pb.gz")})
		}
		for i, p := range pairs {
			r := compareIn(t, p[0], p[1], profile.Options{})
			for _, s := range grown(r) {
				t.Errorf("%s grew by %d ± %d", s.Function, s.Growth(), s.Error)
			}
			measured += r.Total.After
			if want := []profile.Process{profile.SameProcess, profile.OtherProcess}[i]; r.Process != want && r.Process != profile.UnknownProcess {
				t.Errorf("the profiles are of processes that are %s, want %s", r.Process, want)
			}
		}
		last = dir
	}
	if measured == 0 {
		t.Error("there is nothing in any profile")
	}
}

// testMerged shows that profiles of several runs, added up by go tool pprof,
// say more than one: the error grows slower than what is measured.
func testMerged(t *testing.T, shop shop) {
	var files [2][]string
	for range 4 {
		dir := shop.run(t, "cache", 8, finer)
		for i, name := range []string{"heap-0.pb.gz", "heap-1.pb.gz"} {
			files[i] = append(files[i], filepath.Join(dir, name))
		}
	}
	one := compareIn(t, files[0][0], files[1][0], profile.Options{})
	tool := findPprof(t)
	var merged [2]string
	for i := range merged {
		merged[i] = filepath.Join(t.TempDir(), "merged.pb.gz")
		tool.run(t, append([]string{"-proto", "-symbolize=none", "-output=" + merged[i]}, files[i]...)...)
	}
	four := compareIn(t, merged[0], merged[1], profile.Options{})
	share := func(r *profile.Result) float64 { return float64(r.Total.Error) / float64(r.Total.Growth()) }
	if share(four) > 0.7*share(one) {
		t.Errorf("± is %.3f of the growth of four runs, %.3f of one", share(four), share(one))
	}
}
