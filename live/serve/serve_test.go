package serve

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// clock is a time that only a test moves.
type clock struct{ now time.Time }

func view() *View {
	return &View{
		Health: map[string]int{"heap": 1}, Tracker: map[string]int{"samples": 60}, Event: map[string]string{"name": "<b>"}, Status: Warning,
		Gauges: []Gauge{{"rss_bytes", "Resident memory.", map[string]string{"target": `a"b`}, 42}, {"rss_bytes", "Resident memory.", map[string]string{"target": "c"}, 43}},
	}
}

// ask sends a request with headers, as "Name: value".
func ask(s *Server, method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:9999"+path, nil)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// TestAccess holds who may do what.
func TestAccess(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	cleared := 0
	s := New(Options{Token: "secret", Hosts: []string{"mine.example"}, Now: func() time.Time { return c.now }, Targets: []string{"a"}, Clear: func(context.Context, string) (any, error) {
		cleared++
		if cleared > 1 {
			return nil, errors.New("gone")
		}
		return map[string]string{"status": "ok"}, nil
	}})
	const clear = "/api/health/memory/clear-cache"
	for _, request := range []struct {
		method, path string
		headers      []string
		code         int
	}{
		{"GET", "/api/health/memory", nil, 503}, // no sample yet
		{"GET", "/healthz", nil, 200},
		{"GET", "/healthz", []string{"Host: localhost:1"}, 200},
		{"GET", "/healthz", []string{"Host: [::1]:1"}, 200},
		{"GET", "/healthz", []string{"Host: MINE.example"}, 200},
		{"GET", "/healthz", []string{"Host: evil.example"}, 421},
		{"GET", "/healthz", []string{"Host: 127.0.0.1.evil.example"}, 421},
		{"GET", "/healthz", []string{"Host: "}, 421},
		{"GET", "/nothing", nil, 404},
		{"POST", clear, nil, 401},
		{"POST", clear, []string{"Authorization: Bearer wrong"}, 401},
		{"POST", clear, []string{"Authorization: Bearer "}, 401},
		{"POST", clear, []string{"Authorization: Bearer secret", "Origin: http://evil.example"}, 403},
		{"POST", clear, []string{"Authorization: Bearer secret", "Sec-Fetch-Site: cross-site"}, 403},
		{"POST", "/healthz", []string{"Authorization: Bearer secret"}, 405},
		{"POST", clear, []string{"Authorization: Bearer secret"}, 200},
		{"POST", clear, []string{"Authorization: Bearer secret"}, 429},
	} {
		w := ask(s, request.method, request.path, request.headers...)
		if w.Code != request.code {
			t.Errorf("%s %s %q: %d, want %d: %s", request.method, request.path, request.headers, w.Code, request.code, w.Body)
		}
		if h := w.Header(); h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s %s: headers %v", request.method, request.path, h)
		}
	}
	c.now = c.now.Add(betweenClears)
	if w := ask(s, "POST", clear, "Authorization: Bearer secret"); w.Code != 502 || cleared != 2 {
		t.Errorf("%d after %d times", w.Code, cleared)
	}
	if w := ask(New(Options{Targets: []string{"a"}, Token: "x", Now: time.Now}), "POST", clear, "Authorization: Bearer x"); w.Code != 403 {
		t.Errorf("what is not allowed answers %d", w.Code)
	}
	if w := ask(New(Options{Now: time.Now}), "POST", clear, "Authorization: Bearer "); w.Code != 401 {
		t.Errorf("no token is a token: %d", w.Code)
	}
	if w := ask(New(Options{Token: "x", All: true, Now: time.Now}), "GET", "/metrics"); w.Code != 401 {
		t.Errorf("a port for others answers without a token: %d", w.Code)
	}
}

// dated notes until when what is written to it is waited for.
type dated struct {
	*httptest.ResponseRecorder
	until []time.Time
}

func (d *dated) SetWriteDeadline(at time.Time) error {
	d.until = append(d.until, at)
	return nil
}

// TestClearTakesLong holds that the time to write an answer begins when there is one: a
// collection may take longer than it.
func TestClearTakesLong(t *testing.T) {
	w := &dated{ResponseRecorder: httptest.NewRecorder()}
	collected := time.Time{}
	s := New(Options{Token: "secret", Targets: []string{"a"}, Now: time.Now, Clear: func(context.Context, string) (any, error) {
		if len(w.until) != 1 {
			t.Errorf("before the collection: %v", w.until)
		}
		collected = time.Now()
		return "ok", nil
	}})
	r := httptest.NewRequest("POST", "http://127.0.0.1:9999/api/health/memory/clear-cache", nil)
	r.Header.Set("Authorization", "Bearer secret")
	s.ServeHTTP(w, r)
	if w.Code != http.StatusOK || len(w.until) != 2 || w.until[1].Before(collected.Add(writeTime)) {
		t.Errorf("%d, until %v, collected at %v", w.Code, w.until, collected)
	}
}

