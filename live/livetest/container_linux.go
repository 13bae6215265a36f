package livetest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/heapdiff/heapdiff/live/proc"
)

// groups are where control groups of memory may be, and what their limit is called.
var groups = []struct{ dir, limit string }{
	{"/sys/fs/cgroup", "memory.max"},
	{"/sys/fs/cgroup/memory", "memory.limit_in_bytes"},
}

// Container starts a server as Node does, in namespaces of its own and with so many
// bytes of memory: what makes a container. It needs root's rights.
func Container(t testing.TB, memory uint64, server, kind string, flags ...string) *Program {
	t.Helper()
	const setUp = `echo $$ >"$0/cgroup.procs"; ip link set lo up; mount --make-rprivate /; mount -t proc proc /proc; exec node "$@"`
	args := append([]string{"-ec", setUp, memoryGroup(t, memory)}, flags...)
	cmd := exec.Command("sh", append(args, filepath.Join(root(t), "testdata/live", server), kind)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWCGROUP}
	p := Start(t, cmd)
	inside, err := proc.Open(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	p.client.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		return inside.Dial(ctx, network, addr)
	}}
	return p
}

// memoryGroup makes a control group that ends with the test.
func memoryGroup(t testing.TB, memory uint64) string {
	t.Helper()
	for _, g := range groups {
		dir, err := os.MkdirTemp(g.dir, "heapdiff-test-")
		if err != nil {
			continue
		}
		t.Cleanup(func() { os.Remove(dir) })
		limit, err := os.OpenFile(filepath.Join(dir, g.limit), os.O_WRONLY, 0) // there, if it is a group
		if err != nil {
			continue
		}
		defer limit.Close()
		if _, err := fmt.Fprint(limit, memory); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	t.Fatalf("no control group with a limit of memory can be made in %v", groups)
	return ""
}
