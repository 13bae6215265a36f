package rules

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/heapdiff/heapdiff/graph"
)

// Interface is what DevTools makes of plain objects that have the same
// properties: a name such as {id, tags} for all that have at least these.
type Interface struct {
	Name       string
	Properties []string
	Count      int // plain objects that suggested it
}

// maxInterfaceName is how long a name may get before properties are left out,
// in UTF-16 units.
const maxInterfaceName = 120

// shapes are the different lists of properties that plain objects have.
type shapes struct {
	g     *graph.Graph   // nil once detached
	text  *graph.Strings // what the properties are called
	proto graph.StringID
	list  []shape
	props []graph.StringID // the lists, one behind the other
	index map[uint64][]graph.ClassID
	buf   []graph.StringID
	total int // plain objects
}

type shape struct {
	from, to uint32 // in props
	place    int32  // location of the objects, or -1
	count    int32
}

func (s *shapes) init(g *graph.Graph) {
	s.g, s.text, s.index = g, &g.Strings, map[uint64][]graph.ClassID{}
	s.proto = graph.StringID(g.Strings.Len())
	for id := range graph.StringID(g.Strings.Len()) {
		if string(g.Strings.Bytes(id)) == "__proto__" {
			s.proto = id
			break
		}
	}
}

func (s *shapes) len() int { return len(s.list) }

// of returns the shape of the plain object n, and counts it.
func (s *shapes) of(n graph.NodeID, place int32) graph.ClassID {
	g := s.g
	s.total++
	s.buf = s.buf[:0]
	hash := uint64(place+1)*0x9E3779B97F4A7C15 + 1
	from, to := g.Edges(n)
	for e := from; e < to; e++ {
		if g.Links[e].Type() == graph.PropertyEdge {
			id := graph.StringID(g.Label(e))
			s.buf = append(s.buf, id)
			hash = (hash ^ uint64(id)) * 0x9E3779B97F4A7C15
			hash ^= hash >> 29
		}
	}
	for _, id := range s.index[hash] {
		have := &s.list[id]
		if have.place == place && slices.Equal(s.props[have.from:have.to], s.buf) {
			have.count++
			return id
		}
	}
	id := graph.ClassID(len(s.list))
	at := uint32(len(s.props))
	s.props = append(s.props, s.buf...)
	s.list = append(s.list, shape{at, uint32(len(s.props)), place, 1})
	s.index[hash] = append(s.index[hash], id)
	return id
}

// detached returns the same shapes with texts of their own.
func (s *shapes) detached() shapes {
	text := &graph.Strings{}
	moved := map[graph.StringID]graph.StringID{}
	props := make([]graph.StringID, len(s.props))
	for i, id := range s.props {
		at, ok := moved[id]
		if !ok {
			at = text.Append(s.text.Bytes(id))
			moved[id] = at
		}
		props[i] = at
	}
	proto, ok := moved[s.proto]
	if !ok {
		proto = graph.StringID(text.Len())
	}
	return shapes{text: text, proto: proto, list: s.list, props: props, total: s.total}
}

// Interfaces returns the list DevTools infers: the names that at least two
// plain objects and one in a thousand suggest, most frequent first.
func (c *Classes) Interfaces() []Interface {
	s := &c.shapes
	byName := map[string]int{}
	var found []Interface
	for i := range s.list {
		name, properties := s.suggest(&s.list[i])
		if len(properties) == 0 {
			continue
		}
		at, ok := byName[name]
		if !ok {
			at = len(found)
			byName[name] = at
			found = append(found, Interface{Name: name, Properties: properties})
		}
		found[at].Count += int(s.list[i].count)
	}
	found = slices.DeleteFunc(found, func(i Interface) bool { return i.Count < 2 || i.Count*1000 < s.total })
	slices.SortStableFunc(found, func(a, b Interface) int { return b.Count - a.Count })
	return found
}

// suggest returns the interface that a shape's own properties make.
func (s *shapes) suggest(sh *shape) (name string, properties []string) {
	var b strings.Builder
	b.WriteByte('{')
	units := 1
	for _, id := range s.props[sh.from:sh.to] {
		if id == s.proto {
			continue
		}
		property := s.text.String(id)
		text := propertyText(property)
		n := utf16Length([]byte(text))
		if units > 1 && units+n > maxInterfaceName {
			break
		}
		if units > 1 {
			b.WriteString(", ")
			units += 2
		}
		b.WriteString(text)
		units += n
		properties = append(properties, property)
	}
	b.WriteByte('}')
	return b.String(), properties
}

