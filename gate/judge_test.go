package gate

import (
	"strings"
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
)

const mib = 1 << 20

// leaky is a comparison in which listeners, a cache and the engine grew.
func leaky() *Facts {
	return &Facts{
		Before: diff.Side{Size: 10 * mib},
		After:  diff.Side{Size: 34 * mib, Extra: mib},
		Kinds: []diff.KindRow{
			{Kind: "closures", BeforeCount: 1000, AfterCount: 6000, BeforeSize: mib, AfterSize: 12 * mib},
			{Kind: "ArrayBuffers", BeforeCount: 2, AfterCount: 12, BeforeSize: mib, AfterSize: 11 * mib},
			{Kind: "sockets and handles", BeforeCount: 10, AfterCount: 510, BeforeSize: 1 << 10, AfterSize: 1 << 16},
			{Kind: "timers", BeforeCount: 1, AfterCount: 3},
			{Kind: "JS objects", BeforeSize: 8 * mib, AfterSize: 11 * mib},
		},
		Classes: []diff.ClassRow{
			{Class: "Session", BeforeCount: 100, AfterCount: 5100, CountDelta: 5000, BeforeSize: 1000, AfterSize: 51000, SizeDelta: 50000, BeforeRetained: 1, AfterRetained: 11*mib + 1, RetainedDelta: 11 * mib},
			{Class: "Socket", BeforeCount: 3, AfterCount: 253, CountDelta: 250},
			{Class: "(string)", BeforeCount: 0, AfterCount: 90000, CountDelta: 90000},
		},
		Lines: []growth.Line{
			{
				Fingerprint: "9f3a1c04d2e7", Tier: growth.Growth, Kind: growth.Listeners, Owner: "global.listeners", Path: "global.listeners (Array) → [*] onTheme()",
				Class: "onTheme()", CountBefore: 0, CountAfter: 5000, Share: 12373196, Exclusive: mib, Location: "/app/server.js:12:3",
				Steps: []growth.Step{{Class: "global"}, {Edge: ".listeners", Class: "Array"}},
			},
			{
				Fingerprint: "aaaa1c04d2e7", Tier: growth.Growth, Kind: growth.Collection, Owner: "global.cache", Path: "global.cache (Map) → [*] Session",
				Class: "Session", CountBefore: 100, CountAfter: 5100, Share: 12582912, Exclusive: 2 * mib,
				Steps: []growth.Step{{Class: "global"}, {Edge: ".cache", Class: "Map"}},
			},
			{Fingerprint: "bbbb1c04d2e7", Tier: growth.Runtime, Kind: growth.Engine, Owner: "code", Class: "(code)", CountAfter: 50, Share: 3 * mib},
			{Fingerprint: "cccc1c04d2e7", Tier: growth.Growth, Kind: growth.Objects, Owner: "tiny", Class: "Tiny", CountAfter: 50, Share: 2 << 10},
		},
		Reconciliation: growth.Reconciliation{Accumulated: 24956108, Unattributed: 100 << 10, Growth: 24 * mib, Coverage: 0.99},
		Wasted:         [2]uint64{1000, 5000}, HasWasted: true,
		Iterations: 5000,
	}
}

// quiet is a comparison in which nothing grew.
func quiet() *Facts {
	f := leaky()
	f.Lines, f.After, f.Reconciliation = nil, f.Before, growth.Reconciliation{Coverage: 1}
	for i := range f.Kinds {
		f.Kinds[i].AfterCount, f.Kinds[i].AfterSize = f.Kinds[i].BeforeCount, f.Kinds[i].BeforeSize
	}
	for i := range f.Classes {
		c := &f.Classes[i]
		*c = diff.ClassRow{Class: c.Class, BeforeCount: c.BeforeCount, AfterCount: c.BeforeCount, BeforeSize: c.BeforeSize, AfterSize: c.BeforeSize}
	}
	f.Wasted[1] = f.Wasted[0]
	return f
}

func rule(t *testing.T, text string) Rule {
	t.Helper()
	e, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return Rule{Expr: e, Severity: Failure}
}

