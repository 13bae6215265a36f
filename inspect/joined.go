package inspect

import (
	"cmp"
	"hash/maphash"
	"math/bits"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
)

// joined are texts of nodes that do not stand in the snapshot as one string. A
// heap may have millions that are all different, so there is but a hash of each.
//
//	add every text · index · expect every text that stands as one string · sort · of, each
type joined struct {
	seeds  [2]maphash.Seed
	texts  []joinedText // once sort was called, those that may have an equal, by hash and node
	some   graph.Bits   // starts of the hashes that occur
	equals graph.Bits   // and of those that may have an equal
	shift  int          // bits of a hash behind such a start
}

// joinedText is the text of a node. Its hash has 128 bits, so that two texts of
// one hash will not be met.
type joinedText struct {
	hash    [2]uint64
	node    graph.NodeID
	counted bool // with a group that has it as one string
}

// newJoined makes room for as many texts as are likely.
func newJoined(g *graph.Graph) *joined {
	likely := 0
	for _, t := range g.Type {
		if t == graph.ConsString {
			likely++
		}
	}
	return &joined{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, texts: make([]joinedText, 0, likely)}
}

func (j *joined) add(text []byte, n graph.NodeID) {
	hash := [2]uint64{maphash.Bytes(j.seeds[0], text), maphash.Bytes(j.seeds[1], text)}
	j.texts = append(j.texts, joinedText{hash: hash, node: n})
}

// index notes the starts of all hashes.
func (j *joined) index() {
	const bitsForEach = 16
	width := min(bits.Len(uint(len(j.texts)*bitsForEach)), 32)
	j.some, j.equals, j.shift = graph.NewBits(1<<width), graph.NewBits(1<<width), 64-width
	for i := range j.texts {
		start := j.start(j.texts[i].hash[0])
		if j.some.Has(start) {
			j.equals.Add(start)
		}
		j.some.Add(start)
	}
}

// expect reports whether a text is likely among the joined ones.
func (j *joined) expect(text []byte) bool {
	start := j.start(maphash.Bytes(j.seeds[0], text))
	if !j.some.Has(start) {
		return false
	}
	j.equals.Add(start)
	return true
}

// sort leaves out what has no equal, which is nearly all, and sorts the rest.
func (j *joined) sort() {
	j.texts = slices.DeleteFunc(j.texts, func(t joinedText) bool { return !j.equals.Has(j.start(t.hash[0])) })
	slices.SortFunc(j.texts, func(a, b joinedText) int {
		if c := compareHashes(a.hash, b.hash); c != 0 {
			return c
		}
		return cmp.Compare(a.node, b.node)
	})
}

func (j *joined) start(hash uint64) graph.NodeID { return graph.NodeID(hash >> j.shift) }

func compareHashes(a, b [2]uint64) int {
	if a[0] != b[0] {
		return cmp.Compare(a[0], b[0])
	}
	return cmp.Compare(a[1], b[1])
}

// of returns the nodes that have a text, in the order of the file.
func (j *joined) of(text []byte) []joinedText {
	hash := [2]uint64{maphash.Bytes(j.seeds[0], text), maphash.Bytes(j.seeds[1], text)}
	at, _ := slices.BinarySearchFunc(j.texts, hash, func(t joinedText, hash [2]uint64) int { return compareHashes(t.hash, hash) })
	return j.run(at, hash)
}

// run returns the texts from at on that have the hash.
func (j *joined) run(at int, hash [2]uint64) []joinedText {
	end := at
	for end < len(j.texts) && j.texts[end].hash == hash {
		end++
	}
	return j.texts[at:end]
}

// each calls f with the nodes of each text that several have and that was not
// counted.
func (j *joined) each(f func([]joinedText)) {
	for at := 0; at < len(j.texts); {
		same := j.run(at, j.texts[at].hash)
		at += len(same)
		if len(same) > 1 && !same[0].counted {
			f(same)
		}
	}
}
