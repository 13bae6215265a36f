package v8snapshot

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/internal/raw"
	"github.com/heapdiff/heapdiff/internal/spill"
)

// columns fills the graph from pieces of the arrays. Each worker writes the
// rows of its own pieces; what they share is guarded.
type columns struct {
	g       *graph.Graph
	l       *layout
	t       *text
	ordinal divider
	keep    func(bytes int) error // whether so many bytes may be kept that the header did not count

	mu       sync.Mutex
	wide     []wideValue // numbers beyond 32 bits
	labels   *graph.LabelWriter
	coders   []*graph.LabelCoder // of the workers
	maxName  graph.StringID      // largest string that a node or an edge is named by
	maxLabel uint32
}

// wideValue is a number that does not fit its column's low halves.
type wideValue struct {
	column *graph.Wide
	node   graph.NodeID
	value  uint64
}

// begin makes the columns as long as the header says.
func (c *columns) begin(h *Header, l *layout, folder string) error {
	// Each column by itself would start a collection, which finds next to nothing.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	n, e := int(*h.NodeCount), int(*h.EdgeCount)
	c.l, c.ordinal = l, newDivider(l.nodeFields)
	c.g = &graph.Graph{
		TypeNames: l.typeNames,
		Root:      graph.NodeID(h.RootIndex / int64(l.nodeFields)),
		Type:      make([]graph.NodeType, n),
		Flags:     make([]graph.Flags, n),

		HasDOMStates: l.nodeDetached >= 0,
	}
	if l.traces != nil {
		c.g.Traces = &graph.Traces{Of: make([]uint32, n)}
	}
	if h.ExtraNativeBytes > 0 {
		c.g.ExtraBytes = uint64(h.ExtraNativeBytes)
	}
	var labels []uint16
	err := errors.Join(
		column(&c.g.Name, folder, n),
		column(&c.g.ID.Lo, folder, n),
		column(&c.g.Self.Lo, folder, n),
		column(&c.g.FirstEdge, folder, n+1),
		column(&c.g.Links, folder, e),
		column(&labels, folder, e),
	)
	c.labels = graph.NewLabelWriter(labels, n+e)
	if err == nil {
		c.g.FirstEdge[0] = 0
	}
	return err
}

// OnDisk returns how many bytes of a heap lie on disk if they may.
func OnDisk(nodes, edges int64) uint64 { return 16*uint64(nodes) + 6*uint64(edges) }

// column makes a column in memory or, if a folder is given, in a file there. Every
// row has to be written before it is read.
func column[T any](into *[]T, folder string, n int) (err error) {
	if folder == "" {
		*into = raw.Slice[T](n) // to clear it takes one core, and the others wait
		return nil
	}
	*into, err = spill.Make[T](folder, n)
	return err
}

// needs is for sections that can only be read after another but the header.
func (c *columns) needs(string) string { return "" }

// expect makes room once, instead of copying the text whenever it outgrows its
// place. Escapes only make it shorter, and what is not written to costs nothing.
func (c *columns) expect(bytes int64) {
	const textOfString = 24 // bytes with quotes and comma, in an ordinary heap
	if bytes > 0 {
		c.g.Strings.Grow(int(bytes/textOfString), int(bytes))
	}
}

func (c *columns) open() []byte     { return c.g.Strings.Open() }
func (c *columns) seal(text []byte) { c.g.Strings.Close(text) }

// array reads one of the arrays of integers.
func (c *columns) array(t *text, section string, jobs int) error {
	c.t = t
	switch section {
	case "nodes":
		n, err := t.records(c.l.nodeFields, jobs, c.nodes)
		if err == nil && n != int64(c.g.NumNodes()) {
			err = t.miscounted("nodes", int64(c.g.NumNodes()), n)
		}
		if err != nil {
			return err
		}
		return c.finishNodes()
	case "edges":
		for range max(jobs, 1) {
			c.coders = append(c.coders, c.labels.Coder())
		}
		n, err := t.records(c.l.edgeFields, jobs, c.edges)
		c.g.Labels, c.labels, c.coders = c.labels.Labels(), nil, nil
		if err == nil && n != int64(c.g.NumEdges()) {
			err = t.miscounted("edges", int64(c.g.NumEdges()), n)
		}
		return err
	}
	if c.l.locationFields == 0 {
		return t.skipValue()
	}
	locations := newLocator(c, jobs)
	_, err := t.records(c.l.locationFields, jobs, locations.parse)
	if err == nil {
		c.g.Locations = locations.join()
	}
	return err
}

// nodes parses a piece of the nodes: fast, and from where that stops carefully.
func (c *columns) nodes(_ int, p *piece) (int64, error) {
	stored, at := c.nodesBatched(p)
	more, behind := c.nodesFast(p.data[at:], p.first+stored)
	stored, at = stored+more, at+behind
	if at == len(p.data) {
		return stored, nil
	}
	found, err := c.nodesCareful(p.data[at:], p.first+stored)
	return stored + found, c.locate(p, at, err)
}

