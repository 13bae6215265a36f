package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestReadme runs the examples in README.md and docs/reading.md, each document
// in a folder of its own that has the testdata:
//
//   - In ```console blocks, what stands after "$ " is typed, and the lines up to
//     the next one must be printed. A last line "…" stands for all that follows.
//   - In ```sh blocks, each line is typed and must succeed. 4711 is a Node program
//     that runs meanwhile.
func TestReadme(t *testing.T) {
	if raceDetector {
		return // the scripts run the same commands
	}
	t.Chdir("../..")
	for document, least := range map[string]int{"README.md": 15, "docs/reading.md": 1} {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		e := examples{t: t, dir: t.TempDir()}
		if err := os.Symlink(filepath.Join(mustGetwd(t), "testdata"), filepath.Join(e.dir, "testdata")); err != nil {
			t.Fatal(err)
		}
		got := e.run(string(text))
		if e.typed < least {
			t.Errorf("%s: only %d examples", document, e.typed)
		}
		switch {
		case *update:
			if err := os.WriteFile(document, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		case got != string(text):
			t.Errorf("the examples of %s print something else (go test ./cmd/heapdiff -update writes it):\n%s", document, got)
		}
	}
}

// TestLinks holds that links within the documents lead somewhere.
func TestLinks(t *testing.T) {
	t.Chdir("../..")
	documents, err := filepath.Glob("docs/*.md")
	if err != nil || len(documents) < 5 {
		t.Fatal(documents, err)
	}
	link := regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	for _, document := range append(documents, "README.md", "CHANGELOG.md", "testdata/README.md") {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(document), m[1])); err != nil {
				t.Errorf("%s has a link to %s: %v", document, m[1], err)
			}
		}
	}
}

// examples are those of one document.
type examples struct {
	t     *testing.T
	dir   string
	typed int
}

// run types all examples and returns the document with what they print.
func (e *examples) run(text string) string {
	var out strings.Builder
	lines := slices.Collect(strings.Lines(text))
	for i := 0; i < len(lines); i++ {
		out.WriteString(lines[i])
		end := i + 1 + slices.Index(lines[i+1:], "```\n")
		switch lines[i] {
		case "```console\n":
			out.WriteString(e.console(lines[i+1 : end]))
			i = end - 1
		case "```sh\n":
			e.program(lines[i+1 : end])
			out.WriteString(strings.Join(lines[i+1:end], ""))
			i = end - 1
		}
	}
	return out.String()
}

// console types the commands in a block and returns it as it should be.
func (e *examples) console(block []string) string {
	var out strings.Builder
	for len(block) > 0 {
		typed := block[0]
		shown := slices.IndexFunc(block[1:], func(line string) bool { return strings.HasPrefix(line, "$ ") })
		if shown < 0 {
			shown = len(block) - 1
		}
		printed := slices.Collect(strings.Lines(e.enter(strings.TrimPrefix(typed, "$ "))))
		if shown > 0 && block[shown] == "…\n" && len(printed) >= shown {
			printed = append(printed[:shown-1:shown-1], "…\n")
		}
		out.WriteString(typed + strings.Join(printed, ""))
		block = block[1+shown:]
	}
	return out.String()
}

// program types commands that look at a running program.
func (e *examples) program(block []string) {
	node, err := exec.LookPath("node")
	if err != nil {
		e.t.Skip("there is no node")
	}
	program := exec.Command(node, "--inspect-port=0", "-e", `console.log("ready"); setInterval(() => {}, 1000)`)
	ready, err := program.StdoutPipe()
	if err != nil {
		e.t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		e.t.Fatal(err)
	}
	defer program.Wait()
	defer program.Process.Kill()
	if _, err := ready.Read(make([]byte, 16)); err != nil {
		e.t.Fatal(err)
	}
	for _, line := range block {
		e.enter(strings.NewReplacer(
			"4711", strconv.Itoa(program.Process.Pid), ":9300", ":0",
			"--for 2h", "--every 200ms --for 1s",
		).Replace(line))
	}
}

// enter runs a line in a shell, each command of which must succeed; heapdiff is
// this program.
func (e *examples) enter(line string) string {
	e.t.Helper()
	e.typed++
	cmd := exec.Command("bash", "-o", "pipefail", "-c", strings.ReplaceAll(line, "go run ./cmd/heapdiff", "heapdiff"))
	cmd.Dir = e.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		e.t.Errorf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

func mustGetwd(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