// names returns the class name of each shape: that of the interface with most
// properties among those all of whose properties it has, or Object.
func (s *shapes) names(interfaces []Interface) []string {
	m := newMatcher(s, interfaces)
	out := make([]string, len(s.list))
	for i := range s.list {
		out[i] = m.name(s.props[s.list[i].from:s.list[i].to])
	}
	return out
}

// matcher looks interfaces up by one of their properties, the one that fewest
// of them have.
type matcher struct {
	interfaces []Interface
	ids        [][]graph.StringID         // interface -> its properties in this heap; nil if it lacks one
	by         map[graph.StringID][]int32 // property -> interfaces to try, best first
	has        map[graph.StringID]int     // property -> how often the object at hand has it
}

func newMatcher(s *shapes, interfaces []Interface) *matcher {
	wanted := map[string]int{}
	for _, i := range interfaces {
		for _, p := range i.Properties {
			wanted[p]++
		}
	}
	idOf := map[string]graph.StringID{}
	checked := map[graph.StringID]bool{}
	for _, id := range s.props {
		if !checked[id] {
			checked[id] = true
			if text := string(s.text.Bytes(id)); wanted[text] > 0 {
				idOf[text] = id
			}
		}
	}
	m := &matcher{interfaces: interfaces, ids: make([][]graph.StringID, len(interfaces)), by: map[graph.StringID][]int32{}, has: map[graph.StringID]int{}}
	for i, iface := range interfaces {
		var ids []graph.StringID
		rarest := ""
		for _, p := range iface.Properties {
			id, ok := idOf[p]
			if !ok {
				ids = nil
				break
			}
			ids = append(ids, id)
			if rarest == "" || wanted[p] < wanted[rarest] {
				rarest = p
			}
		}
		if m.ids[i] = ids; ids != nil {
			m.by[idOf[rarest]] = append(m.by[idOf[rarest]], int32(i))
		}
	}
	for _, list := range m.by {
		sort.SliceStable(list, func(a, b int) bool {
			return len(interfaces[list[a]].Properties) > len(interfaces[list[b]].Properties)
		})
	}
	return m
}

func (m *matcher) name(properties []graph.StringID) string {
	clear(m.has)
	for _, id := range properties {
		m.has[id]++
	}
	best := int32(-1)
	for id := range m.has {
		for _, i := range m.by[id] {
			if best >= 0 && !m.better(i, best) {
				if len(m.ids[i]) < len(m.ids[best]) {
					break
				}
				continue
			}
			if m.all(m.ids[i]) {
				best = i
			}
		}
	}
	if best < 0 {
		return "Object"
	}
	return m.interfaces[best].Name
}

// better reports whether interface a goes before b.
func (m *matcher) better(a, b int32) bool {
	if d := len(m.ids[a]) - len(m.ids[b]); d != 0 {
		return d > 0
	}
	return a < b
}

// all reports whether the object has all these properties. Symbols of one
// description look like one property; the object must have it as often.
func (m *matcher) all(ids []graph.StringID) bool {
	found := 0
	for _, id := range ids {
		if m.has[id] == 0 {
			break
		}
		m.has[id]--
		found++
	}
	for _, id := range ids[:found] {
		m.has[id]++
	}
	return found == len(ids)
}

// propertyText writes a property as it stands in a name: as a JSON string if it
// has one of the characters that names are made with.
func propertyText(p string) string {
	if !strings.ContainsAny(p, `,'"{}`) {
		return p
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(p); {
		r, size := utf8.DecodeRuneInString(p[i:])
		switch {
		case r == utf8.RuneError && size == 1: // half of a surrogate pair, in generalised UTF-8
			if i+3 <= len(p) && p[i] == 0xED {
				unit := rune(p[i]&0x0F)<<12 | rune(p[i+1]&0x3F)<<6 | rune(p[i+2]&0x3F)
				b.WriteString(escapeUnit(unit))
				i += 3
				continue
			}
			b.WriteByte(p[i])
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20:
			if i := strings.IndexRune("\b\f\n\r\t", r); i >= 0 {
				b.WriteString(`\` + "bfnrt"[i:i+1])
			} else {
				b.WriteString(escapeUnit(r))
			}
		default:
			b.WriteString(p[i : i+size])
		}
		i += size
	}
	b.WriteByte('"')
	return b.String()
}

func escapeUnit(unit rune) string {
	const hex = "0123456789abcdef"
	return `\u` + string([]byte{hex[unit>>12&15], hex[unit>>8&15], hex[unit>>4&15], hex[unit&15]})
}

// utf16Length returns the length of s as JavaScript counts it.
func utf16Length(s []byte) int {
	n := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRune(s[i:])
		if r == utf8.RuneError && size == 1 && s[i] == 0xED {
			size = min(3, len(s)-i)
		}
		if n++; r > 0xFFFF {
			n++
		}
		i += size
	}
	return n
}
