package report

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-json"
)

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain name":       "plain name",
		"a\tb\r\nc":        `a\tb\r\nc`,
		"\x1b[31m\x00\x7f": `\x1b[31m\x00\x7f`,
		"\u009b31m":        `\x9b31m`, // the one-byte escape sequence
		"a\u202eb\u2066":   `a\u202eb\u2066`,
		"\U000e0041":       `\U000e0041`,
		"\xff\xfe":         `\xff\xfe`,
		"\xef\xbf\xbd":     "\uFFFD",
		"\xef":             `\xef`,
		"漢字🎉é":             "漢字🎉é",
	} {
		if got := visible(in); got != want {
			t.Errorf("visible(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	for _, name := range hostile {
		f.Add(name, 10)
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		for _, got := range []string{visible(s), shown(s), cutMiddle(visible(s), n%300)} {
			if !utf8.ValidString(got) {
				t.Errorf("%q is not UTF-8", got)
			}
			for _, r := range got {
				if !unicode.IsPrint(r) {
					t.Errorf("%q has %U", got, r)
				}
			}
		}
		if got := columns(shown(s)); got > longestName {
			t.Errorf("%d columns", got)
		}
		if want := max(n%300, 0); columns(cutMiddle(visible(s), n%300)) > want {
			t.Errorf("more than %d columns", want)
		}
	})
}

