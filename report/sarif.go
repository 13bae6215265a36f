package report

import (
	"io"
	"net/url"
	"strings"

	"github.com/heapdiff/heapdiff/gate"
)

// The parts of a SARIF 2.1.0 log that code scanning reads.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
		ColumnKind  string            `json:"columnKind"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string      `json:"id"`
		Short   sarifText   `json:"shortDescription"`
		Help    sarifText   `json:"help"`
		Default sarifConfig `json:"defaultConfiguration"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Prints       map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   *sarifProperties   `json:"properties,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		Line   int `json:"startLine"`
		Column int `json:"startColumn,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
	sarifProperties struct {
		Tier      string `json:"tier"`
		Kind      string `json:"kind"`
		Path      string `json:"path"`
		Share     uint64 `json:"share"`
		Exclusive uint64 `json:"exclusive"`
	}
)

// printName is under which name SARIF carries fingerprints.
const printName = "heapdiff/v1"

// writeSARIF writes what is wrong where in the source.
func writeSARIF(w io.Writer, d *Document) error {
	j := judgementOf(d)
	if j == nil {
		return errNotJudged("SARIF")
	}
	rules, index := sarifRules()
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "heapdiff", Version: strings.TrimPrefix(d.Options.Tool, "heapdiff "), Rules: rules}},
		Invocations: []sarifInvocation{{Successful: true}},
		Results:     []sarifResult{},
		ColumnKind:  "utf16CodeUnits",
	}
	note := func(level, text string) {
		run.Invocations[0].Notifications = append(run.Invocations[0].Notifications, sarifNotification{level, sarifText{text}})
	}
	note("note", j.headline())
	for _, warning := range d.Warnings {
		note("warning", shown(warning))
	}
	for _, i := range j.issues() {
		run.Results = append(run.Results, j.sarifResult(&i, index))
	}
	return encodeJSON(w, sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{run},
	})
}

func sarifRules() (rules []sarifRule, index map[string]int) {
	index = map[string]int{}
	add := func(id, about string) {
		index[id] = len(rules)
		rules = append(rules, sarifRule{
			ID: id, Short: sarifText{about}, Default: sarifConfig{"error"},
			Help: sarifText{"Take two heap snapshots around the same work and look at what holds the growth: heapdiff BEFORE AFTER."},
		})
	}
	for _, m := range gate.Metrics() {
		add(m.Name, m.About)
	}
	add("ignore", "an ignore that is over or outgrown")
	add(doubtRule, "heaps from whose comparison nothing follows")
	return rules, index
}

func (j *judged) sarifResult(i *issue, index map[string]int) sarifResult {
	r := sarifResult{
		RuleID: i.rule, RuleIndex: index[i.rule], Level: map[level]string{failed: "error", warned: "warning", suppressed: "note"}[i.level],
		Message: sarifText{i.message}, Prints: map[string]string{printName: i.print},
	}
	at := sarifLocation{Physical: sarifPhysical{Artifact: sarifArtifact{(&url.URL{Path: j.snapshot()}).String()}}}
	if i.located {
		at.Physical = sarifPhysical{
			Artifact: sarifArtifact{(&url.URL{Path: i.source.file}).String()},
			Region:   &sarifRegion{i.source.line, i.source.column},
		}
	}
	if i.finding != nil {
		at.Logical = []sarifLogical{{shown(i.finding.Place)}}
		if l := i.finding.Line; l != nil {
			r.Properties = &sarifProperties{string(l.Tier), string(l.Kind), shown(l.Path), l.Share, l.Exclusive}
		}
	}
	r.Locations = []sarifLocation{at}
	if i.ignored != nil && i.level == suppressed {
		r.Suppressions = []sarifSuppression{{Kind: "external", Status: "accepted", Justification: shown(i.ignored.Reason)}}
	}
	return r
}
