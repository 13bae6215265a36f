package diff

import (
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/kinds"
	"github.com/heapdiff/heapdiff/parse"
)

// Counted compares two heaps of which only the nodes were counted: kinds and
// classes by name, and nothing of who holds what.
func Counted(before, after *parse.Counts) (*Result, error) {
	r := &Result{
		Counted: true,
		Match:   Match{Mode: Structure, Reason: "objects were counted by class name and nothing else (--fast)"},
		Before:  countedSide(before), After: countedSide(after),
		Warnings: []string{"objects were counted and nothing else (--fast): there are no retained sizes and no owners, and internal arrays are not counted with the objects that own them"},
	}
	t := newClassTable(true, nil)
	kindOf := make([]KindRow, len(kinds.All()))
	for side, counts := range []*parse.Counts{before, after} {
		of := kinds.New(counts.Graph)
		for n, name := range counts.Class {
			count, size := counts.Count[n], counts.Size[n]
			at := t.row(&graph.Class{Name: name, Key: "," + name}, nil)
			row, kind := &t.rows[at], &kindOf[of.Of(graph.NodeID(n))]
			if side == 0 {
				row.BeforeCount, row.BeforeSize = row.BeforeCount+count, row.BeforeSize+size
				kind.BeforeCount, kind.BeforeSize = kind.BeforeCount+count, kind.BeforeSize+size
			} else {
				row.AfterCount, row.AfterSize = row.AfterCount+count, row.AfterSize+size
				kind.AfterCount, kind.AfterSize = kind.AfterCount+count, kind.AfterSize+size
			}
		}
	}
	for i, kind := range kindOf {
		if kind.BeforeCount+kind.AfterCount > 0 {
			kind.Kind = kinds.All()[i].String()
			r.Kinds = append(r.Kinds, kind)
		}
	}
	for i := range t.rows {
		t.rows[i].structuralChange()
	}
	r.Classes = sortClasses(t.rows)
	r.total()
	return r, r.check()
}

func countedSide(c *parse.Counts) Side {
	return Side{File: c.File, Format: c.Format, Nodes: c.Nodes, Edges: c.Edges, Size: c.Bytes}
}
