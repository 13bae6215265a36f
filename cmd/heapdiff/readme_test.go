package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadme runs the examples in README.md: in ```console blocks, what stands
// after "$ " is typed, and the lines up to the next one must be printed.
func TestReadme(t *testing.T) {
	const readme = "README.md"
	t.Chdir("../..")
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(mustGetwd(t), "testdata"), filepath.Join(dir, "testdata")); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	commands, inside := 0, false
	for line := range strings.Lines(string(text)) {
		switch {
		case line == "```console\n":
			inside = true
			out.WriteString(line)
		case line == "```\n":
			inside = false
			out.WriteString(line)
		case !inside:
			out.WriteString(line)
		case strings.HasPrefix(line, "$ "):
			out.WriteString(line)
			typed := strings.ReplaceAll(strings.TrimPrefix(line, "$ "), "go run ./cmd/heapdiff", "heapdiff")
			out.Write(typeCommand(t, dir, typed))
			commands++
		}
	}
	if commands < 5 {
		t.Errorf("only %d examples", commands)
	}
	if *update {
		if err := os.WriteFile(readme, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if out.String() != string(text) {
		t.Errorf("the examples print something else (go test ./cmd/heapdiff -update writes it):\n%s", out.String())
	}
}

// typeCommand runs a line in a shell, in a folder that only has the testdata;
// heapdiff is this program.
func typeCommand(t *testing.T, dir, line string) []byte {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", line, err, out)
	}
	return out
}

func mustGetwd(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
