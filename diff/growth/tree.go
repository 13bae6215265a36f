package growth

import (
	"math/bits"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

// Tree is one heap reduced to its signatures. A signature is the way from a
// root to an object with what varies taken out; all objects that are first
// reached the same way share one. Once released
// the tree does not refer to the graph.
//
//	signature ── place ──▶ signature        place: "what hangs here under this name and of this class"
//
// Where an object can be reached in several ways it has one signature, that of
// the shortest, and stands in several places: each says how many edges lead from
// the objects of its signature to objects of its class.
type Tree struct {
	// Sig is the signature of each node, and whether the node is internal to the
	// object that has it. It may be dropped once it is no longer needed.
	Sig Signatures // node -> signature

	edges   *labels
	classes *labels
	sigs    []sigNode // signature -> what it is; [0] is no signature
	places  []place
	index   []uint64 // hash table of places: hash, and place + 1 in the low half

	anyKey uint32 // label of the edges to what hangs under keys
	engine uint32 // signature of what the engine knows of objects

	size    uint64 // bytes of all nodes
	namer   *namer // nil once released
	met     []metClass
	kept    []keeping // the engine's own data, what keeps others before those
	code    code
	scratch []uint32 // memory that the walk needed, and nobody needs now
}

// code is the nodes that have variables or see them.
type code struct {
	scopes, modules []graph.NodeID
	functions       []graph.NodeID // and what generators and modules run as
}

// keeping is one of the engine's own, and what first led to it. The signature of
// such a node does not tell.
type keeping struct{ node, by graph.NodeID }

// isEngine reports whether a signature is of the engine's own data.
func (t *Tree) isEngine(sig uint32) bool { return t.sigs[sig].parent == t.engine && sig > rootSig }

// metClass is the class of a signature, for what leads to its objects and from them.
type metClass struct {
	class uint32
	flags labelFlags
}

// takeScratch returns the memory that nobody needs.
func (t *Tree) takeScratch() []uint32 {
	words := t.scratch
	t.scratch = nil
	return words
}

// sig returns the signature of a node.
func (t *Tree) sig(n graph.NodeID) Signature { return t.Sig.At(uint32(n)) }

// sigNode is one signature.
type sigNode struct {
	parent uint32 // signature
	place  uint32 // the place it hangs in
	edge   uint32 // label
	class  uint32 // label
	depth  uint16
	many   bool   // a step of the path is one of many
	count  uint32 // objects, without internals
	self   uint64 // bytes, with internals
}

// place is where objects of one class hang under one name.
type place struct {
	parent uint32 // signature
	edge   uint32 // label
	class  uint32 // label
	sig    uint32 // the signature of what is first reached through it; 0 if nothing is
	held   uint32 // edges
	alias  uint32 // the place that stands for this one + 1
}

// Signatures returns the number of signatures.
func (t *Tree) Signatures() int { return len(t.sigs) }

// Size returns the bytes of all objects.
func (t *Tree) Size() uint64 { return t.size }

// lookup returns the place, or absent.
func (t *Tree) lookup(parent, edge, class uint32) uint32 {
	at, _ := t.find(parent, edge, class)
	return at
}

// slot is where in the index a place has to stand.
type slot struct{ at, hash uint32 }

// find returns the place, or absent and where it has to stand.
func (t *Tree) find(parent, edge, class uint32) (uint32, slot) {
	hash := placeHash(parent, edge, class)
	mask := uint32(len(t.index) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		entry := t.index[i]
		if entry == 0 {
			return absent, slot{i, hash}
		}
		if uint32(entry>>32) != hash {
			continue
		}
		id := uint32(entry) - 1
		if at := &t.places[id]; at.parent == parent && at.edge == edge && at.class == class {
			return t.real(id), slot{}
		}
	}
}

// real returns the place that stands for a place.
func (t *Tree) real(place uint32) uint32 {
	if alias := t.places[place].alias; alias != 0 {
		return alias - 1
	}
	return place
}

// put returns the place, which it makes if there is none.
func (t *Tree) put(parent, edge, class uint32) uint32 {
	at, s := t.find(parent, edge, class)
	if at != absent {
		return at
	}
	return t.insert(s, parent, edge, class)
}

// insert makes a place that find did not find.
func (t *Tree) insert(s slot, parent, edge, class uint32) uint32 {
	id := uint32(len(t.places))
	t.places = append(doubled(t.places), place{parent: parent, edge: edge, class: class})
	t.index[s.at] = uint64(s.hash)<<32 | uint64(id+1)
	if len(t.places)*2 > len(t.index) {
		t.rehash()
	}
	return id
}

// doubled makes room for as many again, if there is none: a quarter more, as
// append makes, would leave four times as much garbage.
func doubled[T any](list []T) []T {
	if len(list) < cap(list) {
		return list
	}
	return slices.Grow(list, max(len(list), 1<<10))
}

func (t *Tree) rehash() { t.resize(len(t.index) * 2) }

// resize makes a new index of a size, which must be a power of two.
func (t *Tree) resize(size int) {
	had := t.index
	t.index = make([]uint64, size)
	mask := uint32(len(t.index) - 1)
	for _, entry := range had {
		if entry == 0 {
			continue
		}
		i := uint32(entry>>32) & mask
		for t.index[i] != 0 {
			i = (i + 1) & mask
		}
		t.index[i] = entry
	}
}

// indexSize is how large an index of so many places has to be: a power of two, at
// most half of it filled.
func indexSize(places int) int { return 2 << bits.Len(uint(max(places, 1)-1)) }

func placeHash(parent, edge, class uint32) uint32 {
	h := uint64(parent)*0x9E3779B97F4A7C15 ^ uint64(edge)*0xC2B2AE3D27D4EB4F ^ uint64(class)*0x165667B19E3779F9
	h ^= h >> 29
	return uint32(h * 0xBF58476D1CE4E5B9 >> 32)
}
