package synth

import (
	"fmt"
	"strings"
)

// layout is how a version writes its columns.
type layout struct {
	name      string
	columns   []column
	types     int  // node types it knows
	newScopes bool // location_fields with script_object_index, and sections of scopes
}

// column is what stands in a place of a node's record.
type column uint8

const (
	colType column = iota
	colName
	colID
	colSelf
	colEdges
	colTrace
	colDetached
	colUnknown // a column that no reader has heard of
)

var columnNames = [...]string{
	"type", "name", "id", "self_size", "edge_count", "trace_node_id", "detachedness", "color",
}

// layouts are the forms a file can take; the first is the default.
var layouts = []layout{
	{"node20", []column{colType, colName, colID, colSelf, colEdges, colTrace, colDetached}, 15, false},
	{"node14", []column{colType, colName, colID, colSelf, colEdges, colTrace}, 14, false},
	{"node24", []column{colType, colName, colID, colSelf, colEdges, colDetached}, 15, false},
	{"chromium156", []column{colType, colName, colID, colSelf, colEdges, colDetached}, 15, true},
	{"five", []column{colType, colName, colID, colSelf, colEdges}, 14, false},
	{"shuffled", []column{colSelf, colUnknown, colID, colEdges, colType, colDetached, colName}, 15, false},
}

// Layouts names the layouts.
func Layouts() []string {
	var all []string
	for _, l := range layouts {
		all = append(all, l.name)
	}
	return all
}

func findLayout(name string) (*layout, error) {
	if name == "" {
		return &layouts[0], nil
	}
	for i := range layouts {
		if layouts[i].name == name {
			return &layouts[i], nil
		}
	}
	return nil, fmt.Errorf("no layout named %q (there are: %s)", name, strings.Join(Layouts(), ", "))
}

var (
	nodeTypes = []string{
		"hidden", "array", "string", "object", "code", "closure", "regexp", "number", "native", "synthetic",
		"concatenated string", "sliced string", "symbol", "bigint", "object shape",
	}
	edgeTypes = []string{"context", "element", "property", "internal", "hidden", "shortcut", "weak"}
)

// head is the file's first section, up to where the nodes begin.
func (l *layout) head(nodes, edges int) string {
	fields, types := make([]string, len(l.columns)), make([]string, len(l.columns))
	for i, c := range l.columns {
		fields[i] = columnNames[c]
		switch c {
		case colType:
			types[i] = list(nodeTypes[:l.types])
		case colName:
			types[i] = `"string"`
		default:
			types[i] = `"number"`
		}
	}
	locations := []string{"object_index", "script_id", "line", "column"}
	scopes := ""
	if l.newScopes {
		locations = []string{"object_index", "script_id", "script_object_index", "line", "column"}
		scopes = `,"scope_fields":["scope_id","parent","object_index"]`
	}
	return `{"snapshot":{"meta":{"node_fields":` + list(fields) + `,"node_types":[` + strings.Join(types, ",") + `],` +
		`"edge_fields":["type","name_or_index","to_node"],` +
		`"edge_types":[` + list(edgeTypes) + `,"string_or_number","node"],` +
		`"trace_function_info_fields":["function_id","name","script_name","script_id","line","column"],` +
		`"trace_node_fields":["id","function_info_index","count","size","children"],` +
		`"sample_fields":["timestamp_us","last_assigned_id"],` +
		`"location_fields":` + list(locations) + scopes + `},` +
		fmt.Sprintf(`"node_count":%d,"edge_count":%d,"trace_function_count":0}`, nodes, edges) + ",\n\"nodes\":["
}

func list(names []string) string { return `["` + strings.Join(names, `","`) + `"]` }
