package synth

// special is a part of a heap that is hard on some algorithm.
type special struct {
	name string
	what string // what Options.Size is the number of
	size int    // the default
	add  func(h *Heap, size int) (head target)
}

// specials are the shapes there are; the first is none.
var specials = []special{
	{name: "ordinary"},
	{"list", "nodes of a linked list", 300_000, addList},
	{"shared-list", "nodes of a linked list whose payloads stand in an array too", 300_000, addSharedList},
	{"promises", "promises, each waiting for the next", 100_000, addPromises},
	{"closures", "functions, each in the scope of the one before", 100_000, addClosures},
	{"array", "elements of one array; each object stands in it ten times", 10_000_000, addArray},
	{"map", "entries of one Map", 1_000_000, addMap},
}

func addList(h *Heap, size int) target {
	list := h.segment(size)
	return the(list.seg, buildList(list))
}

func addSharedList(h *Heap, size int) target {
	list := h.segment(size)
	buildList(list)
	both := h.segment(1)
	r := both.instance("Object", 32, 0)
	both.link(r, property, "list", the(list.seg, 0))
	both.link(r, property, "payloads", h.holder(list.seg, 1))
	return the(both.seg, r)
}

// buildList makes the block of a linked list: node 0 is the list's, 1 its payload.
func buildList(b *builder) ref {
	n := b.instance("ListNode", 40, 12)
	item := b.instance("Item", 32, 17)
	b.link(n, property, "payload", b.here(item))
	b.link(n, property, "next", b.at(n, next, b.hubs.undefined))
	b.link(item, property, "label", b.hubs.word(0))
	return n
}

func addPromises(h *Heap, size int) target {
	b := h.segment(size)
	p := b.instance("Promise", 48, 0)
	reaction := b.add(hidden, "system / PromiseReaction", 40)
	b.link(p, internal, "reactions_or_result", b.here(reaction))
	b.link(reaction, internal, "map", b.hubs.mapMap)
	b.link(reaction, internal, "promise_or_capability", b.at(p, next, b.hubs.undefined))
	return the(b.seg, p)
}

// addClosures nests scopes: the first block is the innermost.
func addClosures(h *Heap, size int) target {
	b := h.segment(size)
	scope := b.scope(b.at(0, next, b.hubs.nativeContext))
	f := b.function("inner", 7, b.here(scope))
	b.link(scope, inContext, "inner", b.here(f))
	return the(b.seg, f)
}

func addArray(h *Heap, size int) target {
	items := h.segment((size + 9) / 10)
	items.instance("Item", 32, 17)
	head := h.holder(items.seg, 0)
	f := head.in.block[head.node].fan
	f.each, f.total = size, size
	return head
}

func addMap(h *Heap, size int) target {
	entries := h.segment(size)
	value := entries.instance("Item", 32, 17)
	key := entries.value(ownText)
	return h.table(entries.seg, key, value)
}

// holder adds an Array of a node of all blocks of a segment.
func (h *Heap) holder(of *segment, r ref) target {
	b := h.segment(1)
	list := b.instance("Array", 32, 0)
	b.node(list).fan = &fan{element, of, []int{int(r)}, of.count, of.count}
	return the(b.seg, list)
}

// table adds a Map with an entry for every block of a segment.
func (h *Heap) table(of *segment, key, value ref) target {
	b := h.segment(1)
	m := b.instance("Map", 32, 0)
	slots := b.add(array, "", 16+24*uint64(of.count))
	b.link(m, internal, "table", b.here(slots))
	b.link(slots, internal, "map", b.hubs.arrayMap)
	b.node(slots).fan = &fan{hiddenEdge, of, []int{int(key), int(value)}, of.count, of.count}
	return the(b.seg, m)
}
