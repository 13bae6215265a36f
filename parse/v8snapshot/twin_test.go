package v8snapshot_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"unicode/utf8"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
)

// errSkip says that the twin has no opinion: what it reads with cannot tell.
var errSkip = errors.New("no opinion")

// slowly reads a snapshot with the standard library, all of it at once. It is
// stricter than the reader about JSON, as strict about what matters, and says
// errSkip about what is no JSON.
func slowly(text []byte) (*graph.Graph, error) {
	if !utf8.Valid(text) {
		return nil, errSkip
	}
	text = bytes.TrimRight(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF")), "\x00 \r\n\t")
	sections, err := topLevel(text)
	if err != nil {
		return nil, err
	}
	var h struct {
		Meta struct {
			NodeFields     []string          `json:"node_fields"`
			NodeTypes      []json.RawMessage `json:"node_types"`
			EdgeFields     []string          `json:"edge_fields"`
			EdgeTypes      []json.RawMessage `json:"edge_types"`
			LocationFields []string          `json:"location_fields"`
		} `json:"meta"`
		NodeCount *int64  `json:"node_count"`
		EdgeCount *int64  `json:"edge_count"`
		RootIndex int64   `json:"root_index"`
		Extra     float64 `json:"extra_native_bytes"`
	}
	var strings []string
	var nodes, edges, locations []json.Number
	for name, into := range map[string]any{"snapshot": &h, "nodes": &nodes, "edges": &edges, "strings": &strings, "locations": &locations} {
		raw, ok := sections[name]
		if !ok && name != "locations" {
			return nil, fmt.Errorf("no %s", name)
		}
		if ok && json.Unmarshal(raw, into) != nil {
			return nil, errSkip // null for a list, and the like
		}
		if ok && name != "snapshot" && (len(raw) == 0 || raw[0] != '[') {
			return nil, errSkip
		}
	}
	m := &h.Meta
	perNode, perEdge := len(m.NodeFields), len(m.EdgeFields)
	if h.NodeCount == nil || h.EdgeCount == nil || *h.NodeCount <= 0 || perNode == 0 || perEdge == 0 ||
		int64(len(nodes)) != *h.NodeCount*int64(perNode) || int64(len(edges)) != *h.EdgeCount*int64(perEdge) {
		return nil, errors.New("counts")
	}
	n := int(*h.NodeCount)
	if h.RootIndex < 0 || h.RootIndex%int64(perNode) != 0 || h.RootIndex/int64(perNode) >= int64(n) {
		return nil, errors.New("root")
	}
	g := &graph.Graph{
		TypeNames: graph.NodeTypeNames(), Root: graph.NodeID(h.RootIndex / int64(perNode)),
		HasDOMStates: slices.Contains(m.NodeFields, "detachedness"),
		Type:         make([]graph.NodeType, n), Name: make([]graph.StringID, n), Flags: make([]graph.Flags, n),
		ID: graph.Wide{Lo: make([]uint32, n)}, Self: graph.Wide{Lo: make([]uint32, n)},
		FirstEdge: make([]graph.EdgeID, n+1),
	}
	if h.Extra > 0 {
		if h.Extra >= 1<<63 {
			return nil, errSkip
		}
		g.ExtraBytes = uint64(h.Extra)
	}
	for _, s := range strings {
		g.Strings.Append([]byte(s))
	}
	for _, needed := range []string{"type", "name_or_index", "to_node"} {
		if !slices.Contains(m.EdgeFields, needed) {
			return nil, errors.New("no " + needed)
		}
	}
	nodeTypes, err := typeNames(m.NodeFields, m.NodeTypes)
	if err != nil {
		return nil, err
	}
	for _, name := range nodeTypes {
		typeOf(g, name)
	}
	if len(g.TypeNames) > 256 {
		return nil, errors.New("too many types")
	}
	edgeTypes, err := typeNames(m.EdgeFields, m.EdgeTypes)
	if err != nil {
		return nil, err
	}
	var total uint64
	for i := range graph.NodeID(n) {
		r, err := fields(m.NodeFields, nodes[int(i)*perNode:], "type", "name", "id", "self_size", "edge_count")
		if err != nil {
			return nil, err
		}
		if r["type"] >= uint64(len(nodeTypes)) || r["name"] >= uint64(len(strings)) || r["edge_count"]>>32 != 0 {
			return nil, errors.New("node")
		}
		g.Type[i] = typeOf(g, nodeTypes[r["type"]])
		g.Name[i] = graph.StringID(r["name"])
		g.ID.Set(i, r["id"])
		g.Self.Set(i, r["self_size"])
		if state, ok := r["detachedness"]; ok && state <= 2 {
			g.Flags[i] = graph.Flags(state)
		}
		total += r["edge_count"]
		g.FirstEdge[i+1] = graph.EdgeID(total)
	}
	if total != uint64(*h.EdgeCount) {
		return nil, errors.New("edge counts")
	}
	for i := range int(*h.EdgeCount) {
		r, err := fields(m.EdgeFields, edges[i*perEdge:], m.EdgeFields...)
		if err != nil {
			return nil, err
		}
		to := r["to_node"]
		if r["type"] >= uint64(len(edgeTypes)) || to%uint64(perNode) != 0 || to/uint64(perNode) >= uint64(n) {
			return nil, errors.New("edge")
		}
		t := graph.UnknownEdge
		for known := graph.ContextEdge; known < graph.UnknownEdge; known++ {
			if known.String() == edgeTypes[r["type"]] {
				t = known
			}
		}
		label := r["name_or_index"]
		if !t.Indexed() && label >= uint64(len(strings)) {
			return nil, errors.New("edge name")
		}
		g.Links = append(g.Links, graph.MakeLink(graph.NodeID(to/uint64(perNode)), t))
		g.Labels.Append(uint32(min(label, 1<<32-1)))
	}
	return g, place(g, m.LocationFields, locations, perNode)
}

// topLevel takes the outermost object apart.
func topLevel(text []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errSkip
	}
	sections := map[string]json.RawMessage{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, errSkip
		}
		name, ok := key.(string)
		if !ok || strconv.Quote(name) != `"`+name+`"` {
			return nil, errSkip // keys are taken as they stand
		}
		if raw := text[:d.InputOffset()]; !bytes.HasSuffix(raw, []byte(`"`+name+`"`)) {
			return nil, errSkip
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, errSkip
		}
		if _, twice := sections[name]; twice {
			return nil, errors.New("twice")
		}
		sections[name] = value
	}
	if _, err := d.Token(); err != nil || len(bytes.Trim(text[d.InputOffset():], "\x00 \r\n\t")) > 0 {
		return nil, errSkip
	}
	return sections, nil
}

