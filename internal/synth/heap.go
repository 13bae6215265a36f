package synth

import (
	"errors"
	"fmt"
	"strings"
)

// MaxNodes is the largest heap that V8 can write: its entries' indices have 28 bits.
const MaxNodes = 1<<28 - 1

// Options say what to write. The zero value of each field is its default.
type Options struct {
	Nodes  int    // exactly so many; of the first file, if there is a pair (default: the fewest)
	Shape  string // one of Shapes (ordinary)
	Size   int    // how large the shape's peculiarity is (the shape's own default)
	Seed   uint64 // of references, sizes and strings
	Layout string // one of Layouts (node20)

	// Leak makes a pair: so many objects of class CachedRecord are new in the
	// second file, in the Map at global.app.cache, which has a tenth of that
	// before. A quarter of that, of class TemporaryBuffer, is gone from the
	// Array at global.app.buffers.
	Leak  int
	After bool // write the second file

	Giant int // so many ArrayBuffers of 5 GiB in the Array at global.app.buffersOfGiants
}

// Heap is the plan of a file; WriteTo writes it, any number of times.
type Heap struct {
	options Options
	layout  *layout
	names   names
	hubs    *hubs
	parts   []*segment // in the order of the file

	nodes, edges, locations, texts int
}

// New plans a heap.
func New(o Options) (*Heap, error) {
	h := &Heap{options: o}
	var err error
	if h.layout, err = findLayout(o.Layout); err != nil {
		return nil, err
	}
	shape, err := findSpecial(o.Shape)
	if err != nil {
		return nil, err
	}
	if o.Nodes < 0 || o.Size < 0 || o.Leak < 0 || o.Giant < 0 {
		return nil, errors.New("a number of nodes or objects is negative")
	}
	if max(o.Nodes, o.Size, o.Leak, o.Giant) > MaxNodes {
		return nil, fmt.Errorf("no heap has more than %d nodes", MaxNodes)
	}
	h.hubs = newHubs(&h.names)
	h.parts = append(h.parts, h.hubs.seg)

	freed, leaked := h.addPair()
	if shape.add != nil {
		size := o.Size
		if size == 0 {
			size = shape.size
		}
		h.hang("special", shape.add(h, size))
	}
	h.addGiants()
	if err := h.fill(); err != nil {
		return nil, err
	}
	if o.After && o.Leak > 0 {
		h.setCount(freed, 0)
		h.setCount(leaked, leaked.seg().room)
	}
	h.place(leaked)
	if h.nodes > MaxNodes {
		return nil, fmt.Errorf("no heap has more than %d nodes", MaxNodes)
	}
	return h, nil
}

// Nodes is the number of nodes in the file.
func (h *Heap) Nodes() int { return h.nodes }

// Edges is the number of edges in the file.
func (h *Heap) Edges() int { return h.edges }

// Shapes names the shapes, each with what Options.Size means and its default.
func Shapes() []string {
	var all []string
	for _, s := range specials {
		if s.add == nil {
			all = append(all, s.name)
			continue
		}
		all = append(all, fmt.Sprintf("%s: %d %s", s.name, s.size, s.what))
	}
	return all
}

func findSpecial(name string) (special, error) {
	if name == "" {
		return specials[0], nil
	}
	for _, s := range specials {
		if s.name == name {
			return s, nil
		}
	}
	return special{}, fmt.Errorf("no shape named %q (there are: %s)", name, strings.Join(Shapes(), "; "))
}

// segment adds an empty segment of so many blocks.
func (h *Heap) segment(count int) *builder {
	s := &segment{count: count, room: count}
	h.parts = append(h.parts, s)
	return &builder{seg: s, names: &h.names, hubs: h.hubs}
}

// hang makes a property of global.app.
func (h *Heap) hang(name string, to target) {
	b := builder{seg: h.hubs.seg, names: &h.names}
	b.link(h.hubs.app, property, name, to)
}

// growing is a segment whose count differs between the files of a pair, and
// the node that leads to all of it.
type growing struct{ holder target }

func (g growing) fan() *fan { return g.holder.in.block[g.holder.node].fan }

