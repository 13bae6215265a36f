package report

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The grammar of the OpenMetrics 1.0 text format, as far as gauges go.
var (
	metricsMeta   = regexp.MustCompile(`^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$`)
	metricsSample = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"(?:,|\}))+))? (\S+)$`)
	metricsLabel  = regexp.MustCompile(`([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"[,}]`)
	metricsEscape = regexp.MustCompile(`\\[^\\"n]`)
)

// TestMetrics reads what is written as a scraper does: lines end in one line
// feed, families are not interleaved, metadata comes before samples, a unit is
// the end of its family's name, no sample is there twice, and # EOF is the end.
func TestMetrics(t *testing.T) {
	for name, d := range checked(t) {
		text := string(write(t, formatNamed(t, "metrics"), d))
		values := readMetrics(t, name, text)
		passed := values[`heapdiff_passed{status="`+statusWord(judgementOf(d).Status)+`"}`]
		if want := judgementOf(d).ExitCode() == 0; (passed == 1) != want {
			t.Errorf("%s: passed is %v", name, passed)
		}
		if len(values) < 10 {
			t.Errorf("%s: only %d samples", name, len(values))
		}
	}
	values := readMetrics(t, "failed", string(write(t, formatNamed(t, "metrics"), checked(t)["failed"])))
	for sample, want := range map[string]float64{
		`heapdiff_rule_value{index="0",rule="growth > 1MiB",severity="fail"}`:                                              1838000,
		`heapdiff_rule_limit{index="0",rule="growth > 1MiB",severity="fail"}`:                                              1 << 20,
		`heapdiff_rule_broken{index="3",rule="class:Nobody:count > 5",severity="warn"}`:                                    0,
		`heapdiff_growth_bytes{fingerprint="3a37636b782b",tier="GROWTH",kind="Map/Set",place="global.indexerState.cache"}`: 1648000,
	} {
		if got, ok := values[sample]; !ok || got != want {
			t.Errorf("%s is %v, want %v", sample, got, want)
		}
	}
}

// readMetrics checks a text and returns its samples.
func readMetrics(t *testing.T, name, text string) map[string]float64 {
	t.Helper()
	body, ok := strings.CutSuffix(text, "\n# EOF\n")
	if !ok || strings.Contains(body, "# EOF\n") || strings.ContainsAny(text, "\r\x00\x1b") {
		t.Fatalf("%s does not end with # EOF, or has control characters", name)
	}
	values := map[string]float64{}
	seen := map[string]bool{} // families
	family, sampled := "", false
	meta := map[string]bool{}
	for _, line := range strings.Split(body, "\n") {
		if m := metricsMeta.FindStringSubmatch(line); m != nil {
			if m[2] != family || sampled {
				if seen[m[2]] {
					t.Errorf("%s: family %s is interrupted", name, m[2])
				}
				family, sampled, meta = m[2], false, map[string]bool{}
				seen[family] = true
			}
			if meta[m[1]] {
				t.Errorf("%s: two %s of %s", name, m[1], family)
			}
			meta[m[1]] = true
			switch {
			case m[1] == "TYPE" && m[3] != "gauge":
				t.Errorf("%s: %s", name, line)
			case m[1] == "UNIT" && (m[3] == "" || !strings.HasSuffix(family, "_"+m[3])):
				t.Errorf("%s: %s", name, line)
			case m[1] == "HELP" && metricsEscape.MatchString(strings.ReplaceAll(m[3], `\\`, "")):
				t.Errorf("%s: %s", name, line)
			}
			continue
		}
		m := metricsSample.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("%s: %q is no sample", name, line)
			continue
		}
		if m[1] != family || !meta["TYPE"] {
			t.Errorf("%s: %s stands in family %s", name, m[1], family)
		}
		sampled = true
		labels := map[string]bool{}
		for _, l := range metricsLabel.FindAllStringSubmatch(m[2], -1) {
			if labels[l[1]] {
				t.Errorf("%s: %s has label %s twice", name, m[1], l[1])
			}
			labels[l[1]] = true
		}
		value, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		id := strings.TrimSuffix(line, " "+m[3])
		if _, twice := values[id]; twice {
			t.Errorf("%s: %s is there twice", name, id)
		}
		values[id] = value
	}
	return values
}
