package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/live"
	"github.com/heapdiff/heapdiff/live/livetest"
)

// spoken collects what is written, and calls once with each text that is waited for.
type spoken struct {
	mu   sync.Mutex
	text bytes.Buffer
	when map[string]func()
}

func (s *spoken) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(p)
	for text, f := range s.when {
		if strings.Contains(s.text.String(), text) {
			delete(s.when, text)
			f()
		}
	}
	return len(p), nil
}

func (s *spoken) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// heapdiff runs a command line as a user does.
func heapdiff(ctx context.Context, out, said io.Writer, args ...string) int {
	return run(ctx, args, world{stdin: strings.NewReader(""), stdout: out, stderr: said, getenv: func(string) string { return "" }})
}

// closedAgain holds that a program's inspector is shut once what looked is gone.
func closedAgain(t *testing.T, pid string) {
	t.Helper()
	for range 200 {
		target, err := live.Resolve(t.Context(), pid)
		if err != nil {
			t.Fatal(err)
		}
		if target.Inspector == "" {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("the inspector stays open")
}

// TestActivateInterrupted holds that Ctrl-C closes what was opened: while it is
// watched, and in the middle of a snapshot.
func TestActivateInterrupted(t *testing.T) {
	for name, c := range map[string]struct {
		args   []string
		moment string
	}{
		"watch":   {[]string{"watch", "--every", "100ms"}, "files"},
		"capture": {[]string{"capture", "-o", "a.heapsnapshot"}, "stand still for about"},
		"signal":  {[]string{"watch"}, "sent SIGUSR1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			p := livetest.Node(t, "node", "server.cjs", "clean", "--inspect-port=0")
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			said := &spoken{when: map[string]func(){c.moment: interrupt}}
			if code := heapdiff(ctx, said, said, append(c.args, "--activate", p.PID())...); code != exitInterrupted {
				t.Errorf("exit code %d: %s", code, said)
			}
			if text := said.String(); !strings.Contains(text, "closed the inspector") && !strings.Contains(text, "closes as soon as") {
				t.Errorf("%s", text)
			}
			closedAgain(t, p.PID())
			only(t, ".")
		})
	}
}

// TestClosedMeanwhile holds that what somebody else closes is opened again, as long as
// nothing was taken.
func TestClosedMeanwhile(t *testing.T) {
	for name, c := range map[string]struct {
		args   []string
		moment string
		found  string
	}{
		"diagnose": {[]string{"diagnose", "--deep"}, "looking for large objects", "Nothing stands out at one look"},
		"capture":  {[]string{"capture", "-o", "a.heapsnapshot"}, "stand still for about", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			p := livetest.Node(t, "node", "server.cjs", "clean", "--inspect-port=0")
			target, err := live.Resolve(t.Context(), p.PID())
			if err != nil {
				t.Fatal(err)
			}
			closeIt, err := live.Activate(t.Context(), target, func(string) {}, func(string, time.Duration) {})
			if err != nil {
				t.Fatal(err)
			}
			out, said := new(spoken), &spoken{when: map[string]func(){c.moment: closeIt}}
			if code := heapdiff(t.Context(), out, said, append(c.args, "--activate", p.PID())...); code != exitDone || !strings.Contains(out.String(), c.found) {
				t.Errorf("exit code %d: %s %s", code, out, said)
			}
			if !strings.Contains(said.String(), "was closed by somebody else meanwhile\nopening the inspector") {
				t.Errorf("%s", said)
			}
			closedAgain(t, p.PID())
		})
	}
}

