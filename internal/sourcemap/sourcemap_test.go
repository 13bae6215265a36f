package sourcemap

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bundled is a program that esbuild has bundled and minified.
const bundled = "../../testdata/bundled"

func open(t *testing.T, folder string) *Maps {
	t.Helper()
	m, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// at is the place of a byte of some code.
func at(code string, i int) (line, column int) {
	return strings.Count(code[:i], "\n"), i - strings.LastIndexByte(code[:i], '\n') - 1
}

func TestBundle(t *testing.T) {
	m := open(t, bundled)
	raw, err := os.ReadFile(filepath.Join(bundled, "app.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	code, script := string(raw), "file:///srv/dist/app.min.js"

	// V8 says of a class where the parameters of its constructor begin.
	body := strings.Index(code, "this.visitor=")
	line, column := at(code, strings.LastIndex(code[:body], "constructor(")+len("constructor"))
	if p, ok := m.Place(script, line, column); !ok || p.Source != "src/sessions.mjs" || p.Line != 4 || p.Column != 2 {
		t.Errorf("the constructor is at %+v, %v", p, ok)
	}
	if name := m.Function(script, line, column); name != "VisitorSession" {
		t.Errorf("the class is %q", name)
	}

	// The function that keeps sessions, and the variable that it keeps them in.
	use := strings.Index(code, ".set(s.visitor.name")
	line, column = at(code, strings.LastIndex(code[:use], "function "))
	variable := code[strings.LastIndexAny(code[:use], " ;{,")+1 : use]
	if was, source := m.Variable(script, line, column, variable); was != "recentSessions" || source != "src/sessions.mjs" {
		t.Errorf("%s is %q of %q", variable, was, source)
	}
	if was, _ := m.Variable(script, line, column, "nothing"); was != "" {
		t.Errorf("a variable that is not there is %q", was)
	}
	if _, ok := m.Place("/srv/other.js", 0, 0); ok {
		t.Error("a script without a map has a place")
	}
}

func TestFunctionAt(t *testing.T) {
	const source = `class Outer {
  constructor(a) { this.a = a; }
  static async load(url) { return url; }
}
export class Bare extends Outer {}
const onClick = (event) => event;
const table = { render: function (row) { return row; } };
async function* pages(from) { yield from; }
`
	for _, test := range []struct {
		line, column int
		want         string
	}{
		{1, 2, "Outer"}, {2, 2, "load"}, {4, 7, "Bare"}, {5, 16, "onClick"}, {6, 24, "render"}, {7, 0, "pages"}, {0, 0, "Outer"}, {99, 0, ""}, {1, 99, ""},
	} {
		if got := functionAt(source, test.line, test.column); got != test.want {
			t.Errorf("%d:%d is %q, want %q", test.line, test.column, got, test.want)
		}
	}
}

// Braces in texts, patterns, templates and comments are none.
func TestBlocks(t *testing.T) {
	const text = "a(){'}{';`}${{b:`{`}}}`;/[}/]{/.test(x);c=1/2;/*{*/}//}\nd"
	c := newCode(text)
	if b := c.around(strings.Index(text, "c=1")); b != 0 || c.blocks[0].to != strings.Index(text, "}//") {
		t.Errorf("blocks of %q: %+v", text, c.blocks)
	}
	if b := c.around(strings.Index(text, "d")); b != -1 {
		t.Errorf("d is in block %d", b)
	}
}

func TestSections(t *testing.T) {
	f, err := parse([]byte(`)]}'
{"version": 3, "sections": [
  {"offset": {"line": 0, "column": 0}, "map": {"version": 3, "sources": ["a.js"], "names": [], "mappings": "AAAA"}},
  {"offset": {"line": 2, "column": 4}, "map": {"version": 3, "sourceRoot": "src", "sources": ["./b.js"], "names": ["long"], "mappings": "AAAAA,IAAI"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if s := f.at(2, 5); s == nil || f.sources[s.source].name != "src/b.js" || f.names[s.name] != "long" {
		t.Errorf("2:5 is %+v", s)
	}
	if s := f.at(1, 0); s != nil {
		t.Errorf("1:0 is %+v", s)
	}
}

// What is damaged is said, and read no further.
func TestDamaged(t *testing.T) {
	for _, text := range []string{
		``, `[]`, `{"version": 2}`, `{"version": 3, "mappings": "!"}`, `{"version": 3, "mappings": "AAAA"}`, `{"version": 3, "sources": ["a"], "mappings": "AAAAAAA"}`,
		`{"version": 3, "sources": ["a"], "mappings": "gggggggggggg"}`, `{"version": 3, "sources": ["a"], "mappings": "DAAA"}`, `{"version": 3, "sources": ["a"], "mappings": "ADAA"}`,
	} {
		if _, err := parse([]byte(text)); err == nil {
			t.Errorf("%q is a source map", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"version": 3, "sources": ["a.js"], "sourcesContent": ["class A {}"], "names": ["b"], "mappings": "AAAAA,CAAC;AACA"}`, "a(){`${{}}`}")
	f.Fuzz(func(_ *testing.T, text, code string) {
		m, err := parse([]byte(text))
		if err != nil {
			return
		}
		m.generated, m.code = "x.js", newCode(code)
		all := &Maps{[]*file{m}}
		for column := range 4 {
			all.Place("x.js", 0, column)
			all.Function("x.js", 0, column)
			all.Variable("x.js", 0, column, "a")
		}
	})
}
