package inspect

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"hash/maphash"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse/v8snapshot/rules"
)

// copies are the strings of one text. Wasted is what all but the largest weigh.
type copies struct {
	count   int
	size    uint64
	largest uint64
	sample  graph.NodeID
}

func (c *copies) add(n graph.NodeID, size uint64) {
	if c.count == 0 {
		c.sample = n
	}
	c.count++
	c.size += size
	c.largest = max(c.largest, size)
}

// duplicates finds strings of equal text, as DevTools does: strings and
// concatenated strings that weigh something. A snapshot holds each text once,
// so the index of a string's name stands for its text.
func (s *subject) duplicates() Duplicates {
	var (
		byName  = make([]uint32, s.Strings.Len()) // text -> its row + 1
		groups  []copies
		special = map[textHash]*copies{} // of texts that are joined or cut off
		hasher  = newTextHasher()
		cutOff  = s.findLabel("truncated")
	)
	for n, t := range s.Type {
		n := graph.NodeID(n)
		size := s.Self.At(n)
		if t != graph.String && t != graph.ConsString || size == 0 {
			continue
		}
		if t == graph.ConsString {
			if rules.IsFlattened(s.Graph, n) {
				continue
			}
			put(special, hasher.of([]byte(rules.NodeName(s.Graph, n))), n, size)
			continue
		}
		if cutOff != noLabel && s.hasLabel(n, cutOff) {
			if cut, ok := s.cutOff(n); ok {
				put(special, hasher.of([]byte(cut)), n, size)
				continue
			}
		}
		row := &byName[s.Name[n]]
		if *row == 0 {
			groups = append(groups, copies{})
			*row = uint32(len(groups))
		}
		groups[*row-1].add(n, size)
	}
	if len(special) > 0 { // joined texts may be those of other strings
		for id, row := range byName {
			if row == 0 {
				continue
			}
			if joined := special[hasher.of(s.Strings.Bytes(graph.StringID(id)))]; joined != nil {
				g := &groups[row-1]
				g.count += joined.count
				g.size += joined.size
				g.largest = max(g.largest, joined.largest)
				joined.count = 0
			}
		}
		for _, g := range special {
			groups = append(groups, *g)
		}
	}
	return s.worst(groups)
}

// textHash stands for a text: 128 bits, so that two texts of one hash will not be met.
type textHash [2]uint64

type textHasher [2]maphash.Seed

func newTextHasher() textHasher { return textHasher{maphash.MakeSeed(), maphash.MakeSeed()} }

func (h textHasher) of(text []byte) textHash {
	return textHash{maphash.Bytes(h[0], text), maphash.Bytes(h[1], text)}
}

func put(groups map[textHash]*copies, key textHash, n graph.NodeID, size uint64) {
	g := groups[key]
	if g == nil {
		g = &copies{}
		groups[key] = g
	}
	g.add(n, size)
}

// noLabel stands for a label that no edge has.
const noLabel = ^graph.StringID(0)

// findLabel returns the string of a text, or noLabel.
func (s *subject) findLabel(text string) graph.StringID {
	for id := range graph.StringID(s.Strings.Len()) {
		if string(s.Strings.Bytes(id)) == text {
			return id
		}
	}
	return noLabel
}

// hasLabel reports whether an internal edge of n has the label.
func (s *subject) hasLabel(n graph.NodeID, label graph.StringID) bool {
	from, to := s.Edges(n)
	for e := from; e < to; e++ {
		if s.Links[e].Type() == graph.InternalEdge && graph.StringID(s.Label(e)) == label {
			return true
		}
	}
	return false
}

// cutOff reports whether the snapshot has only the beginning of a string, and
// returns what tells it from others that begin so. The key cannot be the text
// of a string that is whole: those are shorter.
func (s *subject) cutOff(n graph.NodeID) (key string, ok bool) {
	from, to := s.Edges(n)
	if from == to {
		return "", false
	}
	var length, hash string
	for e := from; e < to; e++ {
		if s.Links[e].Type() != graph.InternalEdge {
			continue
		}
		switch value := s.number(s.Links[e].To()); string(s.Strings.Bytes(graph.StringID(s.Label(e)))) {
		case "truncated":
			ok = value == "true"
		case "length":
			length = value
		case "hash":
			hash = value
		}
	}
	return s.NodeName(n) + "\x00" + length + "\x00" + hash, ok
}

// number returns the value that a node stands for, as the file has it.
func (s *subject) number(n graph.NodeID) string {
	from, to := s.Edges(n)
	for e := from; e < to; e++ {
		if s.Links[e].Type() == graph.InternalEdge && string(s.Strings.Bytes(graph.StringID(s.Label(e)))) == "value" {
			return s.NodeName(s.Links[e].To())
		}
	}
	return s.NodeName(n)
}

// worst adds the groups up and describes those that waste most.
func (s *subject) worst(groups []copies) Duplicates {
	var d Duplicates
	groups = slices.DeleteFunc(groups, func(g copies) bool { return g.count < 2 })
	for i := range groups {
		d.Texts++
		d.Copies += groups[i].count
		d.Wasted += groups[i].wasted()
	}
	slices.SortFunc(groups, func(a, b copies) int {
		return cmp.Or(cmp.Compare(b.wasted(), a.wasted()), cmp.Compare(b.count, a.count), cmp.Compare(a.sample, b.sample))
	})
	for _, g := range groups[:min(len(groups), or(s.options.Duplicates, 20))] {
		text := rules.NodeName(s.Graph, g.sample)
		sum := sha256.Sum256([]byte(text))
		row := Duplicate{Length: units(text), Copies: g.count, Wasted: g.wasted(), SHA: hex.EncodeToString(sum[:4])}
		if s.options.ShowStrings {
			row.Text = strings.ToValidUTF8(text, "\uFFFD")
		}
		d.Worst = append(d.Worst, row)
	}
	return d
}

func (c *copies) wasted() uint64 { return c.size - c.largest }

// units is the length of a text in UTF-16 units.
func units(text string) int {
	n := 0
	for _, r := range text {
		if n++; r > 0xFFFF && r != utf8.RuneError {
			n++
		}
	}
	return n
}