func (g growing) seg() *segment { return g.fan().to }

func (h *Heap) setCount(g growing, count int) {
	f := g.fan()
	f.to.count, f.to.room = count, max(f.to.room, count)
	f.each, f.total = count, count
	if n := &g.holder.in.block[g.holder.node]; n.kind == array {
		n.self = 16 + 24*uint64(count)
	}
}

// addPair adds what is freed and what leaks between the files of a pair.
func (h *Heap) addPair() (freed, leaked growing) {
	leak := h.options.Leak
	if leak == 0 {
		return
	}
	buffers := h.segment(leak / 4)
	buffers.instance("TemporaryBuffer", 64, 41)
	freed.holder = h.holder(buffers.seg, 0)
	h.hang("buffers", freed.holder)

	records := h.segment(leak/10 + leak)
	record := records.instance("CachedRecord", 56, 44)
	key := records.value(ownText)
	records.link(record, property, "key", records.here(key))
	records.link(record, property, "body", records.here(records.value(ownText)))
	records.link(record, property, "status", records.hubs.word(1))
	records.link(record, property, "tags", records.here(records.list(records.hubs.word(8), records.hubs.word(9))))
	cache := h.table(records.seg, key, record)
	h.hang("cache", cache)
	leaked.holder = target{in: cache.in, node: cache.node + 1} // the table behind the Map
	h.setCount(leaked, leak/10)
	return freed, leaked
}

// addGiants adds self sizes that do not fit 32 bits.
func (h *Heap) addGiants() {
	if h.options.Giant == 0 {
		return
	}
	b := h.segment(h.options.Giant)
	buffer := b.instance("ArrayBuffer", 96, 0)
	memory := b.add(native, "system / JSArrayBufferData", 5<<30)
	b.node(memory).spread = 1 << 20
	b.link(buffer, internal, "backing_store", b.here(memory))
	h.hang("buffersOfGiants", h.holder(b.seg, buffer))
}

// fill adds ordinary blocks, in chunks, and single strings until there are
// exactly the wanted nodes.
func (h *Heap) fill() error {
	const chunk = 1000 // blocks that one Array holds

	ordinary := newOrdinary(&h.names, h.hubs)
	chunks := &builder{seg: &segment{}, names: &h.names, hubs: h.hubs}
	part := chunks.instance("Array", 16+8*chunk, 0)
	single := h.segment(0)
	single.value(anyText)
	labels := growing{h.holder(single.seg, 0)}
	h.hang("labels", labels.holder)
	h.parts = append(h.parts, ordinary, chunks.seg)
	records := h.holder(chunks.seg, part)
	h.hang("records", records)

	fixed := 0
	for _, s := range h.parts {
		fixed += s.nodes()
	}
	want := h.options.Nodes
	if want == 0 {
		want = fixed
	}
	if want < fixed {
		return fmt.Errorf("%d nodes are too few: this heap has at least %d", want, fixed)
	}
	block := len(ordinary.block)
	count := (want - fixed) * chunk / (block*chunk + 1)
	if need := count*block + (count+chunk-1)/chunk; need > want-fixed {
		count-- // what the last chunk costs was counted in part only
	}
	parts := (count + chunk - 1) / chunk
	ordinary.count, ordinary.room = count, count
	chunks.node(part).fan = &fan{element, ordinary, []int{0}, chunk, count}
	h.setCount(growing{records}, parts)
	h.setCount(labels, want-fixed-count*block-parts)
	return nil
}

// place numbers what the plan has come to. What leaks is made last, so its ids
// are the largest.
func (h *Heap) place(leaked growing) {
	var last *segment
	if h.options.Leak > 0 {
		last = leaked.seg()
	}
	serial, texts := 0, 0
	for _, s := range h.parts {
		s.ordinal, s.serial, s.ownTexts = h.nodes, serial, texts
		h.nodes += s.nodes()
		h.edges += s.edges()
		h.locations += s.locations()
		if s != last {
			serial += s.room * len(s.block)
		}
		texts += s.room * s.texts
	}
	if last != nil {
		last.serial = serial
	}
	h.texts = texts
}
