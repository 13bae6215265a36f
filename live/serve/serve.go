// Package serve shows how watched programs do over HTTP: as JSON, as metrics for
// Prometheus and as a page with curves.
//
//	GET  /api/health/memory               heap, external, resident memory, ratios, status
//	GET  /api/health/memory/tracker       growth, rates, verdicts, culprits
//	POST /api/health/memory/clear-cache   forces a collection; only if that was allowed
//	GET  /metrics                         for Prometheus
//	GET  /healthz                         whether this server is well
//	GET  /                                the page; GET /events feeds it
//
// Of several programs, ?target=NAME names one; without it all are told.
//
// It knows nothing of programs: it shows what it is given. Whoever asks must name a
// host that is allowed, so that no page of another site can read the answers; what
// changes anything needs a token besides.
package serve

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// View is what there is to show of one sample.
type View struct {
	Status  Status
	Health  any // of /api/health/memory
	Tracker any // of /api/health/memory/tracker
	Event   any // of /events
	History any // what the page draws of the time before it was opened
	Gauges  []Gauge
}

// Status is how a program does, for those who look at one word only.
type Status string

// The words, the worst last.
const (
	OK       Status = "ok"
	Warning  Status = "warning"
	Critical Status = "critical"
)

// worse of two.
func worse(a, b Status) Status {
	order := []Status{OK, Warning, Critical}
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}

// Gauge is a metric.
type Gauge struct {
	Name, Help string
	Labels     map[string]string
	Value      float64
}

// Options say what is shown and who may do what.
type Options struct {
	// Targets are the names of all programs that are watched.
	Targets []string
	// Token is asked for by POST; and by everything if All is set.
	Token string
	All   bool
	Hosts []string // names besides localhost and the loopback addresses
	// Clear forces a collection and whatever else was said on the command line; nil
	// if that is not allowed. What it returns is shown.
	Clear func(ctx context.Context, target string) (any, error)
	Now   func() time.Time
}

// betweenClears keeps the port from being a way to stop the program.
const betweenClears = 10 * time.Second

// Server shows the views it is given.
type Server struct {
	o       Options
	handler http.Handler

	mu      sync.Mutex
	views   map[string]*View     // target -> the last
	cleared map[string]time.Time // target -> when
	hear    map[chan []byte]bool // those who look at the page

	second   time.Time // since when requests are counted
	requests int
}

// New makes one without a view.
func New(o Options) *Server {
	s := &Server{o: o, views: map[string]*View{}, cleared: map[string]time.Time{}, hear: map[chan []byte]bool{}}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector{s})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /api/health/memory", s.show(func(v *View) any { return v.Health }))
	mux.HandleFunc("GET /api/health/memory/tracker", s.show(func(v *View) any { return v.Tracker }))
	mux.HandleFunc("POST /api/health/memory/clear-cache", s.clear)
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true}))
	mux.HandleFunc("GET /events", s.events)
	mux.HandleFunc("GET /{$}", servePage())
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
		if !s.turn() {
			h.Set("Retry-After", "1")
			http.Error(w, "too many requests", http.StatusTooManyRequests)
			return
		}
		if !s.allowed(r.Host) {
			http.Error(w, "this host is not served here", http.StatusMisdirectedRequest)
			return
		}
		if (s.o.All && r.URL.Path != "/healthz" || r.Method != http.MethodGet && r.Method != http.MethodHead) && !s.authorized(r) {
			h.Add("WWW-Authenticate", "Bearer")
			h.Add("WWW-Authenticate", `Basic realm="heapdiff: any name, and the token"`)
			http.Error(w, "a token is needed", http.StatusUnauthorized)
			return
		}
		http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTime)) // not for a test's writer
		next.ServeHTTP(w, r)
	})
}

func (s *Server) allowed(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	ip := net.ParseIP(host)
	if strings.EqualFold(host, "localhost") || ip.IsLoopback() {
		return true
	}
	if s.o.All && ip != nil {
		return true // a number leads nowhere else, and the token is asked for
	}
	for _, name := range s.o.Hosts {
		if strings.EqualFold(host, name) {
			return true
		}
	}
	return false
}

// mostRequests bounds those of a second.
const mostRequests = 100

// turn says whether one more request is answered in this second.
func (s *Server) turn() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.o.Now(); now.Sub(s.second) >= time.Second || now.Before(s.second) {
		s.second, s.requests = now, 0
	}
	s.requests++
	return s.requests <= mostRequests
}

