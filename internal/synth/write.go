package synth

import (
	"io"
	"strconv"
)

const (
	bufferSize = 1 << 20
	recordSize = 256 // more than any record has bytes
)

// WriteTo writes the file and returns its length in bytes. Memory does not grow
// with it.
func (h *Heap) WriteTo(to io.Writer) (int64, error) {
	w := &writer{heap: h, to: to, buf: make([]byte, 0, bufferSize)}
	w.raw(h.layout.head(h.nodes, h.edges))
	w.nodes()
	w.raw("],\n\"edges\":[")
	w.edges()
	w.raw("],\n\"trace_function_infos\":[],\n\"trace_tree\":[],\n\"samples\":[],\n\"locations\":[")
	w.locations()
	if h.layout.newScopes {
		w.raw("],\n\"scopes\":[-2,-1,0\n,-3,-2,0\n")
	}
	w.raw("],\n\"strings\":[")
	w.strings()
	w.raw("]}\n")
	w.flush()
	return w.written, w.err
}

type writer struct {
	heap    *Heap
	to      io.Writer
	buf     []byte
	written int64
	err     error
}

func (w *writer) flush() {
	if w.err == nil {
		n, err := w.to.Write(w.buf)
		w.written, w.err = w.written+int64(n), err
	}
	w.buf = w.buf[:0]
}

// room makes place for a record; it is false if writing makes no more sense.
func (w *writer) room() bool {
	if len(w.buf) > bufferSize-recordSize {
		w.flush()
	}
	return w.err == nil
}

func (w *writer) raw(s string) {
	w.flush()
	w.buf = append(w.buf, s...)
}

// nodes writes a line a node: "3,117,4021,56,5,0,0\n".
func (w *writer) nodes() {
	h := w.heap
	comma := false
	for _, s := range h.parts {
		for block := range s.count {
			for i := range s.block {
				if !w.room() {
					return
				}
				n := &s.block[i]
				serial := uint64(s.serial + block*len(s.block) + i)
				values := [...]uint64{
					colType:    uint64(n.kind),
					colName:    uint64(h.nameOf(s, n, block, serial)),
					colID:      2*serial + 1,
					colSelf:    n.self,
					colEdges:   uint64(len(n.edges)) + uint64(n.fan.of(block)*n.fan.width()),
					colUnknown: 4_000_000_000,
				}
				if int(n.kind) >= h.layout.types {
					values[colType] = uint64(hidden)
				}
				if n.kind == native {
					values[colID]++ // the embedder's ids are even
				}
				if n.spread > 0 {
					values[colSelf] += 8 * (mix(h.options.Seed, serial) % (n.spread + 1))
				}
				b := w.buf
				if comma {
					b = append(b, ',')
				}
				comma = true
				for _, c := range h.layout.columns {
					b = append(strconv.AppendUint(b, values[c], 10), ',')
				}
				b[len(b)-1] = '\n'
				w.buf = b
			}
		}
	}
}

// nameOf is the index of the node's string.
func (h *Heap) nameOf(s *segment, n *node, block int, serial uint64) int {
	switch n.text {
	case ownText:
		return len(h.names.list) + s.ownTexts + block*s.texts + n.own
	case anyText:
		if h.texts > 0 {
			return len(h.names.list) + below(mix(h.options.Seed+1, serial), h.texts)
		}
	}
	return n.name
}

// edges writes a line an edge: "2,31,28147\n".
func (w *writer) edges() {
	h := w.heap
	fields := uint64(len(h.layout.columns))
	comma := false
	line := func(kind edgeType, label, to int) {
		b := w.buf
		if comma {
			b = append(b, ',')
		}
		comma = true
		b = append(b, '0'+byte(kind), ',')
		b = append(strconv.AppendUint(b, uint64(label), 10), ',')
		w.buf = append(strconv.AppendUint(b, uint64(to)*fields, 10), '\n')
	}
	for _, s := range h.parts {
		for block := range s.count {
			for i := range s.block {
				n := &s.block[i]
				place := uint64(s.serial+block*len(s.block)+i) << 4
				for j := range n.edges {
					if !w.room() {
						return
					}
					e := &n.edges[j]
					var random uint64
					if e.to.which >= near {
						random = mix(h.options.Seed, place+uint64(j))
					}
					line(e.kind, e.label, e.to.resolve(block, random))
				}
				for j := range n.fan.of(block) {
					at := (block*n.fan.each + j) % n.fan.to.count
					for k, r := range n.fan.nodes {
						if !w.room() {
							return
						}
						line(n.fan.kind, j*len(n.fan.nodes)+k, n.fan.to.ordinal+at*len(n.fan.to.block)+r)
					}
				}
			}
		}
	}
}

// locations writes a line for each node that has one: "28147,79,31,14\n".
func (w *writer) locations() {
	h := w.heap
	comma := false
	for _, s := range h.parts {
		for block := range s.count {
			for i := range s.block {
				n := &s.block[i]
				if n.line == 0 {
					continue
				}
				if !w.room() {
					return
				}
				b := w.buf
				if comma {
					b = append(b, ',')
				}
				comma = true
				ordinal := s.ordinal + block*len(s.block) + i
				b = strconv.AppendUint(b, uint64(ordinal*len(h.layout.columns)), 10)
				b = append(b, ",79,"...)
				if h.layout.newScopes {
					b = append(b, "0,"...)
				}
				b = strconv.AppendUint(b, uint64(n.line-1), 10)
				w.buf = append(b, ",14\n"...)
			}
		}
	}
}

// strings writes the names and then the texts, a line each.
func (w *writer) strings() {
	for i, name := range w.heap.names.list {
		if !w.room() {
			return
		}
		if i > 0 {
			w.buf = append(w.buf, ",\n"...)
		}
		w.buf = strconv.AppendQuote(w.buf, name) // names are plain ASCII
	}
	for k := range w.heap.texts {
		if !w.room() {
			return
		}
		w.buf = appendText(append(w.buf, ",\n\""...), uint64(k))
		w.buf = append(w.buf, '"')
	}
}

// appendText appends a value that no other number has, as JSON: mostly what a
// server keeps, and now and then what needs an escape.
func appendText(b []byte, k uint64) []byte {
	stems := [...]string{
		"customer-", "ref/", "+49 30 ", "Market Street ", "sess:", "INV-2031-", "note to line ", "Mozilla/5.0 (X11; Linux x86_64) ",
		"https://shop.example/orders/", "sku.",
	}
	b = append(b, stems[k%uint64(len(stems))]...)
	switch k % 64 {
	case 17:
		b = append(b, `\"quoted\" \\ line\nnext `...)
	case 31:
		b = append(b, `\u4f60\u597d \ud83d\ude00 `...)
	case 47:
		b = append(b, "please ring twice, leave it with the neighbours, and do not bend the parcel, order "...)
	}
	return strconv.AppendUint(b, k, 10)
}
