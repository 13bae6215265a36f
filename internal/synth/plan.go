package synth

// nodeType and edgeType are V8's, in the order of its meta.
type (
	nodeType uint8
	edgeType uint8
)

const (
	hidden nodeType = iota
	array
	text // a string
	object
	code
	closure
	regexp
	number
	native
	synthetic
	consText // a concatenated string
	slicedText
	symbol
	bigint
	shape // an object shape; hidden in layouts that have none
)

const (
	inContext edgeType = iota
	element
	property
	internal
	hiddenEdge
	shortcut
	weak
)

// A segment is a block of nodes, repeated.
type segment struct {
	block []node // node of the block -> what it is
	count int    // blocks in the file
	room  int    // blocks that have ids, at least count: a pair's other file may have them
	texts int    // nodes of a block that have a text of their own

	ordinal  int // of its first node in the file
	serial   int // of its first node among all that have ids
	ownTexts int // number of its first own text
}

// node is one node of a block.
type node struct {
	kind   nodeType
	name   int // string index; not used if it has a text
	text   textOf
	own    int    // number of its text among the block's own
	self   uint64 // bytes
	spread uint64 // at most so many words of 8 bytes more, differing by block
	line   int    // of its constructor or function, from 1; 0 is none
	edges  []edge
	fan    *fan
}

// textOf says where a string's value comes from.
type textOf uint8

const (
	named   textOf = iota // the node's name
	ownText               // a value that no other node of its kind has
	anyText               // one of those, so that values occur twice
)

// edge is one edge of a block's node.
type edge struct {
	kind  edgeType
	label int // string index, or the index of an element or hidden edge
	to    target
}

// target is a node of a block of a segment.
type target struct {
	in    *segment
	node  int
	which which
	last  *target // for next and previous, where there is none
}

// which block of the target's segment is meant, seen from the edge's.
type which uint8

const (
	first which = iota
	same
	next
	previous
	near // one of the 64 before, mostly; else any
	anywhere
)

// fan is a node's many edges: to the given nodes of consecutive blocks.
type fan struct {
	kind  edgeType
	to    *segment
	nodes []int
	each  int // blocks that one node leads to; the last may have fewer
	total int // blocks that all nodes of the segment lead to, more than once around if need be
}

// of is how many blocks the node in the given block leads to.
func (f *fan) of(block int) int {
	if f == nil {
		return 0
	}
	return max(0, min(f.each, f.total-block*f.each))
}

// width is the edges a block it leads to.
func (f *fan) width() int {
	if f == nil {
		return 0
	}
	return len(f.nodes)
}

func (f *fan) edges() int {
	if f == nil {
		return 0
	}
	return f.total * len(f.nodes)
}

func (s *segment) nodes() int { return s.count * len(s.block) }

func (s *segment) edges() int {
	sum := 0
	for i := range s.block {
		sum += s.count*len(s.block[i].edges) + s.block[i].fan.edges()
	}
	return sum
}

func (s *segment) locations() int {
	sum := 0
	for i := range s.block {
		if s.block[i].line > 0 {
			sum += s.count
		}
	}
	return sum
}

// mix gives the pseudo-random number of one place: splitmix64's output for that counter.
func mix(seed, place uint64) uint64 {
	x := seed + place*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// below gives a number in [0, n) from a random one.
func below(random uint64, n int) int {
	return int((random >> 32) * uint64(n) >> 32)
}

// resolve gives the ordinal that an edge from the block leads to.
func (t *target) resolve(block int, random uint64) int {
	at := 0
	switch t.which {
	case same:
		at = block
	case next:
		if at = block + 1; at >= t.in.count {
			return t.last.resolve(0, 0)
		}
	case previous:
		if at = block - 1; at < 0 {
			return t.last.resolve(0, 0)
		}
	case near:
		if at = block - int(random&63); random>>6&7 == 0 || at < 0 {
			at = below(random, t.in.count)
		}
	case anywhere:
		at = below(random, t.in.count)
	}
	return t.in.ordinal + at*len(t.in.block) + t.node
}
