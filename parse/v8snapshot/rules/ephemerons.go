package rules

import (
	"bytes"
	"regexp"
	"strconv"

	"github.com/heapdiff/heapdiff/graph"
)

// V8 writes an entry of a WeakMap as two edges to the value, one from the key
// and one from the table, both named
//
//	12 / part of key (Object @345) -> value (Array @347) pair in WeakMap (table @349)
//
// JavaScript's dot does not match the four line terminators.
var ephemeronName = regexp.MustCompile(`^\d+( / part of key \([^\n\r\x{2028}\x{2029}]*? @\d+\) -> value \([^\n\r\x{2028}\x{2029}]*? @\d+\) pair in WeakMap \(table @(\d+)\))$`)

var ephemeronMark = []byte(" / part of key (")

// ephemeron takes such a name apart. The pair is what the two edges have in
// common: the name without its number.
func ephemeron(name []byte) (pair []byte, table uint64, ok bool) {
	if !looksEphemeral(name) {
		return nil, 0, false
	}
	m := ephemeronName.FindSubmatch(name)
	if m == nil {
		return nil, 0, false
	}
	table, err := strconv.ParseUint(string(m[2]), 10, 64)
	return m[1], table, err == nil
}

// looksEphemeral is a quick test that few other names pass.
func looksEphemeral(name []byte) bool {
	digits := 0
	for digits < len(name) && name[digits]-'0' <= 9 {
		digits++
	}
	return digits > 0 && bytes.HasPrefix(name[digits:], ephemeronMark)
}

// loosenEphemerons marks the edges from WeakMap tables to values as such that
// do not retain: it is the key that keeps a value alive.
func loosenEphemerons(g *graph.Graph) {
	tables := map[uint64]bool{}
	for s := range graph.StringID(g.Strings.Len()) {
		if _, table, ok := ephemeron(g.Strings.Bytes(s)); ok {
			tables[table] = true
		}
	}
	if len(tables) == 0 {
		return
	}
	var few [1 << 10]uint64 // a bit for the hash of each table, so that hardly a node needs the map
	for id := range tables {
		h := uint32(id) * 0x9E3779B1 >> 16
		few[h>>6] |= 1 << (h & 63)
	}
	for n := range graph.NodeID(g.NumNodes()) {
		h := g.ID.Lo[n] * 0x9E3779B1 >> 16
		if few[h>>6]>>(h&63)&1 == 0 {
			continue
		}
		id := g.ID.At(n)
		if !tables[id] {
			continue
		}
		from, to := g.Edges(n)
		for e := from; e < to; e++ {
			if g.Links[e].Type() != graph.InternalEdge {
				continue
			}
			if _, table, ok := ephemeron(g.Strings.Bytes(graph.StringID(g.Labels[e]))); ok && table == id {
				g.Links[e] = g.Links[e].Loosened()
			}
		}
	}
}