func TestColumns(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "abc": 3, "漢字": 4, "e\u0301\u0301": 1, "🎉": 2, "ｆｕｌｌ": 8, "שלום": 4, "각": 2, "\u1112\u1161\u11ab": 2, "…→×": 3,
	} {
		if got := columns(s); got != want {
			t.Errorf("columns(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestCutMiddle(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"abcdef", 6, "abcdef"},
		{"abcdefghij", 6, "abc…ij"},
		{"global.state.cache: Map", 12, "global.…Map"},
		{"漢字漢字漢字", 6, "漢…字"},
		{"abcde\u0301\u0301", 3, "a…"},
		{"/tmp/heapdiff/app/map-cache.js:7:14", 30, "/tmp/…/map-cache.js:7:14"},
		{"/tmp/heapdiff/app/map-cache.js:7:14", 20, "/…/map-cache.js:7:14"},
		{"file:///tmp/app/a-page.js:17:38", 24, "file://…/a-page.js:17:38"},
		{"/tmp/app/a-very-long-name.js:7:14", 12, "/tmp/ap…7:14"},
		{"global.state.inner.cache.entries.table", 30, "global.state.….entries.table"},
		{"example.com/shop/cache.(*Store).newSession", 30, "…/cache.(*Store).newSession"},
		{"abc", 1, "…"},
		{"abc", 0, ""},
	} {
		if got := cutMiddle(c.in, c.n); columns(got) > c.n || c.in != "abcde\u0301\u0301" && got != c.want {
			t.Errorf("cutMiddle(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

// TestTextFits holds that no line is wider than asked for, and that nothing in
// it drives a terminal.
func TestTextFits(t *testing.T) {
	for _, width := range []int{40, 60, 80, 100, 140, 250} {
		for name, d := range documents(Options{Width: width, Top: 50}) {
			for line := range strings.Lines(string(write(t, Formats()[0], d))) {
				line = strings.TrimSuffix(line, "\n")
				if columns(line) > width {
					t.Errorf("%s: %d columns of %d: %s", name, columns(line), width, line)
				}
				if !isVisible(line) {
					t.Errorf("%s: %q", name, line)
				}
			}
		}
	}
}

// TestColors holds that colours change nothing but colours, and end where they
// should.
func TestColors(t *testing.T) {
	sequence := regexp.MustCompile("\x1b\\[[0-9]+m")
	plain, colored := documents(Options{}), documents(Options{Color: true})
	for name := range plain {
		with := string(write(t, Formats()[0], colored[name]))
		if got := sequence.ReplaceAllString(with, ""); got != string(write(t, Formats()[0], plain[name])) {
			t.Errorf("%s: text differs without its colours", name)
		}
		if name == "grown" && !strings.Contains(with, "\x1b[31m+5.6 MiB\x1b[39m") {
			t.Errorf("growth is not red: %q", with)
		}
	}
}

func TestCode(t *testing.T) {
	for in, want := range map[string]string{
		"Map":       "`Map`",
		"a`b":       "`` a`b ``",
		"``":        "``` `` ```",
		" x ":       "`  x  `",
		`a\|b`:      "`a\\x7cb`",
		"a\nb":      "`a\\nb`",
		"":          "",
		"</script>": "`</script>`",
	} {
		if got := code(in); got != want {
			t.Errorf("code(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestMarkdownTables holds that no name can end a cell or a row.
func TestMarkdownTables(t *testing.T) {
	escaped := regexp.MustCompile(`\\.`)
	for name, d := range documents(Options{All: true}) {
		columns := 0
		for line := range strings.Lines(string(write(t, Formats()[1], d))) {
			if !strings.HasPrefix(line, "|") {
				columns = 0
				continue
			}
			n := strings.Count(escaped.ReplaceAllString(line, ""), "|")
			if columns == 0 {
				columns = n
			}
			if n != columns {
				t.Errorf("%s: %d pipes, want %d: %s", name, n, columns, line)
			}
		}
	}
}

// TestMarkdownFits holds that a comment is never too long, whatever is asked for.
func TestMarkdownFits(t *testing.T) {
	r := nasty()
	for len(r.Classes) < 20000 {
		r.Classes = append(r.Classes, r.Classes[:12]...)
		r.Growers = append(r.Growers, r.Growers[:12]...)
	}
	for _, o := range []Options{{All: true}, {Top: 5000}, {}} {
		page := write(t, Formats()[1], Compare(r, o))
		if len(page) > commentLimit {
			t.Errorf("%d bytes", len(page))
		}
		if cut := strings.Contains(string(page), "Cut to what a comment may hold"); cut != (o.All || o.Top > 0) {
			t.Errorf("%+v: cut is %v", o, cut)
		}
	}
}

// TestJSONKeepsNames holds that escaping loses nothing.
func TestJSONKeepsNames(t *testing.T) {
	text := write(t, Formats()[3], Compare(nasty(), Options{}))
	for _, r := range string(text) {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("%U in the text", r)
		}
	}
	var back compareJSON
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	for i, name := range hostile {
		if want := strings.ToValidUTF8(name, "\uFFFD"); back.Classes[i].Class != want {
			t.Errorf("got %q, want %q", back.Classes[i].Class, want)
		}
	}
}

// TestHiddenAddUp holds that what is not shown is in the row that stands for it.
func TestHiddenAddUp(t *testing.T) {
	d := Compare(nasty(), Options{All: true})
	for _, s := range d.Sections {
		if s.Table == nil || s.Table.Total == nil || s.Table.Whole {
			continue
		}
		for n := range len(s.Table.Rows) {
			rows, rest := s.Table.first(n)
			for i, c := range s.Table.Columns {
				if !c.Adds {
					continue
				}
				sum := rest[i]
				for _, row := range rows {
					sum = sum.plus(row[i])
				}
				if total := (*s.Table.Total)[i]; sum.Number != total.Number || sum.Minus != total.Minus {
					t.Errorf("%s, %s, first %d: %+v, total %+v", s.Title, c.Title, n, sum, total)
				}
			}
		}
	}
}

func TestDeterministic(t *testing.T) {
	first, second := documents(Options{}), documents(Options{})
	for name := range first {
		for _, f := range Formats() {
			if string(write(t, f, first[name])) != string(write(t, f, second[name])) {
				t.Errorf("%s.%s differs from run to run", name, f.Name)
			}
		}
	}
}
