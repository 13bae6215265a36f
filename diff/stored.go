package diff

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/kinds"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/heapdiff/heapdiff/parse/v8snapshot/rules"
	"github.com/heapdiff/heapdiff/paths"
)

// Stored is a heap reduced to what a comparison by structure needs, as plain
// data to be kept in a file. Several heaps can be added up; all numbers are sums
// over them. Its order is canonical.
type Stored struct {
	Format       string
	Heaps        uint64
	Nodes, Edges uint64
	Size, Extra  uint64 // bytes
	Form         StoredForm
	Classes      []StoredClass // those that are no shapes first
	Ways         []StoredWay   // how classes stand within each other
	Kinds        []StoredKind
	Tree         *growth.Stored
}

// StoredForm is how a snapshot was written.
type StoredForm struct{ Shapes, DOMStates, Owners, Numbers bool }

// StoredClass is a class, or a shape of plain objects whose class depends on the
// heap it is compared with.
type StoredClass struct {
	Name         string   // empty for a shape
	Properties   []string // of a shape
	Shape        bool
	Script       string // name of the script it is defined in; may be empty
	Line, Column int32  // counted from 0, if it is located
	Located      bool
	Count, Size  uint64
}

// StoredWay is a chain of classes within each other.
type StoredWay struct {
	Above    int32  // the way without its last class, -1 for none
	Class    uint32 // row of Classes
	Retained uint64 // bytes that objects retain which stand in this way
}

// StoredKind is a kind of package kinds.
type StoredKind struct {
	Name        string
	Count, Size uint64
}

// longestShape is how many properties a plain object may have to be taken as it
// is. What has more is used as a dictionary: of its keys only those are kept
// which others have as well.
const longestShape = 500

// Store returns the reduction as plain data. Growth must have been asked for.
func (r *Reduction) Store() (*Stored, error) {
	if r.tree == nil {
		return nil, errors.New("diff: growth was not asked for")
	}
	s := &Stored{
		Format: r.side.Format, Heaps: 1, Nodes: uint64(r.side.Nodes), Edges: uint64(r.side.Edges), Size: r.side.Size, Extra: r.side.Extra,
		Form: StoredForm{r.form.shapes, r.form.domStates, r.form.owners, r.form.numbers}, Tree: r.tree.Store(),
	}
	naming := r.sums.naming.Store()
	shortenDictionaries(naming)
	for p := range naming {
		c := &naming[p]
		class := StoredClass{Name: structuralName(c.Name), Properties: c.Properties, Shape: c.Shape, Count: uint64(r.sums.count[p]), Size: r.sums.size[p]}
		if c.Located {
			class.Located, class.Line, class.Column, class.Script = true, c.Location.Line, c.Location.Column, r.scripts[c.Location.Script]
		}
		s.Classes = append(s.Classes, class)
	}
	for k, kind := range kinds.All() {
		if sum := r.sums.kinds[k]; sum.count > 0 {
			s.Kinds = append(s.Kinds, StoredKind{kind.String(), uint64(sum.count), sum.size})
		}
	}
	s.Ways = r.sums.nest.store()
	return MergeStored(s), nil // puts it in order
}

// shortenDictionaries leaves out keys that no plain object of ordinary size has.
func shortenDictionaries(list []rules.StoredClass) {
	common := map[string]bool{}
	for _, c := range list {
		if len(c.Properties) <= longestShape {
			for _, p := range c.Properties {
				common[p] = true
			}
		}
	}
	for i := range list {
		if c := &list[i]; len(c.Properties) > longestShape {
			c.Properties = slices.DeleteFunc(c.Properties, func(p string) bool { return !common[p] })
		}
	}
}

// store returns all ways. What was summed up directly is a way of one class.
func (n *nesting) store() []StoredWay {
	var out []StoredWay
	done := make([]bool, n.settled)
	for p, group := range n.groups {
		if g := int(group); g < n.settled && !done[g] {
			done[g] = true
			out = append(out, StoredWay{-1, uint32(p), n.retained[g]})
		}
	}
	first := int32(len(out))
	for _, w := range n.ways[1:] { // way 0 is the root
		above := int32(-1)
		if w.above > 0 {
			above = first + int32(w.above) - 1
		}
		out = append(out, StoredWay{above, uint32(w.class), w.retained})
	}
	return out
}

