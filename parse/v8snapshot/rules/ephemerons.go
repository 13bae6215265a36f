package rules

import (
	"bytes"
	"maps"
	"strconv"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/crew"
)

// V8 writes an entry of a WeakMap as two edges to the value, one from the key
// and one from the table, both named
//
//	12 / part of key (Object @345) -> value (Array @347) pair in WeakMap (table @349)
//
// The names of key and value may be anything but a line terminator, which
// JavaScript's dot does not match.
var (
	keyMark   = []byte(" / part of key (")
	valueMark = []byte(") -> value (")
	tableMark = []byte(") pair in WeakMap (table @")
	lineEnds  = [][]byte{{'\n'}, {'\r'}, []byte("\u2028"), []byte("\u2029")}
)

// ephemeron takes such a name apart. The pair is what the two edges have in
// common: the name without its number.
func ephemeron(name []byte) (pair []byte, table uint64, ok bool) {
	pair = behindNumber(name)
	if len(pair) == len(name) || !bytes.HasPrefix(pair, keyMark) {
		return nil, 0, false
	}
	end := bytes.LastIndex(pair, tableMark)
	if end < len(keyMark) || pair[len(pair)-1] != ')' {
		return nil, 0, false
	}
	table, err := strconv.ParseUint(string(pair[end+len(tableMark):len(pair)-1]), 10, 64)
	if err != nil || pair[end+len(tableMark)] == '+' {
		return nil, 0, false
	}
	for _, lineEnd := range lineEnds {
		if bytes.Contains(pair, lineEnd) {
			return nil, 0, false
		}
	}
	// Both names end with an id. Any place where the key may end will do.
	entry := pair[len(keyMark):end]
	for from := 0; ; {
		i := bytes.Index(entry[from:], valueMark)
		if i < 0 {
			return nil, 0, false
		}
		from += i
		if endsWithID(entry[:from]) && endsWithID(entry[from+len(valueMark):]) {
			return pair, table, true
		}
		from++
	}
}

// behindNumber cuts the digits off that a name begins with. Few names do, and all
// are asked.
func behindNumber(name []byte) []byte {
	for i, c := range name {
		if c < '0' || c > '9' {
			return name[i:]
		}
	}
	return nil
}

// NamesValues reports whether the name of an edge is made of what it leads from
// and to, as those of WeakMap entries are, and may so hold the value of a string.
func NamesValues(name []byte) bool {
	pair := behindNumber(name)
	return len(pair) < len(name) && bytes.HasPrefix(pair, keyMark)
}

// endsWithID reports whether text ends like " @345".
func endsWithID(text []byte) bool {
	rest := bytes.TrimRight(text, "0123456789")
	return len(rest) < len(text) && bytes.HasSuffix(rest, []byte(" @"))
}

// loosenEphemerons marks the edges from WeakMap tables to values as such that
// do not retain: it is the key that keeps a value alive.
func loosenEphemerons(g *graph.Graph, jobs int) {
	tableOf := findEphemerons(g, jobs)
	if len(tableOf) == 0 {
		return
	}
	tables := map[uint64]bool{}
	var few [1 << 10]uint64 // a bit for the hash of each table, so that hardly a node needs the map
	for _, id := range tableOf {
		tables[id] = true
		h := uint32(id) * 0x9E3779B1 >> 16
		few[h>>6] |= 1 << (h & 63)
	}
	crew.Halves(jobs, g.NumNodes(), func(_, from, to int) {
		for n := graph.NodeID(from); n < graph.NodeID(to); n++ {
			h := g.ID.Lo[n] * 0x9E3779B1 >> 16
			if few[h>>6]>>(h&63)&1 != 0 && tables[g.ID.At(n)] {
				loosenTable(g, n, tableOf)
			}
		}
	})
}

// findEphemerons returns the tables that names of edges are about.
func findEphemerons(g *graph.Graph, jobs int) map[graph.StringID]uint64 {
	var found [2]map[graph.StringID]uint64
	crew.Halves(jobs, g.Strings.Len(), func(half, from, to int) {
		out := map[graph.StringID]uint64{}
		for s := graph.StringID(from); s < graph.StringID(to); s++ {
			if _, table, ok := ephemeron(g.Strings.Bytes(s)); ok {
				out[s] = table
			}
		}
		found[half] = out
	})
	maps.Copy(found[0], found[1])
	return found[0]
}

// loosenTable loosens the edges of a table to the values of its entries.
func loosenTable(g *graph.Graph, table graph.NodeID, tableOf map[graph.StringID]uint64) {
	id := g.ID.At(table)
	from, to := g.Edges(table)
	for e := from; e < to; e++ {
		if g.Links[e].Type() != graph.InternalEdge {
			continue
		}
		if of, ok := tableOf[graph.StringID(g.Label(e))]; ok && of == id {
			g.Links[e] = g.Links[e].Loosened()
		}
	}
}