// authorized takes the token as programs send it, or as a browser's password.
func (s *Server) authorized(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if _, password, basic := r.BasicAuth(); basic {
		token, ok = password, true
	}
	given, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(s.o.Token)) // of equal length
	return ok && s.o.Token != "" && subtle.ConstantTimeCompare(given[:], want[:]) == 1
}

// Publish replaces what is shown of a target.
func (s *Server) Publish(target string, v *View) {
	text := message("message", v.Event)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.views[target] = v
	for c := range s.hear {
		select {
		case c <- text:
		default: // who reads too slowly misses one
		}
	}
}

func (s *Server) view(target string) *View {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.views[target]
}

// chosen is the target that a request means: the one it names, or the only one. An
// empty name is all of them.
func (s *Server) chosen(w http.ResponseWriter, r *http.Request) (target string, ok bool) {
	name := r.URL.Query().Get("target")
	switch {
	case name != "" && !slices.Contains(s.o.Targets, name):
		http.Error(w, "no such target is watched", http.StatusNotFound)
		return "", false
	case name == "" && len(s.o.Targets) == 1:
		return s.o.Targets[0], true
	}
	return name, true
}

func (s *Server) show(part func(*View) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		target, ok := s.chosen(w, r)
		if !ok {
			return
		}
		if target != "" {
			v := s.view(target)
			if v == nil {
				http.Error(w, "there is no sample yet", http.StatusServiceUnavailable)
				return
			}
			writeJSON(w, http.StatusOK, part(v))
			return
		}
		all, status := map[string]any{}, OK
		for _, name := range s.o.Targets {
			if v := s.view(name); v != nil {
				all[name] = part(v)
				status = worse(status, v.Status)
			}
		}
		writeJSON(w, http.StatusOK, map[string]any{"status": status, "targets": all})
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
	target, ok := s.chosen(w, r)
	if !ok {
		return
	}
	if target == "" {
		http.Error(w, "which of the targets? add ?target=NAME", http.StatusBadRequest)
		return
	}
	now := s.o.Now()
	s.mu.Lock()
	last, before := s.cleared[target]
	wait := betweenClears - now.Sub(last)
	if !before || wait <= 0 {
		s.cleared[target], wait = now, 0
	}
	s.mu.Unlock()
	if wait > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(int(wait.Seconds())+1))
		http.Error(w, "too soon after the last time", http.StatusTooManyRequests)
		return
	}
	result, err := s.o.Clear(r.Context(), target)
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTime)) // a collection may take longer than an answer
	if err != nil {
		writeJSON(w, http.StatusBadGateway, map[string]string{"status": "error", "error": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, result)
}

// writeTime bounds an answer to somebody who reads slowly.
const writeTime = 10 * time.Second

// mostListeners bounds the pages that are open.
const mostListeners = 32

func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	c := make(chan []byte, 4+len(s.o.Targets))
	s.mu.Lock()
	full := len(s.hear) >= mostListeners
	if !full {
		s.hear[c] = true
		for _, name := range s.o.Targets {
			if v := s.views[name]; v != nil {
				c <- append(message("history", v.History), message("message", v.Event)...)
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
	if flusher.Flush() != nil {
		return
	}
	for {
		select {
		case <-r.Context().Done():
			return
		case text := <-c:
			// Who does not read is let go. A writer without deadlines is a test's.
			flusher.SetWriteDeadline(time.Now().Add(writeTime))
			if _, err := w.Write(text); err != nil || flusher.Flush() != nil {
				return
			}
		}
	}
}

// message is an event of the stream.
func message(name string, value any) []byte {
	text, err := json.Marshal(value)
	if err != nil || value == nil {
		return nil
	}
	return fmt.Appendf(nil, "event: %s\ndata: %s\n\n", name, text)
}

// collector gives Prometheus the gauges of the view.
type collector struct{ s *Server }

// Describe says nothing: the gauges are not known beforehand.
func (collector) Describe(chan<- *prometheus.Desc) {}

// Collect gives them.
func (c collector) Collect(to chan<- prometheus.Metric) {
	for _, name := range c.s.o.Targets {
		v := c.s.view(name)
		if v == nil {
			continue
		}
		for _, g := range v.Gauges {
			desc := prometheus.NewDesc("heapdiff_"+g.Name, g.Help, nil, g.Labels)
			if m, err := prometheus.NewConstMetric(desc, prometheus.GaugeValue, g.Value); err == nil {
				to <- m
			}
		}
	}
}
