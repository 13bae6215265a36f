package serve

import (
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/heapdiff/heapdiff/live/inspector"
	"github.com/heapdiff/heapdiff/live/livetest"
)

// seen is what a person sees of the page.
type seen struct {
	Title, Link, Text string
	Figures, Lines    int
	Points            []int
	Foreign           []string // what was asked of others
}

const look = `(() => ({
  Title: document.title, Link: document.getElementById('link').textContent, Text: document.getElementById('main').innerText,
  Figures: document.querySelectorAll('figure').length,
  Lines: document.querySelectorAll('tbody tr').length,
  Points: [...document.querySelectorAll('polyline')].map((p) => p.points.length),
  Foreign: performance.getEntriesByType('resource').map((e) => e.name).filter((n) => !n.startsWith(location.origin)),
}))()`

// TestPage opens the page in a browser and holds that it draws what is published,
// and makes nothing of a hostile name but text.
func TestPage(t *testing.T) {
	const hostile = `<img src=x onerror="document.title='owned'">`
	s := New(Options{Targets: []string{"api", hostile}, Now: time.Now})
	publish := func(target string, at int, rss float64) {
		s.Publish(target, &View{
			Event: map[string]any{
				"name": target, "time": 1000 * at, "state": "leaking", "note": "after 3 samples",
				"readings": []any{map[string]any{"name": "rss", "value": rss, "counted": false}, map[string]any{"name": "handles", "value": 7, "counted": true}},
				"verdicts": []any{map[string]any{"name": "rss", "what": "resident memory", "state": "leaking", "text": "+2 MiB/min"}},
				"culprits": []string{hostile},
			},
			History: map[string]any{"name": target, "times": []int{0, 500}, "readings": []any{map[string]any{"name": "rss", "counted": false, "values": []int{1 << 20, 2 << 20}}}},
		})
	}
	publish("api", 1, 3<<20)
	publish(hostile, 1, 3<<20)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Listen(t.Context(), l)
	page := connect(t, livetest.Chromium(t, "http://"+l.Addr().String()+"/"))
	await(t, page, "two targets", func(v seen) bool { return v.Figures == 4 && v.Lines == 2 })
	publish("api", 2, 4<<20)
	v := await(t, page, "the next sample", func(v seen) bool { return len(v.Points) == 4 && v.Points[0] == 4 })
	for _, want := range []string{"LEAKING", "after 3 samples", "resident memory", "+2 MiB/min", "4.0 MiB", hostile} {
		if !strings.Contains(v.Text, want) {
			t.Errorf("%q is not on the page:\n%s", want, v.Text)
		}
	}
	if v.Title == "owned" || len(v.Foreign) > 0 || !strings.HasPrefix(v.Link, "last sample") {
		t.Errorf("%+v", v)
	}
}

// connect is a session with the only page of a browser.
func connect(t *testing.T, addr string) *inspector.Session {
	t.Helper()
	for range 1200 {
		pages, err := inspector.List(t.Context(), addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pages {
			if p.Type == "page" && strings.HasPrefix(p.URL, "http") {
				s, err := inspector.Dial(t.Context(), p, nil)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { s.Close() })
				return s
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the browser opens no page")
	return nil
}

// await looks until the page shows what is expected.
func await(t *testing.T, page *inspector.Session, what string, ok func(seen) bool) seen {
	t.Helper()
	var v seen
	for range 1200 {
		if err := page.Evaluate(t.Context(), look, time.Second, &v); err == nil && ok(v) {
			return v
		}
		time.Sleep(50 * time.Millisecond)
	}
	text, err := json.MarshalIndent(v, "", "  ")
	t.Fatalf("the page never shows %s: %s %v", what, text, err)
	return v
}
