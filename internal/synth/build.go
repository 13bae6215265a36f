package synth

// builder makes the block of a segment, node by node.
type builder struct {
	seg   *segment
	names *names
	hubs  *hubs // nil while these are built
}

// names is the table of the strings that do not grow with the heap.
type names struct {
	list  []string
	index map[string]int
}

func (n *names) of(s string) int {
	if i, ok := n.index[s]; ok {
		return i
	}
	if n.index == nil {
		n.index = map[string]int{}
	}
	i := len(n.list)
	n.index[s], n.list = i, append(n.list, s)
	return i
}

// ref is a node of the block being built.
type ref int

func (b *builder) add(kind nodeType, name string, self uint64) ref {
	b.seg.block = append(b.seg.block, node{kind: kind, name: b.names.of(name), self: self})
	return ref(len(b.seg.block) - 1)
}

func (b *builder) node(r ref) *node { return &b.seg.block[r] }

// link adds an edge with a name.
func (b *builder) link(from ref, kind edgeType, name string, to target) {
	b.node(from).edges = append(b.node(from).edges, edge{kind, b.names.of(name), to})
}

// item adds an edge with a number.
func (b *builder) item(from ref, kind edgeType, index int, to target) {
	b.node(from).edges = append(b.node(from).edges, edge{kind, index, to})
}

// here is a node of the same block.
func (b *builder) here(r ref) target { return target{in: b.seg, node: int(r), which: same} }

// at is a node of another block of the segment; last is where there is none.
func (b *builder) at(r ref, w which, last target) target {
	return target{in: b.seg, node: int(r), which: w, last: &last}
}

// the first block's node of a segment.
func the(s *segment, r ref) target { return target{in: s, node: int(r)} }

// instance adds an object of a class whose constructor stands in a line.
func (b *builder) instance(class string, self uint64, line int) ref {
	r := b.add(object, class, self)
	b.node(r).line = line
	b.link(r, internal, "map", b.hubs.shapeOf(class))
	b.link(r, property, "__proto__", b.hubs.prototypeOf(class))
	return r
}

// value adds a string, with a value of its own or one that others have too.
func (b *builder) value(from textOf) ref {
	r := b.add(text, "", 24)
	n := b.node(r)
	n.text, n.spread = from, 3
	if from == ownText {
		n.own = b.seg.texts
		b.seg.texts++
	}
	b.link(r, internal, "map", b.hubs.stringMap)
	return r
}

// cons adds a concatenated string of two.
func (b *builder) cons(first, second target) ref {
	r := b.add(consText, "(concatenated string)", 32)
	b.link(r, internal, "map", b.hubs.consMap)
	b.link(r, internal, "first", first)
	b.link(r, internal, "second", second)
	return r
}

// double adds a heap number.
func (b *builder) double() ref {
	r := b.add(number, "heap number", 16)
	b.link(r, internal, "map", b.hubs.numberMap)
	return r
}

// list adds a JavaScript array and its backing store.
func (b *builder) list(of ...target) ref {
	r := b.add(object, "Array", 32)
	b.link(r, internal, "map", b.hubs.shapeOf("Array"))
	b.link(r, property, "__proto__", b.hubs.prototypeOf("Array"))
	store := b.add(array, "(object elements)", 16+8*uint64(len(of)))
	b.node(store).spread = 4
	b.link(store, internal, "map", b.hubs.arrayMap)
	for i, to := range of {
		b.item(r, element, i, to)
		b.item(store, hiddenEdge, i, to)
	}
	b.link(r, internal, "elements", b.here(store))
	return r
}

// function adds a closure in a context.
func (b *builder) function(name string, line int, context target) ref {
	r := b.add(closure, name, 64)
	b.node(r).line = line
	b.link(r, internal, "map", b.hubs.shapeOf("Function"))
	b.link(r, property, "__proto__", b.hubs.prototypeOf("Function"))
	b.link(r, internal, "context", context)
	b.link(r, internal, "shared", b.hubs.shared)
	b.link(r, internal, "feedback_cell", b.hubs.feedback)
	b.link(r, internal, "code", b.hubs.compiled)
	return r
}

// scope adds a function's context inside another.
func (b *builder) scope(outer target) ref {
	r := b.add(object, "system / Context", 40)
	b.link(r, internal, "scope_info", b.hubs.scopeInfo)
	b.link(r, internal, "previous", outer)
	b.link(r, internal, "map", b.hubs.contextMap)
	return r
}
