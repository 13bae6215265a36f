package inspector_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/heapdiff/heapdiff/live/inspector"
)

// serve answers on the loopback and returns where.
func serve(t *testing.T, h http.HandlerFunc) string {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// TestNotInspector holds that whatever else answers is told as such.
func TestNotInspector(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := silent.Addr().String()
	silent.Close()
	for name, addr := range map[string]string{
		"a web server": serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("<html>")) }),
		"not found":    serve(t, http.NotFound),
		"a redirect": serve(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/json/list", http.StatusFound)
		}),
		"nobody":     closed,
		"no address": "a b",
	} {
		var e *inspector.NotInspectorError
		if _, err := inspector.List(t.Context(), addr, nil); !errors.As(err, &e) || e.Hint() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := inspector.ReadVersion(t.Context(), serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("{}")) }), nil); err == nil {
		t.Error("an empty version is one")
	}
}

// TestElsewhere holds that a port cannot send us to another host.
func TestElsewhere(t *testing.T) {
	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(`[{"type":"node","webSocketDebuggerUrl":"ws://192.0.2.1:9229/some-id"},{"type":"page"}]`))
	})
	pages, err := inspector.List(t.Context(), addr, nil)
	if err != nil || len(pages) != 1 || pages[0].WebSocket != "ws://"+addr+"/some-id" {
		t.Errorf("%+v, %v", pages, err)
	}
}

// hostile is an inspector that answers whatever it is asked with these messages.
func hostile(t *testing.T, messages ...string) *inspector.Session {
	t.Helper()
	addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		if _, _, err := ws.Read(r.Context()); err != nil {
			return
		}
		for _, m := range messages {
			if ws.Write(r.Context(), websocket.MessageText, []byte(m)) != nil {
				return
			}
		}
		ws.Read(r.Context()) // until the other side has enough
	})
	s, err := inspector.Dial(t.Context(), inspector.Page{WebSocket: "ws://" + addr + "/x"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestForged holds that messages nobody asked for, or nobody understands, are
// left out, and the right one is found among them.
func TestForged(t *testing.T) {
	s := hostile(t, "", "{", "[]", `"x"`, `{"id":99,"result":{}}`, `{"id":"1"}`, `{"method":"No.such","params":null}`,
		`{"method":"HeapProfiler.addHeapSnapshotChunk","params":{"chunk":"never asked for"}}`,
		`{"method":"HeapProfiler.addHeapSnapshotChunk","params":{"chunk":7}}`,
		`{"method":"NodeWorker.receivedMessageFromWorker","params":{"sessionId":"9","message":"{}"}}`,
		`{"id":1,"result":{"result":{"value":42}}}`, `{"id":1,"result":{"result":{"value":43}}}`)
	var v int
	if err := s.Evaluate(t.Context(), "x", 1, &v); err != nil || v != 42 {
		t.Errorf("%d, %v", v, err)
	}
}

// TestEndlessMessage holds that a message larger than any is the end.
func TestEndlessMessage(t *testing.T) {
	s := hostile(t, `{"method":"HeapProfiler.addHeapSnapshotChunk","params":{"chunk":"`+strings.Repeat("x", 17<<20)+`"}}`)
	var text bytes.Buffer
	_, _, err := s.Snapshot(t.Context(), &text, inspector.SnapshotOptions{})
	if !errors.Is(err, inspector.ErrClosed) || text.Len() != 0 {
		t.Errorf("%v, %d bytes", err, text.Len())
	}
}

// TestSpacedChunk holds that chunks written in another style arrive, too.
func TestSpacedChunk(t *testing.T) {
	s := hostile(t, `{"params": {"chunk": "{\"a\":\n\u00e9\ud83d\ude00\\"}, "method": "HeapProfiler.addHeapSnapshotChunk"}`, `{"id":1,"result":{}}`)
	var text bytes.Buffer
	if _, _, err := s.Snapshot(t.Context(), &text, inspector.SnapshotOptions{}); err != nil || text.String() != "{\"a\":\né😀\\" {
		t.Errorf("%q, %v", text.String(), err)
	}
}

// TestEndlessChunks holds that what is more than any heap is the end.
func TestEndlessChunks(t *testing.T) {
	chunk := `{"method":"HeapProfiler.addHeapSnapshotChunk","params":{"chunk":"` + strings.Repeat("x", 1000) + `"}}`
	s := hostile(t, slices.Repeat([]string{chunk}, 100)...)
	var text bytes.Buffer
	_, _, err := s.Snapshot(t.Context(), &text, inspector.SnapshotOptions{Most: 10_000})
	if !errors.Is(err, inspector.ErrEndless) || text.Len() > 11_000 {
		t.Errorf("%v, %d bytes", err, text.Len())
	}
}

// TestLateChunk holds that a chunk after the answer harms nobody.
func TestLateChunk(t *testing.T) {
	const early = `{"method":"HeapProfiler.addHeapSnapshotChunk","params":{"chunk":"early"}}`
	late := `{"method":"HeapProfiler.addHeapSnapshotChunk","params":{"chunk":"` + strings.Repeat(`\"`, 100_000) + `"}}`
	for range 20 {
		s := hostile(t, slices.Concat([]string{early, `{"id":1,"result":{}}`}, slices.Repeat([]string{late}, 5))...)
		var text bytes.Buffer
		if _, _, err := s.Snapshot(t.Context(), &text, inspector.SnapshotOptions{}); err != nil || !strings.HasPrefix(text.String(), "early") {
			t.Errorf("%.20q, %v", text.String(), err)
		}
	}
}

// TestSilence holds that an inspector that says nothing any more is given up.
func TestSilence(t *testing.T) {
	s := hostile(t, `{"method":"HeapProfiler.addHeapSnapshotChunk","params":{"chunk":"{"}}`)
	var text bytes.Buffer
	_, _, err := s.Snapshot(t.Context(), &text, inspector.SnapshotOptions{Silence: 20 * time.Millisecond})
	if !errors.Is(err, inspector.ErrSilent) {
		t.Errorf("%v", err)
	}
}

// TestCancelledAndClosed holds that a call that was cancelled says so, also when the
// connection is gone by then.
func TestCancelledAndClosed(t *testing.T) {
	for range 30 {
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan struct{})
		addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
			ws, err := websocket.Accept(w, r, nil)
			if err != nil {
				return
			}
			ws.Read(r.Context())
			cancel()
			ws.CloseNow()
			close(gone)
		})
		s, err := inspector.Dial(t.Context(), inspector.Page{WebSocket: "ws://" + addr + "/x"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Call(ctx, "Runtime.enable", nil, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("waiting: %v", err)
		}
		<-gone
		<-s.Done()
		if err := s.Call(ctx, "Runtime.enable", nil, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("writing: %v", err)
		}
		if err := s.Call(t.Context(), "Runtime.enable", nil, nil); !errors.Is(err, inspector.ErrClosed) {
			t.Errorf("closed: %v", err)
		}
		s.Close()
	}
}
