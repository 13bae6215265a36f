package proc

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSelf looks at the process of the test, which opens what it is asked about.
func TestSelf(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	const connections = 7
	for range connections {
		c, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		s, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
	}
	p, err := Open(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if exe, _ := os.Executable(); p.Exe != exe || p.Start == 0 || p.RSS == 0 || !p.Same() || p.IsNode() {
		t.Errorf("%+v", p)
	}
	u, err := p.Usage()
	if err != nil {
		t.Fatal(err)
	}
	if u.RSS == 0 || u.Anonymous == 0 || u.Anonymous > u.RSS || u.Files < 2*connections || u.Kinds["socket"] < 2*connections {
		t.Errorf("%+v", u)
	}
	if u.MemoryLimit == 0 || u.Room() == 0 || u.Room() > u.MemoryLimit {
		t.Errorf("%d of %d bytes", u.Memory, u.MemoryLimit)
	}
	out, in, listens := 0, 0, 0
	port := listener.Addr().(*net.TCPAddr).Port
	for _, s := range u.Sockets {
		switch {
		case s.Peer == listener.Addr().String() && s.State == "established":
			out = s.Count
		case strings.HasPrefix(s.Peer, "127.0.0.1 → :") && s.State == "established":
			in = s.Count
		case s.Peer == listener.Addr().String() && s.State == "listen":
			listens = s.Count
		}
	}
	if out != connections || in != connections || listens != 1 {
		t.Errorf("%d out, %d in, %d listen: %+v", out, in, listens, u.Sockets)
	}
	found := false
	for _, l := range p.Listens() {
		found = found || l.Port == port
	}
	if !found {
		t.Errorf("%d is not among %v", port, p.Listens())
	}
	conn, err := p.Dial(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

// start runs a program until the test is over.
func start(t *testing.T, name string, args ...string) (*Process, io.Reader) {
	t.Helper()
	cmd := exec.Command(name, args...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	p, err := Open(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	return p, out
}

// TestUSR1 holds that only what catches the signal may be sent it.
func TestUSR1(t *testing.T) {
	cat, _ := start(t, "cat")
	if cat.CatchesUSR1() || cat.IsNode() {
		t.Error("cat would die of SIGUSR1")
	}
	_, out := start(t, "node", "-e", "console.log(process.pid); process.stdin.resume()")
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	caught := false
	for _, p := range all {
		caught = caught || p.IsNode() && p.CatchesUSR1()
	}
	if !caught {
		t.Error("no Node catches SIGUSR1")
	}
}

// TestGone holds that a process that ended is told as such.
func TestGone(t *testing.T) {
	cmd := exec.Command("cat")
	stdin, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	p, err := Open(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	stdin.Close()
	cmd.Wait()
	var gone *GoneError
	if _, err := p.Usage(); !errors.As(err, &gone) || p.Same() {
		t.Errorf("error is %v", err)
	}
	if _, err := Open(p.PID); !errors.As(err, &gone) || gone.Hint() == "" {
		t.Errorf("error is %v", err)
	}
}

// TestGroup holds which limit counts in the trees of control groups of both versions:
// the nearest one on the way up, caches that can be dropped left out.
func TestGroup(t *testing.T) {
	root := t.TempDir()
	for file, text := range map[string]string{
		"pod/memory.max": "1000000\n", "pod/memory.current": "700000\n", "pod/memory.stat": "anon 1\ninactive_file 100000\n",
		"pod/app/memory.max": "max\n", "pod/app/memory.current": "600000\n",
		"pod/other/memory.max": "500000\n", "pod/other/memory.current": "200000\n",
		"memory/pod/memory.limit_in_bytes": "2000000\n", "memory/pod/memory.usage_in_bytes": "1500000\n", "memory/pod/memory.stat": "inactive_file 200000\n",
		"memory/memory.limit_in_bytes": "9223372036854771712\n", "memory/memory.usage_in_bytes": "3000000\n",
	} {
		path := filepath.Join(root, file)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for line, want := range map[string]Usage{
		"0::/pod/app":              {Memory: 600000, MemoryLimit: 1000000, Container: true},
		"0::/pod/other":            {Memory: 200000, MemoryLimit: 500000, Container: true}, // 300,000 of room, its pod has 400,000
		"4:memory:/pod/app":        {Memory: 1300000, MemoryLimit: 2000000, Container: true},
		"4:cpu,memory:/pod":        {Memory: 1300000, MemoryLimit: 2000000, Container: true},
		"0::/../../elsewhere":      {},
		"4:memory:/":               {},
		"3:cpuset:/pod":            {},
		"1:name=systemd:/pod/here": {},
		"nonsense":                 {},
	} {
		var u Usage
		u.group(root, line)
		if u.Memory != want.Memory || u.MemoryLimit != want.MemoryLimit || u.Container != want.Container {
			t.Errorf("%s: %d of %d, container %v", line, u.Memory, u.MemoryLimit, u.Container)
		}
	}
}