func plain(v *Verdict) string { return Plain(v.Headline(), func(s string) string { return s }) }

func judge(t *testing.T, f *Facts, rules ...string) *Verdict {
	t.Helper()
	g := Gate{Noise: DefaultNoise()}
	for _, r := range rules {
		g.Rules = append(g.Rules, rule(t, r))
	}
	return g.Judge(f)
}

func TestHeadlines(t *testing.T) {
	for _, c := range []struct{ rule, want string }{
		{"growth > 5MiB", "FAIL growth 23.8 MiB > 5 MiB: global.cache +12.0 MiB (5,000 Session)"},
		{"kind:listeners:growth > 5MiB", "FAIL kind:listeners growth 11.8 MiB > 5 MiB: global.listeners[] +11.8 MiB (5,000 listeners)"},
		{"growth > 30MiB", "PASS growth 23.8 MiB, fails if > 30 MiB"},
		{"growth > 10%", "FAIL growth 23.8 MiB > 10% of the heap before (1.0 MiB): global.cache +12.0 MiB (5,000 Session)"},
		{"heap.delta >= 24MiB", "FAIL heap.delta 24.0 MiB >= 24 MiB: global.cache +12.0 MiB (5,000 Session)"},
		{"heap.percent > 100", "FAIL heap.percent 240.0% > 100%: global.cache +12.0 MiB (5,000 Session)"},
		{"leak.max > 1MiB", "FAIL leak.max 12.0 MiB > 1 MiB: global.cache +12.0 MiB (5,000 Session)"},
		{"leak.count > 1", "FAIL leak.count 2 > 1: global.cache +12.0 MiB (5,000 Session)"},
		{"exclusive.max > 1MiB", "FAIL exclusive.max 2.0 MiB > 1 MiB: global.cache +2.0 MiB (5,000 Session)"},
		{"count > 1000", "FAIL count 5,000 > 1000: Session +48.8 KiB (+5,000)"},
		{"class:Session:count > 1000%", "FAIL class:Session count 5,000 > 1000% of the objects before (1,000): Session +48.8 KiB (+5,000)"},
		{"class:*Socket*:count > 100", "FAIL class:*Socket* count 250 > 100: Socket 0 B (+250)"},
		{"class:Session:size > 1KB", "FAIL class:Session size 48.8 KiB > 1 KB: Session +48.8 KiB (+5,000)"},
		{"class:Session:retained > 1MB", "FAIL class:Session retained 11.0 MiB > 1 MB: Session +11.0 MiB (+5,000)"},
		{"arraybuffer > 1MB", "FAIL arraybuffer 10.0 MiB > 1 MB: ArrayBuffers +10.0 MiB (+10)"},
		{"external.ratio > 50%", "FAIL external.ratio 52.0% > 50%: ArrayBuffers +10.0 MiB (+10)"},
		{"handles > 100", "FAIL handles 500 > 100: sockets and handles +63.0 KiB (+500)"},
		{"sockets > 100", "FAIL sockets 250 > 100: Socket 0 B (+250)"},
		{"strings.wasted > 1KB", "FAIL strings.wasted 3.9 KiB > 1 KB"},
		{"timers > 1", "FAIL timers 2 > 1: timers 0 B (+2)"},
		{"listeners > 100", "FAIL listeners 5,000 > 100: global.listeners[] +11.8 MiB (5,000 listeners)"},
		{"per_iteration > 1KiB", "FAIL per_iteration 2.5 KiB > 1 KiB: global.cache +12.0 MiB (5,000 Session)"},
		{"unattributed > 1KiB", "FAIL unattributed 100.0 KiB > 1 KiB"},
		{"detached > 0", "PASS detached 0, fails if > 0"},
		{"arrays > 0", "PASS arrays 0 B, fails if > 0"},
		{"strings > 0", "PASS strings 0 B, fails if > 0"},
		{"path:global.cache:growth > 0", "FAIL path:global.cache growth 12.0 MiB > 0: global.cache +12.0 MiB (5,000 Session)"},
		{"path:global.cache:count > 10", "FAIL path:global.cache count 5,000 > 10: global.cache +12.0 MiB (5,000 Session)"},
		{"kind:runtime:growth > 1MiB", "FAIL kind:runtime growth 3.0 MiB > 1 MiB: code +3.0 MiB (50 (code))"},
		{"fingerprint:9f3a:growth > 0", "FAIL fingerprint:9f3a growth 11.8 MiB > 0: global.listeners[] +11.8 MiB (5,000 listeners)"},
		{"fingerprint:cccc:growth > 0", "FAIL fingerprint:cccc growth 2.0 KiB > 0: tiny +2.0 KiB (50 Tiny)"},
	} {
		v := judge(t, leaky(), c.rule)
		if got := plain(v); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.rule, got, c.want)
		}
		if len(v.Warnings) != 0 {
			t.Errorf("%s warns: %q", c.rule, v.Warnings)
		}
		if w := judge(t, quiet(), c.rule); c.rule != "external.ratio > 50%" && w.Status != Pass {
			t.Errorf("%s: %s where nothing grew", c.rule, plain(w))
		}
	}
	all := map[string]bool{}
	for _, m := range Metrics() {
		all[m.Name] = true
	}
	if len(all) != 21 {
		t.Errorf("%d metrics", len(all))
	}
}