// MergeStored adds heaps up. It is associative, and the order does not matter,
// as long as they are of one format.
func MergeStored(heaps ...*Stored) *Stored {
	out := &Stored{}
	m := newStoredMerger()
	var trees []*growth.Stored
	for _, s := range heaps {
		out.Format = max(out.Format, s.Format)
		out.Heaps += s.Heaps
		out.Nodes += s.Nodes
		out.Edges += s.Edges
		out.Size += s.Size
		out.Extra += s.Extra
		f := &out.Form
		f.Shapes, f.DOMStates = f.Shapes || s.Form.Shapes, f.DOMStates || s.Form.DOMStates
		f.Owners, f.Numbers = f.Owners || s.Form.Owners, f.Numbers || s.Form.Numbers
		trees = append(trees, s.Tree)
		m.add(s)
	}
	out.Tree = growth.Merge(trees...)
	m.fill(out)
	return out
}

// storedMerger collects classes and ways by their names.
type storedMerger struct {
	classes map[string]*StoredClass
	kinds   map[string]*StoredKind
	ways    []mergedWay
	index   map[mergedWayKey]uint32 // way + 1
}

type mergedWayKey struct {
	above uint32 // way + 1
	class string
}

type mergedWay struct {
	mergedWayKey
	retained uint64
	below    []uint32
}

func newStoredMerger() *storedMerger {
	return &storedMerger{classes: map[string]*StoredClass{}, kinds: map[string]*StoredKind{}, index: map[mergedWayKey]uint32{}}
}

// key tells classes apart across processes, and orders them: shapes come last.
func (c *StoredClass) key() string {
	var b strings.Builder
	b.WriteByte("01"[flag(c.Shape)])
	b.WriteString(c.Name)
	for _, p := range c.Properties {
		b.WriteString("\x00" + p)
	}
	b.WriteString("\x00\x00" + c.Script + "\x00")
	if c.Located {
		for shift := 28; shift >= 0; shift -= 4 {
			b.WriteByte("0123456789abcdef"[c.Line>>shift&15])
		}
		for shift := 28; shift >= 0; shift -= 4 {
			b.WriteByte("0123456789abcdef"[c.Column>>shift&15])
		}
	}
	return b.String()
}

func flag(set bool) int {
	if set {
		return 1
	}
	return 0
}

func (m *storedMerger) add(s *Stored) {
	keys := make([]string, len(s.Classes))
	for i := range s.Classes {
		c := s.Classes[i]
		keys[i] = c.key()
		if had := m.classes[keys[i]]; had != nil {
			had.Count += c.Count
			had.Size += c.Size
			continue
		}
		m.classes[keys[i]] = &c
	}
	for _, k := range s.Kinds {
		had := m.kinds[k.Name]
		if had == nil {
			had = &StoredKind{Name: k.Name}
			m.kinds[k.Name] = had
		}
		had.Count += k.Count
		had.Size += k.Size
	}
	at := make([]uint32, len(s.Ways)) // way -> merged way + 1
	for i, w := range s.Ways {
		above := uint32(0)
		if w.Above >= 0 {
			above = at[w.Above]
		}
		if same := m.within(above, keys[w.Class]); same {
			at[i] = above // objects within objects of their class add nothing
			continue
		}
		at[i] = m.way(above, keys[w.Class], w.Retained)
	}
}

// within reports whether a class is among those of a way.
func (m *storedMerger) within(way uint32, class string) bool {
	for ; way > 0; way = m.ways[way-1].above {
		if m.ways[way-1].class == class {
			return true
		}
	}
	return false
}

func (m *storedMerger) way(above uint32, class string, retained uint64) uint32 {
	key := mergedWayKey{above, class}
	id, ok := m.index[key]
	if !ok {
		m.ways = append(m.ways, mergedWay{mergedWayKey: key})
		id = uint32(len(m.ways))
		m.index[key] = id
	}
	m.ways[id-1].retained += retained
	return id
}