// typeNames returns the names of the types in a record's field "type".
func typeNames(fields []string, types []json.RawMessage) ([]string, error) {
	at := slices.Index(fields, "type")
	if at < 0 || at >= len(types) {
		return nil, errors.New("no types")
	}
	var names []string
	if json.Unmarshal(types[at], &names) != nil || bytes.Contains(types[at], []byte("null")) {
		return nil, errSkip
	}
	return names, nil
}

func typeOf(g *graph.Graph, name string) graph.NodeType {
	at := slices.Index(g.TypeNames, name)
	if at < 0 {
		at = len(g.TypeNames)
		g.TypeNames = append(g.TypeNames, name)
	}
	return graph.NodeType(at)
}

// fields reads a record; those that are strict may not be negative.
func fields(names []string, values []json.Number, strict ...string) (map[string]uint64, error) {
	r := map[string]uint64{}
	for i, name := range names {
		v, err := strconv.ParseUint(string(values[i]), 10, 64)
		if err != nil && !slices.Contains(strict, name) && len(values[i]) > 0 && values[i][0] == '-' {
			v, err = strconv.ParseUint(string(values[i][1:]), 10, 64)
			v = -v
		}
		if err != nil {
			return nil, errors.New("number")
		}
		if _, twice := r[name]; !twice {
			r[name] = v
		}
	}
	for _, name := range strict {
		if _, ok := r[name]; !ok {
			return nil, errors.New("no " + name)
		}
	}
	return r, nil
}

// place reads the locations.
func place(g *graph.Graph, names []string, values []json.Number, perNode int) error {
	for _, needed := range []string{"object_index", "script_id", "line", "column"} {
		if !slices.Contains(names, needed) {
			return nil
		}
	}
	if len(values)%len(names) != 0 {
		return errors.New("locations")
	}
	at := map[graph.NodeID]graph.Location{}
	for ; len(values) > 0; values = values[len(names):] {
		r, err := fields(names, values, "object_index")
		if err != nil {
			return err
		}
		node := r["object_index"]
		if node%uint64(perNode) != 0 || node/uint64(perNode) >= uint64(g.NumNodes()) {
			return errors.New("location")
		}
		at[graph.NodeID(node/uint64(perNode))] = graph.Location{Script: int32(r["script_id"]), Line: int32(r["line"]), Column: int32(r["column"])}
	}
	var nodes []graph.NodeID
	for n := range at {
		nodes = append(nodes, n)
	}
	slices.Sort(nodes)
	var places []uint32
	var table []graph.Location
	for i, n := range nodes {
		places = append(places, uint32(i))
		table = append(table, at[n])
	}
	g.Locations = graph.NewLocations(g.NumNodes(), nodes, places, table)
	return nil
}