func TestDefaultRule(t *testing.T) {
	f := leaky()
	if got, want := plain(judge(t, f)), "FAIL growth 12.0 MiB > 1.0 MiB: global.cache +12.0 MiB (5,000 Session)"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	f.Before.Size = 1000 * mib
	if got, want := plain(judge(t, f)), "PASS growth 12.0 MiB, fails if > 20.0 MiB"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	f = leaky()
	f.Lines = f.Lines[2:] // the engine's own, and a small one
	if v := judge(t, f); v.Status != Pass {
		t.Error(plain(v))
	}
	few := leaky()
	few.Lines = few.Lines[1:2]
	few.Lines[0].CountAfter = few.Lines[0].CountBefore + 9
	if v := judge(t, few); v.Status != Pass {
		t.Error(plain(v))
	}
	few.Lines[0].InPlace = true
	if v := judge(t, few); v.Status != Fail {
		t.Error(plain(v))
	}
	few.Lines[0].Tier = growth.WarmUp
	if v := judge(t, few); v.Status != Pass {
		t.Error(plain(v))
	}
}

func TestSeverities(t *testing.T) {
	g := Gate{Strict: true, Rules: []Rule{rule(t, "growth > 100MiB"), rule(t, "growth > 5MiB"), rule(t, "leak.count > 0"), rule(t, "leak.max > 0")}, Noise: DefaultNoise()}
	g.Rules[1].Severity = Warning
	v := g.Judge(leaky())
	if got, want := plain(v), "FAIL leak.count 2 > 0: global.cache +12.0 MiB (5,000 Session) (and 1 more rule broken)"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	g.Rules = g.Rules[:2]
	if v = g.Judge(leaky()); v.Status != Warn || v.ExitCode() != 0 {
		t.Errorf("%s, exit %d", plain(v), v.ExitCode())
	}
	g.Rules = g.Rules[:1]
	if v = g.Judge(leaky()); v.Status != Pass {
		t.Error(plain(v))
	}
}

// TestWholeDoubts: from heaps in the wrong order nothing can be concluded but
// that what is broken is broken.
func TestWholeDoubts(t *testing.T) {
	reversed := quiet()
	reversed.Doubts = []string{"b was taken after a"}
	g := Gate{Noise: DefaultNoise(), Rules: []Rule{rule(t, "growth > 5MiB")}}
	v := g.Judge(reversed, reversed)
	if got, want := plain(v), "INCONCLUSIVE b was taken after a (growth 0 B, fails if > 5 MiB)"; got != want || v.ExitCode() != 0 {
		t.Errorf("got %s, exit %d\nwant %s", got, v.ExitCode(), want)
	}
	if g.Strict = true; g.Judge(reversed).ExitCode() != ExitDoubt {
		t.Error(plain(v))
	}
	broken := leaky()
	broken.Doubts = reversed.Doubts
	if v = g.Judge(broken); v.Status != Fail || len(v.Doubts) != 1 {
		t.Errorf("%s %q", plain(v), v.Doubts)
	}
}

