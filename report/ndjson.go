package report

import (
	"bytes"
	"io"

	"github.com/goccy/go-json"

	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/gate"
)

// lineJSON is a line of NDJSON. Every line has every field, so that tools that
// read tables see one.
type lineJSON struct {
	Type        string  `json:"type"` // verdict, or finding
	Status      string  `json:"status"`
	Message     string  `json:"message"`
	BeforeFile  string  `json:"before_file"`
	AfterFile   string  `json:"after_file"`
	BeforeSize  uint64  `json:"heap_before"`
	AfterSize   uint64  `json:"heap_after"`
	Fingerprint string  `json:"fingerprint"`
	Tier        string  `json:"tier"`
	Kind        string  `json:"kind"`
	Place       string  `json:"place"`
	Path        string  `json:"path"`
	Class       string  `json:"class"`
	Location    string  `json:"location"`
	CountBefore uint64  `json:"count_before"`
	CountAfter  uint64  `json:"count_after"`
	SizeBefore  uint64  `json:"size_before"`
	SizeAfter   uint64  `json:"size_after"`
	Share       uint64  `json:"share"`
	Exclusive   uint64  `json:"exclusive"`
	InPlace     bool    `json:"in_place"`
	PerCount    float64 `json:"count_per_iteration"`
	PerSize     float64 `json:"size_per_iteration"`
	IgnoredFor  string  `json:"ignored_for"`
}

// writeNDJSON writes the verdict in a line and each place that grew in one,
// the small ones and what is ignored as well.
func writeNDJSON(w io.Writer, d *Document) error {
	j := judgementOf(d)
	if j == nil {
		return errNotJudged("NDJSON")
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	base := lineJSON{
		Type: "verdict", Status: statusWord(j.Status), Message: j.headline(),
		BeforeFile: j.facts.Before.File, AfterFile: j.facts.After.File,
		BeforeSize: j.facts.Before.Size, AfterSize: j.facts.After.Size,
	}
	if err := encoder.Encode(base); err != nil {
		return err
	}
	broken := map[string]gate.Severity{} // by keyOf
	for i := range j.Outcomes {
		if o := &j.Outcomes[i]; o.Broken {
			for _, f := range o.Findings {
				if f.Line != nil {
					broken[keyOf(f.Line)] = max(broken[keyOf(f.Line)], o.Severity)
				}
			}
		}
	}
	ignored := map[string]string{}
	for i := range j.Verdict.Ignored {
		if g := &j.Verdict.Ignored[i]; g.State == gate.Active {
			for _, f := range g.Findings {
				if f.Line != nil {
					ignored[keyOf(f.Line)] = g.Reason
				}
			}
		}
	}
	for i := range j.facts.Lines {
		l := &j.facts.Lines[i]
		row := base
		row.Type, row.Status, row.Message = "finding", "pass", ""
		if severity, ok := broken[keyOf(l)]; ok {
			row.Status = severityWord(severity)
		}
		row.Fingerprint, row.Tier, row.Kind = l.Fingerprint, string(l.Tier), string(l.Kind)
		row.Place, row.Path, row.Class, row.Location = l.Owner, l.Path, l.Class, l.Location
		row.CountBefore, row.CountAfter, row.SizeBefore, row.SizeAfter = l.CountBefore, l.CountAfter, l.SizeBefore, l.SizeAfter
		row.Share, row.Exclusive, row.InPlace = l.Share, l.Exclusive, l.InPlace
		row.PerCount, row.PerSize = finite(l.PerIteration.Count), finite(l.PerIteration.Size)
		row.IgnoredFor = ignored[keyOf(l)]
		if err := encoder.Encode(row); err != nil {
			return err
		}
	}
	_, err := w.Write(asciiControls(b.Bytes()))
	return err
}

// keyOf tells lines apart, and is the same in every run.
func keyOf(l *growth.Line) string { return l.Fingerprint + l.Path }