// replaced writes halves of surrogate pairs as the standard library does.
func replaced(g *graph.Graph) *graph.Graph {
	c := *g
	c.Strings = graph.Strings{}
	for s := range graph.StringID(g.Strings.Len()) {
		var out []byte
		for b := g.Strings.Bytes(s); len(b) > 0; {
			r, size := utf8.DecodeRune(b)
			if r == utf8.RuneError && size == 1 && len(b) >= 3 && b[0] == 0xED {
				size = 3
			}
			out = utf8.AppendRune(out, r)
			b = b[size:]
		}
		c.Strings.Append(out)
	}
	return &c
}

// The reader and its twin agree about real files and made-up ones.
func TestTwin(t *testing.T) {
	for _, text := range [][]byte{real(t, "chromium156-before"), real(t, "node24-before"), []byte(sample().String())} {
		want, err := slowly(text)
		if err != nil {
			t.Fatal(err)
		}
		g, err := read(t, string(text), 3)
		if err != nil {
			t.Fatal(err)
		}
		if d := difference(replaced(g), want); d != "" {
			t.Error(d)
		}
	}
}

// FuzzRead holds that no input makes the reader panic, that any number of jobs
// gives the same result, and that it agrees with its twin.
func FuzzRead(f *testing.F) {
	for _, change := range []func(f *file){
		func(*file) {},
		func(f *file) { f.space = "\n" },
		func(f *file) {
			f.sections = []string{"strings", "locations", "edges", "nodes", "snapshot"}
			f.before, f.after = "\xEF\xBB\xBF", "\x00"
		},
		func(f *file) {
			f.nodeFields = append([]string{"unheard_of"}, f.nodeFields...)
			f.edgeFields = []string{"to_node", "type", "name_or_index"}
		},
		func(f *file) { f.nodes[2]["self_size"], f.nodes[2]["id"] = "5368709120", "18446744073709551615" },
		func(f *file) { f.nodeCount = "6" },
		func(f *file) { f.edges[2]["to_node"] = "raw:8" },
		func(f *file) { f.strings = `["\ud83d","\ude00","\u00e9\\","","","","",""]` },
		func(f *file) { f.header = `,"root_index":7,"extra_native_bytes":1.5` },
	} {
		s := sample()
		change(s)
		f.Add([]byte(s.String()))
	}
	f.Add([]byte(`{"snapshot":{"meta":{"node_fields":["type","name","id","self_size","edge_count"],"node_types":[["x"]],"edge_fields":["type","name_or_index","to_node"],"edge_types":[["y"]]},"node_count":1,"edge_count":0},"nodes":[0,0,0,0,0],"edges":[],"strings":[""]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<16 {
			t.Skip()
		}
		g, err := read(t, string(text), 1)
		several, otherErr := read(t, string(text), 3)
		if (err == nil) != (otherErr == nil) {
			t.Fatalf("one job: %v, several: %v", err, otherErr)
		}
		if err == nil {
			if checked := g.Check(); checked != nil {
				t.Fatal(checked)
			}
			if d := difference(g, several); d != "" {
				t.Fatalf("one job and several: %s", d)
			}
		}
		want, slowErr := slowly(text)
		switch {
		case errors.Is(slowErr, errSkip):
		case slowErr == nil && err != nil:
			t.Fatalf("the twin reads it, the reader says %v", err)
		case slowErr != nil && err == nil:
			t.Fatalf("it is read, and the twin says %v", slowErr)
		case err == nil:
			if d := difference(replaced(g), want); d != "" {
				t.Fatalf("reader and twin: %s", d)
			}
		}
		var syntax *input.SyntaxError
		if errors.As(err, &syntax) && (syntax.What == "" || syntax.Offset > int64(len(text))) {
			t.Fatalf("the error is %#v", syntax)
		}
	})
}