// TestDoubtfulWarning: a rule that only warns is no reason for exit status 3.
func TestDoubtfulWarning(t *testing.T) {
	f := leaky()
	f.Iterations = 0
	g := Gate{Strict: true, Rules: []Rule{rule(t, "growth > 100MiB"), rule(t, "per_iteration > 3")}}
	g.Rules[1].Severity = Warning
	v := g.Judge(f)
	if got, want := plain(v), "WARN per_iteration 0 B, warns if > 3: it is not known how many iterations"; !strings.HasPrefix(got, want) || v.ExitCode() != 0 {
		t.Errorf("got %s, exit %d\nwant %s", got, v.ExitCode(), want)
	}
}

func TestDoubts(t *testing.T) {
	v := judge(t, leaky(), "class:Sesion:count > 3")
	if v.Status != Pass || len(v.Warnings) != 1 || !strings.Contains(v.Warnings[0], `did you mean "Session"?`) {
		t.Errorf("%s %q", plain(v), v.Warnings)
	}
	v = judge(t, quiet(), "growth <= 5MiB")
	if v.Status != Fail || len(v.Warnings) != 1 || !strings.Contains(v.Warnings[0], "a budget is written growth > 5MiB") {
		t.Errorf("%s %q", plain(v), v.Warnings)
	}
	f := leaky()
	f.Iterations = 0
	if v = judge(t, f, "per_iteration > 3"); v.Status != Inconclusive || v.ExitCode() != 0 {
		t.Error(plain(v))
	}
	strict := Gate{Rules: []Rule{rule(t, "per_iteration > 3")}, Strict: true}
	if v = strict.Judge(f); v.ExitCode() != ExitDoubt {
		t.Error(plain(v))
	}
	f = leaky()
	f.Lines, f.Reconciliation = nil, growth.Reconciliation{Unattributed: 20 * mib, Growth: 20 * mib, Coverage: 0.1}
	if v = judge(t, f, "growth > 5MiB"); v.Status != Inconclusive || !strings.Contains(plain(v), "only 10.0% of what came") {
		t.Error(plain(v))
	}
	if v = judge(t, f); v.Status != Inconclusive {
		t.Error(plain(v))
	}
	if v = judge(t, f, "growth > 50MiB"); v.Status != Pass {
		t.Error(plain(v))
	}
}

func TestIgnores(t *testing.T) {
	day := func(s string) time.Time { d, _ := ParseDay(s); return d }
	listeners := Ignore{Fingerprint: "9f3a1c04d2e7", Reason: "known"}
	cache := Ignore{Path: "global.cache/**", Class: "Session", Reason: "bounded", Max: 20 * mib, Until: day("2027-01-31")}
	g := Gate{Rules: []Rule{rule(t, "growth > 1MiB")}, Ignores: []Ignore{listeners, cache}, Noise: DefaultNoise(), Today: day("2027-01-31")}
	v := g.Judge(leaky())
	if v.Status != Pass || v.Ignored[0].State != Active || v.Ignored[1].State != Active || v.Ignored[1].Size != 12*mib {
		t.Errorf("%s %+v", plain(v), v.Ignored)
	}
	g.Today = day("2027-02-01")
	v = g.Judge(leaky())
	if got, want := plain(v), "FAIL growth 12.0 MiB > 1 MiB: global.cache +12.0 MiB (5,000 Session), ignored until 2027-01-31"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	g.Rules = []Rule{rule(t, "growth > 100MiB")}
	v = g.Judge(leaky())
	if got, want := plain(v), "FAIL path:global.cache/** class:Session was ignored until 2027-01-31: global.cache +12.0 MiB (5,000 Session)"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	g.Ignores[1].Until, g.Ignores[1].Max = time.Time{}, 10*mib
	v = g.Judge(leaky())
	if got, want := plain(v), "FAIL path:global.cache/** class:Session outgrew its ignore, 12.0 MiB > 10.0 MiB: global.cache +12.0 MiB (5,000 Session)"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	v = g.Judge(quiet())
	if v.Status != Pass || v.Ignored[0].State != Unused || len(v.Warnings) != 2 {
		t.Errorf("%s %q", plain(v), v.Warnings)
	}
	g = Gate{Rules: []Rule{rule(t, "count > 300")}, Ignores: []Ignore{{Class: "Sess*", Reason: "known"}}, Noise: DefaultNoise()}
	if v = g.Judge(leaky()); v.Status != Pass {
		t.Error(plain(v))
	}
}

