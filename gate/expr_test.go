package gate

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text   string
		scope  Scope
		metric string
		op     Op
		limit  Limit
	}{
		{"growth > 5MiB", Scope{}, "growth", More, Limit{"5 MiB", 5 << 20, false}},
		{"growth>5 MB", Scope{}, "growth", More, Limit{"5 MB", 5e6, false}},
		{" heap.percent >= 10 ", Scope{}, "heap.percent", AtLeast, Limit{"10%", 10, true}},
		{"leak.max > 2.5%", Scope{}, "leak.max", More, Limit{"2.5%", 2.5, true}},
		{"heap.delta < -1KiB", Scope{}, "heap.delta", Less, Limit{"-1 KiB", -1024, false}},
		{"class:Session:count > 1,000", Scope{Class, "Session"}, "count", More, Limit{"1,000", 1000, false}},
		{"class:Session count > 1000", Scope{Class, "Session"}, "count", More, Limit{"1000", 1000, false}},
		{"class:{id, tags}:size > 1k", Scope{Class, "{id, tags}"}, "size", More, Limit{"1 k", 1024, false}},
		{"class:<div>:count>5", Scope{Class, "<div>"}, "count", More, Limit{"5", 5, false}},
		{`class:"a > b: c":count > 5`, Scope{Class, "a > b: c"}, "count", More, Limit{"5", 5, false}},
		{`class:"say \"hi\"":retained > 5%`, Scope{Class, `say "hi"`}, "retained", More, Limit{"5%", 5, true}},
		{"class:system / Context:count > 5", Scope{Class, "system / Context"}, "count", More, Limit{"5", 5, false}},
		{"path:global.cache/**:growth > 0", Scope{Path, "global.cache/**"}, "growth", More, Limit{"0", 0, false}},
		{"kind:ArrayBuffers growth > 10MB", Scope{OfKind, "ArrayBuffers"}, "growth", More, Limit{"10 MB", 1e7, false}},
		{"fingerprint:9f3a… growth != 0", Scope{Fingerprint, "9f3a…"}, "growth", Different, Limit{"0", 0, false}},
	} {
		e, err := Parse(c.text)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.text, err)
			continue
		}
		if e.Scope != c.scope || e.Metric.Name != c.metric || e.Op != c.op || e.Limit != c.limit {
			t.Errorf("Parse(%q) = %v %s %s %v", c.text, e.Scope, e.Metric.Name, e.Op, e.Limit)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		text   string
		column int
		want   string
		near   string
	}{
		{"", 1, "it is empty", ""},
		{"growth", 7, "a comparison is missing", ""},
		{"growht > 5MiB", 1, `there is no metric "growht"`, "growth"},
		{"heap growth > 5MiB", 1, `there is no metric "heap growth"`, ""},
		{"> 5MiB", 1, "a metric is missing", ""},
		{"growth => 5MiB", 8, "there is no comparison =>", ">="},
		{"growth = 5MiB", 8, "there is no comparison =", "=="},
		{"growth >", 9, "a value is missing", ""},
		{"growth > much", 10, `"much" is not a size`, ""},
		{"growth > 5MiX", 10, `"5MiX" is not a size`, ""},
		{"count > 5MiB", 9, "count counts things", ""},
		{"leak.count > 5%", 14, "cannot be compared with a percentage", ""},
		{"heap.percent > 5MiB", 16, "is not a percentage", ""},
		{"class:Session > 3", 14, "class:Session:count", ""},
		{"clas:Session:count > 3", 1, `there is no scope "clas"`, "class"},
		{"class::count > 3", 7, "a name is missing", ""},
		{"kind:arraybufer:growth > 3", 6, `there is no kind "arraybufer"`, "arraybuffer"},
		{"class:Session:heap.delta > 3", 1, "cannot be narrowed by class", ""},
		{"path:global:retained > 3", 1, "it takes class:", ""},
		{"retained > 3", 1, "retained is about a class: write class:Session:retained", ""},
		{"fingerprint:xyz1:growth > 3", 13, "is no fingerprint", ""},
		{"fingerprint:9f:growth > 3", 13, "too short", ""},
		{`class:"a:count > 3`, 7, "never closed", ""},
		{`class:"a"b:count > 3`, 7, "is not a quoted name", ""},
	} {
		_, err := Parse(c.text)
		var e *ExprError
		if !errors.As(err, &e) {
			t.Errorf("Parse(%q): %v", c.text, err)
			continue
		}
		if e.Column != c.column || !strings.Contains(e.What, c.want) || e.Near != c.near {
			t.Errorf("Parse(%q): column %d, %q, near %q; want %d, %q, %q", c.text, e.Column, e.What, e.Near, c.column, c.want, c.near)
		}
	}
}

// FuzzParse holds that whatever is written gives an expression that can be
// measured, or an error within the text.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"growth > 5MiB", `class:"a":count>=3`, "path:a/**:growth!=1%", "kind:x y < 3", "class:<>=!:count == 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		if err != nil {
			var at *ExprError
			if !errors.As(err, &at) || at.Column < 1 || at.Column > len(text)+1 || at.What == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		g := Gate{Rules: []Rule{{Expr: e}}, Noise: DefaultNoise()}
		if v := g.Judge(leaky()); len(v.Outcomes) != 1 || len(v.Headline()) == 0 {
			t.Fatalf("%q: %v", text, v)
		}
	})
}
