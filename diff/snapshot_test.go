package diff_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/diff"
)

// snapshot is a heap made for a test, node by node. Node 0 is the root and node
// 1 the global object.
type snapshot struct {
	nodes   []made
	strings []string
	known   map[string]int
}

type made struct {
	kind, name int
	id, self   uint64
	edges      []string
}

const (
	array  = 1
	text   = 2
	object = 3
	native = 8
)

func newSnapshot() *snapshot {
	s := &snapshot{known: map[string]int{}}
	s.add(9, "", 1, 0)
	s.add(object, "global", 3, 64)
	s.edge(0, 5, "1", 1)
	return s
}

func (s *snapshot) str(text string) int {
	if at, ok := s.known[text]; ok {
		return at
	}
	s.known[text] = len(s.strings)
	s.strings = append(s.strings, text)
	return len(s.strings) - 1
}

func (s *snapshot) add(kind int, name string, id, self uint64) int {
	s.nodes = append(s.nodes, made{kind: kind, name: s.str(name), id: id, self: self})
	return len(s.nodes) - 1
}

// has makes from hold to by a property, or as an element if name is a number.
func (s *snapshot) has(from int, name string, to int) {
	if strings.Trim(name, "0123456789") == "" {
		s.nodes[from].edges = append(s.nodes[from].edges, fmt.Sprintf("1,%s,%d", name, to*5))
		return
	}
	s.edge(from, 2, name, to)
}

func (s *snapshot) edge(from, kind int, name string, to int) {
	s.nodes[from].edges = append(s.nodes[from].edges, fmt.Sprintf("%d,%d,%d", kind, s.str(name), to*5))
}

func (s *snapshot) open() diff.Opener {
	var nodes, edges []string
	for _, n := range s.nodes {
		nodes = append(nodes, fmt.Sprintf("%d,%d,%d,%d,%d", n.kind, n.name, n.id, n.self, len(n.edges)))
		edges = append(edges, n.edges...)
	}
	return fromText(write(len(nodes), len(edges), nodes, edges, nil, s.strings))
}

// write writes a snapshot whose nodes have five fields.
func write(nodeCount, edgeCount int, nodes, edges, locations, names []string) string {
	return fmt.Sprintf(`{"snapshot":{"meta":{"node_fields":["type","name","id","self_size","edge_count"],`+
		`"node_types":[["hidden","array","string","object","code","closure","regexp","number","native","synthetic"],"string","number","number","number"],`+
		`"edge_fields":["type","name_or_index","to_node"],`+
		`"edge_types":[["context","element","property","internal","hidden","shortcut","weak"],"string_or_number","node"],`+
		`"location_fields":["object_index","script_id","line","column"]},"node_count":%d,"edge_count":%d},"nodes":[%s],"edges":[%s],"locations":[%s],"strings":["%s"]}`,
		nodeCount, edgeCount, strings.Join(nodes, ","), strings.Join(edges, ","), strings.Join(locations, ","), strings.Join(names, `","`))
}

// grew compares two made heaps.
func grew(t *testing.T, before, after *snapshot) *diff.Result {
	t.Helper()
	r, err := diff.Compare(context.Background(), before.open(), after.open(), diff.Options{Match: diff.Identity})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// at returns the grower at a place, or nil.
func at(r *diff.Result, where string) *diff.Grower {
	for i := range r.Growers {
		if place(r.Growers[i].Path) == where {
			return &r.Growers[i]
		}
	}
	return nil
}
