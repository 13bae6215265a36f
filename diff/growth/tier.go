package growth

import "strings"

// tier says whose growth it is. Two heaps cannot tell a leak from warm-up: what
// is not the engine's or a library's is growth.
func (w *writer) tier(d *draft) Tier {
	t := w.led.after
	if d.Kind == Engine || w.throughEngine(d.sig) {
		return Runtime
	}
	if d.point >= 0 {
		// What the program itself defines is its own, wherever it hangs: a timer
		// that is never cleared hangs in a list of the platform's.
		for _, c := range w.children(d.point) {
			if w.where.origin(c.sig) == appCode {
				return Growth
			}
		}
	}
	switch {
	case d.Kind == Sockets, d.Kind == Timers, d.Kind == Buffers:
		// They hang in lists of the platform by their nature, and are not made by it.
		if d.point >= 0 {
			return Growth
		}
	case strings.HasPrefix(t.classes.text[t.sigs[d.sig].class], "Node / "):
		return Library
	}
	chain := t.chain(d.sig)
	for i := len(chain) - 1; i >= 0; i-- {
		if t.classes.text[t.sigs[chain[i]].class] == "Module" {
			return Growth // what a module of the program exports
		}
		switch w.where.origin(chain[i]) {
		case appCode:
			return Growth
		case packageCode, platformCode:
			return Library
		}
	}
	return Growth
}

// throughEngine reports whether a path leads through the engine's own data. How
// the variable is reached that it begins with does not matter: the engine, too,
// remembers functions, and their variables are the program's all the same.
func (w *writer) throughEngine(sig uint32) bool {
	t := w.led.after
	for _, s := range t.chain(sig)[w.homes.begin(sig).link:] {
		if t.classes.flags[t.sigs[s].class]&runtime != 0 {
			return true
		}
	}
	return false
}