// TestSeries takes two snapshots of a server that leaks meanwhile, and compares them
// object by object.
func TestSeries(t *testing.T) {
	t.Chdir(t.TempDir())
	p := livetest.Node(t, "node", "server.cjs", "objects", livetest.Inspected)
	p.Ask(t, 1)
	out, said := new(spoken), &spoken{when: map[string]func(){"the next one": func() { p.Ask(t, 5) }}}
	if code := heapdiff(t.Context(), out, said, "capture", p.PID(), "--series", "2", "--every", "10ms", "--redact", "-o", "s.heapsnapshot.zst"); code != exitDone {
		t.Fatalf("exit code %d: %s", code, said)
	}
	only(t, ".", "s-1.heapsnapshot.zst", "s-2.heapsnapshot.zst")
	for _, want := range []string{"Matched by identity", "LeakyCache", "+8,000"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
	if !strings.Contains(said.String(), "$ heapdiff s-1.heapsnapshot.zst s-2.heapsnapshot.zst") || !strings.Contains(said.String(), "stood still for") {
		t.Errorf("%s", said)
	}
}

// TestSeriesEnded holds that a program which ends between two snapshots is told, at once,
// and what was taken stays.
func TestSeriesEnded(t *testing.T) {
	t.Chdir(t.TempDir())
	p := livetest.Node(t, "node", "server.cjs", "clean", livetest.Inspected)
	said := &spoken{when: map[string]func(){"the next one": func() { p.End() }}}
	if code := heapdiff(t.Context(), io.Discard, said, "capture", p.PID(), "--series", "2", "--every", "1h", "-o", "s.heapsnapshot"); code != exitUnreadable {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(said.String(), "heapdiff: "+p.PID()+": ended meanwhile\n") {
		t.Errorf("%s", said)
	}
	only(t, ".", "s-1.heapsnapshot")
}

// TestBeforeOOM arms a running program, which then writes a snapshot and a report
// when its memory runs out.
func TestBeforeOOM(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	p := livetest.Node(t, "node", "server.cjs", "objects", livetest.Inspected, "--max-old-space-size=40")
	out, said := new(spoken), new(spoken)
	if code := heapdiff(t.Context(), out, said, "capture", p.PID(), "--before-oom"); code != exitDone || !strings.Contains(out.String(), dir) {
		t.Fatalf("exit code %d: %s %s", code, out, said)
	}
	for err := error(nil); err == nil; { // until it dies of it
		var resp *http.Response
		if resp, err = http.Get(fmt.Sprintf("http://127.0.0.1:%d/?times=5", p.Port)); err == nil {
			resp.Body.Close()
		}
	}
	p.Cmd.Wait()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range entries {
		kinds = append(kinds, filepath.Ext(e.Name()))
	}
	slices.Sort(kinds)
	if !slices.Equal(kinds, []string{".heapsnapshot", ".json"}) {
		t.Errorf("it leaves %v", entries)
	}
}

// TestWatchServed watches two programs, one in Go, and one that does not come, and asks
// the server of the watch.
func TestWatchServed(t *testing.T) {
	t.Chdir(t.TempDir())
	node := livetest.Node(t, "node", "server.cjs", "objects", livetest.Inspected)
	goes := livetest.Go(t, "clean")
	node.Ask(t, 5)
	if err := os.WriteFile("targets", []byte("# two\napi "+node.PID()+"\nworker "+goes.Said+" # in Go\nlate no-such-program-is-running\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	out, said := new(spoken), new(spoken)
	ended := make(chan int, 1)
	go func() {
		ended <- heapdiff(ctx, out, said, "watch", "--targets", "targets", "--every", "100ms", "--serve", "127.0.0.1:0", "--allow-actions",
			"--clear-expr", "held.cache.clear()", "--record", "run.ndjson", "--report", "run.html", "--report", "run.md")
	}()
	var base, token string
	for range 3000 {
		if m := regexp.MustCompile(`token of this run: (\S+)\nserving (\S+)/`).FindStringSubmatch(said.String()); m != nil && strings.Contains(out.String(), "api") && strings.Contains(out.String(), "worker") {
			token, base = m[1], m[2]
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if base == "" {
		t.Fatalf("it serves nothing: %s %s", out, said)
	}
	var tracker struct {
		Status  string
		Tracker struct {
			Samples    int
			TimeSpan   string
			Current    struct{ RSS, Heap, External string }
			GrowthRate struct{ ExternalMBPerMin, HeapMBPerMin *string }
		}
		Verdict  string
		Evidence map[string]string
	}
	body := ask(t, "GET", base+"/api/health/memory/tracker?target=api", "")
	if err := json.Unmarshal(body, &tracker); err != nil || tracker.Status != "ok" || tracker.Tracker.Samples < 1 || !strings.HasSuffix(tracker.Tracker.Current.Heap, "MB") || tracker.Verdict == "" || len(tracker.Evidence) == 0 {
		t.Errorf("%v: %s", err, body)
	}
	if body := string(ask(t, "GET", base+"/metrics", "")); !strings.Contains(body, `heapdiff_rss_bytes{target="api"}`) || !strings.Contains(body, `heapdiff_goroutines{target="worker"}`) {
		t.Errorf("%s", body)
	}
	if body := string(ask(t, "GET", base+"/api/health/memory", "")); !strings.Contains(body, `"worker": {`) {
		t.Errorf("%s", body)
	}
	if body := string(ask(t, "POST", base+"/api/health/memory/clear-cache", token)); !strings.Contains(body, "which of the targets") {
		t.Errorf("%s", body)
	}
	if body := string(ask(t, "POST", base+"/api/health/memory/clear-cache?target=api", token)); !strings.Contains(body, `"ranExpression": true`) {
		t.Errorf("%s", body)
	}
	if text := said.String(); !strings.Contains(text, "\nran --clear-expr in api, as was asked over HTTP\n") || !strings.Contains(text, "\nforced a collection in api, as was asked over HTTP; it stood still for ") {
		t.Errorf("who is asked over HTTP does not tell: %s", text)
	}
	end()
	if code := <-ended; code != exitInterrupted || !strings.Contains(out.String(), "\nlate: never seen\n") {
		t.Errorf("exit code %d: %s %s", code, out, said)
	}
	only(t, ".", "run-api.ndjson", "run-late.ndjson", "run-worker.ndjson", "run.html", "run.md", "targets")
	if text, err := os.ReadFile("run.md"); err != nil || !strings.Contains(string(text), "#### api: curves") || !strings.Contains(string(text), "▁") {
		t.Errorf("%v: %s", err, text)
	}
	if text, err := os.ReadFile("run.html"); err != nil || !bytes.Contains(text, []byte("<polyline")) {
		t.Errorf("no curve in the page: %v", err)
	}
}

func ask(t *testing.T, method, url, token string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// peakOf runs a command and returns how many KiB were resident at the most. What the
// kernel tells of a process that has ended counts the one that started it, too.
func peakOf(cmd *exec.Cmd) (peak int, err error) {
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	status := fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)
	program := filepath.Base(cmd.Path)
	for {
		text, _ := os.ReadFile(status) // it is gone at the end
		if bytes.HasPrefix(text, []byte("Name:\t"+program+"\n")) {
			if at := bytes.Index(text, []byte("VmHWM:")); at >= 0 {
				fmt.Sscanf(string(text[at:]), "VmHWM: %d kB", &peak)
			}
		}
		select {
		case err := <-ended:
			return peak, err
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// TestCapturePeak holds that snapshots pass through little memory, whatever their
// size: of a program and of its worker, packed and redacted.
func TestCapturePeak(t *testing.T) {
	const most = 32 << 20
	dir := t.TempDir()
	binary := filepath.Join(dir, "heapdiff")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p := livetest.Node(t, livetest.NodeBinary(t, "24"), "server.cjs", "objects", livetest.Inspected)
	p.Ask(t, 120)
	for _, args := range [][]string{{"-o", "a.heapsnapshot"}, {"-o", "b.heapsnapshot.zst", "--redact"}} {
		cmd := exec.Command(binary, append([]string{"capture", p.PID()}, args...)...)
		cmd.Dir = dir
		peak, err := peakOf(cmd)
		if err != nil {
			t.Fatal(err)
		}
		if peak == 0 || peak<<10 > most {
			t.Errorf("%q: %d KiB", args, peak)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "a.heapsnapshot")); err != nil || info.Size() < most {
		t.Errorf("the snapshot is too small to say anything: %v, %v", info, err)
	}
}

// TestWebhook holds what is sent when a program leaks, and that an address that does
// not take it is told.
func TestWebhook(t *testing.T) {
	t.Chdir(t.TempDir())
	var record bytes.Buffer
	for minute := range uint64(70) {
		heap := (100 + 2*minute) << 20
		sample := live.Sample{Time: time.Date(2026, 11, 23, 12, int(minute), 0, 0, time.UTC), PID: 1, RSS: heap, HeapUsed: heap, Live: &live.Left{Heap: heap, Count: 1}}
		if err := live.WriteSample(&record, &sample); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("leak.ndjson", record.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan alert, 8)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var a struct {
			Target, State, Text string
		}
		if err := json.NewDecoder(r.Body).Decode(&a); err != nil || r.Method != http.MethodPost || r.URL.Query().Get("token") != "secret" {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		got <- alert{Target: a.Target, Text: a.State + ": " + a.Text}
		http.Error(w, "no", http.StatusTeapot)
	}))
	defer hook.Close()
	out, said := new(spoken), new(spoken)
	if code := heapdiff(t.Context(), out, said, "watch", "--replay", "leak.ndjson", "--webhook", hook.URL+"/?token=secret"); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	select {
	case a := <-got:
		if a.Target != "leak.ndjson" || !strings.HasPrefix(a.Text, "leaking: heapdiff: LEAK DETECTED") {
			t.Errorf("%+v", a)
		}
	default:
		t.Error("nobody was told")
	}
	if text := said.String(); !strings.Contains(text, "--webhook: it answers with status 418") || strings.Contains(text, "secret") {
		t.Errorf("%s", text)
	}
}
