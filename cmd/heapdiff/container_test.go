//go:build containers

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/heapdiff/heapdiff/live/livetest"
)

// TestContainer looks into a container from outside, as a user does: it is found and
// reached, and a snapshot that has no room in it is refused unless it is forced.
func TestContainer(t *testing.T) {
	t.Chdir(t.TempDir())
	p := livetest.Container(t, 300<<20, "server.cjs", "objects", "--inspect-port=0")
	p.Ask(t, 40)
	for _, c := range []struct {
		code        int
		args        string
		said, wants []string
		files       []string
	}{
		{exitDone, "ps", nil, []string{"\n" + p.PID() + " ", "--activate, or /proc"}, nil},
		{
			exitUnreadable, "capture --activate -o a.heapsnapshot",
			[]string{"and its container has ", "the program would be killed\n  try: ", "--force takes the snapshot all the same"},
			nil, nil,
		},
		{exitDone, "capture --activate -o a.heapsnapshot --force", []string{"the program stood still for"}, nil, []string{"a.heapsnapshot"}},
		{exitDone, "diagnose --deep --activate", nil, []string{"limit of the container", "300.0 MiB", "a LeakyCache has 64,000 entries", "heapdiff watch " + p.PID() + " --activate --gc confirm"}, []string{"a.heapsnapshot"}},
		{exitDone, "capture --activate --before-oom", []string{"the folder is inside the container"}, nil, []string{"a.heapsnapshot"}},
		{
			1, "watch --activate --for 1s --every 200ms --fail-on memory/limit>5%",
			[]string{"--fail-on memory/limit>5%: it is "},
			nil,
			[]string{"a.heapsnapshot"},
		},
	} {
		args := strings.Fields(c.args)
		if args[0] != "ps" {
			args = append(args, p.PID())
		}
		out, said := new(spoken), new(spoken)
		if code := heapdiff(t.Context(), out, said, args...); code != c.code {
			t.Errorf("%s: exit code %d", c.args, code)
		}
		for _, want := range c.wants {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: %q is not in:\n%s", c.args, want, out)
			}
		}
		for _, want := range c.said {
			if !strings.Contains(said.String(), want) {
				t.Errorf("%s: %q is not in:\n%s", c.args, want, said)
			}
		}
		if args[0] != "ps" && !strings.Contains(said.String(), "closed the inspector of "+p.PID()+" again") {
			t.Errorf("%s: it stays open: %s", c.args, said)
		}
		only(t, ".", c.files...)
	}
}

// TestAnotherUser looks at what another user runs, of which little is told: neither that
// it is Node, nor that it cannot be one.
func TestAnotherUser(t *testing.T) {
	p := livetest.Node(t, "node", "server.cjs", "clean")
	dir := t.TempDir()
	binary := filepath.Join(dir, "heapdiff")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	const nobody = 65534
	for _, c := range []struct {
		code int
		args []string
		want string
	}{
		{exitDone, []string{"diagnose"}, "run heapdiff as the program's user, or as root"},
		{exitUnreadable, []string{"diagnose", "--activate"}, "is another user's: what it runs is not told\n  try: run heapdiff as the program's user"},
		{exitUnreadable, []string{"capture", "-o", "a.heapsnapshot"}, "is another user's: what it runs is not told\n  try: run heapdiff as the program's user"},
	} {
		cmd := exec.Command(binary, append(c.args, p.PID())...)
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		if text := strings.Join(strings.Fields(string(out)), " "); cmd.ProcessState.ExitCode() != c.code || !strings.Contains(text, strings.Join(strings.Fields(c.want), " ")) {
			t.Errorf("%q: %v: %s", c.args, err, out)
		}
	}
}
