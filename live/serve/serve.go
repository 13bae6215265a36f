// Package serve shows how a watched program does over HTTP: as JSON, as metrics for
// Prometheus and as a page with curves.
//
//	GET  /api/health/memory               heap, external, resident memory, ratios, status
//	GET  /api/health/memory/tracker       growth, rates, verdicts, culprits
//	POST /api/health/memory/clear-cache   forces a collection; only if that was allowed
//	GET  /metrics                         for Prometheus
//	GET  /healthz                         whether this server is well
//	GET  /                                the page; GET /events feeds it
//
// It knows nothing of programs: it shows what it is given. Whoever asks must name a
// host that is allowed, so that no page of another site can read the answers; what
// changes anything needs a token besides.
package serve

import (
	"context"
	"crypto/subtle"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// View is what there is to show of one sample.
type View struct {
	Health  any // of /api/health/memory
	Tracker any // of /api/health/memory/tracker
	Event   any // of /events
	Gauges  []Gauge
}

// Gauge is a metric.
type Gauge struct {
	Name, Help string
	Labels     map[string]string
	Value      float64
}

// Options say who may do what.
type Options struct {
	// Token is asked for by POST; and by everything if All is set.
	Token string
	All   bool
	Hosts []string // names besides localhost and the loopback addresses
	// Clear forces a collection and whatever else was said on the command line; nil
	// if that is not allowed. What it returns is shown.
	Clear func(context.Context) (any, error)
	Now   func() time.Time
}

// betweenClears keeps the port from being a way to stop the program.
const betweenClears = 10 * time.Second

// Server shows the views it is given.
type Server struct {
	o       Options
	handler http.Handler

	mu      sync.Mutex
	view    *View
	cleared time.Time
	hear    map[chan []byte]bool // those who look at the page
}

//go:embed page.html
var page []byte

// New makes one without a view.
func New(o Options) *Server {
	s := &Server{o: o, hear: map[chan []byte]bool{}}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector{s})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /api/health/memory", s.show(func(v *View) any { return v.Health }))
	mux.HandleFunc("GET /api/health/memory/tracker", s.show(func(v *View) any { return v.Tracker }))
	mux.HandleFunc("POST /api/health/memory/clear-cache", s.clear)
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true}))
	mux.HandleFunc("GET /events", s.events)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		w.Write(page)
	})
	s.handler = s.guard(http.NewCrossOriginProtection().Handler(mux))
	return s
}

// ServeHTTP answers.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Listen serves until the context is done.
func (s *Server) Listen(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: s, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// guard turns away who has no business here.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !s.allowed(r.Host) {
			http.Error(w, "this host is not served here", http.StatusMisdirectedRequest)
			return
		}
		if (s.o.All && r.URL.Path != "/healthz" || r.Method != http.MethodGet && r.Method != http.MethodHead) && !s.authorized(r) {
			h.Set("WWW-Authenticate", "Bearer")
			http.Error(w, "a token is needed", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) allowed(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback() {
		return true
	}
	for _, name := range s.o.Hosts {
		if strings.EqualFold(host, name) {
			return true
		}
	}
	return false
}

func (s *Server) authorized(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && s.o.Token != "" && subtle.ConstantTimeCompare([]byte(token), []byte(s.o.Token)) == 1
}

// Publish replaces what is shown.
func (s *Server) Publish(v *View) {
	text, err := json.Marshal(v.Event)
	if err != nil {
		text = []byte("{}")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.view = v
	for c := range s.hear {
		select {
		case c <- text:
		default: // who reads too slowly misses one
		}
	}
}

func (s *Server) current() *View {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view
}

func (s *Server) show(part func(*View) any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		v := s.current()
		if v == nil {
			http.Error(w, "there is no sample yet", http.StatusServiceUnavailable)
			return
		}
		writeJSON(w, http.StatusOK, part(v))
	}
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.Encode(v) // who went away needs no answer
}

func (s *Server) clear(w http.ResponseWriter, r *http.Request) {
	if s.o.Clear == nil {
		http.Error(w, "not allowed: start heapdiff with --allow-actions", http.StatusForbidden)
		return
	}
	now := s.o.Now()
	s.mu.Lock()
	wait := betweenClears - now.Sub(s.cleared)
	if wait <= 0 || s.cleared.IsZero() {
		s.cleared, wait = now, 0
	}
	s.mu.Unlock()
	if wait > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(int(wait.Seconds())+1))
		http.Error(w, "too soon after the last time", http.StatusTooManyRequests)
		return
	}
	result, err := s.o.Clear(r.Context())
	if err != nil {
		writeJSON(w, http.StatusBadGateway, map[string]string{"status": "error", "error": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, result)
}

// mostListeners bounds the pages that are open.
const mostListeners = 32

func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	c := make(chan []byte, 4)
	s.mu.Lock()
	full := len(s.hear) >= mostListeners
	if !full {
		s.hear[c] = true
		if s.view != nil {
			if text, err := json.Marshal(s.view.Event); err == nil {
				c <- text
			}
		}
	}
	s.mu.Unlock()
	if full {
		http.Error(w, "too many pages are open", http.StatusServiceUnavailable)
		return
	}
	defer func() {
		s.mu.Lock()
		delete(s.hear, c)
		s.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	flusher := http.NewResponseController(w)
	flusher.Flush()
	for {
		select {
		case <-r.Context().Done():
			return
		case text := <-c:
			if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil || flusher.Flush() != nil {
				return
			}
		}
	}
}

// collector gives Prometheus the gauges of the view.
type collector struct{ s *Server }

// Describe says nothing: the gauges are not known beforehand.
func (collector) Describe(chan<- *prometheus.Desc) {}

// Collect gives them.
func (c collector) Collect(to chan<- prometheus.Metric) {
	v := c.s.current()
	if v == nil {
		return
	}
	for _, g := range v.Gauges {
		desc := prometheus.NewDesc("heapdiff_"+g.Name, g.Help, nil, g.Labels)
		if m, err := prometheus.NewConstMetric(desc, prometheus.GaugeValue, g.Value); err == nil {
			to <- m
		}
	}
}
