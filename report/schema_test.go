package report

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-json"
)

// TestSchema holds docs/report-schema.md and what is written together: every
// field written is described, every field described is written, and of the type
// that is said.
func TestSchema(t *testing.T) {
	described := schemas(t, "../docs/report-schema.md")
	reports := map[string][]*Document{
		compareSchema:   {Compare(grown(), Options{}), Compare(rankedSeries(), Options{}), Compare(tracked(), Options{})},
		inspectSchema:   {Inspect(summary(), Options{})},
		explainSchema:   {Explain(explained(0), Options{}), Explain(explained(3), Options{}), Explain(&Explained{Line: &tracked().Ranking.Lines[0]}, Options{})},
		retainersSchema: {Retain(retainers(), Options{})},
	}
	for name, documents := range reports {
		written := map[string]map[string]bool{} // field -> types
		for _, d := range documents {
			collectReport(t, written, name, d)
		}
		for field, types := range written {
			said, ok := described[name][field]
			if !ok {
				t.Errorf("%s: %s is not described", name, field)
			}
			for typ := range types {
				if !slices.Contains(strings.Split(said, " or "), typ) {
					t.Errorf("%s: %s is written as %s, described as %s", name, field, typ, said)
				}
			}
		}
		for field := range described[name] {
			if written[field] == nil {
				t.Errorf("%s: %s is described but not written", name, field)
			}
		}
	}
	if got := slices.Collect(maps.Keys(described)); len(got) != len(reports) {
		t.Errorf("described are %v", got)
	}
}

// schemas reads the tables: schema -> field -> type.
func schemas(t *testing.T, file string) map[string]map[string]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("^\\| `([^`]+)` \\| ([a-z ]+) \\| .+ \\|$")
	all := map[string]map[string]string{}
	var current map[string]string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "## "); ok {
			current = map[string]string{}
			all[name] = current
		}
		if m := row.FindStringSubmatch(line); m != nil {
			if _, twice := current[m[1]]; twice {
				t.Errorf("%s is described twice", m[1])
			}
			current[m[1]] = m[2]
		}
	}
	return all
}

// collectReport notes the types of all fields of a report.
func collectReport(t *testing.T, into map[string]map[string]bool, schema string, d *Document) {
	t.Helper()
	var value map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(write(t, Formats()[3], d))))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	if value["schema"] != schema {
		t.Errorf("schema is %v, want %s", value["schema"], schema)
	}
	collect(t, into, "", value)
}

// collect notes the types of all leaves below value.
func collect(t *testing.T, into map[string]map[string]bool, field string, value any) {
	t.Helper()
	leaf := func(typ string) {
		if into[field] == nil {
			into[field] = map[string]bool{}
		}
		into[field][typ] = true
	}
	switch v := value.(type) {
	case map[string]any:
		for key, sub := range v {
			collect(t, into, strings.TrimPrefix(field+"."+key, "."), sub)
		}
	case []any:
		for _, sub := range v {
			collect(t, into, field+"[]", sub)
		}
	case string:
		leaf("string")
	case bool:
		leaf("boolean")
	case nil:
		leaf("null")
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			leaf("number")
		} else {
			leaf("integer")
		}
	default:
		t.Errorf("%s is a %T", field, v)
	}
}
