package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPipelines types what the pipelines and the lists of docs/ci.md have
// heapdiff do, and holds that each is understood.
func TestPipelines(t *testing.T) {
	text, err := os.ReadFile("../../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	testdata, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	e := examples{t: t, dir: t.TempDir()}
	for name, of := range map[string]string{
		"before.heapsnapshot": "node20-before.heapsnapshot.zst", "after.heapsnapshot": "node20-after.heapsnapshot.zst",
		"after-1.heapsnapshot": "node20-after.heapsnapshot.zst", "after-2.heapsnapshot": "node20-after.heapsnapshot.zst",
		"base-1.heapsnapshot": "node14-before.heapsnapshot.zst", "branch-1.heapsnapshot": "node14-rerun.heapsnapshot.zst",
		"base-2.heapsnapshot": "node14-before.heapsnapshot.zst", "branch-2.heapsnapshot": "node14-after.heapsnapshot.zst",
		"before.pb.gz": "go-cache-heap-0.pb.gz", "after.pb.gz": "go-cache-heap-1.pb.gz",
	} {
		if err := os.Symlink(filepath.Join(testdata, of), filepath.Join(e.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	e.enter("for name in main a b; do heapdiff baseline before.heapsnapshot -o $name.heapbase; done")
	// In a list, in a step of YAML, in a step of Jenkins, within a sentence; what follows three spaces is a remark.
	command := regexp.MustCompile("(?m)(?:^    |^ +- (?:run: )?|\\bsh '|`)(heapdiff (?:check|baseline|merge|ignore) .*?)(?:   .*|'|`[^\n]*)?$")
	files := strings.NewReplacer("BEFORE", "before.heapsnapshot", "AFTER", "after.heapsnapshot", "FILE", "after.heapsnapshot",
		"t0 t1 t2 t3", "before.heapsnapshot after.heapsnapshot", "`", "")
	typed := 0
	for _, m := range command.FindAllStringSubmatch(string(text), -1) {
		line := files.Replace(m[1])
		if strings.Contains(line, "heaps/*") {
			continue // a script of its own runs it
		}
		typed++
		if out := e.enter(line + "; [ $? -le 1 ]"); strings.HasPrefix(line, "heapdiff check") && !regexp.MustCompile(`^(PASS|FAIL|INCONCLUSIVE) `).MatchString(out) {
			t.Errorf("%s prints\n%s", line, out)
		}
	}
	if typed < 11 {
		t.Errorf("only %d commands", typed)
	}
}

// TestActionInputs holds that the workflow of docs/ci.md gives the action no
// input that it does not have, which GitHub would not notice.
func TestActionInputs(t *testing.T) {
	docs, err := os.ReadFile("../../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	action, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	_, step, _ := strings.Cut(string(docs), "- uses: heapdiff/heapdiff@")
	step, _, _ = strings.Cut(step, "- uses:")
	inputs := regexp.MustCompile(`(?m)^ {10}([a-z-]+):`).FindAllStringSubmatch(step, -1)
	if len(inputs) < 4 {
		t.Errorf("%d inputs in %q", len(inputs), step)
	}
	for _, m := range inputs {
		if !regexp.MustCompile(`(?m)^  ` + m[1] + `:$`).Match(action) {
			t.Errorf("the action has no input %s", m[1])
		}
	}
}
