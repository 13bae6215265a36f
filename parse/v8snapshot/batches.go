package v8snapshot

import (
	"github.com/heapdiff/heapdiff/graph"
)

// What is here reads nodes and edges from batches of numbers, as far as package
// decimal makes them of a piece. At the first record that is not as V8 writes it
// it stops; the loops over bytes go on from the start of that record.

// edgesBatched reads edges of the usual layout (type, name_or_index, to_node) and
// returns how many it stored and the index of the first byte it did not consume.
func (c *columns) edgesBatched(p *piece, coder *graph.LabelCoder) (stored int64, at int) {
	for {
		numbers := p.batch.Read(p.data[at:], 3)
		n := c.storeEdges(numbers, p.first+stored, coder)
		stored += int64(n)
		at += p.batch.After(3 * n)
		if n == 0 || 3*n < len(numbers) {
			return stored, at
		}
	}
}

// storeEdges stores edges from row on and returns how many, up to the first that is
// not valid.
func (c *columns) storeEdges(numbers []uint32, row int64, coder *graph.LabelCoder) int {
	links := c.g.Links[min(row, int64(len(c.g.Links))):]
	links = links[:min(len(links), len(numbers)/3)]
	types, ordinal := c.l.edgeTypes, c.ordinal
	nodes := uint64(c.g.NumNodes())
	var maxLabel uint32
	n := 0
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
	c.mu.Lock()
	c.maxLabel = max(c.maxLabel, maxLabel)
	c.mu.Unlock()
	return n
}

// nodesBatched reads nodes of any layout and returns how many it stored and the
// index of the first byte it did not consume.
func (c *columns) nodesBatched(p *piece) (stored int64, at int) {
	fields := c.l.nodeFields
	for {
		numbers := p.batch.Read(p.data[at:], fields)
		n := c.storeNodes(numbers, p.first+stored)
		stored += int64(n)
		at += p.batch.After(n * fields)
		if n == 0 || n*fields < len(numbers) {
			return stored, at
		}
	}
}

// storeNodes stores nodes from row on and returns how many, up to the first that is
// not valid.
func (c *columns) storeNodes(numbers []uint32, row int64) int {
	g, l := c.g, c.l
	count := min(len(numbers)/l.nodeFields, int(max(int64(g.NumNodes())-row, 0)))
	var name graph.StringID
	n := 0
	for ; n < count; n++ {
		r := numbers[n*l.nodeFields : (n+1)*l.nodeFields]
		t := r[l.nodeType]
		if t >= uint32(len(l.nodeTypes)) {
			break
		}
		g.Type[row] = l.nodeTypes[t]
		g.Name[row] = graph.StringID(r[l.nodeName])
		name = max(name, g.Name[row])
		g.ID.Lo[row], g.Self.Lo[row] = r[l.nodeID], r[l.nodeSelf]
		g.FirstEdge[row+1] = graph.EdgeID(r[l.nodeEdges])
		if l.nodeDetached >= 0 && r[l.nodeDetached] <= 2 {
			g.Flags[row] = graph.Flags(r[l.nodeDetached])
		}
		if l.traces != nil {
			g.Traces.Of[row] = r[l.traces.nodeCall]
		}
		row++
	}
	c.mu.Lock()
	c.maxName = max(c.maxName, name)
	c.mu.Unlock()
	return n
}
