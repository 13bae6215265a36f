package v8snapshot

import (
	"github.com/heapdiff/heapdiff/graph"
)

// The loops in this file read what V8 writes as V8 writes it: unsigned numbers,
// one comma between them, a newline before the comma of each record. They look
// at each byte once and hold nothing but a few registers. At the first thing
// they do not know they stop, and the careful scanner goes on from the start of
// that record.
//
// Where the processor has the instructions for it, most of a piece was read in
// batches before, and the loops find nothing but its end.

// maxDigits is how many digits surely fit 64 bits.
const maxDigits = 19

// edgesFast parses edges of the usual layout (type, name_or_index, to_node) and
// returns how many it stored and the index of the first byte it did not consume.
func (c *columns) edgesFast(data []byte, row int64, coder *graph.LabelCoder) (stored int64, at int) {
	g := c.g
	first := row
	links := g.Links
	types := c.l.edgeTypes
	nodes := uint64(g.NumNodes())
	var maxLabel uint32
	i := 0
	for i < len(data) && row < int64(len(links)) {
		var t, label, index uint64
		start := i
		for ; i < len(data); i++ {
			d := data[i] - '0'
			if d > 9 {
				break
			}
			t = t*10 + uint64(d)
		}
		if i == start || i-start > maxDigits || i >= len(data) || data[i] != ',' || t >= uint64(len(types)) {
			i = start
			break
		}
		i++
		from := i
		for ; i < len(data); i++ {
			d := data[i] - '0'
			if d > 9 {
				break
			}
			label = label*10 + uint64(d)
		}
		if i == from || i-from > maxDigits || i >= len(data) || data[i] != ',' || label>>32 != 0 {
			i = start
			break
		}
		i++
		from = i
		for ; i < len(data); i++ {
			d := data[i] - '0'
			if d > 9 {
				break
			}
			index = index*10 + uint64(d)
		}
		if i == from || i-from > maxDigits {
			i = start
			break
		}
		if i < len(data) && data[i] == '\n' {
			i++
		}
		to, exact := c.ordinal.divide(index)
		if i >= len(data) || data[i] != ',' || !exact || to >= nodes {
			i = start
			break
		}
		i++
		edge := types[t]
		links[row] = graph.MakeLink(graph.NodeID(to), edge)
		if edge.Indexed() {
			coder.Index(graph.EdgeID(row), uint32(label))
		} else {
			coder.Name(graph.EdgeID(row), uint32(label))
			maxLabel = max(maxLabel, uint32(label))
		}
		row++
	}
	c.mu.Lock()
	c.maxLabel = max(c.maxLabel, maxLabel)
	c.mu.Unlock()
	return row - first, i
}

// usualEdges reports whether edgesFast knows the layout.
func (l *layout) usualEdges() bool {
	return l.edgeFields == 3 && l.edgeType == 0 && l.edgeLabel == 1 && l.edgeTo == 2
}

// nodesFast parses nodes of any layout of up to 16 fields and returns how many
// it stored and the index of the first byte it did not consume.
func (c *columns) nodesFast(data []byte, row int64) (stored int64, at int) {
	var (
		g, l   = c.g, c.l
		first  = row
		record [16]uint64
		name   graph.StringID
	)
	if l.nodeFields > len(record) {
		return 0, 0
	}
	last := l.nodeFields - 1
	detached := l.nodeDetached
	if detached < 0 {
		detached = l.nodeType // harmless: what is read there is not used
	}
	i := 0
scan:
	for i < len(data) && row < int64(g.NumNodes()) {
		start := i
		for field := 0; ; field++ {
			from := i
			var v uint64
			for ; i < len(data); i++ {
				d := data[i] - '0'
				if d > 9 {
					break
				}
				v = v*10 + uint64(d)
			}
			if i == from || i-from > maxDigits {
				i = start
				break scan
			}
			record[field&15] = v
			if field == last {
				break
			}
			if i >= len(data) || data[i] != ',' {
				i = start
				break scan
			}
			i++
		}
		if i < len(data) && data[i] == '\n' {
			i++
		}
		t, id, self := record[l.nodeType&15], record[l.nodeID&15], record[l.nodeSelf&15]
		text, edges := record[l.nodeName&15], record[l.nodeEdges&15]
		if i >= len(data) || data[i] != ',' || t >= uint64(len(l.nodeTypes)) || (id|self|text|edges)>>32 != 0 {
			i = start
			break
		}
		i++
		g.Type[row] = l.nodeTypes[t]
		g.Name[row] = graph.StringID(text)
		name = max(name, graph.StringID(text))
		g.ID.Lo[row], g.Self.Lo[row] = uint32(id), uint32(self)
		g.FirstEdge[row+1] = graph.EdgeID(edges)
		if state := record[detached&15]; l.nodeDetached >= 0 && state <= 2 {
			g.Flags[row] = graph.Flags(state)
		}
		if l.traces != nil {
			g.Traces.Of[row] = uint32(record[l.traces.nodeCall&15])
		}
		row++
	}
	c.mu.Lock()
	c.maxName = max(c.maxName, name)
	c.mu.Unlock()
	return row - first, i
}

// fastRecords reads records of n unsigned numbers and calls store for each, as
// scanRecords does. It stops at the first that it does not know or that store
// refuses, and returns how many it read and the index of the first byte behind.
func (p *piece) fastRecords(n int, store func(record []uint64) *malformed) (read int64, at int) {
	record := make([]uint64, n)
	data := p.data
	read, i := p.batchedRecords(n, store)
	for i < len(data) {
		start := i
		for field := range record {
			from := i
			var v uint64
			for ; i < len(data); i++ {
				d := data[i] - '0'
				if d > 9 {
					break
				}
				v = v*10 + uint64(d)
			}
			if i == from || i-from > maxDigits {
				return read, start
			}
			record[field] = v
			if field == n-1 && i < len(data) && data[i] == '\n' {
				i++
			}
			if i >= len(data) || data[i] != ',' {
				return read, start
			}
			i++
		}
		if store(record) != nil {
			return read, start
		}
		read++
	}
	return read, i
}
