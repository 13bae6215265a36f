package v8snapshot

import (
	"github.com/heapdiff/heapdiff/graph"
)

// What is here reads records from batches of numbers, as far as package decimal
// makes them of a piece. At the first record that is not as V8 writes it, it stops;
// the loops over bytes go on from the start of that record.

// batched gives the numbers of a piece to store, those of whole records of per
// numbers at a time and which record is the first, until it stores less than it is
// given. It returns how many records were stored and the index of the first byte behind.
func (p *piece) batched(per int, store func(numbers []uint32, row int64) (records int)) (stored int64, at int) {
	for {
		numbers := p.batch.Read(p.data[at:], per)
		n := store(numbers, p.first+stored)
		stored += int64(n)
		at += p.batch.After(n * per)
		if n == 0 || n*per < len(numbers) {
			return stored, at
		}
	}
}

// edgesBatched reads edges of the usual layout (type, name_or_index, to_node) and
// returns how many it stored and the index of the first byte it did not consume.
func (c *columns) edgesBatched(p *piece, coder *graph.LabelCoder) (stored int64, at int) {
	var maxLabel uint32
	stored, at = p.batched(3, func(numbers []uint32, row int64) int {
		n, label := c.storeEdges(numbers, row, coder)
		maxLabel = max(maxLabel, label)
		return n
	})
	c.mu.Lock()
	c.maxLabel = max(c.maxLabel, maxLabel)
	c.mu.Unlock()
	return stored, at
}

// storeEdges stores edges from row on, up to the first that is not valid, and returns
// how many and the largest name among their labels.
func (c *columns) storeEdges(numbers []uint32, row int64, coder *graph.LabelCoder) (n int, maxLabel uint32) {
	links := c.g.Links[min(row, int64(len(c.g.Links))):]
	links = links[:min(len(links), len(numbers)/3)]
	types, ordinal := c.l.edgeTypes, c.ordinal
	nodes := uint64(c.g.NumNodes())
	for ; n < len(links); n++ {
		r := numbers[3*n : 3*n+3 : 3*n+3]
		to, exact := ordinal.divide(uint64(r[2]))
		if !exact || to >= nodes || r[0] >= uint32(len(types)) {
			break
		}
		t := types[r[0]]
		links[n] = graph.MakeLink(graph.NodeID(to), t)
		e := graph.EdgeID(row) + graph.EdgeID(n)
		if t.Indexed() {
			coder.Index(e, r[1])
		} else {
			coder.Name(e, r[1])
			maxLabel = max(maxLabel, r[1])
		}
	}
	return n, maxLabel
}

// nodesBatched reads nodes of any layout and returns how many it stored and the
// index of the first byte it did not consume.
func (c *columns) nodesBatched(p *piece) (stored int64, at int) {
	var maxName graph.StringID
	stored, at = p.batched(c.l.nodeFields, func(numbers []uint32, row int64) int {
		n, name := c.storeNodes(numbers, row)
		maxName = max(maxName, name)
		return n
	})
	c.mu.Lock()
	c.maxName = max(c.maxName, maxName)
	c.mu.Unlock()
	return stored, at
}

// storeNodes stores nodes from row on, up to the first that is not valid, and returns
// how many and the largest of their names.
func (c *columns) storeNodes(numbers []uint32, row int64) (n int, maxName graph.StringID) {
	g, l := c.g, c.l
	count := min(len(numbers)/l.nodeFields, int(max(int64(g.NumNodes())-row, 0)))
	if count == 0 {
		return 0, 0
	}
	// What is written could be part of g, for all that the compiler knows.
	types, names, flags := g.Type[row:][:count], g.Name[row:][:count], g.Flags[row:][:count]
	ids, sizes, edges := g.ID.Lo[row:][:count], g.Self.Lo[row:][:count], g.FirstEdge[row+1:][:count]
	layout, known := *l, l.nodeTypes
	for ; n < count; n++ {
		r := numbers[n*layout.nodeFields : (n+1)*layout.nodeFields]
		t := r[layout.nodeType]
		if t >= uint32(len(known)) {
			break
		}
		name := graph.StringID(r[layout.nodeName])
		maxName = max(maxName, name)
		types[n], names[n] = known[t], name
		ids[n], sizes[n], edges[n] = r[layout.nodeID], r[layout.nodeSelf], graph.EdgeID(r[layout.nodeEdges])
		if layout.nodeDetached >= 0 && r[layout.nodeDetached] <= 2 {
			flags[n] = graph.Flags(r[layout.nodeDetached])
		}
		if layout.traces != nil {
			g.Traces.Of[row+int64(n)] = r[layout.traces.nodeCall]
		}
	}
	return n, maxName
}

// batchedRecords reads records of n numbers and calls store for each, up to the first
// that store refuses. It returns how many it read and the index of the first byte behind.
func (p *piece) batchedRecords(n int, store func(record []uint64) *malformed) (read int64, at int) {
	record := make([]uint64, n)
	return p.batched(n, func(numbers []uint32, _ int64) int {
		for done := 0; done < len(numbers); done += n {
			for i, v := range numbers[done : done+n] {
				record[i] = uint64(v)
			}
			if store(record) != nil {
				return done / n
			}
		}
		return len(numbers) / n
	})
}