// TestOthers holds what a port that is open to other machines answers: by number or
// by a name that is allowed, and with the token, as programs or browsers send it.
func TestOthers(t *testing.T) {
	s := New(Options{Targets: []string{"a"}, Token: "a secret of some length", All: true, Hosts: []string{"mine.example"}, Now: time.Now})
	s.Publish("a", view())
	basic := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("anybody:a secret of some length"))
	for _, request := range []struct {
		headers []string
		code    int
	}{
		{[]string{"Host: 192.0.2.7:9300"}, 401},
		{[]string{"Host: 192.0.2.7:9300", "Authorization: Bearer a secret of some length"}, 200},
		{[]string{"Host: mine.example", basic}, 200},
		{[]string{"Host: evil.example", basic}, 421},
		{[]string{"Host: 192.0.2.7:9300", "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("a:b"))}, 401},
	} {
		if w := ask(s, "GET", "/metrics", request.headers...); w.Code != request.code {
			t.Errorf("%q: %d, want %d", request.headers, w.Code, request.code)
		}
	}
}

// TestSeveral holds how one of several targets is told apart, and that too many
// requests are turned away.
func TestSeveral(t *testing.T) {
	now := time.Unix(1000, 0)
	s := New(Options{Targets: []string{"a", "b"}, Token: "x", Now: func() time.Time { return now }, Clear: func(_ context.Context, target string) (any, error) {
		return map[string]string{"cleared": target}, nil
	}})
	s.Publish("b", view())
	for path, want := range map[string]string{
		"/api/health/memory":          `"status": "warning"`,
		"/api/health/memory?target=b": `"heap": 1`,
		"/api/health/memory?target=a": "no sample yet",
		"/api/health/memory?target=c": "no such target",
		"/api/health/memory/tracker":  `"b": {`,
	} {
		if w := ask(s, "GET", path); !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, %s", path, w.Code, w.Body)
		}
	}
	const clear = "/api/health/memory/clear-cache"
	for path, code := range map[string]int{clear: 400, clear + "?target=a": 200, clear + "?target=b": 200, clear + "?target=c": 404} {
		if w := ask(s, "POST", path, "Authorization: Bearer x"); w.Code != code {
			t.Errorf("%s: %d, %s", path, w.Code, w.Body)
		}
	}
	for range mostRequests {
		ask(s, "GET", "/healthz")
	}
	if w := ask(s, "GET", "/healthz"); w.Code != 429 {
		t.Errorf("any number of requests is answered: %d", w.Code)
	}
	now = now.Add(time.Second)
	if w := ask(s, "GET", "/healthz"); w.Code != 200 {
		t.Errorf("a second later: %d", w.Code)
	}
}

// TestShown holds what is shown.
func TestShown(t *testing.T) {
	s := New(Options{Targets: []string{"a"}, Now: time.Now})
	s.Publish("a", view())
	for path, want := range map[string]string{
		"/api/health/memory":         `"heap": 1`,
		"/api/health/memory/tracker": `"samples": 60`,
		"/metrics":                   `heapdiff_rss_bytes{target="a\"b"} 42`,
		"/":                          "<title>heapdiff watch</title>",
	} {
		if w := ask(s, "GET", path); w.Code != 200 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, %s", path, w.Code, w.Body)
		}
	}
	if w := ask(s, "GET", "/"); strings.Contains(w.Body.String(), "src=") || strings.Contains(w.Body.String(), "https:") {
		t.Error("the page asks others")
	}
}

// TestEvents holds that who listens hears what there is and what comes, and is let
// go at the end.
func TestEvents(t *testing.T) {
	s := New(Options{Targets: []string{"a"}, Now: time.Now})
	s.Publish("a", view())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Listen(ctx, l) }()
	resp, err := http.Get("http://" + l.Addr().String() + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	for range 2 {
		lines.ReadString('\n') // the event's name
		line, err := lines.ReadString('\n')
		if err != nil || line != `data: {"name":"\u003cb\u003e"}`+"\n" {
			t.Fatalf("%q, %v", line, err)
		}
		lines.ReadString('\n')
		s.Publish("a", view())
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := io.Copy(io.Discard, lines); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
}
