package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// runAction runs a script of action.yml with an environment and nothing else of
// ours, and returns what it says and the code it exits with.
func runAction(t *testing.T, script string, env ...string) (out string, code int) {
	t.Helper()
	for _, program := range []string{"bash", "jq", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	cmd := exec.Command("bash", filepath.Join(mustGetwd(t), "..", "..", "scripts", "action", script))
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "GITHUB_OUTPUT=" + filepath.Join(cmd.Dir, "output")}, env...)
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	output, err := os.ReadFile(filepath.Join(cmd.Dir, "output"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(text) + "OUTPUT\n" + string(output), cmd.ProcessState.ExitCode()
}

// TestActionCheck runs the check of the action: inputs become arguments, words
// of them nothing else, and what came of it is told to the steps that follow.
func TestActionCheck(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	before, after := filepath.Join(dir, "node20-before.heapsnapshot.zst"), filepath.Join(dir, "node20-after.heapsnapshot.zst")
	calm, rerun := filepath.Join(dir, "node14-after.heapsnapshot.zst"), filepath.Join(dir, "node14-rerun.heapsnapshot.zst")
	reports := t.TempDir()
	out, code := runAction(t, "check.sh", "BEFORE="+before, "AFTER="+after, "REPORTS="+reports, "FAIL_ON=\ngrowth > 5MiB\r\n\nclass:Cached Record; touch x:count > 3\n", "WARN_ON=leak.count > 0")
	if code != 1 || !strings.Contains(out, "FAIL growth 5.1 MiB > 5 MiB: global.indexerState.cache ") || !strings.Contains(out, "\nstatus=fail\nheadline=FAIL growth 5.1 MiB > 5 MiB: ") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if !strings.Contains(out, `no class is called "Cached Record; touch x"`) {
		t.Errorf("the second rule did not arrive:\n%s", out)
	}
	for _, name := range []string{"heapdiff.md", "heapdiff.html", "heapdiff.json", "heapdiff.xml", "heapdiff.sarif"} {
		if info, err := os.Stat(filepath.Join(reports, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if out, code = runAction(t, "check.sh", "BEFORE="+calm, "AFTER="+rerun, "ARGS=--no-config\n--top\n3"); code != 0 || !strings.Contains(out, "\nstatus=pass\n") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if out, code = runAction(t, "check.sh", "AFTER="+after); code != 1 || !strings.Contains(out, "before or baseline is missing") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if out, code = runAction(t, "check.sh", "BEFORE="+before, "AFTER="+after, "FAIL_ON=growht > 3"); code != 2 || strings.Contains(out, "status=") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// comments is what GitHub keeps of an issue, as far as the action asks for it.
type comments struct {
	t    *testing.T
	mu   sync.Mutex
	list []string
	log  []string

	readOnly bool // as for a pull request from a fork
}

func (c *comments) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	asked := r.Method + r.FormValue("page")
	if r.Method != http.MethodGet || len(c.log) == 0 || c.log[len(c.log)-1] != asked { // curl may ask again
		c.log = append(c.log, asked)
	}
	if r.Header.Get("Authorization") != "Bearer secret" {
		http.Error(w, "who?", http.StatusUnauthorized)
		return
	}
	if r.Method != http.MethodGet && c.readOnly {
		http.Error(w, `{"message": "Resource not accessible by integration"}`, http.StatusForbidden)
		return
	}
	const issue = "/repos/some/where/issues"
	switch {
	case r.Method == http.MethodGet && r.URL.Path == issue+"/7/comments":
		page, err := strconv.Atoi(r.FormValue("page"))
		if err != nil || r.FormValue("per_page") != "100" {
			c.t.Errorf("asked for %s", r.URL)
		}
		rows := []map[string]any{}
		for i := (page - 1) * 100; i < min(page*100, len(c.list)); i++ {
			rows = append(rows, map[string]any{"id": i, "body": c.list[i]})
		}
		if err := json.NewEncoder(w).Encode(rows); err != nil {
			c.t.Error(err)
		}
	case r.Method == http.MethodPost && r.URL.Path == issue+"/7/comments":
		c.list = append(c.list, c.body(r))
	case r.Method == http.MethodPatch && strings.HasPrefix(r.URL.Path, issue+"/comments/"):
		id, err := strconv.Atoi(r.URL.Path[len(issue+"/comments/"):])
		if err != nil || id >= len(c.list) {
			http.NotFound(w, r)
			return
		}
		c.list[id] = c.body(r)
	default:
		http.NotFound(w, r)
	}
}

// seen returns the comments there are and what was asked for, in the order of
// both, ordered itself after all that was answered.
func (c *comments) seen() (list []string, log string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.list), strings.Join(c.log, " ")
}

func (c *comments) body(r *http.Request) string {
	var sent struct{ Body string }
	text, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Error(err)
	}
	if err := json.Unmarshal(text, &sent); err != nil {
		c.t.Errorf("%s: %v", text, err)
	}
	return sent.Body
}

// TestActionComment holds that there is one comment, which is updated, and that
// those of others are left alone.
func TestActionComment(t *testing.T) {
	github := &comments{t: t}
	for i := range 130 {
		github.list = append(github.list, "comment "+strconv.Itoa(i)+" quotes <!-- heapdiff default -->")
	}
	server := httptest.NewServer(github)
	defer server.Close()
	report := filepath.Join(t.TempDir(), "report.md")
	write := func(text string, env ...string) {
		t.Helper()
		if err := os.WriteFile(report, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		env = append(env, "GITHUB_API_URL="+server.URL, "GITHUB_REPOSITORY=some/where", "TOKEN=secret", "PULL_REQUEST=7", "REPORT="+report)
		if out, code := runAction(t, "comment.sh", env...); code != 0 {
			t.Fatalf("exit code %d: %s", code, out)
		}
	}
	const mark = "<!-- heapdiff default -->\n"
	write("### FAIL \"quoted\" `$(touch x)` \\n\n")
	list, _ := github.seen()
	if len(list) != 131 || list[130] != mark+"### FAIL \"quoted\" `$(touch x)` \\n\n" {
		t.Fatalf("%q", list[130:])
	}
	write("### PASS\n")
	if list, _ = github.seen(); len(list) != 131 || list[130] != mark+"### PASS\n" {
		t.Errorf("%q", list[130:])
	}
	write("### other\n", "COMMENT_ID=web")
	list, got := github.seen()
	if len(list) != 132 || list[131] != "<!-- heapdiff web -->\n### other\n" {
		t.Errorf("%q", list[130:])
	}
	if want := "GET1 GET2 POST GET1 GET2 PATCH GET1 GET2 POST"; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
	where := []string{"GITHUB_API_URL=" + server.URL, "GITHUB_REPOSITORY=some/where", "PULL_REQUEST=7", "REPORT=" + report}
	if out, code := runAction(t, "comment.sh", append(where, "TOKEN=wrong")...); code == 0 || !strings.Contains(out, "answers 401") {
		t.Errorf("a wrong token is no failure: %s", out)
	}
	github.readOnly = true
	if out, code := runAction(t, "comment.sh", append(where, "TOKEN=secret")...); code != 0 || !strings.HasPrefix(out, "::warning title=heapdiff::no comment: ") {
		t.Errorf("exit code %d: %s", code, out)
	}
}

// TestActionScripts holds that the action runs the scripts that there are, and
// that no input of it is put into a script, where it would be code.
func TestActionScripts(t *testing.T) {
	text, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := filepath.Glob("../../scripts/action/*.sh")
	if err != nil || len(scripts) < 3 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	for _, script := range scripts {
		if !strings.Contains(string(text), `run: '"$GITHUB_ACTION_PATH/scripts/action/`+filepath.Base(script)+`"'`) {
			t.Errorf("the action does not run %s", script)
		}
		if info, err := os.Stat(script); err != nil || info.Mode()&0o100 == 0 {
			t.Errorf("%s cannot be run", script)
		}
	}
	for _, run := range regexp.MustCompile(`(?m)^ *run:.*`).FindAllString(string(text), -1) {
		if strings.Contains(run, "${{") {
			t.Errorf("%s", run)
		}
	}
}

// TestActionInstall holds that a release is put on the path if its sum is right,
// and nothing is if it is wrong.
func TestActionInstall(t *testing.T) {
	release := t.TempDir()
	program := filepath.Join(release, "heapdiff")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho \"heapdiff $1 of the release\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	archive := "heapdiff_" + runtime.GOOS + "_" + runtime.GOARCH + ".tar.gz"
	if out, err := exec.Command("tar", "-C", release, "-czf", filepath.Join(release, archive), "heapdiff").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(release, archive))
	if err != nil {
		t.Fatal(err)
	}
	sums := filepath.Join(release, "SHA256SUMS")
	server := httptest.NewServer(http.StripPrefix("/heapdiff/heapdiff/releases/download/v1.2.3/", http.FileServer(http.Dir(release))))
	defer server.Close()
	install := func(version, sum string) (out string, code int, path string) {
		t.Helper()
		if err := os.WriteFile(sums, []byte(strings.Repeat("0", 64)+"  other.tar.gz\n"+sum+"  "+archive+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		out, code = runAction(t, "install.sh", "VERSION="+version, "RUNNER_TEMP="+dir, "GITHUB_PATH="+filepath.Join(dir, "path"), "GITHUB_SERVER_URL="+server.URL)
		added, err := os.ReadFile(filepath.Join(dir, "path"))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return out, code, string(added)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(text))
	if out, code, path := install("v1.2.3", sum); code != 0 || !strings.Contains(out, "heapdiff version of the release") || !strings.HasSuffix(path, "/heapdiff-bin\n") {
		t.Errorf("exit code %d, path %q: %s", code, path, out)
	}
	if out, code, path := install("1.2.3", strings.Repeat("0", 64)); code == 0 || path != "" || strings.Contains(out, "of the release") {
		t.Errorf("a wrong sum: exit code %d, path %q: %s", code, path, out)
	}
	if out, code, path := install("1.2.3; touch x", sum); code != 2 || path != "" || !strings.Contains(out, "is no version") {
		t.Errorf("exit code %d, path %q: %s", code, path, out)
	}
	if _, code, path := install("9.9.9", sum); code == 0 || path != "" {
		t.Errorf("a version that is not there: exit code %d, path %q", code, path)
	}
}
