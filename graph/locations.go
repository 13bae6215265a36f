package graph

import "math/bits"

// Location is a place in a script. Lines and columns count from 0.
type Location struct {
	Script, Line, Column int32
}

// Locations says where the constructors of objects and the literals of closures
// stand. A node in seven has one, so there is a bit for every node and a row for
// each that is set: the row of a node is the number of bits before its own.
type Locations struct {
	bit    []uint64 // node/64 -> which of 64 nodes have a location
	before []uint32 // node/64 -> rows before them
	place  []uint32 // row -> index into table
	table  []Location
}

// NewLocations puts the places of nodes together: node[i] is at table[place[i]].
// Rows may come in any order; of several for one node the last counts.
func NewLocations(nodes int, node []NodeID, place []uint32, table []Location) Locations {
	l := Locations{bit: make([]uint64, nodes/64+1), before: make([]uint32, nodes/64+1), table: table}
	for _, n := range node {
		l.bit[n/64] |= 1 << (n % 64)
	}
	var rows uint32
	for i, word := range l.bit {
		l.before[i] = rows
		rows += uint32(bits.OnesCount64(word))
	}
	l.place = make([]uint32, rows)
	for i, n := range node {
		l.place[l.row(n)] = place[i]
	}
	return l
}

func (l *Locations) row(n NodeID) uint32 {
	return l.before[n/64] + uint32(bits.OnesCount64(l.bit[n/64]&(1<<(n%64)-1)))
}

// Len returns how many nodes have a location.
func (l *Locations) Len() int { return len(l.place) }

// Table returns the different places, to be read only.
func (l *Locations) Table() []Location { return l.table }

// Place returns the index of the location of n in the table, or -1.
func (l *Locations) Place(n NodeID) int32 {
	if int(n/64) >= len(l.bit) || l.bit[n/64]>>(n%64)&1 == 0 {
		return -1
	}
	return int32(l.place[l.row(n)])
}

// Of returns the location of n and whether it has one.
func (l *Locations) Of(n NodeID) (Location, bool) {
	place := l.Place(n)
	if place < 0 {
		return Location{}, false
	}
	return l.table[place], true
}
