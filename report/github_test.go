package report

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/heapdiff/heapdiff/diff/growth"
)

// commandsIn finds what a runner would take for commands, as it looks for them:
// "::name …::" behind white space at the beginning of a line, and "##[name]"
// wherever it stands.
func commandsIn(log string) []string {
	var found []string
	for _, line := range regexp.MustCompile(`\r\n|\n|\r`).Split(log, -1) {
		if trimmed := strings.TrimLeft(line, " \t\v\f\u0085\u00a0"); strings.HasPrefix(trimmed, "::") {
			if name, _, ok := strings.Cut(trimmed[2:], "::"); ok {
				found = append(found, strings.Fields(name + " ")[0])
			}
		}
		if strings.Contains(line, "##[") || strings.Contains(line, "##vso[") || strings.HasPrefix(strings.TrimSpace(line), "##teamcity[") {
			found = append(found, "##")
		}
	}
	return found
}

var commandNames = []string{
	"::error::forged", "x\n::error::forged", "x\r::add-mask::forged", "  ::set-output name=x::y", "##[error]forged", "###[group]x", "##vso[task.setvariable]x",
	"%0A::error::forged", "##teamcity[buildProblem]", "# ##[x]", "\u0085::warning::x", "\u2028::error::x",
}

// commanding is a comparison in which all names are commands.
func commanding(t *testing.T, rules ...string) *Document {
	t.Helper()
	r := nastyPlaces()
	r.Ranking.Lines = nil
	for i := range 40 {
		name := commandNames[i%len(commandNames)]
		r.Ranking.Lines = append(r.Ranking.Lines, growth.Line{
			Fingerprint: strings.Repeat("0", 10) + string([]byte{"0123456789abcdef"[i/16], "0123456789abcdef"[i%16]}), Tier: growth.Growth, Kind: growth.Objects,
			Owner: name, Path: name, Class: name, Location: "/srv/app/" + name + ":1:2", CountAfter: 100, SizeAfter: 1 << 20, Share: 1 << 20,
			CoOwners: []growth.CoOwner{{Owner: name, Size: 1}},
		})
	}
	for i := range r.Classes {
		r.Classes[i].Class, r.Classes[i].Where = commandNames[i%len(commandNames)], commandNames[0]
	}
	r.Before.File, r.After.File = "::error::before", "##[error]after"
	r.Warnings = []string{"::error::warning"}
	return judgement(t, r, nil, rules...)
}

func TestAnnotations(t *testing.T) {
	d := commanding(t, "growth > 0", "count > 0")
	var b bytes.Buffer
	if err := GitHubAnnotations(&b, d); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	errors := 0
	for _, line := range lines {
		got := commandsIn(line)
		if len(got) != 1 || got[0] != "error" && got[0] != "warning" {
			t.Errorf("%q has commands %v", line, got)
		}
		if got[0] == "error" {
			errors++
		}
		head, data, _ := strings.Cut(line[2:], "::")
		if strings.ContainsAny(data, "\r\n") || regexp.MustCompile(`%(?:[^02]|2[^5]|0[^AD])`).MatchString(data) {
			t.Errorf("not escaped: %q", data)
		}
		_, properties, _ := strings.Cut(head, " ")
		for _, p := range strings.Split(properties, ",") {
			if !regexp.MustCompile(`^(file|line|col|title)=[^:]*$`).MatchString(p) {
				t.Errorf("property %q of %q", p, line)
			}
		}
	}
	if errors != mostAnnotations+1 || !strings.Contains(b.String(), "::error title=heapdiff::and 11 more: see the job summary\n") {
		t.Errorf("%d errors:\n%s", errors, b.String())
	}
	b.Reset()
	if err := GitHubAnnotations(&b, checked(t)["failed"]); err != nil {
		t.Fatal(err)
	}
	want := "::error file=cache.js,line=12,col=7,title=heapdiff::growth 1.8 MiB > 1 MiB: global.indexerState.cache +1.6 MiB (20,000 CachedRecord)" +
		"%0Apath: global.indexerState.cache (Map) → [*] CachedRecord%0Agrew from 64 to 20,064 objects; mending this place alone frees 1.4 MiB" +
		"%0Adefined at /srv/app/cache.js:12:7%0A195.3 KiB of it held by global.listeners as well%0Afingerprint: 3a37636b782b\n"
	if !strings.HasPrefix(b.String(), want) {
		t.Errorf("got  %s\nwant %s", b.String(), want)
	}
}

// TestAnnotatedWarnings holds that a rule which matches nothing is told outside
// of the folded report, too.
func TestAnnotatedWarnings(t *testing.T) {
	var b bytes.Buffer
	if err := GitHubAnnotations(&b, commanding(t, `class:"x::error::\n":count > 9`)); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, "::warning title=heapdiff::class:") || !strings.Contains(got, "no class is called") {
		t.Errorf("%q", got)
	}
}

// TestGuard holds that no name in a heap can issue a command, in whatever
// pieces the text arrives.
func TestGuard(t *testing.T) {
	d := commanding(t, "growth > 0")
	text := write(t, formatNamed(t, "text"), d)
	for _, piece := range []int{1, 7, 1 << 20} {
		var b bytes.Buffer
		g := NewGuard(&b)
		for rest := text; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
			if _, err := g.Write(rest[:min(piece, len(rest))]); err != nil {
				t.Fatal(err)
			}
		}
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
		if found := commandsIn(b.String()); len(found) > 0 {
			t.Errorf("commands %v", found)
		}
		for i, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
			if i == 0 && !strings.HasPrefix(line, "FAIL ") || i > 0 && line != "" && !strings.HasPrefix(line, guardMark) {
				t.Errorf("line %d is %q", i, line)
			}
		}
	}
	for _, name := range commandNames {
		var b bytes.Buffer
		g := NewGuard(&b)
		if _, err := g.Write([]byte("first\n" + name)); err != nil {
			t.Fatal(err)
		}
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
		if found := commandsIn(b.String()); len(found) > 0 {
			t.Errorf("%q gives %q: %v", name, b.String(), found)
		}
	}
}

func TestSummaryIsCut(t *testing.T) {
	d := checked(t)["failed"]
	whole := string(write(t, formatNamed(t, "md"), d))
	for _, there := range []int64{0, summaryLimit - int64(len(whole)) - 1, summaryLimit - 500, summaryLimit - 60, summaryLimit - 10, summaryLimit, 2 * summaryLimit} {
		var b bytes.Buffer
		if err := GitHubSummary(&b, d, there); err != nil {
			t.Fatal(err)
		}
		if b.Len() > 0 && there+int64(b.Len()) >= summaryLimit {
			t.Errorf("%d bytes behind %d", b.Len(), there)
		}
		if b.Len() > 0 && b.String() != whole && (!strings.HasSuffix(b.String(), "1 MiB.*\n") || !utf8.Valid(b.Bytes())) {
			t.Errorf("cut without a note: %q", b.String())
		}
	}
}

// A hostile name cannot break a table of Markdown: all rows have as many cells.
func TestCheckMarkdownTables(t *testing.T) {
	for name, d := range checked(t) {
		cells := 0
		for _, line := range strings.Split(string(write(t, formatNamed(t, "md"), d)), "\n") {
			if !strings.HasPrefix(line, "|") {
				cells = 0
				continue
			}
			n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
			if cells != 0 && n != cells {
				t.Errorf("%s: %d cells and not %d: %s", name, n, cells, line)
			}
			cells = n
		}
	}
}
