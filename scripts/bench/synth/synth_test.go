package main

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
)

// Every shape is a snapshot as V8 writes it: the counts of the head are those of
// the arrays, every edge and name leads somewhere, and nothing is unreachable.
func TestShapesAreSnapshots(t *testing.T) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			h, err := newHeap(s.name, min(s.size, 3000), 20_000, 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			count, err := write(&b, h)
			if err != nil {
				t.Fatal(err)
			}
			var file struct {
				Snapshot struct {
					NodeCount int `json:"node_count"`
					EdgeCount int `json:"edge_count"`
				}
				Nodes, Edges []int
				Strings      []string
			}
			if err := json.Unmarshal(b.Bytes(), &file); err != nil {
				t.Fatal(err)
			}
			if file.Snapshot.NodeCount != count.nodes || len(file.Nodes) != count.nodes*nodeFields || count.nodes < 20_000 || count.nodes > 20_100 {
				t.Errorf("nodes: head %d, array %d, returned %d", file.Snapshot.NodeCount, len(file.Nodes)/nodeFields, count.nodes)
			}
			if file.Snapshot.EdgeCount != count.edges || len(file.Edges) != count.edges*3 {
				t.Errorf("edges: head %d, array %d, returned %d", file.Snapshot.EdgeCount, len(file.Edges)/3, count.edges)
			}

			start := make([]int, count.nodes+1) // node -> its first edge
			for n := range count.nodes {
				row := file.Nodes[n*nodeFields:]
				if row[1] >= len(file.Strings) {
					t.Fatalf("node %d: no string %d", n, row[1])
				}
				start[n+1] = start[n] + row[4]
			}
			if start[count.nodes] != count.edges {
				t.Fatalf("edge counts add up to %d of %d", start[count.nodes], count.edges)
			}
			reached := make([]bool, count.nodes)
			reached[0] = true
			for queue := []int{0}; len(queue) > 0; queue = queue[1:] {
				for e := start[queue[0]]; e < start[queue[0]+1]; e++ {
					to := file.Edges[3*e+2]
					if to%nodeFields != 0 || to/nodeFields >= count.nodes {
						t.Fatalf("edge %d leads to %d", e, to)
					}
					if to /= nodeFields; !reached[to] && edgeType(file.Edges[3*e]) != eWeak {
						reached[to] = true
						queue = append(queue, to)
					}
				}
			}
			for n, ok := range reached {
				if !ok {
					t.Fatalf("node %d (%s) is unreachable", n, file.Strings[file.Nodes[n*nodeFields+1]])
				}
			}
		})
	}
}

// The wanted edges are met within a record's, whatever the shape.
func TestEdgesWanted(t *testing.T) {
	for _, s := range shapes {
		for _, want := range []int{50_000, 123_456, 1_000_000} {
			h, err := newHeap(s.name, min(s.size, 5000), 0, want, 1)
			if err != nil {
				t.Fatal(err)
			}
			count, err := write(io.Discard, h)
			if err != nil {
				t.Fatal(err)
			}
			if count.edges < want-recordEdges || count.edges > want+2*recordEdges {
				t.Errorf("%s: wanted %d edges, got %d", s.name, want, count.edges)
			}
		}
	}
}

func TestUnknownShape(t *testing.T) {
	if _, err := newHeap("torus", 0, 1, 0, 1); err == nil {
		t.Error("no error")
	}
}
