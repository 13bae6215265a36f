package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/live"
	"github.com/heapdiff/heapdiff/live/livetest"
	"github.com/heapdiff/heapdiff/live/trend"
)

// TestBoardShared holds that each subject may go on while the screen shows all.
func TestBoardShared(t *testing.T) {
	var subjects []*subject
	for _, name := range []string{"a", "b"} {
		subjects = append(subjects, &subject{name: name, label: name, tracker: live.NewTracker(live.TrackerOptions{})})
	}
	b := newBoard(world{stdout: io.Discard, stderr: io.Discard}, &watchFlags{}, nil, subjects)
	b.screen = true
	var wait sync.WaitGroup
	for _, s := range subjects {
		wait.Go(func() {
			at := time.Unix(1000, 0)
			for i := range uint64(200) {
				at = at.Add(time.Minute)
				sample := live.Sample{Time: at, PID: int(1 + i/100), RSS: i << 20, HeapUsed: i << 20}
				if err := b.show(t.Context(), s, s.tracker.Add(sample)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}

// TestTokenFile holds that a token that was given is asked for by everything, on the
// loopback, too.
func TestTokenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	token := strings.Repeat("t", 20)
	if err := os.WriteFile(path, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	said := new(spoken)
	o := serveFlags{addr: "127.0.0.1:0", tokenFile: path}
	server, err := o.start(t.Context(), world{stdout: io.Discard, stderr: said}, []*subject{{name: "a"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer server.stop()
	base := regexp.MustCompile(`serving (\S+)/`).FindStringSubmatch(said.String())[1]
	for _, path := range []string{"/", "/metrics", "/api/health/memory", "/events"} {
		resp, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s without the token: %s", path, resp.Status)
		}
	}
	if body := string(ask(t, "GET", base+"/api/health/memory", token)); !strings.Contains(body, "there is no sample yet") {
		t.Errorf("with the token: %s", body)
	}
}

// TestWatchEnded holds that a program that ends while it is watched is told as such, in
// every form, and that a gate which did not see the end does not pass.
func TestWatchEnded(t *testing.T) {
	for name, c := range map[string]struct{ flag, moment, tells string }{
		"lines":  {"", "files", `UNKNOWN, after .*; it ended at \d\d:\d\d:\d\d\n`},
		"ndjson": {"--ndjson", `"files"`, `"gone":"[^"]+"}\n(?s:.*)"gone":"ended at \d\d:\d\d:\d\d"}\n$`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			// No program of another test may be taken for its successor.
			mine := fmt.Sprintf("--stack-trace-limit=%d", os.Getpid())
			p := livetest.Node(t, "node", "server.cjs", "clean", livetest.Inspected, mine)
			out := &spoken{when: map[string]func(){c.moment: func() {
				p.Cmd.Process.Kill()
				p.Cmd.Wait()
			}}}
			said := new(spoken)
			args := []string{"watch", p.PID(), "--every", "100ms", "--for", "6s", "--fail-on", "leaking", "--report", "a.txt"}
			if code := heapdiff(t.Context(), out, said, append(args, strings.Fields(c.flag)...)...); code != exitUnreadable {
				t.Errorf("exit code %d", code)
			}
			if !regexp.MustCompile(c.tells).MatchString(out.String()) {
				t.Errorf("%s", out)
			}
			if !strings.Contains(said.String(), "was not back at the end: whether --fail-on holds is not known") {
				t.Errorf("%s", said)
			}
			if report, err := os.ReadFile("a.txt"); err != nil || !regexp.MustCompile(`ended at \d\d:\d\d:\d\d and was not back at the end`).Match(report) {
				t.Errorf("%v: %s", err, report)
			}
		})
	}
}

// TestRatesText holds that a warning of growth names what rises only.
func TestRatesText(t *testing.T) {
	st := &live.Status{Rates: map[string]float64{"rss": 20 << 20, "heap": -5 << 20, "external": 0}}
	if text := ratesText(st); !strings.Contains(text, "heap") {
		t.Errorf("all is well: %s", text)
	}
	st.Levels.Growth = trend.Warning
	if text := ratesText(st); text != "rss +20.0 MiB" {
		t.Errorf("a warning: %s", text)
	}
}
