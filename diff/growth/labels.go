package growth

import (
	"bytes"
	"regexp"
)

// labels are the names that signatures are made of: of edges, or of classes.
// They own their text, so that they outlive the graph it came from.
type labels struct {
	text  []string // label -> what tells it from others
	shown []string // label -> what a person reads
	flags []labelFlags
	index map[string]uint32
	rest  uint32 // what stands for all labels beyond maxLabels
}

// maxLabels bounds what names can cost, where a heap has made-up ones by the
// million.
const maxLabels = 1 << 19

// labelFlags say how a label is treated.
type labelFlags uint32

const (
	// Of classes.
	folded    labelFlags = 1 << iota // internals: part of what holds them
	runtime                          // of the engine: code, shapes, feedback
	leaf                             // values that hold nothing of interest, such as strings
	builtin                          // of the language: nesting them is no recursion
	system                           // of the heap's roots
	forgetful                        // the table of texts, which keeps none alive
	transient                        // roots of the code that runs at the moment
	contexty                         // the variables of a closure
	text                             // strings
	shadow                           // folded, and repeats the edges of what holds it
	buffer                           // bytes outside the heap
	module                           // ES modules
	cell                             // what a module keeps an exported variable in
	scoped                           // what has variables: functions, and modules being one

	// Of edges.
	named    // a name that a programmer chose
	entry    // one of many: an element, an entry, a masked key
	internal // a name that the engine chose
	slow     // followed when what needs no such edge has been
	proto    // to a prototype: nothing that anybody counts
	late     // followed only when all others have been
)

// someLabels is how many an ordinary heap has.
const someLabels = 1 << 12

func newLabels(some int) *labels { return &labels{index: make(map[string]uint32, some)} }

// put returns the label of that text, which it keeps.
func (l *labels) put(text, shown string, flags labelFlags) uint32 {
	if id, ok := l.index[text]; ok {
		if l.shown[id] != shown {
			l.shown[id] = text // more than one name became this label
		}
		return id
	}
	id := uint32(len(l.text))
	if id >= maxLabels {
		return l.rest
	}
	l.text = append(l.text, text)
	if shown == text {
		shown = text // one piece of memory does for both
	}
	l.shown = append(l.shown, shown)
	l.flags = append(l.flags, flags)
	l.index[text] = id
	return id
}

// translate maps the labels of l to those of other with the same text, or to
// absent.
func (l *labels) translate(other *labels) []uint32 {
	out := make([]uint32, len(l.text))
	for i, text := range l.text {
		id, ok := other.index[text]
		if !ok {
			id = absent
		}
		out[i] = id
	}
	return out
}

const absent = ^uint32(0)

// masker takes out of a name what differs from run to run: numbers, hashes,
// identifiers, and what the user said.
type masker struct{ extra []*regexp.Regexp }

// longest is where names are cut: what comes behind tells nothing apart that a
// person would.
const longest = 96

// mask replaces runs of two and more digits, and words of eight and more
// hexadecimal digits that are not words of letters alone, by #.
func (m *masker) mask(name []byte) []byte {
	if len(name) > longest {
		name = append(append([]byte(nil), name[:longest]...), "…"...)
	}
	if bytes.ContainsAny(name, "0123456789") {
		name = maskNumbers(name)
	}
	for _, re := range m.extra {
		name = re.ReplaceAll(name, []byte("#"))
	}
	return name
}

func maskNumbers(name []byte) []byte {
	out := make([]byte, 0, len(name))
	for i := 0; i < len(name); {
		digits, hex, letters := 0, 0, 0
		j := i
		for ; j < len(name) && isHex(name[j]); j++ {
			if hex++; isDigit(name[j]) {
				digits++
			} else {
				letters++
			}
		}
		if hex >= 8 && digits >= 2 && letters > 0 && (j == len(name) || !isLetter(name[j])) && (i == 0 || !isLetter(name[i-1])) {
			out = append(out, '#')
			i = j
			continue
		}
		if !isDigit(name[i]) {
			out = append(out, name[i])
			i++
			continue
		}
		for j = i; j < len(name) && isDigit(name[j]); j++ {
		}
		if j-i >= 2 {
			out = append(out, '#')
		} else {
			out = append(out, name[i])
		}
		i = j
	}
	return out
}

func isDigit(c byte) bool  { return c-'0' <= 9 }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isHex(c byte) bool    { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// cache finds the label of a name by the name's index in the graph. Names are
// nearly always used in one way, so that one column does for all: a label made
// in another way is looked up in a map.
type cache struct {
	column []uint32 // name -> the way that came first, and label + 1
	others map[uint64]uint32
}

// wayShift leaves room for maxLabels.
const wayShift = 24

func newCache(names int) cache {
	return cache{column: make([]uint32, names), others: map[uint64]uint32{}}
}

// find returns the label + 1, or 0 if it is not known.
func (c *cache) find(way, name uint32) uint32 {
	if id := c.column[name]; id>>wayShift == way {
		return id & (1<<wayShift - 1)
	}
	return c.others[uint64(way)<<32|uint64(name)]
}

// put remembers a label and returns it.
func (c *cache) put(way, name, label uint32) uint32 {
	if c.column[name] == 0 {
		c.column[name] = way<<wayShift | (label + 1)
	} else {
		c.others[uint64(way)<<32|uint64(name)] = label + 1
	}
	return label
}
