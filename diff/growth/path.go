package growth

import (
	"cmp"
	"slices"
	"strings"
)

// chain returns the signatures from below the root down to sig.
func (t *Tree) chain(sig uint32) []uint32 {
	var out []uint32
	for ; sig > rootSig; sig = t.sigs[sig].parent {
		out = append(out, sig)
	}
	slices.Reverse(out)
	return out
}

// link is one step of a path by its labels.
type link struct {
	edge, class uint32
	name        string // what to call the class, if it has a better name

	// What class and variable were called in the source, if names were changed.
	original, variable string
	// alias is a variable of the program that holds what the link leads to, if that
	// says more.
	alias string
}

// links returns the labels of the path to sig.
func (t *Tree) links(sig uint32) []link {
	var out []link
	for _, s := range t.chain(sig) {
		out = append(out, link{edge: t.sigs[s].edge, class: t.sigs[s].class})
	}
	return out
}

// process returns the last link that leads to Node's process object, which has
// a name of its own, or 0.
func (t *Tree) process(links []link) int {
	for i := len(links) - 1; i > 0; i-- {
		if t.classes.text[links[i].class] == "process" {
			return i
		}
	}
	return 0
}

// pathWriter writes a path as a person says it:
//
//	global.indexer.cache (Map) → [*] Record.tags
//
// The class of what a name leads to is left out while names follow each other.
type pathWriter struct {
	strings.Builder
	t     *Tree
	class string // of the last step, not yet written
}

const variablePrefix = "context:"

// render writes a path, without what leads to the variable that it may as well
// begin with.
func (t *Tree) render(links []link, from variable) string {
	w := pathWriter{t: t}
	if p := t.process(links); p > from.link {
		w.WriteString("process")
		links = links[p+1:]
	} else if from.link > 0 {
		w.begin(links[from.link-1], links[from.link], from.script)
		links = links[from.link+1:]
	}
	for i, l := range links {
		w.step(l, i == 0 && w.Len() == 0)
	}
	w.settle()
	return w.String()
}

// begin writes a variable, and whose it is.
func (w *pathWriter) begin(holder, l link, script string) {
	if script != "" {
		w.WriteString(ScriptName(script) + ": ")
	} else {
		w.WriteString("… " + w.t.function(holder) + " → ")
	}
	w.WriteString(w.t.variableName(l))
	w.class = w.t.shown(l)
}

// variableName is what the program calls a variable.
func (t *Tree) variableName(l link) string {
	if name := cmp.Or(l.alias, l.variable); name != "" {
		return name
	}
	return strings.TrimPrefix(t.edges.shown[l.edge], variablePrefix)
}

// function names a closure: by its own name or by that of the edge to it.
func (t *Tree) function(l link) string {
	if class := t.shown(l); class != "()" {
		return class
	}
	edge := t.edges.shown[l.edge]
	if t.edges.flags[l.edge]&named == 0 {
		return "()"
	}
	return strings.TrimPrefix(strings.TrimPrefix(edge, variablePrefix), ".") + "()"
}

func (w *pathWriter) step(l link, first bool) {
	edge, class := w.t.edges.shown[l.edge], w.t.shown(l)
	flags := w.t.edges.flags[l.edge]
	switch {
	case w.t.classes.flags[l.class]&(system|runtime) != 0:
		w.settle()
		if !first {
			w.WriteString(" → ")
		}
		w.WriteString(class)
	case first && w.t.edges.text[l.edge] == "":
		w.WriteString(baseName(class))
	case first:
		w.WriteString(strings.TrimPrefix(edge, ".") + " " + class)
	case w.t.isKey(l.edge):
		w.settle()
		w.WriteString(" → [" + edge[1:] + "] " + class)
	case strings.HasPrefix(edge, "."):
		if w.class != "" && !dropped(w.class) && w.Len() > 0 && w.t.edges.flags[l.edge]&named == 0 {
			w.settle()
		}
		w.WriteString(edge)
		w.class = class
	case flags&named != 0: // a variable of one of many closures
		w.settle()
		w.WriteString(" → variable " + w.t.variableName(l))
		w.class = class
	default:
		w.settle()
		w.WriteString(" → " + edge + " " + class)
	}
}

// isKey reports whether an edge stands for all keys of an object.
func (t *Tree) isKey(edge uint32) bool {
	return t.edges.flags[edge]&entry != 0 && strings.HasPrefix(t.edges.text[edge], ".") && t.edges.shown[edge] == t.edges.text[edge]
}

// shown returns what a person calls the class of a link.
func (t *Tree) shown(l link) string {
	switch {
	case l.name != "":
		return l.name
	case l.original != "":
		return l.original
	}
	return t.classes.shown[l.class]
}

// settle writes the class of the last name.
func (w *pathWriter) settle() {
	if w.class != "" && !dropped(w.class) {
		if w.class[0] == '(' {
			w.WriteString(" " + w.class)
		} else {
			w.WriteString(" (" + w.class + ")")
		}
	}
	w.class = ""
}

// dropped are classes that say nothing.
func dropped(class string) bool { return class == "Object" || class == "()" }

// baseName is what programs call the global object.
func baseName(class string) string {
	switch {
	case strings.HasPrefix(class, "global"):
		return "global"
	case strings.HasPrefix(class, "Window"):
		return "window"
	}
	return class
}

// owner returns the names of a path: what a programmer would write to get there.
func (t *Tree) owner(links []link) string {
	var b strings.Builder
	for i, l := range links {
		edge := t.edges.shown[l.edge]
		switch {
		case i == 0 && t.edges.text[l.edge] == "":
			b.WriteString(baseName(t.shown(l)))
		case l.alias != "":
			b.Reset()
			b.WriteString(l.alias)
		case t.classes.flags[l.class]&system != 0:
			if b.Len() > 0 {
				b.WriteString(" → ")
			}
			b.WriteString(t.shown(l))
		case strings.HasPrefix(edge, "."), strings.HasPrefix(edge, "["):
			b.WriteString(edge)
		case t.edges.flags[l.edge]&named != 0:
			b.Reset()
			b.WriteString(t.variableName(l))
		default:
			b.Reset()
			b.WriteString(t.shown(l))
		}
	}
	return b.String()
}
