package profile

import (
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/parse/pprof"
)

// TestIdentity: what a compiler numbers and where a machine has its files is no
// part of a function's identity, and everything else is.
func TestIdentity(t *testing.T) {
	same := [][2]pprof.Function{
		{{Name: "main.f.func1.2", File: "/a/main.go"}, {Name: "main.f.func3", File: "/b/c/main.go"}},
		{{Name: "main.f.gowrap1", File: "main.go"}, {Name: "main.f.gowrap2", File: "main.go"}},
		{{Name: "main.put[...]", File: "x.go"}, {Name: "main.put[go.shape.int]", File: "x.go"}},
		{{Name: "main.init.0", File: "x.go"}, {Name: "main.init.1", File: "x.go"}},
		{{Name: "alloc::raw_vec::grow::h0123456789abcdef"}, {Name: "alloc::raw_vec::grow::hfedcba9876543210"}},
		{{Name: "fill.constprop.0", File: "f.c"}, {Name: "fill", File: "f.c"}},
		{{Name: "f", File: "/app/node_modules/lru/index.js"}, {Name: "f", File: "/srv/node_modules/lru/index.js"}},
	}
	for _, pair := range same {
		if a, b := identity(&pair[0]), identity(&pair[1]); a != b {
			t.Errorf("%q and %q differ", a, b)
		}
	}
	for _, pair := range [][2]pprof.Function{
		{{Name: "main.f.func1", File: "x.go"}, {Name: "main.g.func1", File: "x.go"}},
		{{Name: "main.f", File: "x.go"}, {Name: "main.f.func1", File: "x.go"}},
		{{Name: "f", File: "/app/a.js"}, {Name: "f", File: "/app/b.js"}},
	} {
		if a, b := identity(&pair[0]), identity(&pair[1]); a == b {
			t.Errorf("%v and %v are both %q", pair[0], pair[1], strings.ReplaceAll(a, "\x00", " "))
		}
	}
}

func TestOrigin(t *testing.T) {
	const goroot = "/usr/local/go/src/"
	for _, test := range []struct {
		f    pprof.Function
		pkg  string
		want Origin

		scripted bool
	}{
		{f: pprof.Function{Name: "main.main", File: "/src/app/main.go"}, pkg: "main", want: Own},
		{f: pprof.Function{Name: "shop/cache.(*T).Put", File: "/src/shop/cache/c.go"}, pkg: "shop/cache", want: Own},
		{f: pprof.Function{Name: "net/http.(*conn).serve", File: "/usr/local/go/src/net/http/server.go"}, pkg: "net/http", want: Runtime},
		{f: pprof.Function{Name: "net/http.(*conn).serve", File: "net/http/server.go"}, pkg: "net/http", want: Runtime},
		{f: pprof.Function{Name: "github.com/a/b.F", File: "/root/go/pkg/mod/github.com/a/b@v1.2.3/f.go"}, pkg: "github.com/a/b", want: Dependency},
		{f: pprof.Function{Name: "github.com/a/b.F", File: "github.com/a/b@v1.2.3/f.go"}, pkg: "github.com/a/b", want: Dependency},
		{f: pprof.Function{Name: "gopkg.in/yaml%2ev3.F", File: "/src/app/vendor/gopkg.in/yaml.v3/f.go"}, pkg: "gopkg.in/yaml.v3", want: Dependency},
		{f: pprof.Function{Name: "slices.Grow[...]", File: "/usr/local/go/src/slices/slices.go"}, pkg: "slices", want: Runtime},
		{f: pprof.Function{Name: "load", File: "/app/node_modules/@scope/pkg/x.js"}, pkg: "@scope/pkg", want: Dependency},
		{f: pprof.Function{Name: "load", File: "node:internal/modules/cjs/loader"}, pkg: "node:internal/modules/cjs/loader", want: Runtime},
		{f: pprof.Function{Name: "libc.so.6+0x10", Object: "/usr/lib/libc.so.6", Unresolved: true}, pkg: "libc.so.6", want: Runtime},
		{f: pprof.Function{Name: "set"}, pkg: "(no file)", want: Runtime, scripted: true},
		{f: pprof.Function{Name: "_start"}, pkg: "(no file)", want: Runtime},
		{f: pprof.Function{Name: "hashbrown::raw::grow", File: "/rust/deps/hashbrown-0.16.1/src/raw/mod.rs"}, pkg: "hashbrown", want: Runtime},
		{f: pprof.Function{Name: "serde::de::f", File: "/home/me/.cargo/registry/src/index-6f17d22bba15001f/serde-1.0.2/src/de.rs"}, pkg: "serde", want: Dependency},
	} {
		pkg := packageOf(&test.f)
		if pkg != test.pkg {
			t.Errorf("%s is in %q, want %q", test.f.Name, pkg, test.pkg)
		}
		if got := originOf(&test.f, pkg, homes{goroot: goroot, scripted: test.scripted}); got != test.want {
			t.Errorf("%s is %s, want %s", test.f.Name, got, test.want)
		}
	}
}

// TestVariance holds the formula against what it stands for: small blocks have
// bytes·rate, large ones nothing, and what was counted has no error at all.
func TestVariance(t *testing.T) {
	const rate = 512 << 10
	if got, want := variance(1<<30, 16, rate, false), float64(1<<30)*rate; got < 0.99*want || got > want {
		t.Errorf("small blocks: %g, want about %g", got, want)
	}
	if got := variance(1<<30, 64<<20, rate, false); got > 1 {
		t.Errorf("large blocks: %g", got)
	}
	if got := variance(1<<30, 16, 1, false); got != 0 {
		t.Errorf("counted blocks: %g", got)
	}
	before, after := &row{value: 1 << 30, size: 16, alloc: 1 << 26}, &row{value: 1<<30 + 1<<20, size: 16, alloc: 1<<26 + 1<<16}
	same, other := deltaVariance(before, after, rate, false, true), deltaVariance(before, after, rate, false, false)
	if want := variance(1<<20, 16, rate, false); same != want || other < 1000*same {
		t.Errorf("in one process %g, want %g; in two %g", same, want, other)
	}
}
