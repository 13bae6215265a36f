package goproc

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
)

// start builds and runs testdata/live/goserver and returns its pprof's address.
func start(t *testing.T, kind string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "server")
	if out, err := exec.Command("go", "build", "-o", program, "../../testdata/live/goserver/main.go").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(program, kind)
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
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func ask(t *testing.T, address string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

func TestProgram(t *testing.T) {
	address := start(t, "objects")
	p, err := Open(t.Context(), address+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	before, err := p.Stats(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	ask(t, strings.TrimSuffix(address, "/debug/pprof")+"/?times=40")
	after, err := p.Stats(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown < 39<<20 || grown > 45<<20 || after.NumGC <= before.NumGC {
		t.Errorf("%+v, then %+v", before, after)
	}
	if live := after.Live(100); live < 38<<20 || live > 60<<20 {
		t.Errorf("live is %d of %+v", live, after)
	}
	var text bytes.Buffer
	if n, err := p.Profile(t.Context(), "heap", 0, &text); err != nil || n != int64(text.Len()) {
		t.Fatalf("%d of %d bytes, %v", n, text.Len(), err)
	}
	src, err := input.Open(t.Context(), "-", input.Options{Stdin: &text})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if _, err := parse.Load(t.Context(), src, parse.Options{}); err != nil {
		t.Errorf("the profile is not one: %v", err)
	}
}

func TestGoroutines(t *testing.T) {
	address := start(t, "goroutines")
	ask(t, strings.TrimSuffix(address, "/debug/pprof")+"/?times=5")
	p, err := Open(t.Context(), address, nil)
	if err != nil {
		t.Fatal(err)
	}
	groups, err := p.Goroutines(t.Context())
	if err != nil || len(groups) == 0 || groups[0].Count != 50 || !strings.Contains(strings.Join(groups[0].Stack, "\n"), "main.leakGoroutine") {
		t.Errorf("%+v, %v", groups, err)
	}
}

// TestNotPprof holds that whatever else answers is told as such.
func TestNotPprof(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://192.0.2.1/", http.StatusFound)
	}))
	defer elsewhere.Close()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("hello\n")) }))
	defer other.Close()
	none := httptest.NewServer(http.NotFoundHandler())
	defer none.Close()
	for _, address := range []string{elsewhere.URL, other.URL, none.URL, "http://127.0.0.1:1", "::", ""} {
		var e *NotPprofError
		if _, err := Open(t.Context(), address, nil); !errors.As(err, &e) || e.Hint() == "" {
			t.Errorf("%q: %v", address, err)
		}
	}
	p := &Program{base: other.URL, client: http.DefaultClient}
	var text bytes.Buffer
	if _, err := p.Profile(t.Context(), "heap", 0, &text); err == nil || text.Len() > 0 {
		t.Errorf("%d bytes, %v", text.Len(), err)
	}
	if _, err := p.Stats(t.Context(), false); err == nil {
		t.Error("no statistics are some")
	}
}

// TestBomb holds that a profile is not unpacked beyond what any has.
func TestBomb(t *testing.T) {
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	for range largestProfile>>20 + 1 {
		zip.Write(make([]byte, 1<<20))
	}
	zip.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/heap") {
			w.Write(bomb.Bytes())
			return
		}
		w.Write([]byte("goroutine profile: total 0\n"))
	}))
	defer server.Close()
	p, err := Open(t.Context(), server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Sites(t.Context()); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("%v", err)
	}
}
