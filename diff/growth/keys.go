package growth

import (
	"strings"

	"github.com/heapdiff/heapdiff/graph"
)

// place returns the place of a class under a name, or absent if there are too
// many places.
func (b *builder) place(sig, edge, class uint32) uint32 {
	at, s := b.find(sig, edge, class)
	if at == absent && b.edges.flags[edge]&named != 0 && !b.isGlobal(sig) && b.name(sig, class) {
		edge = b.edge.any
		at, s = b.find(sig, edge, class)
	}
	if at != absent || len(b.places) >= maxPlaces {
		return at
	}
	return b.insertNamed(s, sig, edge, class)
}

// insertNamed makes a place, and remembers it beside those of its signature if it
// has a name that could be a key.
func (b *builder) insertNamed(s slot, sig, edge, class uint32) uint32 {
	id := b.insert(s, sig, edge, class)
	earlier := uint32(0)
	if b.edges.flags[edge]&named != 0 {
		earlier, b.names[sig].last = b.names[sig].last, id+1
	}
	b.earlier = append(doubled(b.earlier), earlier)
	return id
}

// nameList is the names that lead on from a signature.
type nameList struct {
	last  uint32 // place that was made last for one + 1
	count uint32
}

// isKeyed reports whether a node has so many edges that its properties must be keys.
func (t *Tree) isKeyed(edges graph.EdgeID, sig uint32) bool {
	return edges > maxProperties && !t.isGlobal(sig)
}

// isGlobal reports whether sig is of a global object: its names are few, and
// worth reading.
func (t *Tree) isGlobal(sig uint32) bool { return t.sigs[sig].parent == rootSig }

// keyring counts the names under which one class hangs at one signature. Most
// signatures have not so many names in all that they need one.
type keyring struct {
	names uint16
	full  bool // names are taken for keys
}

// name counts a new name, and reports whether there are too many for them to be
// a programmer's.
func (b *builder) name(sig, class uint32) bool {
	all := &b.names[sig]
	switch all.count++; {
	case all.count <= maxKeys:
		return false
	case all.count == maxKeys+1:
		for at := all.last; at > 0; at = b.earlier[at-1] {
			id := ringOf(sig, b.places[at-1].class)
			ring := b.keys[id]
			ring.names++
			b.keys[id] = ring
		}
	}
	id := ringOf(sig, class)
	ring := b.keys[id]
	if ring.full {
		return true
	}
	if ring.names++; ring.names == maxKeys+1 {
		b.dictionaries = append(b.dictionaries, id)
	}
	b.keys[id] = ring
	return false
}

func ringOf(sig, class uint32) uint64 { return uint64(sig)<<32 | uint64(class) }

// joinKeys makes one place of those whose names turned out to be keys. It waits
// for the end of a level, so that not the order of names decides which are.
func (b *builder) joinKeys() {
	if len(b.dictionaries) > 0 {
		for _, id := range b.dictionaries {
			b.keys[id] = keyring{full: true}
		}
		for i := b.joined; i < len(b.places); i++ {
			p := b.places[i]
			if p.sig != 0 || b.edges.flags[p.edge]&named == 0 || !b.keys[ringOf(p.parent, p.class)].full {
				continue
			}
			all, s := b.find(p.parent, b.edge.any, p.class)
			if all == absent {
				all = b.insertNamed(s, p.parent, b.edge.any, p.class)
			}
			b.places[all].held += p.held
			b.places[i].held, b.places[i].alias = 0, all+1
		}
		b.dictionaries = b.dictionaries[:0]
		b.forgetSteps()
	}
	b.joined = len(b.places)
}

// memberKey is a class under a signature, whatever the name it hangs there by.
type memberKey struct{ sig, class uint32 }

// keyed is what of one class hangs at a signature under names that may be keys.
type keyed struct {
	held  int64  // edges
	place uint32 // if there is one place under a masked name; else absent
	many  bool
}

// keys returns what hung in the tree before where now there are keys. An object
// that is used as a dictionary had so few of them then that each was a name of
// its own, or all looked alike.
func (l *ledger) keys(p *place) keyed {
	parent, class := l.match[p.parent], l.classOf[p.class]
	if p.edge != l.after.anyKey || parent == 0 || class == absent {
		return keyed{place: absent}
	}
	if l.keysBefore == nil {
		l.keysBefore = l.findKeys()
	}
	if k, ok := l.keysBefore[memberKey{parent, class}]; ok {
		return k
	}
	return keyed{place: absent}
}

// findKeys finds what hung under names that may be keys, of the classes that hang
// under keys now.
func (l *ledger) findKeys() map[memberKey]keyed {
	wanted := make([]bool, len(l.before.classes.text))
	for i := range l.after.places {
		if p := &l.after.places[i]; p.edge == l.after.anyKey && l.classOf[p.class] != absent {
			wanted[l.classOf[p.class]] = true
		}
	}
	t, found := l.before, map[memberKey]keyed{}
	for i := range t.places {
		p := &t.places[i]
		flags := t.edges.flags[p.edge]
		if !wanted[p.class] || p.alias != 0 || flags&named == 0 || !strings.HasPrefix(t.edges.text[p.edge], ".") {
			continue
		}
		key := memberKey{p.parent, p.class}
		k, ok := found[key]
		if !ok {
			k.place = absent
		}
		if k.held += int64(p.held); flags&entry != 0 {
			if k.place == absent && !k.many {
				k.place = uint32(i)
			} else {
				k.place, k.many = absent, true
			}
		}
		found[key] = k
	}
	return found
}
