package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-json"
)

// TestVerdictFirst holds that the first line of each format is the verdict, as
// far as the format has lines.
func TestVerdictFirst(t *testing.T) {
	for name, d := range checked(t) {
		want := judgementOf(d).headline()
		for _, format := range []string{"text", "md", "ndjson", "metrics", "html"} {
			first, _, _ := strings.Cut(string(write(t, formatNamed(t, format), d)), "\n")
			status, _, _ := strings.Cut(want, " ")
			switch format {
			case "text":
				if first != want {
					t.Errorf("%s: %q, want %q", name, first, want)
				}
			case "html":
				if !strings.Contains(string(write(t, formatNamed(t, format), d)), `<div class="verdict verdict-`+strings.ToLower(status)+`"><p class="status">`+status+"<") {
					t.Errorf("%s.html does not say %s", name, status)
				}
			default:
				if !strings.Contains(first, status) {
					t.Errorf("%s.%s begins with %q, want %q", name, format, first, want)
				}
			}
		}
	}
}

func TestVerdictText(t *testing.T) {
	text := string(write(t, formatNamed(t, "text"), checked(t)["ignores"]))
	for _, want := range []string{
		"FAIL class:CachedRecord outgrew its ignore, 1.6 MiB > 1000 B: global.indexerState.cache +1.6 MiB (20,000 CachedRecord)\n",
		"outgrown", "expired", "bounded", "soon gone", "2001-01-01",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestRuleTable holds that a table too narrow for a name says the number in full,
// of what the rule is about.
func TestRuleTable(t *testing.T) {
	d := judgement(t, ranked(), nil, "growth > 1B", "count > 1")
	for _, width := range []int{76, 80} {
		d.Options.Width = width
		text := string(write(t, formatNamed(t, "text"), d))
		_, rules, _ := strings.Cut(text, "\nRules\n")
		rules, _, _ = strings.Cut(rules, "\n\n")
		if !strings.Contains(rules, " +1.6 MiB\n") || !strings.Contains(rules, " +20,000") {
			t.Errorf("%d columns:\n%s", width, rules)
		}
	}
}

// TestCheckDeterministic holds that the same verdict is the same bytes.
func TestCheckDeterministic(t *testing.T) {
	first, second := checked(t), checked(t)
	for name := range first {
		for _, f := range CheckFormats() {
			if string(write(t, f, first[name])) != string(write(t, f, second[name])) {
				t.Errorf("%s.%s differs from run to run", name, f.Name)
			}
		}
	}
}

// TestNotJudged holds that a format of verdicts says so if there is none.
func TestNotJudged(t *testing.T) {
	d := Compare(ranked(), Options{})
	for _, f := range CheckFormats()[len(Formats()):] {
		var b strings.Builder
		if err := f.Write(&b, d); err == nil || b.Len() > 0 {
			t.Errorf("%s wrote %q, error %v", f.Name, b.String(), err)
		}
	}
}

// TestCheckJSON holds that a check writes all that a comparison does, and the
// verdict.
func TestCheckJSON(t *testing.T) {
	var got struct {
		Schema  string
		Verdict struct {
			Status   string
			ExitCode int `json:"exit_code"`
			Rules    []struct {
				Status string
				Value  float64
			}
		}
		Growth []struct{ Fingerprint string }
	}
	text := write(t, formatNamed(t, "json"), checked(t)["failed"])
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	v := got.Verdict
	if got.Schema != compareSchema || v.Status != "fail" || v.ExitCode != 1 || len(v.Rules) != 4 || v.Rules[0].Value != 1838000 || len(got.Growth) == 0 {
		t.Errorf("%+v", got)
	}
	if v.Rules[0].Status != "fail" || v.Rules[1].Status != "warn" || v.Rules[2].Status != "fail" || v.Rules[3].Status != "pass" {
		t.Errorf("%+v", v.Rules)
	}
	if !strings.HasPrefix(string(text), "{\n  \"verdict\": {\n    \"status\": \"fail\",\n") {
		t.Error("the verdict does not come first")
	}
}

// TestNDJSON holds that each line is an object with the same fields.
func TestNDJSON(t *testing.T) {
	for name, d := range checked(t) {
		lines := strings.Split(strings.TrimSuffix(string(write(t, formatNamed(t, "ndjson"), d)), "\n"), "\n")
		if want := 1 + len(judgementOf(d).facts.Lines); len(lines) != want {
			t.Errorf("%s: %d lines, want %d", name, len(lines), want)
		}
		fields := 0
		for i, line := range lines {
			var row map[string]any
			if err := json.Unmarshal([]byte(line), &row); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if fields = max(fields, len(row)); len(row) != fields || (row["type"] == "verdict") != (i == 0) {
				t.Errorf("%s, line %d: %v", name, i, row)
			}
		}
	}
	text := string(write(t, formatNamed(t, "ndjson"), checked(t)["warned"]))
	if !strings.Contains(text, `"ignored_for":"removed with the next release"`) {
		t.Error("what is ignored is not said")
	}
}

func TestSourceOf(t *testing.T) {
	for _, c := range []struct {
		where, root string
		want        source
		ok          bool
	}{
		{"/srv/app/cache.js:12:7", "/srv/app", source{"cache.js", 12, 7}, true},
		{"/srv/app/lib/a b.js:1:2", "/srv/app/", source{"lib/a b.js", 1, 2}, true},
		{"file:///srv/app/a%20b.mjs:12:7", "/srv/app", source{"a b.mjs", 12, 7}, true},
		{`C:\app\src\x.js:3:1`, `C:\app`, source{"src/x.js", 3, 1}, true},
		{"file:///C:/app/x.js:3:1", `C:\app`, source{"x.js", 3, 1}, true},
		{"/srv/application/x.js:3:1", "/srv/app", source{}, false},
		{"/srv/app/../other/x.js:3:1", "/srv/app", source{}, false},
		{"node:net:359:16", "/srv/app", source{}, false},
		{"", "/srv/app", source{}, false},
		{"12:3", "/", source{}, false},
		{"/srv/app/cache.go:12", "/srv/app", source{"cache.go", 12, 0}, true},
		{"/srv/app/a\nb.js:3:1", "/srv/app", source{}, false},
	} {
		if got, ok := sourceOf(c.where, c.root); got != c.want || ok != c.ok {
			t.Errorf("sourceOf(%q, %q) = %+v, %v", c.where, c.root, got, ok)
		}
	}
}

// TestCheckSchema holds docs/check-schema.md and what is written together.
func TestCheckSchema(t *testing.T) {
	described := schemas(t, "../docs/check-schema.md")
	written := map[string]map[string]map[string]bool{"verdict": {}, "ndjson": {}}
	read := func(text []byte) (value map[string]any) {
		decoder := json.NewDecoder(strings.NewReader(string(text)))
		decoder.UseNumber()
		if err := decoder.Decode(&value); err != nil {
			t.Fatal(err)
		}
		return value
	}
	for _, d := range checked(t) {
		collect(t, written["verdict"], "", read(write(t, formatNamed(t, "json"), d))["verdict"])
		for line := range strings.Lines(string(write(t, formatNamed(t, "ndjson"), d))) {
			collect(t, written["ndjson"], "", read([]byte(line)))
		}
	}
	for schema, fields := range written {
		for field, types := range fields {
			said, ok := described[schema][field]
			if !ok {
				t.Errorf("%s: %s is not described", schema, field)
			}
			for typ := range types {
				// A number that happens to be whole is written as an integer.
				if said = strings.Replace(said, "number", "number or integer", 1); !slices.Contains(strings.Split(said, " or "), typ) {
					t.Errorf("%s: %s is written as %s, described as %s", schema, field, typ, said)
				}
			}
		}
		for field := range described[schema] {
			if fields[field] == nil {
				t.Errorf("%s: %s is described but not written", schema, field)
			}
		}
	}
}
