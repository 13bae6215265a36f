package growth

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/heapdiff/heapdiff/graph"
)

// variable is where a path begins for a reader: a variable of a module, or of a
// function that runs still. However its closures are reached, and there are many
// ways, the variable is found by its name in its script.
type variable struct {
	link   int    // of the path, by which the variable is reached; 0 if there is none
	script string // that has it; may be empty
}

// fewHold is how many objects a variable may have, all scopes taken together, to
// be a beginning: of many scopes it matters who holds them.
const fewHold = 8

// begin finds the last variable on the path to a signature that is a beginning.
func (t *Tree) begin(sig uint32) variable {
	chain := t.chain(sig)
	for i := len(chain) - 1; i > 0; i-- {
		if t.isVariable(chain[i]) && t.sigs[chain[i]].count <= fewHold {
			return variable{link: i}
		}
	}
	return variable{}
}

// isVariable reports whether a signature is of what variables hold.
func (t *Tree) isVariable(sig uint32) bool {
	s := &t.sigs[sig]
	return t.edges.flags[s.edge]&named != 0 && strings.HasPrefix(t.edges.text[s.edge], variablePrefix)
}

// homes knows the functions that see variables.
type homes struct {
	t       *Tree
	scripts *scripts
	of      map[uint32]site // signature of what a variable holds -> the function
}

// site is where a function stands.
type site struct {
	at     graph.Location
	script string // its name; may be empty
	known  bool   // at is
}

// findHomes looks for functions that see the variables on the paths to sigs.
func findHomes(t *Tree, sigs []uint32, s *scripts) *homes {
	h := &homes{t: t, scripts: s, of: map[uint32]site{}}
	wanted := make([]bool, len(t.sigs))
	any := false
	for _, sig := range sigs {
		if t.isVariable(sig) {
			wanted[sig], any = true, true
		}
	}
	if any {
		scopes := h.findScopes(wanted)
		h.askFunctions(scopes, 0)
		h.askFunctions(scopes, 1)
	}
	return h
}

// findScopes finds the scopes that have the variables, and the signatures of
// what these hold. A module is the scope of what it exports.
func (h *homes) findScopes(wanted []bool) map[graph.NodeID][]uint32 {
	t, g := h.t, h.t.namer.g
	scopes := map[graph.NodeID][]uint32{}
	for node := range graph.NodeID(g.NumNodes()) {
		switch flags := t.classes.flags[t.namer.class.of(node)]; {
		case flags&contexty != 0:
			from, to := g.Edges(node)
			for e := from; e < to; e++ {
				l := g.Links[e]
				if sig := t.sig(l.To()); l.Type() == graph.ContextEdge && wanted[sig.Row()] && !sig.Internal() {
					scopes[node] = append(scopes[node], sig.Row())
				}
			}
		case flags&module != 0:
			for _, exported := range t.namer.edge.exportsOf(node) {
				from, to := g.Edges(exported)
				for e := from; e < to; e++ {
					if sig := t.sig(g.Links[e].To()); wanted[sig.Row()] && !sig.Internal() && t.sigs[sig.Row()].edge == t.namer.edge.exports[exported]-1 {
						h.tell([]uint32{sig.Row()}, generatorOf(g, node))
					}
				}
			}
		}
	}
	return scopes
}

// askFunctions asks all functions whether a scope is theirs, or the one so many
// scopes around it.
func (h *homes) askFunctions(scopes map[graph.NodeID][]uint32, around int) {
	g := h.t.namer.g
	if len(scopes) == 0 {
		return
	}
	for n := range graph.NodeID(g.NumNodes()) {
		if g.Type[n] != graph.Closure && !isGenerator(g, n) {
			continue
		}
		scope := internalTarget(g, n, []string{"context"})
		for i := 0; i < around && scope != graph.NoNode; i++ {
			scope = internalTarget(g, scope, []string{"previous"})
		}
		if scope != graph.NoNode {
			h.tell(scopes[scope], n)
		}
	}
	for scope, held := range scopes {
		scopes[scope] = slices.DeleteFunc(held, func(sig uint32) bool { return h.of[sig].script != "" })
		if len(scopes[scope]) == 0 {
			delete(scopes, scope)
		}
	}
}

// tell remembers that a function sees variables: of several scripts that call
// the same object the same, always the same one.
func (h *homes) tell(held []uint32, function graph.NodeID) {
	if len(held) == 0 || function == graph.NoNode {
		return
	}
	s := h.scripts.siteOf(h.t.namer.g, function)
	if s.script == "" {
		return
	}
	for _, sig := range held {
		if was, ok := h.of[sig]; !ok || s.before(was) {
			h.of[sig] = s
		}
	}
}

// before orders sites.
func (s site) before(o site) bool {
	return cmp.Or(strings.Compare(s.script, o.script), cmp.Compare(s.at.Line, o.at.Line), cmp.Compare(s.at.Column, o.at.Column)) < 0
}

// begin is where the path to a signature begins, and in which script.
func (h *homes) begin(sig uint32) variable {
	v := h.t.begin(sig)
	if v.link > 0 {
		v.script = h.script(h.t.chain(sig)[v.link])
	}
	return v
}

// script returns the script of the variable that holds what has a signature, or
// "".
func (h *homes) script(sig uint32) string {
	if _, source := h.variable(sig); source != "" {
		return source
	}
	return h.scripts.sourceOf(h.of[sig])
}

// variable returns what the variable was called in its source that holds what
// has a signature; or nothing.
func (h *homes) variable(sig uint32) (was, source string) {
	s, ok := h.of[sig]
	if !ok || !s.known {
		return "", ""
	}
	name := strings.TrimPrefix(h.t.edges.shown[h.t.sigs[sig].edge], variablePrefix)
	return h.scripts.maps.Variable(s.script, int(s.at.Line), int(s.at.Column), name)
}

// generatorOf returns what a module runs as, or NoNode.
func generatorOf(g *graph.Graph, module graph.NodeID) graph.NodeID {
	from, to := g.Edges(module)
	for _, l := range g.Links[from:to] {
		if n := l.To(); l.Type() == graph.HiddenEdge && isGenerator(g, n) {
			return n
		}
	}
	return graph.NoNode
}

func isGenerator(g *graph.Graph, n graph.NodeID) bool {
	return g.Type[n] == graph.Object && bytes.HasSuffix(g.Strings.Bytes(g.Name[n]), []byte("Generator"))
}

// ScriptName is what people call a script: its file's name, with the folder's if
// it is one of many of that name.
func ScriptName(script string) string {
	script, _, _ = strings.Cut(script, "?")
	script = strings.ReplaceAll(script, `\`, "/")
	base := path.Base(script)
	switch stem, _, _ := strings.Cut(base, "."); {
	case strings.HasPrefix(script, "node:"):
		return script
	case stem == "index" || stem == "main" || stem == "mod":
		if folder := path.Base(path.Dir(script)); folder != "." && folder != "/" {
			return folder + "/" + base
		}
	}
	return base
}
