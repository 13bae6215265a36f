package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
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
			golden(t, name+"."+f.Name, write(t, f, d))
		}
	}
	for name, d := range documents(Options{Exact: true, All: true, Width: 200}) {
		golden(t, name+"-wide-exact.text", write(t, Formats()[0], d))
	}
	for name, d := range documents(Options{Width: 60, Color: true, Top: 2}) {
		golden(t, name+"-narrow-color.text", write(t, Formats()[0], d))
	}
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
		t.Errorf("%s: got\n%s\nwant\n%s\n(go test ./report -update writes it anew; read its diff)", name, got, want)
	}
}
