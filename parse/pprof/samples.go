package pprof

// samples are the messages of all samples, each behind its length, in pieces.
type samples struct {
	pieces [][]byte
	count  int
	size   int64 // bytes
}

const pieceSize = 1 << 20

// room returns where n more bytes are to be put.
func (s *samples) room(n int) []byte {
	if len(s.pieces) == 0 || cap(s.pieces[len(s.pieces)-1])-len(s.pieces[len(s.pieces)-1]) < n {
		s.pieces = append(s.pieces, make([]byte, 0, max(pieceSize, n)))
	}
	last := &s.pieces[len(s.pieces)-1]
	at := len(*last)
	*last = (*last)[:at+n]
	s.size += int64(n)
	return (*last)[at : at+n]
}

// add keeps one message.
func (s *samples) add(body []byte) {
	size := len(body)
	n := 1
	for v := size; v >= 0x80; v >>= 7 {
		n++
	}
	to := s.room(n + size)
	for i := range n {
		to[i] = byte(size) | 0x80
		size >>= 7
	}
	to[n-1] &^= 0x80
	copy(to[n:], body)
	s.count++
}

// Sample is one stack and what was measured of it. It is good until the next.
type Sample struct {
	Locations []uint32 // rows, the leaf first
	Values    []int64  // one a sample type
	// Size is the size of one object in bytes, if the producer says it (Go does);
	// 0 if not.
	Size   int64
	Labels [][]byte // undecoded labels: see Profile.LabelsOf

	ids []uint64
}

// Samples goes through all samples, in the order of the file.
func (p *Profile) Samples(yield func(*Sample) bool) {
	s := &Sample{Values: make([]int64, len(p.SampleTypes))}
	for _, piece := range p.samples.pieces {
		for at := 0; at < len(piece); {
			size, from := uvarint(piece, at)
			at = from + int(size)
			p.decode(s, piece[from:at])
			if !yield(s) {
				return
			}
		}
	}
}

// decode reads a sample that was checked before.
func (p *Profile) decode(s *Sample, body []byte) {
	s.Locations, s.Labels, s.Size = s.Locations[:0], s.Labels[:0], 0
	clear(s.Values)
	value := 0
	m := message{b: body}
	for m.next() {
		switch m.field {
		case 1:
			if m.typ == wireBytes && p.rows.dense != nil {
				s.Locations = p.rows.appendRows(s.Locations, m.body)
				continue
			}
			s.ids = m.numbers(s.ids[:0])
			for _, id := range s.ids {
				row, _ := p.rows.find(id)
				s.Locations = append(s.Locations, row)
			}
		case 2:
			s.ids = m.numbers(s.ids[:0])
			for _, v := range s.ids {
				if value < len(s.Values) {
					s.Values[value] = int64(v)
				}
				value++
			}
		case 3:
			s.Labels = append(s.Labels, m.body)
			if key, num := labelNumber(m.body); key == p.rows.sizeKey {
				s.Size = num
			}
		}
	}
	s.Locations = p.prune(s.Locations)
}

// labelNumber reads the key and the number of a label.
func labelNumber(body []byte) (key, num int64) {
	m := message{b: body}
	for m.next() {
		switch m.field {
		case 1:
			key = int64(m.v)
		case 3:
			num = int64(m.v)
		}
	}
	return key, num
}

// idTable finds the row of a location by its id.
type idTable struct {
	dense  []uint32 // id -> row + 1
	sparse map[uint64]uint32

	sizeKey int64 // the string that is the key of the size of objects, -1 if none
	pruned  bool  // whether any location is cut
}

// newIDTable numbers ids. Producers count from 1, so that a slice will do; those
// who use addresses as ids get a map.
func newIDTable(locations []location) idTable {
	var t idTable
	most := uint64(0)
	for i := range locations {
		most = max(most, locations[i].id)
	}
	if most < 4*uint64(len(locations))+1024 {
		t.dense = make([]uint32, most+1)
		for i := range locations {
			t.dense[locations[i].id] = uint32(i) + 1
		}
		return t
	}
	t.sparse = make(map[uint64]uint32, len(locations))
	for i := range locations {
		t.sparse[locations[i].id] = uint32(i)
	}
	return t
}

func (t *idTable) find(id uint64) (row uint32, ok bool) {
	if t.dense != nil {
		if id >= uint64(len(t.dense)) || t.dense[id] == 0 {
			return 0, false
		}
		return t.dense[id] - 1, true
	}
	row, ok = t.sparse[id]
	return row, ok
}

// appendRows is find for packed ids that are known to be there.
func (t *idTable) appendRows(to []uint32, packed []byte) []uint32 {
	for at := 0; at < len(packed); {
		id := uint64(packed[at])
		at++
		if id >= 0x80 {
			id, at = uvarint(packed, at-1)
		}
		to = append(to, t.dense[id]-1)
	}
	return to
}
