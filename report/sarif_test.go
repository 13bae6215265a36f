package report

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif" // has the schema
	"github.com/xeipuuv/gojsonschema"
)

// TestSARIF holds the log against the schema of SARIF 2.1.0, as OASIS published
// it, and against what GitHub's code scanning asks for beyond it.
func TestSARIF(t *testing.T) {
	schema, err := gojsonschema.NewSchema(gojsonschema.NewStringLoader(sarifSchema(t)))
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range checked(t) {
		text := write(t, formatNamed(t, "sarif"), d)
		result, err := schema.Validate(gojsonschema.NewBytesLoader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, fault := range result.Errors() {
			t.Errorf("%s: %s", name, fault)
		}
		var log sarifLog
		if err := json.Unmarshal(text, &log); err != nil {
			t.Fatal(err)
		}
		prints := map[string]bool{}
		run := log.Runs[0]
		for _, r := range run.Results {
			if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
				t.Errorf("%s: rule %d is not %s", name, r.RuleIndex, r.RuleID)
			}
			if len(r.Locations) == 0 || r.Locations[0].Physical.Artifact.URI == "" || r.Message.Text == "" {
				t.Errorf("%s: %+v", name, r)
			}
			if p := r.Prints[printName]; p == "" || prints[p] {
				t.Errorf("%s: fingerprint %q is there twice", name, p)
			} else {
				prints[p] = true
			}
		}
	}
	// A schema that takes everything would have taken these, too.
	for _, wrong := range []string{`{}`, `{"version":"2.1.0"}`, `{"version":"2.1.0","runs":[{}]}`, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"message":{}}]}]}`} {
		if result, err := schema.Validate(gojsonschema.NewStringLoader(wrong)); err != nil || result.Valid() {
			t.Errorf("%s is valid, %v", wrong, err)
		}
	}
}

func TestSARIFResults(t *testing.T) {
	var log sarifLog
	if err := json.Unmarshal(write(t, formatNamed(t, "sarif"), checked(t)["failed"]), &log); err != nil {
		t.Fatal(err)
	}
	r := log.Runs[0].Results[0]
	at := r.Locations[0]
	if r.Level != "error" || r.Prints[printName] != "3a37636b782b" || at.Physical.Artifact.URI != "cache.js" || at.Physical.Region.Line != 12 || at.Physical.Region.Column != 7 ||
		at.Logical[0].Name != "global.indexerState.cache" {
		t.Errorf("%+v", r)
	}
	if err := json.Unmarshal(write(t, formatNamed(t, "sarif"), checked(t)["warned"]), &log); err != nil {
		t.Fatal(err)
	}
	last := log.Runs[0].Results[len(log.Runs[0].Results)-1]
	if last.Level != "note" || len(last.Suppressions) != 1 || last.Suppressions[0].Justification != "removed with the next release" {
		t.Errorf("%+v", last)
	}
}

// sarifSchema reads the schema, which is a constant that its package keeps to
// itself.
func sarifSchema(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "pkg/report/v210/sarif/schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.ValueSpec); ok && s.Names[0].Name == "schema" {
			text, err = strconv.Unquote(s.Values[0].(*ast.BasicLit).Value)
		}
		return true
	})
	if err != nil || len(text) < 1000 {
		t.Fatalf("no schema: %v", err)
	}
	return text
}
