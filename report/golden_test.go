package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// documents are the reports that the golden files hold, by name.
func documents(o Options) map[string]*Document {
	o.Tool = "heapdiff 1.2.3"
	return map[string]*Document{
		"grown":     Compare(grown(), o),
		"ranked":    Compare(ranked(), o),
		"series":    Compare(rankedSeries(), o),
		"calm":      Compare(calm(), o),
		"hostile":   Compare(nastyPlaces(), o),
		"tracked":   Compare(tracked(), o),
		"shrunk":    Compare(shrunk(), o),
		"nothing":   Compare(nothing(), o),
		"nasty":     Compare(nasty(), o),
		"explained": Explain(explained(0), o),
		"summary":   Inspect(summary(), o),
		"retainers": Retain(retainers(), o),
	}
}

func TestGolden(t *testing.T) {
	for name, d := range documents(Options{}) {
		for _, f := range Formats() {
			golden(t, name+"."+f.Name, elided(write(t, f, d)))
		}
	}
	for name, d := range documents(Options{Exact: true, All: true, Width: 200}) {
		golden(t, name+"-wide-exact.text", write(t, Formats()[0], d))
	}
	for name, d := range documents(Options{Width: 60, Color: true, Top: 2}) {
		golden(t, name+"-narrow-color.text", write(t, Formats()[0], d))
	}
}

// elided is a report without what all pages have in common: their style, their
// script and the policy that allows the two.
func elided(report []byte) []byte {
	hashes := regexp.MustCompile(`&#39;sha256-.*?&#39;`)
	return hashes.ReplaceAll([]byte(strings.NewReplacer(pageStyle, "…", pageScript, "…").Replace(string(report))), []byte("…"))
}

func write(t *testing.T, f Format, d *Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b, d); err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return b.Bytes()
}

// golden compares what was written with testdata/name.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test ./report -update writes it)", err)
	}
	if !bytes.Equal(got, want) {
		line, got, want := difference(string(got), string(want))
		t.Errorf("%s:%d: got\n%s\nwant\n%s\n(go test ./report -update writes it anew; read its diff)", name, line, got, want)
	}
}

// difference returns the first lines that differ.
func difference(got, want string) (line int, first, second string) {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for line < len(a) && line < len(b) && a[line] == b[line] {
		line++
	}
	const most = 5
	return line + 1, strings.Join(a[line:min(len(a), line+most)], "\n"), strings.Join(b[line:min(len(b), line+most)], "\n")
}
