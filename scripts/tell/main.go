// Tell says how tests went, in few words:
//
//	go test -json ./... | tell [-strict]
//
// It prints what tests that failed have printed, and nothing of the others; which
// were skipped; how many there were; and what took longest. It exits with 1 if a
// test failed, if none ran, and with -strict also if one was skipped.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

func main() {
	strict := flag.Bool("strict", false, "a test that was skipped is a failure")
	flag.Parse()
	if err := tell(os.Stdin, os.Stdout, *strict); err != nil {
		fmt.Fprintln(os.Stderr, "tell:", err)
		os.Exit(1)
	}
}

// event is a line that go test -json writes.
type event struct {
	Action     string
	Package    string
	ImportPath string // of build events
	Test       string
	Output     string
	Elapsed    float64
}

// place is a test, or with an empty test its package.
type place struct{ pkg, test string }

type told struct {
	printed              map[place]*strings.Builder
	passed, failed       int
	skipped              []place
	wrong                bool
	slowTests, slowRooms []lasted
}

type lasted struct {
	place
	seconds float64
}

func tell(in io.Reader, out io.Writer, strict bool) error {
	t := told{printed: map[place]*strings.Builder{}}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			t.take(line, out)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	for _, s := range t.skipped {
		fmt.Fprintf(out, "skipped: %s %s\n%s", s.pkg, s.test, t.output(s))
	}
	slowest(out, t.slowRooms, 6)
	slowest(out, t.slowTests, 10)
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", t.passed, t.failed, len(t.skipped))
	switch {
	case t.wrong || t.failed > 0:
		return fmt.Errorf("a test failed")
	case t.passed == 0:
		return fmt.Errorf("no test ran")
	case strict && len(t.skipped) > 0:
		return fmt.Errorf("a test was skipped")
	}
	return nil
}

// take looks at one line. What is no event, such as a complaint of go itself, is
// printed as it is.
func (t *told) take(line []byte, out io.Writer) {
	var e event
	if json.Unmarshal(line, &e) != nil || e.Action == "" {
		t.wrong = true
		_, _ = out.Write(line)
		return
	}
	at := place{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		_, _ = io.WriteString(out, e.Output)
	case "build-fail":
		t.wrong = true
	case "output":
		if t.printed[at] == nil {
			t.printed[at] = &strings.Builder{}
		}
		t.printed[at].WriteString(e.Output)
	case "pass", "fail", "skip":
		t.end(e, at, out)
	}
}

// end counts a test or a package, and shows what it printed if that matters.
func (t *told) end(e event, at place, out io.Writer) {
	switch {
	case e.Action == "fail":
		t.wrong = true
		fmt.Fprintf(out, "failed: %s %s\n%s", at.pkg, at.test, t.output(at))
	case e.Action == "skip" && at.test != "":
		t.skipped = append(t.skipped, at)
	}
	if at.test == "" {
		t.slowRooms = append(t.slowRooms, lasted{at, e.Elapsed})
		return
	}
	switch e.Action {
	case "pass":
		t.passed++
		delete(t.printed, at)
	case "fail":
		t.failed++
	}
	if !strings.Contains(at.test, "/") {
		t.slowTests = append(t.slowTests, lasted{at, e.Elapsed})
	}
}

func (t *told) output(at place) string {
	if t.printed[at] == nil {
		return ""
	}
	return t.printed[at].String()
}

func slowest(out io.Writer, list []lasted, most int) {
	slices.SortStableFunc(list, func(a, b lasted) int { return cmp.Compare(b.seconds, a.seconds) })
	for _, l := range list[:min(len(list), most)] {
		fmt.Fprintf(out, "%7.1f s  %s %s\n", l.seconds, l.pkg, l.test)
	}
}
