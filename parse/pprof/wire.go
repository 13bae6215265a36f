package pprof

import "math"

// The wire types of protocol buffers.
const (
	wireVarint = 0
	wireFixed8 = 1
	wireBytes  = 2
	wireFixed4 = 5
)

// uvarint reads a varint at b[at:]. next is behind it, or -1 if it does not end
// or does not fit 64 bits.
func uvarint(b []byte, at int) (v uint64, next int) {
	if at < len(b) && b[at] < 0x80 {
		return uint64(b[at]), at + 1
	}
	for shift := uint(0); at < len(b); shift += 7 {
		c := b[at]
		at++
		if shift == 63 && c > 1 {
			return 0, -1
		}
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v, at
		}
	}
	return 0, -1
}

// message goes through the fields of one message.
type message struct {
	b  []byte
	at int

	field int    // number of the field at hand
	typ   int    // its wire type
	v     uint64 // its value, if it is a number
	body  []byte // its bytes, if it has a length
	bad   string // what is wrong; empty if nothing
}

// next moves to the next field; it returns false at the end and at what is wrong.
func (m *message) next() bool {
	if m.at >= len(m.b) || m.bad != "" {
		return false
	}
	tag, at := uvarint(m.b, m.at)
	if at < 0 || tag>>3 == 0 || tag>>3 > math.MaxInt32 {
		return m.fail("a field that cannot be")
	}
	m.field, m.typ, m.v, m.body = int(tag>>3), int(tag&7), 0, nil
	switch m.typ {
	case wireVarint:
		if m.v, at = uvarint(m.b, at); at < 0 {
			return m.fail("a number that does not end")
		}
	case wireBytes:
		var size uint64
		if size, at = uvarint(m.b, at); at < 0 || size > uint64(len(m.b)-at) {
			return m.fail("a length beyond the end")
		}
		m.body = m.b[at : at+int(size)]
		at += int(size)
	case wireFixed8, wireFixed4:
		size := 8
		if m.typ == wireFixed4 {
			size = 4
		}
		if size > len(m.b)-at {
			return m.fail("a number cut short")
		}
		at += size
	default:
		return m.fail("a field of a type that is not used")
	}
	m.at = at
	return true
}

func (m *message) fail(what string) bool {
	m.bad = what
	return false
}

// numbers appends the values of a repeated number, packed or one at a time.
func (m *message) numbers(to []uint64) []uint64 {
	if m.typ == wireVarint {
		return append(to, m.v)
	}
	for at := 0; at < len(m.body); {
		var v uint64
		if v, at = uvarint(m.body, at); at < 0 {
			m.fail("a number that does not end")
			return to
		}
		to = append(to, v)
	}
	return to
}
