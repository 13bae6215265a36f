package gate_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/gate"
)

// TestDocs holds what docs/ci.md says of rules and configuration: the table of
// metrics is complete, the rules can be parsed, the configuration can be read.
func TestDocs(t *testing.T) {
	text, err := os.ReadFile("../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	docs := string(text)
	var want strings.Builder
	for _, m := range gate.Metrics() {
		value := map[gate.Unit]string{gate.Bytes: "size", gate.Count: "number", gate.Percent: "percent"}[m.Unit]
		want.WriteString("| `" + m.Name + "` | " + value + " | " + m.About + " |\n")
	}
	_, table, _ := strings.Cut(docs, "<!-- metrics: a test holds this table -->\n| metric | value | what it is |\n|---|---|---|\n")
	if table, _, _ = strings.Cut(table, "\n\n"); table+"\n" != want.String() {
		t.Errorf("the table of metrics should be\n%s", want.String())
	}
	rules := 0
	for _, m := range regexp.MustCompile("`((?:class|path|kind|fingerprint):[^`]*[<>=] ?[^`]*|[a-z_.]+ [<>=]+ [^`]+)`").FindAllStringSubmatch(docs, -1) {
		rules++
		if _, err := gate.Parse(m[1]); err != nil {
			t.Error(err)
		}
	}
	if rules < 8 {
		t.Errorf("only %d rules", rules)
	}
	for _, m := range regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(docs, -1) {
		c, err := gate.ParseConfig("docs/ci.md", m[1])
		if err != nil || len(c.Rules) != 3 || len(c.Ignores) != 1 {
			t.Errorf("%+v, %v", c, err)
		}
	}
	if !strings.Contains(docs, "```toml\n") {
		t.Error("there is no configuration")
	}
}
