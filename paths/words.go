package paths

import (
	"bytes"
	"strings"

	"github.com/heapdiff/heapdiff/graph"
)

// Tiers of edges, from what a program wrote to what only the collector knows.
const (
	byProgram   uint8 = iota
	byDetour          // prototypes, native objects, what the runtime keeps for an object
	byRuntime         // maps, code, realms: they lead to everything of a class or a file
	byCollector       // the root's own
)

// words knows the names that V8 and its embedders give to nodes and edges.
type words struct {
	g      *graph.Graph
	labels []mark // string -> what it means as the name of an internal edge or a property
	names  []mark // string -> what it means as the name of a hidden or native node
}

// mark is a meaning; the zero one has not been looked at.
type mark uint8

const (
	plain   mark = 1 + iota
	detour       // see byDetour
	runtime      // see byRuntime
	holds        // a layer between an object and what it holds, to be folded
	entry        // the index of an element or an entry
	realm        // the context of a realm
	scope        // the variables of a closure
)

func newWords(g *graph.Graph) *words {
	return &words{g: g, labels: make([]mark, g.Strings.Len()), names: make([]mark, g.Strings.Len())}
}

// tier is the tier of an edge; see graph.FindWays.
func (w *words) tier(from graph.NodeID, e graph.EdgeID) uint8 {
	g := w.g
	if from == g.Root {
		return byCollector
	}
	l := g.Links[e]
	to := l.To()
	tier := byProgram
	switch g.Type[to] {
	case graph.Code, graph.ObjectShape:
		return byRuntime
	case graph.Synthetic:
		return byCollector
	case graph.Hidden, graph.Native:
		switch w.nameMark(to) {
		case runtime, realm:
			return byRuntime
		case detour:
			tier = byDetour
		}
	}
	switch g.Type[from] {
	case graph.Synthetic:
		return byCollector
	case graph.Hidden, graph.Native:
		if w.nameMark(from) == realm {
			return byRuntime
		}
	}
	if t := l.Type(); t == graph.InternalEdge || t == graph.PropertyEdge {
		switch w.labelMark(graph.StringID(g.Label(e))) {
		case runtime:
			if t == graph.InternalEdge {
				return byRuntime
			}
		case detour:
			tier = byDetour
		}
	}
	return tier
}

// folded reports whether n is a layer of how the runtime lays an object out.
func (w *words) folded(n graph.NodeID) bool {
	switch w.g.Type[n] {
	case graph.Array:
		return true
	case graph.Hidden:
		return true
	case graph.Object:
		return w.nameMark(n) == scope
	case graph.Native: // what is hidden, if it is not: heaps with internals exposed
		return bytes.HasPrefix(w.g.Strings.Bytes(w.g.Name[n]), []byte(system))
	}
	return false
}

func (w *words) isContextOfRealm(n graph.NodeID) bool {
	t := w.g.Type[n]
	return (t == graph.Hidden || t == graph.Native) && w.nameMark(n) == realm
}

// label returns the name of a named edge.
func (w *words) label(e graph.EdgeID) string {
	if w.g.Links[e].Type().Indexed() {
		return ""
	}
	return w.g.Strings.String(graph.StringID(w.g.Label(e)))
}

// phrase is how an edge is said. Of several edges that are said as one, the
// last of highest rank speaks for all.
type phrase struct {
	rank int
	text string
}

const (
	layer   = 1 + iota // the way into a layer
	keeper             // a field of the runtime's
	indexed            // an element or an entry
	named              // by the program
)

