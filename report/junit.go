package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/heapdiff/heapdiff/gate"
)

// The elements of a JUnit report, as Jenkins and GitLab read it: a test case a
// rule, one an ignore, and one if nothing can be concluded.
type (
	junitSuites struct {
		XMLName  xml.Name   `xml:"testsuites"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Suite    junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
		Out      string      `xml:"system-out"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Skipped *string       `xml:"skipped"` // why: old schemas allow no attribute, and all readers take the text
		Error   *junitMessage `xml:"error"`
		Failure *junitMessage `xml:"failure"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes the verdict as test results.
func writeJUnit(w io.Writer, d *Document) error {
	j := judgementOf(d)
	if j == nil {
		return errNotJudged("JUnit")
	}
	suite := junitSuite{Name: "heapdiff", Out: j.headline()}
	if len(j.Doubts) > 0 {
		suite.add(j.junitDoubts())
	}
	for i := range j.Outcomes {
		suite.add(j.junitRule(&j.Outcomes[i]))
	}
	for i := range j.Verdict.Ignored {
		suite.add(junitIgnore(&j.Verdict.Ignored[i]))
	}
	for _, warning := range d.Warnings {
		suite.Out += "\nwarning: " + shown(warning)
	}
	text, err := xml.MarshalIndent(junitSuites{
		Name: "heapdiff", Tests: suite.Tests, Failures: suite.Failures, Errors: suite.Errors, Suite: suite,
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("junit: %w", err)
	}
	_, err = io.WriteString(w, xml.Header+string(text)+"\n")
	return err
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func (j *judged) junitRule(o *gate.Outcome) junitCase {
	c := junitCase{Class: "heapdiff." + o.Expr.Metric.Name, Name: shown(o.RuleText())}
	says := shown(o.Subject()) + " " + o.ValueText()
	var text strings.Builder
	for k := range o.Findings[:min(len(o.Findings), mostFindings)] {
		text.WriteString(strings.Join(explain(&o.Findings[k]), "\n  ") + "\n")
	}
	broken := says + " " + string(o.Expr.Op) + " " + o.LimitText()
	switch {
	case o.Doubt != "" && o.Severity == gate.Warning:
		c.Out = "warning: " + says + ": " + shown(o.Doubt)
	case o.Doubt != "" && j.Strict:
		c.Error = &junitMessage{Message: says + ": " + shown(o.Doubt), Type: "inconclusive"}
	case o.Doubt != "":
		c.skip("inconclusive: " + shown(o.Doubt))
	case o.Broken && o.Severity == gate.Failure:
		c.Failure = &junitMessage{Message: broken, Type: o.Expr.Metric.Name, Text: text.String()}
	case o.Broken:
		c.Out = "warning: " + broken + "\n" + text.String()
	default:
		c.Out = says + ", fails if " + string(o.Expr.Op) + " " + o.LimitText()
	}
	return c
}

// junitDoubts is a test case that the files failed.
func (j *judged) junitDoubts() junitCase {
	c := junitCase{Class: "heapdiff." + doubtRule, Name: "the heaps can be compared"}
	if !j.Strict {
		c.skip("inconclusive: " + shown(j.Doubts[0]))
		return c
	}
	c.Error = &junitMessage{Message: "inconclusive: " + shown(j.Doubts[0]), Type: "inconclusive"}
	for _, doubt := range j.Doubts {
		c.Error.Text += shown(doubt) + "\n"
	}
	return c
}

func (c *junitCase) skip(why string) { c.Skipped = &why }

func junitIgnore(g *gate.Ignored) junitCase {
	c := junitCase{Class: "heapdiff.ignore", Name: shown(g.What())}
	var text strings.Builder
	for k := range g.Findings[:min(len(g.Findings), mostFindings)] {
		text.WriteString(strings.Join(explain(&g.Findings[k]), "\n  ") + "\n")
	}
	switch g.State {
	case gate.Active:
		c.skip("ignored: " + shown(g.Reason))
	case gate.Unused:
		c.Out = "nothing to ignore any more: " + shown(g.Reason)
	default:
		c.Failure = &junitMessage{Message: "ignore " + g.State.String() + ": " + shown(g.Reason), Type: g.State.String(), Text: text.String()}
	}
	return c
}

func errNotJudged(format string) error {
	return fmt.Errorf("%s is a format of verdicts, and nothing was judged", format)
}
