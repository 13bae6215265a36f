package profile_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/parse/pprof"
)

// program builds the program that leaks, once for all tests of it.
func program(t *testing.T) string {
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
	shop := filepath.Join(t.TempDir(), "shop")
	build := exec.Command("go", "build", "-o", shop, ".")
	build.Dir = source
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return shop
}

// leak runs the program and returns the folder with its profiles.
func leak(t *testing.T, shop, how string) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command(shop, "-leak", how, "-o", dir).CombinedOutput(); err != nil {
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

// TestLeaks runs real programs that leak: what leaks is the first line.
func TestLeaks(t *testing.T) {
	shop := program(t)
	for how, want := range map[string]struct{ function, kind, leaf string }{
		"cache":   {"example.com/shop/cache.newSession", "other objects", "example.com/shop/cache.newSession"},
		"catalog": {"example.com/shop/catalog.grow[go.shape.int]", "other objects", "example.com/shop/catalog.grow[go.shape.int]"},
		"ingest":  {"example.com/shop/ingest.Fetch", "buffers and bodies", "io.ReadAll"},
		"feed":    {"example.com/shop/feed.Subscribe", "buffers and bodies", "bufio.NewReaderSize"},
		"clock":   {"example.com/shop/clock.Schedule", "other objects", "example.com/shop/clock.Schedule"},
		"journal": {"example.com/shop/journal.Write", "buffers and bodies", "bytes.growSlice"},
	} {
		t.Run(how, func(t *testing.T) {
			dir := leak(t, shop, how)
			r := compareIn(t, filepath.Join(dir, "heap-0.pb.gz"), filepath.Join(dir, "heap-1.pb.gz"), profile.Options{})
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

// TestGoroutines finds goroutines that wait for ever, what they wait for, and
// that the heap grew with them.
func TestGoroutines(t *testing.T) {
	dir := leak(t, program(t), "feed")
	in := func(name string) string { return filepath.Join(dir, name) }
	r := compareIn(t, in("goroutine-0.pb.gz"), in("goroutine-1.pb.gz"), profile.Options{})
	if r.Nature != pprof.Goroutines || len(r.Sites) == 0 {
		t.Fatalf("a %s with %d sites", r.Nature, len(r.Sites))
	}
	s := &r.Sites[0]
	if s.Function != "example.com/shop/feed.(*subscriber).wait" || s.Kind != "channel receive" || s.Growth() != 400 || s.Noise() {
		t.Errorf("first is %s (%s) with %d", s.Function, s.Kind, s.Growth())
	}
	heap := compareIn(t, in("heap-0.pb.gz"), in("heap-1.pb.gz"), profile.Options{})
	profile.Correlate(heap, r)
	if h := &heap.Sites[0]; h.Goroutines != 400 || !strings.HasPrefix(h.Waiting, "example.com/shop/feed.(*subscriber).wait") {
		t.Errorf("the heap grew at %s with %d goroutines in %s", h.Function, h.Goroutines, h.Waiting)
	}
}

// TestNoLeak compares runs of a program that does not leak, ten times: in one
// process and across two there is nothing beyond noise.
func TestNoLeak(t *testing.T) {
	shop := program(t)
	var last string
	for range 10 {
		dir := leak(t, shop, "none")
		pairs := [][2]string{{filepath.Join(dir, "heap-0.pb.gz"), filepath.Join(dir, "heap-1.pb.gz")}}
		if last != "" {
			pairs = append(pairs, [2]string{filepath.Join(last, "heap-1.pb.gz"), filepath.Join(dir, "heap-1.pb.gz")})
		}
		for i, p := range pairs {
			r := compareIn(t, p[0], p[1], profile.Options{})
			for _, s := range grown(r) {
				t.Errorf("%s grew by %d ± %d", s.Function, s.Growth(), s.Error)
			}
			if want := []profile.Process{profile.SameProcess, profile.OtherProcess}[i]; r.Process == want || r.Total.Before == 0 {
				continue
			} else if r.Process != profile.UnknownProcess {
				t.Errorf("the profiles are of processes that are %s, want %s", r.Process, want)
			}
		}
		last = dir
	}
}

// TestMerged shows that profiles of several runs, added up by go tool pprof,
// say more than one: the error grows slower than what is measured.
func TestMerged(t *testing.T) {
	shop := program(t)
	var files [2][]string
	for range 4 {
		dir := leak(t, shop, "cache")
		for i, name := range []string{"heap-0.pb.gz", "heap-1.pb.gz"} {
			files[i] = append(files[i], filepath.Join(dir, name))
		}
	}
	one := compareIn(t, files[0][0], files[1][0], profile.Options{})
	var merged [2]string
	for i := range merged {
		merged[i] = filepath.Join(t.TempDir(), "merged.pb.gz")
		cmd := exec.Command("go", append([]string{"tool", "pprof", "-proto", "-symbolize=none", "-output=" + merged[i]}, files[i]...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	four := compareIn(t, merged[0], merged[1], profile.Options{})
	share := func(r *profile.Result) float64 { return float64(r.Total.Error) / float64(r.Total.Growth()) }
	if share(four) > 0.7*share(one) {
		t.Errorf("± is %.3f of the growth of four runs, %.3f of one", share(four), share(one))
	}
}
