package inspect

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/raw"
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
	if c.count == 0 || n < c.sample {
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
		byName = make([]uint32, s.Strings.Len()) // text -> strings that have it, and then its row + 1
		joined = newJoined(s.Graph)              // texts that are joined or cut off
	)
	s.eachText(func(n graph.NodeID) { byName[s.Name[n]]++ }, joined.add)
	joined.index()
	likely := graph.NewBits(len(byName)) // texts that are likely among the joined ones
	several := 0                         // texts that more than one string may have
	for id, count := range byName {
		s.yield(id)
		expected := count > 0 && joined.expect(s.Strings.Bytes(graph.StringID(id)))
		if expected {
			likely.Add(graph.NodeID(id))
		}
		if expected || count > 1 {
			several++
		}
	}
	joined.sort()
	groups := raw.Room[copies](several)
	for id, count := range byName {
		s.yield(id)
		byName[id] = 0
		if count == 0 {
			continue
		}
		var same []joinedText
		if likely.Has(graph.NodeID(id)) {
			same = joined.of(s.Strings.Bytes(graph.StringID(id)))
		}
		if count == 1 && len(same) == 0 {
			continue
		}
		var g copies
		for i := range same {
			g.add(same[i].node, s.Self.At(same[i].node))
			same[i].counted = true
		}
		groups = append(groups, g)
		byName[id] = uint32(len(groups))
	}
	s.eachText(func(n graph.NodeID) {
		if row := byName[s.Name[n]]; row > 0 {
			groups[row-1].add(n, s.Self.At(n))
		}
	}, nil)
	joined.each(func(same []joinedText) {
		var g copies
		for _, text := range same {
			g.add(text.node, s.Self.At(text.node))
		}
		groups = append(groups, g)
	})
	return s.worst(groups)
}

// eachText calls whole with the strings whose text is their name, and joined, if
// it is not nil, with what tells the texts of all others apart.
func (s *subject) eachText(whole func(graph.NodeID), joined func(text []byte, n graph.NodeID)) {
	cutOff := s.findLabel("truncated")
	var text []byte
	for n, t := range s.Type {
		s.yield(n)
		n := graph.NodeID(n)
		if t != graph.String && t != graph.ConsString || s.Self.At(n) == 0 {
			continue
		}
		if t == graph.ConsString {
			if joined != nil && !rules.IsFlattened(s.Graph, n) {
				text = rules.AppendText(text[:0], s.Graph, n)
				joined(text, n)
			}
			continue
		}
		if cutOff != noLabel && s.hasLabel(n, cutOff) {
			if key, ok := s.cutOff(n); ok {
				if joined != nil {
					joined([]byte(key), n)
				}
				continue
			}
		}
		whole(n)
	}
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
