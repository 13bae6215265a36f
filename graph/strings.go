package graph

import "github.com/heapdiff/heapdiff/internal/raw"

// Strings is a table of strings in one piece of memory. Text is UTF-8; a lone
// UTF-16 surrogate, which JavaScript strings may hold, stands in its three-byte
// generalised form, so that different strings stay different.
type Strings struct {
	text []byte
	end  []uint32 // string -> offset behind its text, relative to base[string>>blockShift]
	base []uint64 // block of strings -> offset of its first text
}

// blockShift is chosen so that 64 strings of [MaxString] bytes stay below 4 GiB.
const blockShift = 6

// MaxString is how long a string may be, in bytes.
const MaxString = 1<<26 - 1

// Len returns the number of strings.
func (s *Strings) Len() int { return len(s.end) }

// Size returns the bytes of text.
func (s *Strings) Size() int { return len(s.text) }

// Bytes returns the text of string i, to be read only; nil if there is none.
func (s *Strings) Bytes(i StringID) []byte {
	if int(i) >= len(s.end) {
		return nil
	}
	base := s.base[i>>blockShift]
	from := base
	if i&(1<<blockShift-1) != 0 {
		from += uint64(s.end[i-1])
	}
	return s.text[from : base+uint64(s.end[i])]
}

// String returns the text of string i.
func (s *Strings) String(i StringID) string { return string(s.Bytes(i)) }

// Append adds a string and returns its index.
func (s *Strings) Append(text []byte) StringID {
	s.text = append(s.text, text...)
	return s.seal()
}

// Grow makes room for n more strings of size bytes in all.
func (s *Strings) Grow(n, size int) {
	s.end = append(raw.Room[uint32](len(s.end)+n), s.end...)
	s.text = append(raw.Room[byte](len(s.text)+size), s.text...)
}

// Open gives the text so far to a writer that appends the next string in place;
// Close takes it back and ends the string. Between the two s must not be used.
func (s *Strings) Open() []byte { return s.text }

// Close ends the string begun by [Strings.Open] and returns its index.
func (s *Strings) Close(text []byte) StringID {
	s.text = text
	return s.seal()
}

func (s *Strings) seal() StringID {
	i := len(s.end)
	if i&(1<<blockShift-1) == 0 {
		start := uint64(0)
		if i > 0 {
			start = s.base[len(s.base)-1] + uint64(s.end[i-1])
		}
		s.base = append(s.base, start)
	}
	s.end = append(s.end, uint32(uint64(len(s.text))-s.base[len(s.base)-1]))
	return StringID(i)
}
