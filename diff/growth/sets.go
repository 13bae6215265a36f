package growth

import (
	"encoding/binary"
	"slices"
)

// setTable numbers the sets of points that occur. Set 0 is empty.
type setTable struct {
	members [][]uint32 // set -> points, ascending
	byKey   map[string]uint32
	unions  map[uint64]uint32
	singles []uint32 // point -> its set
}

func newSetTable() setTable {
	return setTable{members: [][]uint32{nil}, byKey: map[string]uint32{"": 0}, unions: map[uint64]uint32{}}
}

func (t *setTable) number(points []uint32) uint32 {
	key := make([]byte, 0, len(points)*4)
	for _, p := range points {
		key = binary.LittleEndian.AppendUint32(key, p)
	}
	id, ok := t.byKey[string(key)]
	if !ok {
		id = uint32(len(t.members))
		t.members = append(t.members, points)
		t.byKey[string(key)] = id
	}
	return id
}

func (t *setTable) single(point uint32) uint32 {
	for int(point) >= len(t.singles) {
		t.singles = append(t.singles, t.number([]uint32{uint32(len(t.singles))}))
	}
	return t.singles[point]
}

func (t *setTable) union(a, b uint32) uint32 {
	if a == b || b == 0 {
		return a
	}
	if a == 0 {
		return b
	}
	key := uint64(min(a, b))<<32 | uint64(max(a, b))
	if id, ok := t.unions[key]; ok {
		return id
	}
	both := append(slices.Clone(t.members[a]), t.members[b]...)
	slices.Sort(both)
	id := t.number(slices.Compact(both))
	t.unions[key] = id
	return id
}