func TestRepetitions(t *testing.T) {
	half := leaky()
	half.Lines[0].Share, half.Lines[1].Share = 0, 3*mib
	for _, c := range []struct {
		aggregate Aggregate
		runs      []*Facts
		want      string
	}{
		{Median, []*Facts{quiet(), leaky(), half}, "PASS growth 3.0 MiB, fails if > 30 MiB"},
		{Worst, []*Facts{quiet(), leaky(), half}, "PASS growth 23.8 MiB, fails if > 30 MiB"},
		{Best, []*Facts{leaky(), half, quiet()}, "PASS growth 0 B, fails if > 30 MiB"},
		{Median, []*Facts{quiet(), half}, "PASS growth 3.0 MiB, fails if > 30 MiB"},
	} {
		g := Gate{Rules: []Rule{rule(t, "growth > 30MiB")}, Aggregate: c.aggregate, Noise: DefaultNoise()}
		if got := plain(g.Judge(c.runs...)); got != c.want {
			t.Errorf("%s: got %s\nwant %s", c.aggregate, got, c.want)
		}
	}
	g := Gate{Rules: []Rule{rule(t, "growth > 5MiB")}, Noise: DefaultNoise()}
	if v := g.Judge(leaky(), quiet(), leaky()); v.Status != Inconclusive || !strings.Contains(plain(v), "2 of 3 runs break it, from 0 B to 23.8 MiB") {
		t.Error(plain(v))
	}
	if v := g.Judge(leaky(), leaky(), leaky()); v.Status != Fail || v.Runs != 3 {
		t.Error(plain(v))
	}
	for aggregate, want := range map[Aggregate]Status{Worst: Fail, Best: Pass} {
		g.Aggregate = aggregate
		if v := g.Judge(leaky(), quiet(), leaky()); v.Status != want {
			t.Errorf("%s: %s", aggregate, plain(v))
		}
	}
	g.Aggregate = ""
	near := leaky()
	near.Lines = near.Lines[:1]
	near.Lines[0].Share = 4*mib + mib/2
	far := leaky()
	far.Lines = far.Lines[:1]
	far.Lines[0].Share = 6 * mib
	if v := g.Judge(near, far, far); v.Status != Fail {
		t.Error("the noise is smaller than the limit: ", plain(v))
	}
}

// A list is told by the name of its head, a collection by its own.
func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		line growth.Line
		want string
	}{
		{growth.Line{Owner: "global.visitors", Path: "global.visitors.latest (Visit)"}, "global.visitors.latest"},
		{growth.Line{Owner: "global.cache", Path: "global.cache (Map) → [*] Session"}, "global.cache"},
		{growth.Line{Owner: "global.hooks", Path: "global.hooks (Array) → [*] ()", Steps: []growth.Step{{Class: "Array"}}}, "global.hooks[]"},
		{growth.Line{Owner: "global.hooks", Path: "global.hooks (Array)", InPlace: true, Steps: []growth.Step{{Class: "Array"}}}, "global.hooks"},
		{growth.Line{Path: "(unreachable)"}, "(unreachable)"},
	} {
		if got := placeOf(&c.line); got != c.want {
			t.Errorf("%q: %q, want %q", c.line.Path, got, c.want)
		}
	}
}
