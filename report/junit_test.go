package report

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
)

// junitElements is the schema that Jenkins holds JUnit reports to (junit-10.xsd
// of its xUnit plugin), as far as it can be said in a table: which attributes an
// element may have, which it must, and what may stand in it.
var junitElements = map[string]struct{ may, must, children string }{
	"testsuites": {"name time tests failures errors", "", "testsuite"},
	"testsuite":  {"name tests failures errors group time skipped timestamp hostname id package file log url", "name tests failures errors", "testsuite properties testcase system-out system-err"},
	"testcase":   {"name time classname group", "name", "skipped error failure rerunFailure rerunError flakyFailure flakyError system-out system-err"},
	"failure":    {"type message", "", "text"},
	"error":      {"type message", "", "text"},
	"skipped":    {"type message", "", "text"},
	"system-out": {"", "", "text"},
	"system-err": {"", "", "text"},
}

func TestJUnit(t *testing.T) {
	for name, d := range checked(t) {
		text := string(write(t, formatNamed(t, "junit"), d))
		counts := junitFaults(t, name, text)
		var back junitSuites
		if err := xml.Unmarshal([]byte(text), &back); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s := back.Suite
		if counts["testcase"] != s.Tests || counts["failure"] != s.Failures || counts["error"] != s.Errors || counts["skipped"] != s.Skipped ||
			back.Tests != s.Tests || back.Failures != s.Failures {
			t.Errorf("%s: %v are counted as %+v", name, counts, s)
		}
		j := judgementOf(d)
		want := len(j.Outcomes) + len(j.Verdict.Ignored)
		if len(j.Doubts) > 0 {
			want++
		}
		if s.Tests != want {
			t.Errorf("%s: %d cases, want %d", name, s.Tests, want)
		}
		if red := s.Failures+s.Errors > 0; red != (j.ExitCode() != 0) {
			t.Errorf("%s: red is %v, exit %d", name, red, j.ExitCode())
		}
	}
}

// junitFaults holds a document against the table and counts its elements.
func junitFaults(t *testing.T, name, text string) map[string]int {
	t.Helper()
	if !strings.HasPrefix(text, `<?xml version="1.0" encoding="UTF-8"?>`+"\n") {
		t.Errorf("%s begins with %q", name, text[:20])
	}
	counts := map[string]int{}
	var open []string
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return counts
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			rule, ok := junitElements[token.Name.Local]
			if !ok {
				t.Errorf("%s: no element <%s>", name, token.Name.Local)
			}
			if len(open) > 0 && !hasWord(junitElements[open[len(open)-1]].children, token.Name.Local) {
				t.Errorf("%s: <%s> in <%s>", name, token.Name.Local, open[len(open)-1])
			}
			given := map[string]bool{}
			for _, a := range token.Attr {
				given[a.Name.Local] = true
				if !hasWord(rule.may, a.Name.Local) {
					t.Errorf("%s: <%s %s>", name, token.Name.Local, a.Name.Local)
				}
				if _, err := strconv.Atoi(a.Value); hasWord("tests failures errors skipped", a.Name.Local) && err != nil {
					t.Errorf("%s: %s=%q", name, a.Name.Local, a.Value)
				}
			}
			for _, must := range strings.Fields(rule.must) {
				if !given[must] {
					t.Errorf("%s: <%s> without %s", name, token.Name.Local, must)
				}
			}
			counts[token.Name.Local]++
			open = append(open, token.Name.Local)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 && !hasWord(junitElements[open[len(open)-1]].children, "text") && strings.TrimSpace(string(token)) != "" {
				t.Errorf("%s: text in <%s>: %q", name, open[len(open)-1], token)
			}
		case xml.ProcInst:
			if counts["testsuites"] > 0 {
				t.Errorf("%s: an instruction", name)
			}
		default:
			t.Errorf("%s: %T", name, token)
		}
	}
}

func hasWord(words, word string) bool {
	for _, w := range strings.Fields(words) {
		if w == word {
			return true
		}
	}
	return false
}
