package parse

import (
	"context"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/v8snapshot"
	"github.com/heapdiff/heapdiff/parse/v8snapshot/rules"
)

// Counts is what one look at each node of a file tells: how many there are of
// each type and name. Nothing is known of who holds what.
type Counts struct {
	// Graph has a node for each type and name, and no edges. Its Self is empty.
	Graph *graph.Graph
	Class []string // node of Graph -> name of its class
	Count []int    // node of Graph -> nodes of the file
	Size  []uint64 // node of Graph -> their bytes, as the file has them: none are moved to owners

	File, Format string
	Nodes, Edges int
	Bytes        uint64 // of all nodes
}

// Count reads a file once without building its graph, in memory that does not
// grow with the file. Plain objects are one class, Object: what properties they
// have is in the edges, which are not looked at.
func Count(ctx context.Context, src *input.Source, o Options) (*Counts, error) {
	start, err := src.Peek(sniffed)
	if len(start) == 0 && err != nil {
		return nil, err
	}
	if !v8snapshot.Recognises(start) {
		return nil, unknown(src, start)
	}
	vo := v8snapshot.Options{
		Jobs: o.Jobs,
		Keep: func(bytes int64) error { return o.Memory.Admit(src.Name(), o.Held+uint64(bytes)) },
	}
	if o.Progress != nil {
		vo.Progress = func(done, total int64) { o.Progress("counting", done, total) }
	}
	tallies, header, err := v8snapshot.Count(ctx, src, vo)
	if err != nil {
		return nil, err
	}
	c := &Counts{
		Graph: &graph.Graph{}, File: src.Name(), Format: "V8 heap snapshot",
		Nodes: int(*header.NodeCount), Edges: int(*header.EdgeCount),
	}
	g := c.Graph
	g.TypeNames = make([]string, 256)
	for _, t := range tallies {
		g.Type = append(g.Type, t.Type)
		g.TypeNames[t.Type] = t.TypeName
		g.Name = append(g.Name, g.Strings.Append([]byte(t.Name)))
		g.Flags = append(g.Flags, 0)
		c.Count = append(c.Count, t.Count)
		c.Size = append(c.Size, t.Size)
		c.Bytes += t.Size
	}
	for n := range g.Type {
		c.Class = append(c.Class, rules.ClassName(g, graph.NodeID(n)))
	}
	return c, nil
}
