package report

import (
	"errors"
	"io"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

// TestMetricsAreRead holds that Prometheus' own parser of OpenMetrics reads what
// is written, to the end, and finds the same samples as the grammar beside it.
func TestMetricsAreRead(t *testing.T) {
	for name, d := range checked(t) {
		text := write(t, formatNamed(t, "metrics"), d)
		parser := textparse.NewOpenMetricsParser(text, labels.NewSymbolTable())
		samples := 0
		for {
			entry, err := parser.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if entry == textparse.EntrySeries {
				samples++
			}
		}
		if want := len(readMetrics(t, name, string(text))); samples != want {
			t.Errorf("%s: %d samples, want %d", name, samples, want)
		}
	}
}
