package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
)

// counts is how much was written.
type counts struct{ nodes, edges int }

// writeFile writes beside path and renames, so that a file that has the name is whole.
func writeFile(path string, h heap) (counts, error) {
	f, err := os.Create(path + ".part")
	if err != nil {
		return counts{}, err
	}
	defer os.Remove(f.Name()) // after the rename there is none
	count, err := write(f, h)
	if err := errors.Join(err, f.Close()); err != nil {
		return counts{}, err
	}
	return count, os.Rename(f.Name(), path)
}

// Node fields: type, name, id, self_size, edge_count, trace_node_id, detachedness.
const nodeFields = 7

const head = `{"snapshot":{"meta":{"node_fields":["type","name","id","self_size","edge_count","trace_node_id","detachedness"],` +
	`"node_types":[["hidden","array","string","object","code","closure","regexp","number","native","synthetic",` +
	`"concatenated string","sliced string","symbol","bigint","object shape"],"string","number","number","number","number","number"],` +
	`"edge_fields":["type","name_or_index","to_node"],` +
	`"edge_types":[["context","element","property","internal","hidden","shortcut","weak"],"string_or_number","node"],` +
	`"trace_function_info_fields":["function_id","name","script_name","script_id","line","column"],` +
	`"trace_node_fields":["id","function_info_index","count","size","children"],` +
	`"sample_fields":["timestamp_us","last_assigned_id"],` +
	`"location_fields":["object_index","script_id","line","column"]},"node_count":%d,"edge_count":%d,"trace_function_count":0}`

// write writes the snapshot as V8 does, a record a line.
func write(w io.Writer, h heap) (counts, error) {
	var count counts
	for n := range h.all {
		count.nodes++
		count.edges += len(n.edges) + n.count
	}
	if int64(count.nodes) > math.MaxUint32/nodeFields {
		return count, fmt.Errorf("%d nodes: to_node has room for %d", count.nodes, math.MaxUint32/nodeFields)
	}

	b := bufio.NewWriterSize(w, 1<<20)
	fmt.Fprintf(b, head, count.nodes, count.edges)

	b.WriteString(",\n\"nodes\":[")
	line := make([]byte, 0, 128)
	ordinal := 0
	for n := range h.all {
		line = line[:0]
		if ordinal > 0 {
			line = append(line, ',')
		}
		line = strconv.AppendUint(line, uint64(n.kind), 10)
		for _, v := range [...]int{n.name, 2*ordinal + 1, n.self, len(n.edges) + n.count} {
			line = append(line, ',')
			line = strconv.AppendInt(line, int64(v), 10)
		}
		line = append(line, ",0,0\n"...)
		b.Write(line)
		ordinal++
	}

	b.WriteString("],\n\"edges\":[")
	first := true
	writeEdge := func(e edge) {
		line = line[:0]
		if !first {
			line = append(line, ',')
		}
		first = false
		line = strconv.AppendUint(line, uint64(e.kind), 10)
		line = append(line, ',')
		line = strconv.AppendInt(line, int64(e.label), 10)
		line = append(line, ',')
		line = strconv.AppendInt(line, int64(e.to)*nodeFields, 10)
		line = append(line, '\n')
		b.Write(line)
	}
	for n := range h.all {
		for _, e := range n.edges {
			writeEdge(e)
		}
		for i := range n.count {
			writeEdge(edge{eElement, i, n.element(i)})
		}
	}

	b.WriteString("],\n\"trace_function_infos\":[],\n\"trace_tree\":[],\n\"samples\":[],\n\"locations\":[],\n\"strings\":[")
	for i, name := range names {
		if i > 0 {
			b.WriteString(",\n")
		}
		b.WriteString(strconv.Quote(name)) // they are plain ASCII
	}
	for i := range h.texts {
		fmt.Fprintf(b, ",\n\"order %d\"", i)
	}
	b.WriteString("]}\n")
	return count, b.Flush()
}
