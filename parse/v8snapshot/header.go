package v8snapshot

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-json"

	"github.com/heapdiff/heapdiff/graph"
)

// Header is the "snapshot" object at the start of a file.
type Header struct {
	Meta struct {
		NodeFields     []string          `json:"node_fields"`
		NodeTypes      []json.RawMessage `json:"node_types"`
		EdgeFields     []string          `json:"edge_fields"`
		EdgeTypes      []json.RawMessage `json:"edge_types"`
		LocationFields []string          `json:"location_fields"`

		TraceFunctionFields []string `json:"trace_function_info_fields"`
		TraceNodeFields     []string `json:"trace_node_fields"`
		SampleFields        []string `json:"sample_fields"`
	} `json:"meta"`
	NodeCount        *int64  `json:"node_count"`
	EdgeCount        *int64  `json:"edge_count"`
	RootIndex        int64   `json:"root_index"`
	ExtraNativeBytes float64 `json:"extra_native_bytes"`

	TraceFunctionCount int64 `json:"trace_function_count"`
}

// layout is where each field stands in the records of the arrays. Positions of
// fields that are absent are -1.
type layout struct {
	nodeFields, edgeFields, locationFields int

	nodeType, nodeName, nodeID, nodeSelf, nodeEdges, nodeDetached int
	edgeType, edgeLabel, edgeTo                                   int
	locNode, locScript, locLine, locColumn                        int

	nodeTypes []graph.NodeType // number in the file -> type
	edgeTypes []graph.EdgeType // number in the file -> type
	typeNames []string         // graph.NodeType -> name

	traces *traceLayout // nil if no allocations were tracked
}

// maxFields is more fields than any record has; a longer list is an attack.
const maxFields = 64

// parseHeader reads the header and finds the fields.
func parseHeader(raw []byte) (*Header, *layout, error) {
	var h Header
	if err := json.Unmarshal(raw, &h); err != nil {
		return nil, nil, notAHeader(err)
	}
	if h.NodeCount == nil || h.EdgeCount == nil {
		return nil, nil, fmt.Errorf("the header has no node_count or no edge_count")
	}
	if *h.NodeCount <= 0 || *h.NodeCount > graph.MaxNodes {
		return nil, nil, fmt.Errorf("node_count is %d, but must be between 1 and %d", *h.NodeCount, graph.MaxNodes)
	}
	if *h.EdgeCount < 0 || *h.EdgeCount >= 1<<32-1 {
		return nil, nil, fmt.Errorf("edge_count is %d, but must be between 0 and %d", *h.EdgeCount, int64(1)<<32-2)
	}
	m := &h.Meta
	l := &layout{nodeFields: len(m.NodeFields), edgeFields: len(m.EdgeFields), locationFields: len(m.LocationFields)}
	if max(l.nodeFields, l.edgeFields, l.locationFields) > maxFields {
		return nil, nil, fmt.Errorf("more than %d fields a record", maxFields)
	}
	var missing []string
	find := func(fields []string, name string, needed bool) int {
		i := slices.Index(fields, name)
		if i < 0 && needed {
			missing = append(missing, name)
		}
		return i
	}
	l.nodeType = find(m.NodeFields, "type", true)
	l.nodeName = find(m.NodeFields, "name", true)
	l.nodeID = find(m.NodeFields, "id", true)
	l.nodeSelf = find(m.NodeFields, "self_size", true)
	l.nodeEdges = find(m.NodeFields, "edge_count", true)
	l.nodeDetached = find(m.NodeFields, "detachedness", false)
	l.edgeType = find(m.EdgeFields, "type", true)
	l.edgeLabel = find(m.EdgeFields, "name_or_index", true)
	l.edgeTo = find(m.EdgeFields, "to_node", true)
	if len(missing) > 0 {
		return nil, nil, fmt.Errorf("meta has no field %s", strings.Join(missing, ", "))
	}
	if l.locationFields > 0 {
		l.locNode = find(m.LocationFields, "object_index", false)
		l.locScript = find(m.LocationFields, "script_id", false)
		l.locLine = find(m.LocationFields, "line", false)
		l.locColumn = find(m.LocationFields, "column", false)
		if min(l.locNode, l.locScript, l.locLine, l.locColumn) < 0 {
			l.locationFields = 0 // locations of another kind: nothing to read from them
		}
	}
	if h.RootIndex < 0 || h.RootIndex%int64(l.nodeFields) != 0 || h.RootIndex/int64(l.nodeFields) >= *h.NodeCount {
		return nil, nil, fmt.Errorf("root_index %d is not the index of a node", h.RootIndex)
	}
	l.traces = findTraces(&h)
	return &h, l, l.findTypes(&h)
}

// notAHeader says what is wrong with a header in the words of the file and not
// in those of this program.
func notAHeader(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return fmt.Errorf("the header is not valid JSON: %w", err)
	}
	field := wrong.Field
	if field == "" {
		field = "the header"
	}
	if number, ok := strings.CutPrefix(wrong.Value, "number "); ok {
		return fmt.Errorf("%s is %.30s, which it cannot be", field, number)
	}
	return fmt.Errorf("%s is of the wrong kind: %s", field, wrong.Value)
}

// findTypes maps the file's type numbers to the graph's by name.
func (l *layout) findTypes(h *Header) error {
	nodeTypes, err := typeList(h.Meta.NodeTypes, l.nodeType, "node_types")
	if err != nil {
		return err
	}
	l.typeNames = graph.NodeTypeNames()
	for _, name := range nodeTypes {
		i := slices.Index(l.typeNames, name)
		if i < 0 {
			i = len(l.typeNames)
			l.typeNames = append(l.typeNames, name)
		}
		if i > 255 {
			return fmt.Errorf("meta names more than 255 node types")
		}
		l.nodeTypes = append(l.nodeTypes, graph.NodeType(i))
	}
	edgeTypes, err := typeList(h.Meta.EdgeTypes, l.edgeType, "edge_types")
	if err != nil {
		return err
	}
	known := map[string]graph.EdgeType{}
	for t := graph.ContextEdge; t < graph.UnknownEdge; t++ {
		known[t.String()] = t
	}
	for _, name := range edgeTypes {
		t, ok := known[name]
		if !ok {
			t = graph.UnknownEdge
		}
		l.edgeTypes = append(l.edgeTypes, t)
	}
	return nil
}

// typeList returns the names that the numbers of a type field stand for.
func typeList(types []json.RawMessage, position int, what string) ([]string, error) {
	if position >= len(types) {
		return nil, fmt.Errorf("meta has no %s for the field type", what)
	}
	var names []string
	if err := json.Unmarshal(types[position], &names); err != nil {
		return nil, fmt.Errorf("the %s of meta are not a list of names: %w", what, err)
	}
	return names, nil
}

// ignorable has a bit for each node field that is passed over, and may be negative.
func (l *layout) ignorable() uint64 {
	bits := ^uint64(0)
	for _, f := range []int{l.nodeType, l.nodeName, l.nodeID, l.nodeSelf, l.nodeEdges} {
		bits &^= 1 << f
	}
	return bits
}
