package report

import (
	"testing"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/gate"
)

// judgement is what a comparison is judged by in these tests.
func judgement(t testing.TB, r *diff.Result, ignores []gate.Ignore, rules ...string) *Document {
	t.Helper()
	today, err := gate.ParseDay("2026-11-01")
	if err != nil {
		t.Fatal(err)
	}
	g := gate.Gate{Ignores: ignores, Today: today}
	for i, text := range rules {
		e, err := gate.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		g.Rules = append(g.Rules, gate.Rule{Expr: e, Severity: gate.Severity((i + 1) % 2)}) // fail, warn, fail, …
	}
	f, err := gate.FactsOf(r)
	if err != nil {
		t.Fatal(err)
	}
	return Check(r, f, g.Judge(f), "/srv/app", Options{Tool: "heapdiff 1.2.3"})
}

// judgedProfiles is a verdict about profiles.
func judgedProfiles(t testing.TB, r *profile.Result, rule string) *Document {
	t.Helper()
	e, err := gate.Parse(rule)
	if err != nil {
		t.Fatal(err)
	}
	f, err := gate.FactsOfProfiles(r)
	if err != nil {
		t.Fatal(err)
	}
	g := gate.Gate{Rules: []gate.Rule{{Expr: e, Severity: gate.Failure}}}
	return CheckProfiles(r, f, g.Judge(f), "/srv/app", Options{Tool: "heapdiff 1.2.3"})
}

// checked are verdicts of all sorts, by name.
func checked(t testing.TB) map[string]*Document {
	t.Helper()
	until, err := gate.ParseDay("2001-01-01")
	if err != nil {
		t.Fatal(err)
	}
	known := []gate.Ignore{
		{Fingerprint: "0b1c2d3e4f50", Reason: "removed with the next release"},
		{Path: "global.nothing/**", Class: "Gone", Reason: "was there once"},
	}
	broken := []gate.Ignore{{Class: "CachedRecord", Reason: "bounded", Max: 1000}, {Fingerprint: "0b1c2d3e4f50", Reason: "soon gone", Until: until}}
	doubtful := ranked()
	doubtful.Ranking.Reconciliation.Coverage = 0.1
	doubtful.Ranking.Reconciliation.Unattributed = 1700000
	doubtful.Ranking.Lines = doubtful.Ranking.Lines[3:]
	reversed := calm()
	reversed.Doubts = []string{"the files seem to be in the wrong order: after.heapsnapshot was taken after be\x1b[31mfore.heapsnapshot\n::error::x##[error]y"}
	reversed.Warnings = append(reversed.Warnings, reversed.Doubts...)
	var hostileIgnores []gate.Ignore
	for _, name := range hostile {
		hostileIgnores = append(hostileIgnores, gate.Ignore{Class: name, Path: "**", Reason: name})
	}
	all := map[string]*Document{
		"default": judgement(t, ranked(), nil),
		"failed":  judgement(t, ranked(), nil, "growth > 1MiB", "leak.count > 1", "class:CachedRecord:count > 1000", "class:Nobody:count > 5"),
		"warned":  judgement(t, ranked(), known, "growth > 1GiB", "listeners >= 0"),
		"passed":  judgement(t, calm(), known, "growth > 2MiB"),
		"ignores": judgement(t, ranked(), broken, "growth > 1GiB"),
		"doubt":   judgement(t, doubtful, nil, "growth > 100KiB"),
		"order":   judgement(t, reversed, nil, "growth > 2MiB"),
		"series":  judgement(t, rankedSeries(), nil, "leak.max > 1MiB"),
		"nasty":   judgement(t, nastyPlaces(), nil, "growth > 0", "count > 0", `class:"\x1b[31m::error::x##[error]y":count != 3`, "leak.max > 0"),
		"ignored": judgement(t, nastyPlaces(), hostileIgnores, "growth > 0"),
	}
	leaking := compared(t, "go-feed-heap-0.pb.gz", "go-feed-heap-1.pb.gz")
	for i, name := range hostile {
		s := &leaking.Sites[i%len(leaking.Sites)]
		s.Function, s.Kind, s.Place = name, name, name+":3"
	}
	all["profile"] = judgedProfiles(t, leaking, "growth > 1MiB")
	all["goroutines"] = judgedProfiles(t, compared(t, "go-feed-goroutine-0.pb.gz", "go-feed-goroutine-1.pb.gz"), "count > 5")
	for name, status := range map[string]gate.Status{
		"default": gate.Fail, "failed": gate.Fail, "warned": gate.Warn, "passed": gate.Pass, "ignores": gate.Fail, "doubt": gate.Inconclusive, "order": gate.Inconclusive, "profile": gate.Fail, "goroutines": gate.Fail, "series": gate.Fail, "nasty": gate.Fail,
	} {
		if got := judgementOf(all[name]).Status; got != status {
			t.Fatalf("%s is %s, not %s", name, got, status)
		}
	}
	return all
}

// formatNamed finds a format of checks.
func formatNamed(t testing.TB, name string) Format {
	t.Helper()
	for _, f := range CheckFormats() {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no format %s", name)
	return Format{}
}
