package synth

// hubs is the segment that every heap begins with: the root, the global object,
// and what everything else points to: maps, shapes, shared code, common strings.
type hubs struct {
	seg *segment

	undefined, nativeContext, emptyArray            target
	stringMap, consMap, numberMap, arrayMap, mapMap target
	contextMap, scopeInfo, shared, compiled         target
	feedback, codeMap                               target
	shapes, prototypes                              map[string]target // class -> its shape, its prototype
	words                                           []target          // strings that many refer to
	app                                             ref
}

// classes that have a shape and a prototype.
var classes = []string{
	"Object", "Array", "Function", "Map", "Set", "Promise", "Date", "ArrayBuffer", "Customer", "Address", "Order",
	"OrderLine", "Product", "Session", "CachedRecord", "TemporaryBuffer", "ListNode", "Item", "PromiseReaction",
}

// words are values that a server's objects share.
var words = []string{
	"pending", "paid", "shipped", "cancelled", "Berlin", "Lyon", "Osaka", "Quito", "priority", "gift", "archived", "public",
}

func (h *hubs) shapeOf(class string) target { return h.shapes[class] }

func (h *hubs) prototypeOf(class string) target { return h.prototypes[class] }

// word gives one of the shared strings.
func (h *hubs) word(i int) target { return h.words[i%len(h.words)] }

func newHubs(n *names) *hubs {
	h := &hubs{seg: &segment{count: 1, room: 1}, shapes: map[string]target{}, prototypes: map[string]target{}}
	b := &builder{seg: h.seg, names: n}
	n.of("<dummy>")

	root := b.add(synthetic, "", 0)
	roots := b.add(synthetic, "(GC roots)", 0)
	strong := b.add(synthetic, "(Strong root list)", 0)
	handles := b.add(synthetic, "(Global handles)", 0)
	global := b.add(object, "global", 64)
	h.app = b.add(object, "App", 56)
	metaMap := b.add(hidden, "system / Map", 80)
	b.link(metaMap, internal, "map", b.here(metaMap))

	hub := func(kind nodeType, name string, self uint64) target {
		r := b.add(kind, name, self)
		b.link(r, internal, "map", b.here(metaMap))
		b.item(strong, element, int(r), b.here(r))
		return the(h.seg, r)
	}
	h.undefined = hub(hidden, "system / Oddball", 48)
	h.stringMap = hub(hidden, "system / Map (OneByteString)", 80)
	h.consMap = hub(hidden, "system / Map (ConsOneByteString)", 80)
	h.numberMap = hub(hidden, "system / Map (HeapNumber)", 80)
	h.arrayMap = hub(hidden, "system / Map (FixedArray)", 80)
	h.mapMap = hub(hidden, "system / Map", 80)
	h.contextMap = hub(shape, "system / Map", 80)
	h.codeMap = hub(hidden, "system / Map (Code)", 80)
	h.nativeContext = hub(hidden, "system / NativeContext", 2200)
	h.emptyArray = hub(array, "", 16)
	h.scopeInfo = hub(code, "system / ScopeInfo", 64)
	h.shared = hub(code, "(shared function info)", 64)
	h.compiled = hub(code, "(code)", 640)
	h.feedback = hub(code, "system / FeedbackCell", 24)
	for i, class := range classes {
		s := b.add(shape, "system / Map", 80)
		prototype := b.add(object, class, 56)
		constructor := b.add(closure, class, 64)
		b.node(constructor).line = 10 * (i + 1)
		b.link(s, internal, "map", b.here(metaMap))
		b.link(s, internal, "prototype", b.here(prototype))
		b.link(s, internal, "constructor", b.here(constructor))
		b.link(s, weak, "transition", b.here(s))
		b.link(prototype, internal, "map", b.here(s))
		b.link(prototype, property, "constructor", b.here(constructor))
		b.link(constructor, property, "prototype", b.here(prototype))
		b.link(constructor, internal, "context", h.nativeContext)
		b.link(constructor, internal, "shared", h.shared)
		b.link(global, property, class, b.here(constructor))
		h.shapes[class], h.prototypes[class] = the(h.seg, s), the(h.seg, prototype)
	}
	for _, word := range words {
		r := b.add(text, word, 24)
		b.link(r, internal, "map", h.stringMap)
		h.words = append(h.words, the(h.seg, r))
	}

	b.item(root, element, 1, b.here(roots))
	b.link(root, shortcut, "", b.here(global))
	b.item(roots, element, 0, b.here(strong))
	b.item(roots, element, 1, b.here(handles))
	b.item(handles, element, 0, b.here(global))
	b.link(global, internal, "map", h.shapeOf("Object"))
	b.link(global, property, "app", b.here(h.app))
	b.link(h.app, internal, "map", h.shapeOf("Object"))
	for i := range h.words {
		b.link(h.app, property, words[i], h.words[i])
	}
	return h
}