func (w *words) phrase(e graph.EdgeID) phrase {
	t := w.g.Links[e].Type()
	switch t {
	case graph.ElementEdge:
		return phrase{indexed, "[*]"}
	case graph.HiddenEdge:
		return phrase{layer, "(hidden)"}
	}
	id := graph.StringID(w.g.Label(e))
	text := w.g.Strings.String(id)
	switch t {
	case graph.ContextEdge:
		return phrase{named, "context:" + text}
	case graph.InternalEdge:
		switch w.labelMark(id) {
		case entry:
			return phrase{indexed, "[*]"}
		case holds:
			return phrase{layer, "(" + text + ")"}
		}
		return phrase{keeper, "(" + abridged(internalName(text)) + ")"}
	}
	if symbol, ok := strings.CutPrefix(text, "<symbol "); ok {
		return phrase{named, "[Symbol(" + strings.TrimSuffix(symbol, ">") + ")]"}
	}
	return phrase{named, text}
}

// internalName takes indices and ids out of the name of an internal edge.
func internalName(text string) string {
	digits := strings.TrimLeft(text, "0123456789")
	rest, ok := strings.CutPrefix(digits, " / ")
	switch {
	case !ok || len(digits) == len(text):
		return text
	case strings.HasPrefix(rest, "part of key ("):
		return "WeakMap value"
	}
	return rest
}

// abridged cuts a name that is longer than a line: those of C++ may be pages.
func abridged(text string) string {
	const longest = 60
	text, _, _ = strings.Cut(text, "@")
	if r := []rune(text); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return text
}

func (w *words) labelMark(id graph.StringID) mark {
	if w.labels[id] == 0 {
		w.labels[id] = markOfLabel(w.g.Strings.Bytes(id))
	}
	return w.labels[id]
}

func (w *words) nameMark(n graph.NodeID) mark {
	id := w.g.Name[n]
	if w.names[id] == 0 {
		w.names[id] = markOfName(w.g.Strings.Bytes(id))
	}
	return w.names[id]
}

var labelMarks = map[string]mark{
	"__proto__": detour,

	"map": runtime, "code": runtime, "shared": runtime, "feedback_cell": runtime, "feedback_vector": runtime,
	"initial_map": runtime, "native_context": runtime, "security_token": runtime, "scope_info": runtime,
	"script": runtime, "allocation_site": runtime, "interceptor": runtime, "transitions": runtime,
	"prototype_info": runtime, "descriptors": runtime, "constructor_or_back_pointer": runtime,

	"table": holds, "elements": holds, "properties": holds, "context": holds, "previous": holds, "value": holds,
	"cell": holds, "extension": holds, "backing_store": holds, "first": holds, "second": holds, "parent": holds,
	"parameters_and_registers": holds, "tagged_value": holds,
}

func markOfLabel(label []byte) mark {
	if len(bytes.TrimLeft(label, "0123456789")) == 0 {
		return entry
	}
	if m, ok := labelMarks[string(label)]; ok {
		return m
	}
	return plain
}

const (
	node    = "Node / "
	system  = "system / "
	context = "system / Context"
	realms  = "system / NativeContext"
)

// throughHidden are hidden objects that programs put things into.
var throughHidden = map[string]bool{
	"Cell": true, "PropertyCell": true, "ContextCell": true, "ContextSidePropertyCell": true,
	"PropertyArray": true, "FixedArray": true, "SwissNameDictionary": true, "NameDictionary": true,
	"OrderedHashMap": true, "OrderedHashSet": true, "EphemeronHashTable": true, "ArrayList": true,
	"PromiseReaction": true, "PromiseFulfillReactionJobTask": true, "PromiseRejectReactionJobTask": true,
	"PromiseResolveThenableJobTask": true, "JSProxy": true, "ScriptContextTable": true,
}

func markOfName(name []byte) mark {
	text := string(name)
	switch {
	case strings.HasPrefix(text, realms):
		return realm
	case text == context || strings.HasPrefix(text, context+" / "):
		return scope
	case strings.HasPrefix(text, system+"Map"):
		return runtime
	case strings.HasPrefix(text, system):
		if throughHidden[text[len(system):]] {
			return holds
		}
		return detour
	case strings.HasPrefix(text, node), strings.Contains(text, "::"):
		return detour
	}
	return plain
}
