package report

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// openMetrics writes the text format of OpenMetrics 1.0: families one after the
// other, each with its type, its unit if its name ends in one, and what it is.
type openMetrics struct{ strings.Builder }

// label is a name and a value, which may be hostile.
type label struct{ name, value string }

func (m *openMetrics) family(name, unit, help string) {
	fmt.Fprintf(m, "# HELP %s %s\n# TYPE %s gauge\n", name, metricsText(help), name)
	if unit != "" {
		fmt.Fprintf(m, "# UNIT %s %s\n", name, unit)
	}
}

func (m *openMetrics) sample(name string, value float64, labels ...label) {
	m.WriteString(name)
	for i, l := range labels {
		m.WriteString(map[bool]string{true: "{", false: ","}[i == 0])
		m.WriteString(l.name + `="` + metricsText(shown(l.value)) + `"`)
	}
	if len(labels) > 0 {
		m.WriteByte('}')
	}
	text := strconv.FormatFloat(value, 'f', -1, 64)
	if math.IsInf(value, 0) {
		text = map[bool]string{true: "+Inf", false: "-Inf"}[value > 0]
	}
	m.WriteString(" " + text + "\n")
}

var metricsEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// metricsText escapes what stands in quotes or behind HELP.
func metricsText(s string) string { return metricsEscapes.Replace(s) }

// writeMetrics writes numbers for a monitoring system to keep.
func writeMetrics(w io.Writer, d *Document) error {
	j := judgementOf(d)
	if j == nil {
		return errNotJudged("OpenMetrics")
	}
	m := &openMetrics{}
	m.family("heapdiff_passed", "", "1 if the gate passed, 0 if it did not: "+j.headline())
	m.sample("heapdiff_passed", map[bool]float64{true: 1}[j.ExitCode() == 0], label{"status", statusWord(j.Status)})
	m.family("heapdiff_rule_value", "", "value of a rule's metric: bytes, a count or percent")
	for i := range j.Outcomes {
		m.sample("heapdiff_rule_value", j.Outcomes[i].Value, j.ruleLabels(i)...)
	}
	m.family("heapdiff_rule_limit", "", "what the value is compared with, in the same unit")
	for i := range j.Outcomes {
		m.sample("heapdiff_rule_limit", j.Outcomes[i].Limit, j.ruleLabels(i)...)
	}
	m.family("heapdiff_rule_broken", "", "1 if the rule is broken")
	for i := range j.Outcomes {
		m.sample("heapdiff_rule_broken", map[bool]float64{true: 1}[j.Outcomes[i].Broken], j.ruleLabels(i)...)
	}
	m.family("heapdiff_heap_bytes", "bytes", "size of the heap")
	m.sample("heapdiff_heap_bytes", float64(j.facts.Before.Size), label{"side", "before"})
	m.sample("heapdiff_heap_bytes", float64(j.facts.After.Size), label{"side", "after"})
	m.family("heapdiff_kind_bytes", "bytes", "size of the objects of a kind in the later heap")
	for _, k := range j.facts.Kinds {
		m.sample("heapdiff_kind_bytes", float64(k.AfterSize), label{"kind", k.Kind})
	}
	m.family("heapdiff_kind_objects", "objects", "objects of a kind in the later heap")
	for _, k := range j.facts.Kinds {
		m.sample("heapdiff_kind_objects", float64(k.AfterCount), label{"kind", k.Kind})
	}
	m.places(j)
	m.WriteString("# EOF\n")
	_, err := io.WriteString(w, m.String())
	return err
}

// places writes the shares of places that grew. Two lines may have one
// fingerprint; a sample has to be there once, so they are added up.
func (m *openMetrics) places(j *judged) {
	type sum struct {
		labels []label
		share  uint64
	}
	var sums []*sum
	by := map[string]*sum{}
	for i := range j.facts.Lines {
		l := &j.facts.Lines[i]
		s := by[l.Fingerprint]
		if s == nil {
			s = &sum{labels: []label{{"fingerprint", l.Fingerprint}, {"tier", string(l.Tier)}, {"kind", string(l.Kind)}, {"place", l.Owner}}}
			by[l.Fingerprint] = s
			sums = append(sums, s)
		}
		s.share += l.Share
	}
	m.family("heapdiff_growth_bytes", "bytes", "share of a place in the growth")
	for _, s := range sums {
		m.sample("heapdiff_growth_bytes", float64(s.share), s.labels...)
	}
	r := &j.facts.Reconciliation
	m.family("heapdiff_unattributed_bytes", "bytes", "new bytes that hang at no place that accumulates")
	m.sample("heapdiff_unattributed_bytes", float64(r.Unattributed))
	m.family("heapdiff_coverage_ratio", "ratio", "part of what came that is attributed to a place")
	m.sample("heapdiff_coverage_ratio", finite(r.Coverage))
}

// ruleLabels name a rule. Two rules may be written alike: their number tells
// them apart.
func (j *judged) ruleLabels(i int) []label {
	o := &j.Outcomes[i]
	return []label{{"index", strconv.Itoa(i)}, {"rule", o.RuleText()}, {"severity", severityWord(o.Severity)}}
}
