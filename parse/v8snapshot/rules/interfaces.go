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
	g     *graph.Graph     // nil once detached
	text  *graph.Strings   // what the properties are called
	names []graph.StringID // property -> its name
	proto property         // __proto__, or absent
	list  []shape
	props []property // the lists, one behind the other
	total int        // plain objects

	numbers map[graph.StringID]property // name -> property
	index   map[uint64][]graph.ClassID  // hash -> shapes
	buf     []graph.StringID
}

// property numbers the different properties.
type property uint32

const absent = ^property(0)

type shape struct {
	from, to uint32 // in props
	place    int32  // location of the objects, or -1
	count    int32
}

func (s *shapes) init(g *graph.Graph) {
	s.g, s.text, s.proto = g, &g.Strings, absent
	s.numbers, s.index = map[graph.StringID]property{}, map[uint64][]graph.ClassID{}
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
		if have.place == place && s.isOf(s.props[have.from:have.to], s.buf) {
			have.count++
			return id
		}
	}
	id := s.add(place, 1, s.buf)
	s.index[hash] = append(s.index[hash], id)
	return id
}

// isOf reports whether properties have these names.
func (s *shapes) isOf(list []property, names []graph.StringID) bool {
	if len(list) != len(names) {
		return false
	}
	for i, p := range list {
		if s.names[p] != names[i] {
			return false
		}
	}
	return true
}

// add makes a shape of properties of these names.
func (s *shapes) add(place, count int32, names []graph.StringID) graph.ClassID {
	from := uint32(len(s.props))
	for _, name := range names {
		p, ok := s.numbers[name]
		if !ok {
			p = property(len(s.names))
			s.numbers[name] = p
			s.names = append(s.names, name)
			if string(s.text.Bytes(name)) == "__proto__" {
				s.proto = p
			}
		}
		s.props = append(s.props, p)
	}
	s.list = append(s.list, shape{from, uint32(len(s.props)), place, count})
	return graph.ClassID(len(s.list) - 1)
}

// nameOf returns what a property is called.
func (s *shapes) nameOf(p property) []byte { return s.text.Bytes(s.names[p]) }

// detached returns the same shapes with texts of their own.
func (s *shapes) detached() shapes {
	text, names := &graph.Strings{}, make([]graph.StringID, len(s.names))
	for p := range s.names {
		names[p] = text.Append(s.nameOf(property(p)))
	}
	return shapes{text: text, names: names, proto: s.proto, list: s.list, props: s.props, total: s.total}
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
func (s *shapes) suggest(sh *shape) (class string, properties []string) {
	var b strings.Builder
	b.WriteByte('{')
	units := 1
	for _, p := range s.props[sh.from:sh.to] {
		if p == s.proto {
			continue
		}
		name := string(s.nameOf(p))
		text := propertyText(name)
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
		properties = append(properties, name)
	}
	b.WriteByte('}')
	return b.String(), properties
}

// classNames returns the class name of each shape: that of the interface with
// most properties among those all of whose properties it has, or Object.
func (s *shapes) classNames(interfaces []Interface) []string {
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
	needs      [][]property // interface -> its properties in this heap; nil if it lacks one
	by         [][]int32    // property -> interfaces to try, best first
	has        []int32      // property -> how often the object at hand has it
}

func newMatcher(s *shapes, interfaces []Interface) *matcher {
	wanted := map[string]int{}
	var likely [64][256]bool // length and last byte, so that few names have to be looked up
	of := func(n int, last byte) *bool { return &likely[min(n, 63)][last] }
	for _, i := range interfaces {
		for _, p := range i.Properties {
			if wanted[p]++; p != "" {
				*of(len(p), p[len(p)-1]) = true
			}
		}
	}
	found := make(map[string]property, len(wanted))
	for p := range s.names {
		name := s.nameOf(property(p))
		if n := len(name); n > 0 && !*of(n, name[n-1]) {
			continue
		}
		if wanted[string(name)] > 0 {
			found[string(name)] = property(p)
		}
	}
	m := &matcher{
		interfaces: interfaces, needs: make([][]property, len(interfaces)),
		by: make([][]int32, len(s.names)), has: make([]int32, len(s.names)),
	}
	for i, iface := range interfaces {
		var needs []property
		rarest := ""
		for _, name := range iface.Properties {
			p, ok := found[name]
			if !ok {
				needs = nil
				break
			}
			needs = append(needs, p)
			if rarest == "" || wanted[name] < wanted[rarest] {
				rarest = name
			}
		}
		if m.needs[i] = needs; needs != nil {
			by := &m.by[found[rarest]]
			*by = append(*by, int32(i))
		}
	}
	for _, list := range m.by {
		sort.SliceStable(list, func(a, b int) bool {
			return len(interfaces[list[a]].Properties) > len(interfaces[list[b]].Properties)
		})
	}
	return m
}

func (m *matcher) name(properties []property) string {
	for _, p := range properties {
		m.has[p]++
	}
	best := int32(-1)
	for _, p := range properties {
		for _, i := range m.by[p] {
			if best >= 0 && !m.isBetter(i, best) {
				if len(m.needs[i]) < len(m.needs[best]) {
					break
				}
				continue
			}
			if m.hasAll(m.needs[i]) {
				best = i
			}
		}
	}
	for _, p := range properties {
		m.has[p] = 0
	}
	if best < 0 {
		return "Object"
	}
	return m.interfaces[best].Name
}

// isBetter reports whether interface a goes before b.
func (m *matcher) isBetter(a, b int32) bool {
	if d := len(m.needs[a]) - len(m.needs[b]); d != 0 {
		return d > 0
	}
	return a < b
}

// hasAll reports whether the object at hand has all these properties. Symbols of
// one description look like one property; the object must have it as often.
func (m *matcher) hasAll(needs []property) bool {
	found := 0
	for _, p := range needs {
		if m.has[p] == 0 {
			break
		}
		m.has[p]--
		found++
	}
	for _, p := range needs[:found] {
		m.has[p]++
	}
	return found == len(needs)
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
