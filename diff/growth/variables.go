package growth

import (
	"path"
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

// isVariable reports whether a signature is of what variables of functions hold.
func (t *Tree) isVariable(sig uint32) bool {
	s := &t.sigs[sig]
	return t.edges.flags[s.edge]&named != 0 && strings.HasPrefix(t.edges.text[s.edge], variablePrefix) &&
		t.classes.flags[t.sigs[s.parent].class]&scoped != 0
}

// homes finds the scripts of variables.
type homes struct {
	t       *Tree
	scripts scripts
	of      map[uint32]string // signature of what a variable holds -> the script
}

// findHomes looks for the scripts of the variables that the paths to sigs begin
// with.
func findHomes(t *Tree, sigs []uint32, s scripts) *homes {
	h := &homes{t: t, scripts: s, of: map[uint32]string{}}
	wanted := map[uint32][]uint32{} // signature of what has variables -> of what they hold
	asked := make([]bool, len(t.sigs))
	for _, sig := range sigs {
		from := t.begin(sig)
		if from.link == 0 {
			continue
		}
		held := t.chain(sig)[from.link]
		if _, seen := h.of[held]; seen {
			continue
		}
		h.of[held] = ""
		holder := t.sigs[held].parent
		wanted[holder], asked[holder] = append(wanted[holder], held), true
	}
	if len(wanted) == 0 {
		return h
	}
	for n, sig := range t.Sig {
		if !asked[sig.Row()] || sig.Internal() {
			continue
		}
		rest := wanted[sig.Row()][:0]
		for _, held := range wanted[sig.Row()] {
			if h.reaches(graph.NodeID(n), held) {
				h.of[held] = s.scriptOf(t.namer.g, graph.NodeID(n))
			}
			if h.of[held] == "" {
				rest = append(rest, held)
			}
		}
		wanted[sig.Row()], asked[sig.Row()] = rest, len(rest) > 0
	}
	return h
}

// reaches reports whether one of the variables of n holds an object of the
// signature. They are in the scopes around n, one behind the other.
func (h *homes) reaches(n graph.NodeID, held uint32) bool {
	const patience = 1 << 10
	g := h.t.namer.g
	queue := []graph.NodeID{n}
	seen := map[graph.NodeID]bool{n: true}
	for ; len(queue) > 0 && len(seen) < patience; queue = queue[1:] {
		from, to := g.Edges(queue[0])
		for e := from; e < to; e++ {
			l := g.Links[e]
			switch sig := h.t.Sig[l.To()]; {
			case !retains(l):
			case !sig.Internal() && sig.Row() == held:
				return true
			case sig.Internal() && !seen[l.To()] && !h.t.namer.edge.isLate(l.Type(), g.Label(e)) && len(seen) < patience:
				seen[l.To()] = true
				queue = append(queue, l.To())
			}
		}
	}
	return false
}

// begin is where the path to a signature begins, and in which script.
func (h *homes) begin(sig uint32) variable {
	v := h.t.begin(sig)
	if v.link > 0 {
		v.script = h.of[h.t.chain(sig)[v.link]]
	}
	return v
}

// scriptOf returns the script of a function, of a module, or of what a function
// that has not returned is kept in; or "".
func (s scripts) scriptOf(g *graph.Graph, n graph.NodeID) string {
	for range 3 {
		if g.Type[n] == graph.Closure {
			if l, ok := g.Locations.Of(n); ok && s[l.Script] != "" {
				return s[l.Script]
			}
			return scriptOf(g, n)
		}
		next := internalTarget(g, n, []string{"function"})
		if next == graph.NoNode {
			next = generatorOf(g, n)
		}
		if n = next; n == graph.NoNode {
			return ""
		}
	}
	return ""
}

// generatorOf returns what a module runs as, or NoNode.
func generatorOf(g *graph.Graph, module graph.NodeID) graph.NodeID {
	from, to := g.Edges(module)
	for _, l := range g.Links[from:to] {
		if n := l.To(); l.Type() == graph.HiddenEdge && g.Type[n] == graph.Object && strings.HasSuffix(g.NodeName(n), "Generator") {
			return n
		}
	}
	return graph.NoNode
}

// scriptName is what people call a script: its file's name, with the folder's if
// it is one of many of that name.
func scriptName(script string) string {
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
