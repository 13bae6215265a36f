package growth

import (
	"hash/maphash"
	"math/bits"
	"regexp"
	"slices"
	"unsafe"

	"github.com/heapdiff/heapdiff/graph"
)

// labels are the names that signatures are made of: of edges, or of classes.
// They own their text, so that they outlive the graph it came from.
type labels struct {
	text   []string // label -> what tells it from others
	shown  []string // label -> what a person reads
	flags  []labelFlags
	hashes []uint32 // label -> hash of its text
	slots  []uint32 // hash table: label + 1; none if the texts are sorted
	rest   uint32   // what stands for all labels beyond maxLabels
	room   []byte   // for texts
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
	runs                             // functions, and what generators and modules run as

	// Of edges.
	named    // a name that a programmer chose
	entry    // one of many: an element, an entry, a masked key
	internal // a name that the engine chose
	slow     // followed when what needs no such edge has been
	proto    // to a prototype: nothing that anybody counts
	late     // followed only when all others have been
)

// labelsOf is how many labels a heap has, about.
func labelsOf(g *graph.Graph) int { return min(g.Strings.Len()/8, 1<<15) }

// restoreLabels returns those of texts, which must be sorted.
func restoreLabels(texts []string, flags []labelFlags) *labels {
	return &labels{text: texts, shown: texts, flags: flags}
}

func newLabels(some int) *labels {
	return &labels{
		text: make([]string, 0, some), shown: make([]string, 0, some), flags: make([]labelFlags, 0, some), hashes: make([]uint32, 0, some),
		slots: make([]uint32, 2<<bits.Len(uint(some))),
	}
}

// put returns the label of that text, which it keeps.
func (l *labels) put(text, shown string, flags labelFlags) uint32 {
	id, hash, slot := l.find(text)
	if id == absent {
		if shown == text {
			shown = text // one piece of memory does for both
		}
		return l.add(text, shown, flags, hash, slot)
	}
	if l.shown[id] != shown {
		l.shown[id] = l.text[id] // more than one name became this label
	}
	return id
}

// putBytes is put for texts that the caller goes on using.
func (l *labels) putBytes(text, shown []byte, flags labelFlags) uint32 {
	id, hash, slot := l.find(unsafe.String(unsafe.SliceData(text), len(text)))
	if id == absent {
		if len(l.text) >= maxLabels {
			return l.rest
		}
		kept := l.keep(text)
		if string(shown) == kept {
			return l.add(kept, kept, flags, hash, slot)
		}
		return l.add(kept, l.keep(shown), flags, hash, slot)
	}
	if l.shown[id] != string(shown) {
		l.shown[id] = l.text[id]
	}
	return id
}

// keep returns a copy of a text. Many of them share a piece of memory.
func (l *labels) keep(text []byte) string {
	if len(text) > cap(l.room)-len(l.room) {
		l.room = make([]byte, 0, max(len(text), 1<<14))
	}
	at := len(l.room)
	l.room = append(l.room, text...)
	return unsafe.String(unsafe.SliceData(l.room[at:]), len(text))
}

// find returns the label of a text, or absent and where it has to stand.
func (l *labels) find(text string) (id, hash, slot uint32) {
	hash = uint32(maphash.String(labelSeed, text))
	mask := uint32(len(l.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		at := l.slots[i]
		if at == 0 {
			return absent, hash, i
		}
		if l.hashes[at-1] == hash && l.text[at-1] == text {
			return at - 1, hash, i
		}
	}
}

// labelSeed makes hashes that no heap can be made for.
var labelSeed = maphash.MakeSeed()

func (l *labels) add(text, shown string, flags labelFlags, hash, slot uint32) uint32 {
	id := uint32(len(l.text))
	if id >= maxLabels {
		return l.rest
	}
	l.text, l.shown = append(l.text, text), append(l.shown, shown)
	l.flags, l.hashes = append(l.flags, flags), append(l.hashes, hash)
	l.slots[slot] = id + 1
	if len(l.text)*2 > len(l.slots) {
		l.rehash()
	}
	return id
}

func (l *labels) rehash() {
	l.slots = make([]uint32, len(l.slots)*2)
	mask := uint32(len(l.slots) - 1)
	for id, hash := range l.hashes {
		i := hash & mask
		for l.slots[i] != 0 {
			i = (i + 1) & mask
		}
		l.slots[i] = uint32(id) + 1
	}
}

// lookup returns the label of a text, or absent.
func (l *labels) lookup(text string) uint32 {
	if l.slots == nil {
		at, ok := slices.BinarySearch(l.text, text)
		if !ok {
			return absent
		}
		return uint32(at)
	}
	at, _, _ := l.find(text)
	return at
}

// translate maps the labels of l to those of other with the same text, or to
// absent.
func (l *labels) translate(other *labels) []uint32 {
	out := make([]uint32, len(l.text))
	for i := range out {
		out[i] = absent
	}
	for i, text := range other.text {
		if at := l.lookup(text); at != absent {
			out[at] = uint32(i)
		}
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
	if hasDigit(name) {
		name = maskNumbers(name)
	}
	for _, re := range m.extra {
		name = re.ReplaceAll(name, []byte("#"))
	}
	return name
}

func hasDigit(name []byte) bool {
	for _, c := range name {
		if isDigit(c) {
			return true
		}
	}
	return false
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
