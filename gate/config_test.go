package gate

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const fullConfig = `# Memory.
[gate]
fail = [
  "growth > 5MiB",   # the budget
  'class:"a b":count > 10',
]
warn = "leak.count > 0"
strict = true
aggregate = "worst"

[noise]
min_bytes = "64KiB"
min_count = 20

[names]
mask = ["tenant-[a-z]+"]

[report]
top = 5

# Known since the rewrite.
[[ignore]]
fingerprint = "9f3a1c04d2e7"
reason = "bounded by the number of tenants"
until = 2027-03-31
max = "10MiB"

[[ignore]]
path = "global.cache/**"
class = "Session"
reason = "a cache"
until = "2027-04-01"
max = 1024
`

func TestConfig(t *testing.T) {
	c, err := ParseConfig("x.toml", fullConfig)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Rules) != 3 || c.Rules[0].Severity != Failure || c.Rules[2].Severity != Warning || c.Rules[1].Expr.Scope.Name != "a b" {
		t.Errorf("rules %+v", c.Rules)
	}
	if !c.Strict || c.Aggregate != Worst || c.Noise != (Noise{64 << 10, 20, false}) || len(c.Masks) != 1 || c.Top != 5 {
		t.Errorf("%+v", c)
	}
	if len(c.Ignores) != 2 || c.Ignores[0].Until.Format(time.DateOnly) != "2027-03-31" || c.Ignores[0].Max != 10*mib || c.Ignores[0].Line != 22 ||
		c.Ignores[1].Until.Format(time.DateOnly) != "2027-04-01" || c.Ignores[1].Max != 1024 || c.Ignores[1].What() != "path:global.cache/** class:Session" {
		t.Errorf("%+v", c.Ignores)
	}
}

func TestConfigErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"[gate]\nfial = []", `x.toml:2:1: there is no key "fial" in [gate]; did you mean fail?`},
		{"[gat]\nfail = []", `x.toml:1:2: there is no table [gat]; did you mean gate?`},
		{"[gate]\nfail = [\n  \"growth > 1MB\",\n  \"growht > 5MiB\",\n]", `x.toml:4:4: "growht > 5MiB": there is no metric "growht"; did you mean growth?`},
		{"[gate]\nwarn = 'growth > five'", `x.toml:2:18: "growth > five": "five" is not a size such as 5MiB or a percentage of the heap before`},
		{"[gate]\nfail = [3]", `x.toml:2:1: fail is a list of texts: ["…", "…"]`},
		{"[gate]\nstrict = 1", `x.toml:2:1: strict is true or false`},
		{"[gate]\naggregate = \"wurst\"", `x.toml:2:1: there is no aggregate "wurst": there are median, worst and best; did you mean worst?`},
		{"gate.aggregate = 3", `x.toml:1:1: aggregate is a text in quotes`},
		{"[noise]\nmin_bytes = \"lots\"", `x.toml:2:1: min_bytes is a size: "5MiB", or bytes`},
		{"[noise]\n\n  min_count = -1", `x.toml:3:3: min_count is a number that is not negative`},
		{"[names]\nmask = [\"(\"]", "x.toml:2:1: \"(\" is no regular expression: missing closing ): `(`"},
		{"[[ignore]]\nfingerprint = \"9f3a\"", `x.toml:1:3: an ignore needs a reason: somebody will ask`},
		{"[[ignore]]\nreason = \"x\"", `x.toml:1:3: an ignore needs a fingerprint, a path or a class`},
		{"[[ignore]]\nclass='a'\nreason='x'\n[[ignore]]\nclass='b'\nreason='x'\nuntil = \"soon\"", `x.toml:7:1: until is a day: 2027-01-31`},
		{"[[ignore]]\nfingerprint='xyzz'\nreason='x'", `x.toml:2:1: "xyzz" is no fingerprint: those are hexadecimal digits`},
		{"[[ignore]]\nclas='a'\nreason='x'", `x.toml:2:1: there is no key "clas" in [ignore]; did you mean class?`},
		{"[ignore]\nclass='a'\nreason='x'", `x.toml:1:2: an ignore is written [[ignore]], with two brackets`},
		{"[gate\nfail = 3", `x.toml:2:6: `},
		{"a = ", `x.toml:1:4: `},
	} {
		_, err := ParseConfig("x.toml", c.text)
		var e *ConfigError
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: %v\nwant %s", c.text, err, c.want)
		}
	}
}

func TestFindConfig(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(deep, 0o777); err != nil {
		t.Fatal(err)
	}
	if got := FindConfig(deep); got != "" {
		t.Errorf("found %s", got)
	}
	path := filepath.Join(dir, ConfigName)
	if err := os.WriteFile(path, []byte(fullConfig), 0o666); err != nil {
		t.Fatal(err)
	}
	if got := FindConfig(deep); got != path {
		t.Errorf("found %q, want %q", got, path)
	}
	if c, err := ReadConfig(path); err != nil || len(c.Rules) != 3 {
		t.Errorf("%v, %v", c, err)
	}
	if c, err := ReadConfig(""); err != nil || c.Noise != DefaultNoise() {
		t.Errorf("%v, %v", c, err)
	}
}

func TestAddIgnore(t *testing.T) {
	until, _ := ParseDay("2027-05-01")
	added, err := AddIgnore("x.toml", fullConfig, Ignore{Fingerprint: "bbbb1c04d2e7", Reason: "says \"hi\"\n\\o/ \x1b", Until: until, Max: 10*mib + 1})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(added, fullConfig) {
		t.Error("what was there has changed")
	}
	c, err := ParseConfig("x.toml", added)
	if err != nil {
		t.Fatal(err)
	}
	g := c.Ignores[2]
	if g.Fingerprint != "bbbb1c04d2e7" || g.Reason != "says \"hi\"\n\\o/ \x1b" || !g.Until.Equal(until) || g.Max != 10*mib+1 {
		t.Errorf("%+v", g)
	}
	if _, err = AddIgnore("x.toml", added, Ignore{Fingerprint: "bbbb1c04d2e7", Reason: "again"}); err == nil || !strings.Contains(err.Error(), "x.toml:35:1: fingerprint:bbbb1c04d2e7 is ignored already") {
		t.Error(err)
	}
	if _, err = AddIgnore("x.toml", "[gat]", Ignore{Fingerprint: "bbbb1c04d2e7", Reason: "x"}); err == nil {
		t.Error("a wrong file was edited")
	}
	if added, err = AddIgnore("x.toml", "", Ignore{Path: "a.b", Reason: "x"}); err != nil || added != "[[ignore]]\npath = \"a.b\"\nreason = \"x\"\n" {
		t.Errorf("%q, %v", added, err)
	}
}

// FuzzConfig holds that errors point into the file, and that what is accepted
// can be added to.
func FuzzConfig(f *testing.F) {
	f.Add(fullConfig)
	f.Add("[gate]\nfail = ['growth > 1']\n[[ignore]]\nclass='x'\nreason='y'")
	f.Add("ignore = [{class='x', reason='y'}]")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := ParseConfig("x", text)
		if err != nil {
			var e *ConfigError
			if !errors.As(err, &e) || e.What == "" || e.Line < 0 || e.Line > strings.Count(text, "\n")+2 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		added, err := AddIgnore("x", text, Ignore{Fingerprint: "0123456789ab", Reason: "r"})
		if err == nil && !strings.HasPrefix(added, text) {
			t.Fatalf("%q became %q", text, added)
		}
	})
}
