package report

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/goccy/go-json"

	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/gate"
)

// checkJSON is the verdict, and after it the fields of a comparison.
type checkJSON struct {
	judged  *judged
	Verdict verdictJSON `json:"verdict"`
	*compareJSON
}

// checkProfilesJSON is the same for profiles.
type checkProfilesJSON struct {
	judged  *judged
	Verdict verdictJSON `json:"verdict"`
	*profileJSON
}

type verdictJSON struct {
	Status   string        `json:"status"`
	Headline string        `json:"headline"`
	ExitCode int           `json:"exit_code"`
	Runs     int           `json:"runs"`
	Doubts   []string      `json:"doubts"`
	Rules    []ruleJSON    `json:"rules"`
	Ignored  []ignoredJSON `json:"ignored"`
}

type ruleJSON struct {
	Rule     string       `json:"rule"`
	Severity string       `json:"severity"`
	Status   string       `json:"status"`
	Value    *float64     `json:"value"`
	Limit    *float64     `json:"limit"`
	Values   []float64    `json:"values"`
	Doubt    string       `json:"doubt"`
	Findings []brokenJSON `json:"findings"`
}

type brokenJSON struct {
	Fingerprint string `json:"fingerprint"`
	Place       string `json:"place"`
	Size        int64  `json:"size"`
	Count       int64  `json:"count"`
	Things      string `json:"things"`
	Where       string `json:"where"`
}

type ignoredJSON struct {
	Fingerprint string       `json:"fingerprint"`
	Path        string       `json:"path"`
	Class       string       `json:"class"`
	Reason      string       `json:"reason"`
	Until       string       `json:"until"`
	Max         uint64       `json:"max"`
	State       string       `json:"state"`
	Size        uint64       `json:"size"`
	Findings    []brokenJSON `json:"findings"`
}

func (j *judged) verdictJSON() verdictJSON {
	out := verdictJSON{
		Status: statusWord(j.Status), Headline: j.headline(), ExitCode: j.ExitCode(), Runs: j.Runs, Doubts: warningsJSON(j.Doubts),
		Rules: make([]ruleJSON, len(j.Outcomes)), Ignored: make([]ignoredJSON, len(j.Verdict.Ignored)),
	}
	for i := range j.Outcomes {
		o := &j.Outcomes[i]
		out.Rules[i] = ruleJSON{
			Rule: o.RuleText(), Severity: severityWord(o.Severity), Status: outcomeStatus(o),
			Value: number(o.Value), Limit: number(o.Limit), Values: numbers(o.Values), Doubt: o.Doubt, Findings: findingsJSON(o.Findings),
		}
	}
	for i := range j.Verdict.Ignored {
		g := &j.Verdict.Ignored[i]
		row := ignoredJSON{
			Fingerprint: g.Fingerprint, Path: g.Path, Class: g.Class, Reason: g.Reason, Max: g.Max,
			State: g.State.String(), Size: g.Size, Findings: findingsJSON(g.Findings),
		}
		if !g.Until.IsZero() {
			row.Until = g.Until.Format(time.DateOnly)
		}
		out.Ignored[i] = row
	}
	return out
}

func findingsJSON(list []gate.Finding) []brokenJSON {
	out := make([]brokenJSON, len(list))
	for i := range list {
		f := &list[i]
		out[i] = brokenJSON{Fingerprint: printOf(f.Line), Place: f.Place, Size: f.Size, Count: f.Count, Things: f.Things, Where: f.Where}
	}
	return out
}

// printOf is the fingerprint of a line, if there is one.
func printOf(l *growth.Line) string {
	if l == nil {
		return ""
	}
	return l.Fingerprint
}

// number is null where it is infinite.
func number(x float64) *float64 {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return nil
	}
	return &x
}

func numbers(list []float64) []float64 {
	out := make([]float64, len(list))
	for i, x := range list {
		out[i] = finite(x)
	}
	return out
}

func statusWord(s gate.Status) string {
	return map[gate.Status]string{gate.Pass: "pass", gate.Warn: "warn", gate.Inconclusive: "inconclusive", gate.Fail: "fail"}[s]
}

func severityWord(s gate.Severity) string {
	if s == gate.Failure {
		return "fail"
	}
	return "warn"
}

func outcomeStatus(o *gate.Outcome) string {
	switch {
	case o.Doubt != "":
		return "inconclusive"
	case !o.Broken:
		return "pass"
	}
	return severityWord(o.Severity)
}

// encodeJSON writes a document of another schema.
func encodeJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("json: %w", err)
	}
	_, err := w.Write(asciiControls(b.Bytes()))
	return err
}
