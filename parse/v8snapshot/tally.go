package v8snapshot

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
)

// Tally counts the nodes of one type and, where the name is not a value, of one
// name. Size is bytes as the file has them: nothing has been moved.
type Tally struct {
	Type     graph.NodeType
	TypeName string
	Name     string
	Count    int
	Size     uint64
}

// Count reads a snapshot once, without building a graph, and counts its nodes
// by type and name. Memory depends on the number of different names only, so
// this works for files beyond any budget. Edges are passed over at the speed at
// which a bracket can be looked for.
func Count(ctx context.Context, src *input.Source, o Options) ([]Tally, *Header, error) {
	r := newReader(ctx, src, o)
	c := &counter{}
	r.into = c
	if err := r.read(); err != nil {
		return nil, nil, err
	}
	return c.tallies(), c.header, nil
}

// counter takes the place of the columns where only counts are wanted.
type counter struct {
	header  *Header
	layout  *layout
	workers []map[tallyKey]*tallied
	names   map[graph.StringID]string // those that are wanted, once the nodes are counted
	strings graph.StringID            // read so far
	buf     []byte
}

type tallyKey struct {
	t    graph.NodeType
	name graph.StringID // 0, a dummy, where the name is a value
}

type tallied struct {
	count int
	size  uint64
}

// named reports whether nodes of a type are told apart by their names.
func named(t graph.NodeType) bool {
	switch t {
	case graph.Object, graph.Native, graph.Synthetic, graph.Hidden:
		return true
	}
	return t >= graph.FirstUnknownType
}

func (c *counter) begin(h *Header, l *layout, _ string) error {
	c.header, c.layout = h, l
	return nil
}

// needs says that names can only be kept once it is known which are wanted.
func (c *counter) needs(section string) string {
	if section == "strings" {
		return "nodes"
	}
	return ""
}

func (c *counter) array(t *text, section string, jobs int) error {
	if section != "nodes" {
		return t.skipNumbers()
	}
	c.workers = make([]map[tallyKey]*tallied, max(jobs, 1))
	for i := range c.workers {
		c.workers[i] = map[tallyKey]*tallied{}
	}
	n, err := t.records(c.layout.nodeFields, jobs, c.counting(t))
	if err == nil && n != *c.header.NodeCount {
		err = t.miscounted("nodes", *c.header.NodeCount, n)
	}
	c.want()
	return err
}

// counting returns a function that counts the nodes of a piece.
func (c *counter) counting(t *text) func(worker int, p *piece) (int64, error) {
	l := c.layout
	return func(worker int, p *piece) (int64, error) {
		tallies := c.workers[worker]
		var last tallyKey
		var at *tallied
		store := func(r []uint64) *malformed {
			if r[l.nodeType] >= uint64(len(l.nodeTypes)) {
				return &malformed{what: fmt.Sprintf("node type %d is not in meta", r[l.nodeType])}
			}
			key := tallyKey{t: l.nodeTypes[r[l.nodeType]]}
			if named(key.t) {
				key.name = graph.StringID(r[l.nodeName])
			}
			if key != last || at == nil {
				last = key
				if at = tallies[key]; at == nil {
					at = &tallied{}
					tallies[key] = at
				}
			}
			at.count++
			at.size += r[l.nodeSelf]
			return nil
		}
		read, from := p.fastRecords(l.nodeFields, store)
		found, err := scanRecords(p.data[from:], l.nodeFields, l.ignorable(), store)
		if err != nil {
			return read, t.badAt(p.offset+int64(from+err.at), err.what, "")
		}
		return read + found, nil
	}
}

// merged puts the workers' counts together.
func (c *counter) merged() map[tallyKey]tallied {
	all := map[tallyKey]tallied{}
	for _, w := range c.workers {
		for key, t := range w {
			sum := all[key]
			sum.count += t.count
			sum.size += t.size
			all[key] = sum
		}
	}
	return all
}

// want notes which strings are names of something counted.
func (c *counter) want() {
	c.names = map[graph.StringID]string{}
	for key := range c.merged() {
		c.names[key.name] = "" // 0 is the dummy
	}
}

// traces passes over what is about allocations.
func (c *counter) traces(t *text, _ string) error { return t.skipValue() }

func (c *counter) expect(int64) {}

func (c *counter) open() []byte { return c.buf[:0] }

// seal keeps a string if it is wanted.
func (c *counter) seal(text []byte) {
	if _, ok := c.names[c.strings]; ok {
		c.names[c.strings] = string(text)
	}
	c.buf = text
	c.strings++
}

func (c *counter) finish(t *text) error {
	for name := range c.names {
		if name >= c.strings {
			return t.tooFewStrings(int64(name), int64(c.strings))
		}
	}
	return nil
}

// tallies returns the counts, largest size first.
func (c *counter) tallies() []Tally {
	var out []Tally
	for key, t := range c.merged() {
		out = append(out, Tally{
			Type: key.t, TypeName: c.layout.typeNames[key.t], Name: c.names[key.name], Count: t.count, Size: t.size,
		})
	}
	slices.SortFunc(out, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name))
	})
	return out
}