func (c *columns) nodesCareful(data []byte, row int64) (int64, *malformed) {
	g, l := c.g, c.l
	count := int64(g.NumNodes())
	var (
		name graph.StringID
		wide []wideValue
	)
	found, err := scanRecords(data, l.nodeFields, l.ignorable(), func(r []uint64) *malformed {
		if row >= count {
			row++
			return nil // counted, and reported as a wrong number of nodes
		}
		n := graph.NodeID(row)
		if r[l.nodeType] >= uint64(len(l.nodeTypes)) {
			return &malformed{what: fmt.Sprintf("node type %d is not in meta", r[l.nodeType])}
		}
		if r[l.nodeName]>>32 != 0 || r[l.nodeEdges]>>32 != 0 {
			return &malformed{what: "a number beyond 32 bits"}
		}
		g.Type[n] = l.nodeTypes[r[l.nodeType]]
		g.Name[n] = graph.StringID(r[l.nodeName])
		name = max(name, g.Name[n])
		g.FirstEdge[n+1] = graph.EdgeID(r[l.nodeEdges])
		g.ID.Lo[n], g.Self.Lo[n] = uint32(r[l.nodeID]), uint32(r[l.nodeSelf])
		if r[l.nodeID]>>32 != 0 {
			wide = append(wide, wideValue{&g.ID, n, r[l.nodeID]})
		}
		if r[l.nodeSelf]>>32 != 0 {
			wide = append(wide, wideValue{&g.Self, n, r[l.nodeSelf]})
		}
		if l.nodeDetached >= 0 && r[l.nodeDetached] <= 2 {
			g.Flags[n] = graph.Flags(r[l.nodeDetached])
		}
		if l.traces != nil {
			g.Traces.Of[n] = uint32(r[l.traces.nodeCall])
		}
		row++
		return nil
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.maxName = max(c.maxName, name)
	c.wide = append(c.wide, wide...)
	return found, err
}

// edges parses a piece of the edges: fast, and from where that stops carefully.
func (c *columns) edges(worker int, p *piece) (int64, error) {
	coder := c.coders[worker]
	defer coder.End(graph.EdgeID(p.first))
	var stored int64
	var at int
	if c.l.usualEdges() {
		stored, at = c.edgesBatched(p, coder)
		more, behind := c.edgesFast(p.data[at:], p.first+stored, coder)
		stored, at = stored+more, at+behind
		if at == len(p.data) {
			return stored, nil
		}
	}
	found, err := c.edgesCareful(p.data[at:], p.first+stored, coder)
	return stored + found, c.locate(p, at, err)
}

func (c *columns) edgesCareful(data []byte, row int64, coder *graph.LabelCoder) (int64, *malformed) {
	g, l := c.g, c.l
	count := int64(g.NumEdges())
	nodes := uint64(g.NumNodes())
	var label uint32
	found, err := scanRecords(data, l.edgeFields, 0, func(r []uint64) *malformed {
		if row >= count {
			row++
			return nil
		}
		if r[l.edgeType] >= uint64(len(l.edgeTypes)) {
			return &malformed{what: fmt.Sprintf("edge type %d is not in meta", r[l.edgeType])}
		}
		to, exact := c.ordinal.divide(r[l.edgeTo])
		if !exact {
			return &malformed{what: fmt.Sprintf("an edge points between nodes: %d is not a multiple of %d", r[l.edgeTo], l.nodeFields)}
		}
		if to >= nodes {
			return &malformed{what: fmt.Sprintf("an edge points behind the last node: to node %s of %s", human.Count(int64(to)), human.Count(int64(nodes)))}
		}
		t := l.edgeTypes[r[l.edgeType]]
		if r[l.edgeLabel]>>32 != 0 {
			if !t.Indexed() {
				return &malformed{what: "a number beyond 32 bits"}
			}
			r[l.edgeLabel] = 1<<32 - 1
		}
		g.Links[row] = graph.MakeLink(graph.NodeID(to), t)
		if name := uint32(r[l.edgeLabel]); t.Indexed() {
			coder.Index(graph.EdgeID(row), name)
		} else {
			coder.Name(graph.EdgeID(row), name)
			label = max(label, name)
		}
		row++
		return nil
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.maxLabel = max(c.maxLabel, label)
	return found, err
}

// locate says where in the file a piece is malformed; base is where in the
// piece the careful scanner began.
func (c *columns) locate(p *piece, base int, m *malformed) error {
	if m == nil {
		return nil
	}
	return c.t.badAt(p.offset+int64(base+m.at), m.what, "")
}

// finishNodes turns the counts of edges into offsets and stores wide numbers.
func (c *columns) finishNodes() error {
	for _, w := range c.wide {
		w.column.Set(w.node, w.value)
	}
	c.wide = nil
	first := c.g.FirstEdge
	var sum uint64
	for n, count := range first {
		sum += uint64(count)
		first[n] = graph.EdgeID(sum)
		if sum > uint64(c.g.NumEdges()) {
			return c.t.bad("the nodes claim more edges than there are",
				fmt.Sprintf("edge_count is %s", human.Count(int64(c.g.NumEdges()))))
		}
	}
	if sum != uint64(c.g.NumEdges()) {
		return c.t.miscounted("edges", int64(sum), int64(c.g.NumEdges()))
	}
	return nil
}

// finish makes sure that all names exist, now that strings are known.
func (c *columns) finish(t *text) error {
	known := c.g.Strings.Len()
	if top := max(uint32(c.maxName), c.maxLabel); int(top) >= known {
		return t.tooFewStrings(int64(top), int64(known))
	}
	return c.finishTraces(t)
}
