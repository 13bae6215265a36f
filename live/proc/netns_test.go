//go:build containers

package proc

import (
	"bufio"
	"context"
	"io"
	"strings"
	"testing"
	"time"
)

// TestNamespace reaches a process in a network of its own.
func TestNamespace(t *testing.T) {
	const script = `const s = require('net').createServer(c => c.end('inside')); s.listen(0, '127.0.0.1', () => console.log(s.address().port)); process.stdin.resume()`
	cmd := "ip link set lo up 2>/dev/null; exec node -e \"$0\""
	p, out := start(t, "unshare", "--net", "sh", "-c", cmd, script)
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("unshare: %v", err)
	}
	if p, err = Open(p.PID); err != nil || !p.Isolated("net") {
		t.Fatalf("not in a network of its own: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	for range 50 { // on whatever thread
		conn, err := p.Dial(ctx, "tcp", "127.0.0.1:"+strings.TrimSpace(port))
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(conn); err != nil || string(text) != "inside" {
			t.Errorf("%q, %v", text, err)
		}
		conn.Close()
	}
}
