package gate

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/heapdiff/heapdiff/parse/pprof"
)

// profiles are the facts of two profiles of testdata.
func profiles(t *testing.T, before, after, index string) *Facts {
	t.Helper()
	open := func(name string) profile.Opener {
		return func(ctx context.Context) (*pprof.Profile, error) {
			src, err := input.Open(ctx, filepath.Join("../testdata", name+".pb.gz"), input.Options{})
			if err != nil {
				return nil, err
			}
			defer src.Close()
			return parse.LoadProfile(ctx, src, parse.Options{})
		}
	}
	r, err := profile.Compare(t.Context(), open(before), open(after), profile.Options{SampleIndex: index})
	if err != nil {
		t.Fatal(err)
	}
	f, err := FactsOfProfiles(r)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestProfiles: a site that allocates is judged as a place that holds is, with
// its error.
func TestProfiles(t *testing.T) {
	cache := profiles(t, "go-cache-heap-0", "go-cache-heap-1", "")
	for _, c := range []struct {
		facts *Facts
		rules []string
		want  string // the beginning of the headline
	}{
		{cache, nil, "FAIL growth 22.5 MiB > 1.0 MiB: example.com/shop/cache.newSession +22.5 MiB ± 10.1 MiB (519,629 objects)"},
		{cache, []string{"class:*newSession:growth > 1MiB"}, "FAIL class:*newSession growth 22.5 MiB > 1 MiB: "},
		{cache, []string{"class:*newSession:count > 1000"}, "FAIL class:*newSession count 519,629 > 1000: "},
		{cache, []string{"path:example.com/shop/cache.*:growth > 1MiB"}, "FAIL path:example.com/shop/cache.* growth 33.2 MiB > 1 MiB: "},
		{cache, []string{"kind:string:growth > 1MiB"}, "FAIL kind:string growth 4.5 MiB > 1 MiB: example.com/shop/cache.Remember +4.5 MiB ± 4.5 MiB (294,917 strings)"},
		{cache, []string{"count > 600000"}, "PASS count 519,629, fails if > 600000"},
		{cache, []string{"heap.percent > 100%"}, "FAIL heap.percent 943.8% > 100%: "},
		{profiles(t, "go-journal-heap-0", "go-journal-heap-1", ""), nil, "FAIL growth 42.0 MiB > 1.0 MiB: example.com/shop/journal.Write +42.0 MiB "}, // one slice that grows
		{profiles(t, "go-none-heap-0", "go-none-heap-1", ""), nil, "PASS growth 0 B, "},
		{profiles(t, "go-cache-heap-1", "go-cache-rerun", ""), []string{"heap.delta > 1MiB"}, "PASS heap.delta 10.0 MiB, fails if > 1 MiB, but within the sampling error of ± 19.3 MiB"},
		{profiles(t, "go-feed-goroutine-0", "go-feed-goroutine-1", ""), nil, "FAIL count 400 > 10: example.com/shop/feed.(*subscriber).wait +400 goroutines"},
		{profiles(t, "go-feed-goroutine-0", "go-feed-goroutine-1", ""), []string{"leak.count > 0"}, "FAIL leak.count "},
		{profiles(t, "go-cache-heap-0", "go-cache-heap-1", "inuse_objects"), []string{"leak.count > 0"}, "FAIL leak.count "},
		{profiles(t, "go-cache-heap-0", "go-cache-heap-1", "inuse_objects"), []string{"count > 1000000"}, "PASS count "},
		{profiles(t, "go-cache-heap-0", "go-cache-heap-0", ""), nil, "INCONCLUSIVE ../testdata/go-cache-heap-0.pb.gz is given twice "},
	} {
		g := Gate{Noise: DefaultNoise()}
		for _, text := range c.rules {
			g.Rules = append(g.Rules, rule(t, text))
		}
		if err := g.FitsProfiles(c.facts); err != nil {
			t.Error(err)
		}
		if got := plain(g.Judge(c.facts)); !strings.HasPrefix(got, c.want) {
			t.Errorf("%v: got\n%s, want\n%s", c.rules, got, c.want)
		}
	}
}

func TestPlural(t *testing.T) {
	for kind, want := range map[string]string{"other objects": "objects", "strings": "strings", "JSON": "objects", "large blocks (slices, maps, buffers)": "objects"} {
		if got := pluralOf(kind); got != want {
			t.Errorf("%s are %s, want %s", kind, got, want)
		}
	}
}

// TestForeignGoroutines: those that wait in the standard library, such as for
// the body of an answer, are told where no rule counts them.
func TestForeignGoroutines(t *testing.T) {
	f := profiles(t, "go-feed-goroutine-0", "go-feed-goroutine-1", "")
	for i := range f.Lines {
		f.Lines[i].Tier, f.Lines[i].Class = growth.Runtime, "net/http.(*persistConn).readLoop"
	}
	v := (&Gate{Noise: DefaultNoise()}).Judge(f)
	want := "400 more goroutines run code that is not the program's own, and no rule counts them; class:net/http.(*persistConn).readLoop:count > 10 would"
	if v.Status != Pass || !slices.Contains(v.Warnings, want) {
		t.Errorf("%s, %q", v.Status, v.Warnings)
	}
	v = (&Gate{Rules: []Rule{rule(t, "class:net/http.(*persistConn).readLoop:count > 10")}, Noise: DefaultNoise()}).Judge(f)
	if v.Status != Fail || slices.Contains(v.Warnings, want) {
		t.Errorf("%s, %q", v.Status, v.Warnings)
	}
}

// TestSamplingError: what may be an accident of sampling is no growth, unless
// that is asked for.
func TestSamplingError(t *testing.T) {
	f := profiles(t, "go-cache-heap-1", "go-cache-rerun", "")
	within := 0
	for i := range f.Lines {
		if f.withinError(&f.Lines[i]) {
			within++
		}
	}
	if within == 0 || len(f.Lines) == 0 {
		t.Fatalf("%d of %d lines are within their error", within, len(f.Lines))
	}
	g := Gate{Rules: []Rule{rule(t, "growth > 1MiB")}, Noise: DefaultNoise()}
	if v := g.Judge(f); v.Status != Pass {
		t.Error(plain(v))
	}
	g.Noise.WithinError = true
	if v := g.Judge(f); v.Status != Fail {
		t.Error(plain(v))
	}
}

// TestRulesOfProfiles: what a profile does not tell is an error.
func TestRulesOfProfiles(t *testing.T) {
	heap, goroutines := profiles(t, "go-feed-heap-0", "go-feed-heap-1", ""), profiles(t, "go-feed-goroutine-0", "go-feed-goroutine-1", "")
	for _, c := range []struct {
		facts      *Facts
		rule, want string
	}{
		{heap, "external.ratio > 3", "a profile does not tell external.ratio; it tells growth, "},
		{heap, "exclusive.max > 3", "a profile does not tell exclusive.max"},
		{goroutines, "growth > 5MiB", "the values of this profile count goroutines and are no bytes"},
	} {
		g := Gate{Rules: []Rule{rule(t, c.rule)}}
		if err := g.FitsProfiles(c.facts); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.rule, err)
		}
	}
}
