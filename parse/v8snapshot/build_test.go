package v8snapshot_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/v8snapshot"
)

// file is a small snapshot that tests change before it is written. Records are
// field → value, and fields are written in the order of the lists.
type file struct {
	nodeFields, edgeFields, locationFields []string
	nodeTypes, edgeTypes                   []string
	nodes, edges, locations                []record
	nodeCount, edgeCount                   string
	header                                 string // more of the header, such as ,"root_index":0
	strings                                string // as JSON
	sections                               []string
	more                                   map[string]string // section → value, as JSON
	space                                  string            // between all tokens
	before, after                          string            // around the object
}

type record map[string]string

// sample is a heap of a root, a global object with a cache, a record in it, a
// text and a hidden map: five nodes, seven edges.
func sample() *file {
	node := func(typ, name, id, self, edges string) record {
		return record{
			"type": typ, "name": name, "id": id, "self_size": self, "edge_count": edges,
			"trace_node_id": "0", "detachedness": "0", "unheard_of": "-7",
		}
	}
	edge := func(typ, label, to string) record {
		return record{"type": typ, "name_or_index": label, "to_node": to, "unheard_of": "5"}
	}
	f := &file{
		nodeFields:     []string{"type", "name", "id", "self_size", "edge_count", "trace_node_id", "detachedness"},
		edgeFields:     []string{"type", "name_or_index", "to_node"},
		locationFields: []string{"object_index", "script_id", "line", "column"},
		nodeTypes:      graph.NodeTypeNames()[:graph.Frame],
		edgeTypes:      []string{"context", "element", "property", "internal", "hidden", "shortcut", "weak"},
		nodes: []record{
			node("9", "1", "1", "0", "2"), node("3", "2", "3", "40", "2"), node("3", "4", "5", "32", "2"),
			node("2", "5", "7", "24", "1"), node("0", "6", "9", "72", "0"),
		},
		edges: []record{ // to_node is a row here and an index in the file
			edge("5", "2", "1"), edge("1", "1", "4"),
			edge("2", "3", "2"), edge("3", "7", "4"),
			edge("1", "17", "3"), edge("6", "7", "4"),
			edge("4", "2", "4"),
		},
		locations: []record{
			{"object_index": "2", "script_id": "82", "line": "6", "column": "13", "script_object_index": "4", "unheard_of": "-2"},
			{"object_index": "1", "script_id": "82", "line": "0", "column": "0", "script_object_index": "4", "unheard_of": "-2"},
		},
		strings:  `["<dummy>","","global","cache","Record","caf\u00e9 \"\ud83d\ude00\"\n\/","system / Map","map"]`,
		sections: []string{"snapshot", "nodes", "edges", "trace_function_infos", "trace_tree", "samples", "locations", "strings"},
		more:     map[string]string{"trace_function_infos": "[]", "trace_tree": "[]", "samples": "[1,2.5e3,-4]"},
	}
	f.nodeCount, f.edgeCount = fmt.Sprint(len(f.nodes)), fmt.Sprint(len(f.edges))
	return f
}