// fill puts everything into its order.
func (m *storedMerger) fill(out *Stored) {
	keys := make([]string, 0, len(m.classes))
	for key := range m.classes {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	row := map[string]uint32{}
	for i, key := range keys {
		row[key] = uint32(i)
		out.Classes = append(out.Classes, *m.classes[key])
	}
	for _, k := range m.kinds {
		out.Kinds = append(out.Kinds, *k)
	}
	slices.SortFunc(out.Kinds, func(a, b StoredKind) int { return cmp.Compare(a.Name, b.Name) })

	var roots []uint32
	for i := range m.ways {
		if above := m.ways[i].above; above == 0 {
			roots = append(roots, uint32(i))
		} else {
			m.ways[above-1].below = append(m.ways[above-1].below, uint32(i))
		}
	}
	type open struct {
		list  []uint32
		above int32
	}
	order := func(list []uint32) []uint32 {
		slices.SortFunc(list, func(x, y uint32) int { return cmp.Compare(m.ways[x].class, m.ways[y].class) })
		return list
	}
	for stack := []open{{order(roots), -1}}; len(stack) > 0; {
		top := &stack[len(stack)-1]
		if len(top.list) == 0 {
			stack = stack[:len(stack)-1]
			continue
		}
		w := &m.ways[top.list[0]]
		top.list = top.list[1:]
		out.Ways = append(out.Ways, StoredWay{top.above, row[w.class], w.retained})
		if len(w.below) > 0 {
			stack = append(stack, open{order(w.below), int32(len(out.Ways) - 1)})
		}
	}
}

// Reduction returns what a later heap can be compared with by structure: the
// mean of the heaps that were added up. file is what it is called. It fails if
// the data does not hang together.
func (s *Stored) Reduction(file string, o Options) (*Reduction, error) {
	if s.Heaps == 0 {
		return nil, errors.New("it is of no heap")
	}
	r := &Reduction{options: o.withDefaults(), scripts: paths.Scripts{}}
	r.options.Match = Structure
	r.form = form{s.Form.Shapes, s.Form.DOMStates, s.Form.Owners, s.Form.Numbers}
	r.side = Side{
		File: file, Format: s.Format, Nodes: int(s.Nodes / s.Heaps), Edges: int(s.Edges / s.Heaps),
		Size: s.Size / s.Heaps, Extra: s.Extra / s.Heaps,
	}
	var faults [2]error
	r.options.both(func() {
		r.tree, faults[0] = s.Tree.Tree(s.Heaps)
	}, func() {
		r.sums, faults[1] = s.sums(r.scripts)
	})
	if err := cmp.Or(faults[:]...); err != nil {
		return nil, err
	}
	return r, s.checkSums(r)
}

// sums restores the totals.
func (s *Stored) sums(scripts paths.Scripts) (*sums, error) {
	out := &sums{
		count: make([]int, len(s.Classes)), size: make([]uint64, len(s.Classes)),
		types: make([]graph.NodeType, len(s.Classes)), kinds: make([]kindSum, len(kinds.All())),
	}
	naming := make([]rules.StoredClass, len(s.Classes))
	number := map[string]int32{} // script -> a number of our own
	mean := growth.MeanOf{Heaps: s.Heaps}
	for i := range s.Classes {
		c := &s.Classes[i]
		if i > 0 && s.Classes[i-1].Shape && !c.Shape {
			return nil, errors.New("its classes are not in order")
		}
		naming[i] = rules.StoredClass{Name: c.Name, Properties: c.Properties, Shape: c.Shape, Located: c.Located}
		if c.Located {
			id, ok := number[c.Script]
			if !ok {
				id = int32(len(number)) + 1
				number[c.Script] = id
				if c.Script != "" {
					scripts[id] = c.Script
				}
			}
			naming[i].Location = graph.Location{Script: id, Line: c.Line, Column: c.Column}
		}
		out.count[i], out.size[i] = s.meanCount(c.Count), mean.Next(c.Size)
	}
	out.naming = parse.RestoreNaming(naming)
	mean = growth.MeanOf{Heaps: s.Heaps}
	for _, k := range s.Kinds {
		at := slices.IndexFunc(kinds.All(), func(kind kinds.Kind) bool { return kind.String() == k.Name })
		if at < 0 {
			return nil, errors.New("it has a kind of objects that is not known: " + k.Name)
		}
		out.kinds[at] = kindSum{s.meanCount(k.Count), mean.Next(k.Size)}
	}
	nest := &nesting{groups: make([]graph.ClassID, len(s.Classes)), ways: []way{{}}}
	for p := range nest.groups {
		nest.groups[p] = graph.ClassID(p)
	}
	for i, w := range s.Ways {
		if int(w.Above) >= i || int(w.Class) >= len(s.Classes) {
			return nil, errors.New("a class stands within nothing")
		}
		nest.ways = append(nest.ways, way{above: uint32(w.Above + 1), class: graph.ClassID(w.Class), retained: (w.Retained + s.Heaps/2) / s.Heaps})
	}
	out.nest = nest
	return out, nil
}

func (s *Stored) meanCount(n uint64) int {
	return int(min((n+s.Heaps/2)/s.Heaps, math.MaxInt))
}

// checkSums makes sure that classes, kinds and tree are of one heap.
func (s *Stored) checkSums(r *Reduction) error {
	var classes, all uint64
	for _, size := range r.sums.size {
		classes += size
	}
	for _, k := range r.sums.kinds {
		all += k.size
	}
	if classes != r.side.Size || all != r.side.Size || r.tree.Size() != r.side.Size {
		return errors.New("its sums do not add up")
	}
	return nil
}
