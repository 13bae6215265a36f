package growth

import "github.com/heapdiff/heapdiff/graph"

// place returns the place of a class under a name, or absent if there are too
// many places.
func (b *builder) place(sig, edge, class uint32) uint32 {
	r := &b.recent
	if r.parent == sig && r.edge == edge && r.class == class && r.place != absent {
		return r.place
	}
	at := b.lookup(sig, edge, class)
	if at == absent {
		if b.edges.flags[edge]&named != 0 && !b.isGlobal(sig) {
			edge = b.name(sig, edge, class)
		}
		if len(b.places) >= maxPlaces && b.lookup(sig, edge, class) == absent {
			return absent
		}
		at = b.put(sig, edge, class)
	}
	*r = recent{sig, edge, class, at}
	return at
}

// isKeyed reports whether n has so many edges that its properties must be keys.
func (t *Tree) isKeyed(n graph.NodeID) bool {
	from, to := t.namer.g.Edges(n)
	return to-from > maxProperties && !t.isGlobal(t.Sig[n].Row())
}

// isGlobal reports whether sig is of a global object: its names are few, and
// worth reading.
func (t *Tree) isGlobal(sig uint32) bool { return t.sigs[sig].parent == rootSig }

// keyring counts the names under which one class hangs at one signature.
type keyring struct {
	names uint16
	full  bool // names are taken for keys
}

// name counts a new name, and returns the label that stands for all keys if
// there are too many names for them to be a programmer's.
func (b *builder) name(sig, edge, class uint32) uint32 {
	id := uint64(sig)<<32 | uint64(class)
	ring := b.keys[id]
	if ring.full {
		return b.edge.any
	}
	if ring.names++; ring.names == maxKeys+1 {
		b.dictionaries = append(b.dictionaries, id)
	}
	b.keys[id] = ring
	return edge
}

// joinKeys makes one place of those whose names turned out to be keys. It waits
// for the end of a level, so that not the order of names decides which are.
func (b *builder) joinKeys() {
	if len(b.dictionaries) > 0 {
		for _, id := range b.dictionaries {
			b.keys[id] = keyring{full: true}
		}
		for i := b.joined; i < len(b.places); i++ {
			p := b.places[i]
			if p.sig != 0 || b.edges.flags[p.edge]&named == 0 || !b.keys[uint64(p.parent)<<32|uint64(p.class)].full {
				continue
			}
			all := b.put(p.parent, b.edge.any, p.class)
			b.places[all].held += p.held
			b.places[i].held, b.places[i].alias = 0, all+1
		}
		b.dictionaries = b.dictionaries[:0]
		b.recent.place = absent
	}
	b.joined = len(b.places)
}
