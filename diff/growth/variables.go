package growth

import (
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
	name   string // of the variable, if the path has another name for what it holds; masked
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
	of      map[uint32]site  // signature of what a variable holds -> the function
	also    map[uint32]alias // signature of what is reached otherwise -> a variable of the program that holds it
}

// alias is a variable that holds what has its path by another way. A server, say, is
// reached through the timers of the platform first: what hangs on it was reached
// there, its listeners and their variables, and one of those is the server.
type alias struct {
	site
	name string // masked
}

// seen is what a scope holds in a variable.
type seen struct {
	sig  uint32
	name graph.StringID // of the variable
	also bool           // the path of what it holds leads another way
}

// site is where a function stands.
type site struct {
	at     graph.Location
	script string // its name; may be empty
	known  bool   // at is
}

// findHomes looks for functions that see the variables on the paths to sigs.
func findHomes(t *Tree, sigs []uint32, scripts *scripts) *homes {
	h := &homes{t: t, scripts: scripts, of: map[uint32]site{}, also: map[uint32]alias{}}
	wanted := make([]bool, len(t.sigs))
	any := false
	for _, sig := range sigs {
		if t.isVariable(sig) || t.mayBeAlias(sig) {
			wanted[sig], any = true, true
		}
	}
	if any {
		h.askModules(wanted)
		held := h.heldBy(wanted)
		h.askFunctions(held, 0)
		h.askFunctions(held, 1)
	}
	return h
}

// askModules asks modules for the variables: each is the scope of what it exports.
func (h *homes) askModules(wanted []bool) {
	t, g := h.t, h.t.namer.g
	for _, node := range t.code.modules {
		for _, exported := range t.namer.edge.exportsOf(node) {
			from, to := g.Edges(exported)
			for _, l := range g.Links[from:to] {
				if sig := t.sig(l.To()); wanted[sig.Row()] && !sig.Internal() && t.sigs[sig.Row()].edge == t.namer.edge.exports[exported]-1 {
					h.tell([]seen{{sig: sig.Row()}}, h.generatorOf(node))
				}
			}
		}
	}
}

// heldBy finds the scopes that have the variables, and what these hold.
func (h *homes) heldBy(wanted []bool) map[graph.NodeID][]seen {
	t, g := h.t, h.t.namer.g
	held := map[graph.NodeID][]seen{}
	for _, scope := range t.code.scopes {
		from, to := g.Edges(scope)
		for e := from; e < to; e++ {
			l := g.Links[e]
			if l.Type() != graph.ContextEdge {
				continue
			}
			if sig := t.sig(l.To()); wanted[sig.Row()] && !sig.Internal() {
				held[scope] = append(held[scope], seen{sig.Row(), graph.StringID(g.Label(e)), !t.isVariable(sig.Row())})
			}
		}
	}
	return held
}

// askFunctions asks all functions whether a scope is theirs, or the one so many
// scopes around it.
func (h *homes) askFunctions(held map[graph.NodeID][]seen, around int) {
	if len(held) == 0 {
		return
	}
	for _, function := range h.t.code.functions {
		scope := internalTarget(h.t.namer.g, function, "context")
		for i := 0; i < around && scope != graph.NoNode; i++ {
			scope = internalTarget(h.t.namer.g, scope, "previous")
		}
		if scope != graph.NoNode {
			h.tell(held[scope], function)
		}
	}
	for scope, list := range held {
		held[scope] = slices.DeleteFunc(list, func(v seen) bool {
			return !v.also && h.of[v.sig].script != "" || v.also && h.also[v.sig].script != ""
		})
		if len(held[scope]) == 0 {
			delete(held, scope)
		}
	}
}

// tell remembers that a function sees variables: of several scripts that call
// the same object the same, always the same one.
func (h *homes) tell(held []seen, function graph.NodeID) {
	if len(held) == 0 || function == graph.NoNode {
		return
	}
	s := h.scripts.siteOf(h.t.namer.g, function)
	if s.script == "" {
		return
	}
	for _, v := range held {
		if v.also {
			h.tellAlias(v, s)
		} else if was, ok := h.of[v.sig]; !ok || s.before(was) {
			h.of[v.sig] = s
		}
	}
}

// tellAlias remembers a variable of the program's own code, of several always the
// same one.
func (h *homes) tellAlias(v seen, s site) {
	if originOf(s.script) != appCode {
		return
	}
	m := h.t.namer
	a := alias{s, string(m.class.mask.mask(m.g.Strings.Bytes(v.name)))}
	was, ok := h.also[v.sig]
	if !ok || s.before(was.site) || !was.before(s) && a.name < was.name {
		h.also[v.sig] = a
	}
}

// mayBeAlias reports whether it helps to know what a program calls the objects of a
// signature: few, and none of the engine's, whose path begins nowhere near.
func (t *Tree) mayBeAlias(sig uint32) bool {
	s := &t.sigs[sig]
	if s.count > fewHold || t.classes.flags[s.class]&(system|runtime|folded|leaf|contexty) != 0 {
		return false
	}
	return t.begin(sig).link > 0 || t.fromEngine(sig)
}

// fromEngine reports whether a path begins with what only the collector knows.
func (t *Tree) fromEngine(sig uint32) bool {
	chain := t.chain(sig)
	return len(chain) > 0 && t.classes.flags[t.sigs[chain[0]].class]&system != 0
}

// before orders sites.
func (s site) before(o site) bool {
	return cmp.Or(strings.Compare(s.script, o.script), cmp.Compare(s.at.Line, o.at.Line), cmp.Compare(s.at.Column, o.at.Column)) < 0
}

// begin is where the path to a signature begins, and in which script.
func (h *homes) begin(sig uint32) variable {
	v := h.t.begin(sig)
	chain := h.t.chain(sig)
	if v.link > 0 {
		v.script = h.script(chain[v.link])
	}
	if v.link > 0 && originOf(v.script) == platformCode || v.link == 0 && h.t.fromEngine(sig) {
		for i := len(chain) - 1; i > v.link; i-- {
			if a, ok := h.also[chain[i]]; ok {
				return variable{link: i, script: h.scripts.sourceOf(a.site), name: a.name}
			}
		}
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
func (h *homes) generatorOf(module graph.NodeID) graph.NodeID {
	g := h.t.namer.g
	from, to := g.Edges(module)
	for _, l := range g.Links[from:to] {
		if n := l.To(); l.Type() == graph.HiddenEdge && g.Type[n] == graph.Object && h.t.classes.flags[h.t.namer.class.of(n)]&runs != 0 {
			return n
		}
	}
	return graph.NoNode
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