// quoted writes a list of names as JSON.
func quoted(names []string) string {
	b, err := json.Marshal(names)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func (f *file) String() string {
	var sections []string
	for _, s := range f.sections {
		sections = append(sections, `"`+s+`":`+f.section(s))
	}
	return f.before + f.spaced("{"+strings.Join(sections, ",")+"}") + f.after
}

func (f *file) section(name string) string {
	switch name {
	case "snapshot":
		return fmt.Sprintf(`{"meta":{"node_fields":%s,"node_types":[%s],"edge_fields":%s,"edge_types":[%s],"location_fields":%s},"node_count":%s,"edge_count":%s%s}`,
			quoted(f.nodeFields), types(f.nodeFields, f.nodeTypes), quoted(f.edgeFields), types(f.edgeFields, f.edgeTypes),
			quoted(f.locationFields), f.nodeCount, f.edgeCount, f.header)
	case "nodes":
		return f.array(f.nodeFields, f.nodes, "")
	case "edges":
		return f.array(f.edgeFields, f.edges, "to_node")
	case "locations":
		return f.array(f.locationFields, f.locations, "object_index")
	case "strings":
		return f.strings
	}
	return f.more[name]
}

// types is the list of what the fields hold: names for the type, a word for others.
func types(fields, names []string) string {
	all := make([]string, len(fields))
	for i, field := range fields {
		if all[i] = `"number"`; field == "type" {
			all[i] = quoted(names)
		}
	}
	return strings.Join(all, ",")
}

// array writes records; rows in the field index become indices.
func (f *file) array(fields []string, records []record, index string) string {
	var all []string
	for _, r := range records {
		for _, field := range fields {
			value := r[field]
			var row int
			if n, err := fmt.Sscanf(value, "%d", &row); field == index && n == 1 && err == nil {
				value = fmt.Sprint(row * len(f.nodeFields))
			}
			if raw, ok := strings.CutPrefix(value, "raw:"); ok {
				value = raw
			}
			all = append(all, value)
		}
	}
	return "[" + strings.Join(all, ",") + "]"
}

// spaced puts white space around all tokens outside of strings.
func (f *file) spaced(text string) string {
	if f.space == "" {
		return text
	}
	var b strings.Builder
	quoted, escaped := false, false
	for _, c := range text {
		if quoted {
			b.WriteRune(c)
			quoted = escaped || c != '"'
			escaped = c == '\\' && !escaped
			continue
		}
		quoted = c == '"'
		if strings.ContainsRune("{}[]:,", c) {
			b.WriteString(f.space + string(c) + f.space)
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

// read reads the text of a snapshot.
func read(t testing.TB, text string, jobs int) (*graph.Graph, error) {
	t.Helper()
	src, err := input.New(t.Context(), "test.heapsnapshot", bytes.NewReader([]byte(text)), input.Options{})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	return v8snapshot.Read(t.Context(), src, v8snapshot.Options{Jobs: jobs, Admit: small})
}

// small refuses what a test would not want to hold.
func small(nodes, edges int64) (string, error) {
	if nodes > 1<<21 || edges > 1<<23 {
		return "", fmt.Errorf("%d nodes and %d edges are more than a test reads", nodes, edges)
	}
	return "", nil
}

// difference says how two graphs differ, or nothing.
func difference(a, b *graph.Graph) string {
	switch {
	case a.NumNodes() != b.NumNodes() || a.NumEdges() != b.NumEdges():
		return fmt.Sprintf("%d nodes, %d edges; %d nodes, %d edges", a.NumNodes(), a.NumEdges(), b.NumNodes(), b.NumEdges())
	case a.Root != b.Root || a.ExtraBytes != b.ExtraBytes || a.HasDOMStates != b.HasDOMStates:
		return fmt.Sprintf("root %d, %d extra, %v; root %d, %d extra, %v", a.Root, a.ExtraBytes, a.HasDOMStates, b.Root, b.ExtraBytes, b.HasDOMStates)
	case a.Strings.Len() != b.Strings.Len():
		return fmt.Sprintf("%d strings, %d strings", a.Strings.Len(), b.Strings.Len())
	case !slices.Equal(a.TypeNames, b.TypeNames):
		return fmt.Sprintf("types %q, %q", a.TypeNames, b.TypeNames)
	}
	for s := range graph.StringID(a.Strings.Len()) {
		if !bytes.Equal(a.Strings.Bytes(s), b.Strings.Bytes(s)) {
			return fmt.Sprintf("string %d: %q, %q", s, a.Strings.Bytes(s), b.Strings.Bytes(s))
		}
	}
	if slices.Equal(a.Type, b.Type) && slices.Equal(a.Name, b.Name) && sameNumbers(a.ID, b.ID) && sameNumbers(a.Self, b.Self) &&
		slices.Equal(a.Flags, b.Flags) && slices.Equal(a.FirstEdge, b.FirstEdge) && slices.Equal(a.Links, b.Links) &&
		slices.Equal(labelsOf(a), labelsOf(b)) && samePlaces(a, b) {
		return ""
	}
	for n := range graph.NodeID(a.NumNodes()) {
		if x, y := describe(a, n), describe(b, n); x != y {
			return fmt.Sprintf("node %d: %s; %s", n, x, y)
		}
	}
	return "the columns differ, and no node does"
}

func sameNumbers(a, b graph.Wide) bool { return slices.Equal(a.Lo, b.Lo) && slices.Equal(a.Hi, b.Hi) }

func labelsOf(g *graph.Graph) []uint32 {
	out := make([]uint32, g.NumEdges())
	for e := range out {
		out[e] = g.Label(graph.EdgeID(e))
	}
	return out
}

func samePlaces(a, b *graph.Graph) bool {
	for n := range graph.NodeID(a.NumNodes()) {
		x, located := a.Locations.Of(n)
		if y, too := b.Locations.Of(n); x != y || located != too {
			return false
		}
	}
	return true
}

// describe writes all that a graph knows of a node.
func describe(g *graph.Graph, n graph.NodeID) string {
	var b strings.Builder
	at, located := g.Locations.Of(n)
	fmt.Fprintf(&b, "type %d name %d id %d self %d flags %d at %v %v", g.Type[n], g.Name[n], g.ID.At(n), g.Self.At(n), g.Flags[n], at, located)
	from, to := g.Edges(n)
	for e := from; e < to; e++ {
		fmt.Fprintf(&b, ", %s %d → %d %v", g.Links[e].Type(), g.Label(e), g.Links[e].To(), g.Links[e].Loose())
	}
	return b.String()
}
