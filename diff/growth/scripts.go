package growth

import (
	"fmt"
	"strings"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/sourcemap"
	"github.com/heapdiff/heapdiff/paths"
)

// scripts are the scripts of a heap. A location has but a number; the name stands
// in a node that the closures of the script lead to.
type scripts struct {
	names paths.Scripts
	maps  *sourcemap.Maps // to what the scripts were made from; may be nil
}

func internalTarget(g *graph.Graph, n graph.NodeID, name string) graph.NodeID {
	from, to := g.Edges(n)
	for e := from; e < to; e++ {
		if g.Links[e].Type() != graph.InternalEdge {
			continue
		}
		if string(g.Strings.Bytes(graph.StringID(g.Label(e)))) == name {
			return g.Links[e].To()
		}
	}
	return graph.NoNode
}

// format writes a location as editors do, counted from 1.
func (s *scripts) format(l graph.Location) string {
	name := s.names[l.Script]
	if p, ok := s.maps.Place(name, int(l.Line), int(l.Column)); ok {
		return fmt.Sprintf("%s:%d:%d", p.Source, p.Line+1, p.Column+1)
	}
	if name == "" {
		name = fmt.Sprintf("script %d", l.Script)
	}
	return fmt.Sprintf("%s:%d:%d", name, l.Line+1, l.Column+1)
}

// function returns what the function or class that begins at a location was
// called in the source, or "".
func (s *scripts) function(l graph.Location) string {
	return s.maps.Function(s.names[l.Script], int(l.Line), int(l.Column))
}

// siteOf returns where a function stands, or what runs as one.
func (s *scripts) siteOf(g *graph.Graph, n graph.NodeID) site {
	if g.Type[n] != graph.Closure {
		if n = internalTarget(g, n, "function"); n == graph.NoNode {
			return site{}
		}
	}
	at, known := g.Locations.Of(n)
	name := s.names[at.Script]
	if !known || name == "" {
		name = paths.ScriptName(g, n)
	}
	return site{at, name, known}
}

// sourceOf returns the file that a function stands in, before it was bundled.
func (s *scripts) sourceOf(at site) string {
	if p, ok := s.maps.Place(at.script, int(at.at.Line), int(at.at.Column)); ok && at.known {
		return p.Source
	}
	return at.script
}

// origin is whose code a script is.
type origin uint8

const (
	unknownOrigin origin = iota
	appCode
	packageCode  // in node_modules
	platformCode // a module of Node, an extension of the browser
)

// of returns whose code stands at a location.
func (s *scripts) of(l graph.Location) origin {
	name := s.names[l.Script]
	if p, mapped := s.maps.Place(name, int(l.Line), int(l.Column)); mapped {
		name = "/" + p.Source
	}
	return originOf(name)
}

// originOf returns whose code a script of that name is.
func originOf(name string) origin {
	switch {
	case name == "":
		return unknownOrigin
	case strings.Contains(name, "/node_modules/"), strings.Contains(name, `\node_modules\`):
		return packageCode
	case isPlatform(name):
		return platformCode
	}
	return appCode
}

// isPlatform knows the scripts that Node, Electron and browsers bring.
func isPlatform(name string) bool {
	for _, prefix := range []string{"node:", "internal/", "electron/", "chrome-extension:", "extensions::", "evalmachine.", "deno:", "ext:", "native "} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	// Node 14 and before called its modules by their bare names: "events.js".
	return !strings.ContainsAny(name, `/\:`) && strings.HasSuffix(name, ".js") && oldModules[strings.TrimSuffix(name, ".js")]
}

var oldModules = func() map[string]bool {
	out := map[string]bool{}
	for _, name := range strings.Fields(`assert async_hooks buffer child_process cluster console constants crypto dgram dns domain
		events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl stream
		string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib _http_agent _http_client
		_http_common _http_incoming _http_outgoing _http_server _stream_duplex _stream_passthrough _stream_readable
		_stream_transform _stream_wrap _stream_writable _tls_common _tls_wrap`) {
		out[name] = true
	}
	return out
}()
