package growth

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

// Stored is a tree as plain data, to be kept in a file: what is needed to
// compare a later heap with it. Several heaps can be added up; all numbers are
// sums over them. The order is canonical: the same signatures give the same
// value, whatever the order in which they were met or added.
type Stored struct {
	Edges, Classes []StoredLabel // sorted by text
	Places         []StoredPlace // parents first, siblings sorted by their labels
	Count, Self    uint64        // of the root
}

// StoredLabel is a name, and how it is treated.
type StoredLabel struct {
	Text string
	// Of edges: a name that a programmer chose; one of many.
	Named, Entry bool
	// Of classes: of the engine; a value that holds nothing of interest.
	Runtime, Leaf bool
}

// StoredPlace is where objects of one class hang under one name.
type StoredPlace struct {
	Above       int32  // the place whose signature it hangs at, -1 for the root
	Edge, Class uint32 // rows of the labels
	Alias       bool   // the place of any name stands for it
	Own         bool   // it has a signature of its own, which Count and Self are of
	Held        uint64 // edges
	Count, Self uint64 // objects; bytes with internals
}

// Store returns the tree as plain data.
func (t *Tree) Store() *Stored {
	m := newMerger()
	m.root = amount{uint64(t.sigs[rootSig].count), t.sigs[rootSig].self}
	at := make([]uint32, len(t.sigs)) // signature -> its stored place + 1
	// Places come after the signatures they hang at: those were made first.
	for i := range t.places {
		p := &t.places[i]
		if p.parent != rootSig && at[p.parent] == 0 {
			continue // hangs at nothing that is there
		}
		own := p.sig != 0 && t.sigs[p.sig].place == uint32(i)
		if !own && p.held == 0 && p.alias == 0 && t.edges.flags[p.edge]&(named|entry) == 0 {
			continue // nothing hangs there; whether it was looked for depends on the order of the file
		}
		s := StoredPlace{Held: uint64(p.held), Alias: p.alias != 0, Own: own}
		if own {
			s.Count, s.Self = uint64(t.sigs[p.sig].count), t.sigs[p.sig].self
		}
		to := m.add(at[p.parent], storedEdge(t.edges, p.edge), storedClass(t.classes, p.class), s)
		if own {
			at[p.sig] = to
		}
	}
	return m.stored()
}

func storedEdge(l *labels, id uint32) StoredLabel {
	return StoredLabel{Text: l.text[id], Named: l.flags[id]&named != 0, Entry: l.flags[id]&entry != 0}
}

func storedClass(l *labels, id uint32) StoredLabel {
	return StoredLabel{Text: l.text[id], Runtime: l.flags[id]&runtime != 0, Leaf: l.flags[id]&leaf != 0}
}

// Merge adds trees up. It is associative, and the order does not matter.
func Merge(trees ...*Stored) *Stored {
	m := newMerger()
	for _, t := range trees {
		m.root.count += t.Count
		m.root.size += t.Self
		at := make([]uint32, len(t.Places)) // place -> merged place + 1
		for i, p := range t.Places {
			above := uint32(0)
			if p.Above >= 0 {
				above = at[p.Above]
			}
			at[i] = m.add(above, t.Edges[p.Edge], t.Classes[p.Class], p)
		}
	}
	return m.stored()
}

// merger collects places by where they hang and by their labels.
type merger struct {
	root           amount
	edges, classes map[string]StoredLabel
	places         []mergedPlace
	index          map[placeKey]uint32 // place + 1
}

type placeKey struct {
	above       uint32 // place + 1
	edge, class string
}

type mergedPlace struct {
	placeKey
	StoredPlace
	below []uint32
}

func newMerger() *merger {
	return &merger{edges: map[string]StoredLabel{}, classes: map[string]StoredLabel{}, index: map[placeKey]uint32{}}
}

// add adds a place below another and returns its number + 1. What is an alias in
// one heap and has content in another has content.
func (m *merger) add(above uint32, edge, class StoredLabel, s StoredPlace) uint32 {
	m.edges[edge.Text], m.classes[class.Text] = edge.or(m.edges[edge.Text]), class.or(m.classes[class.Text])
	key := placeKey{above, edge.Text, class.Text}
	id, ok := m.index[key]
	if !ok {
		m.places = append(m.places, mergedPlace{placeKey: key, StoredPlace: StoredPlace{Alias: true}})
		id = uint32(len(m.places))
		m.index[key] = id
	}
	p := &m.places[id-1].StoredPlace
	p.Held += s.Held
	p.Count += s.Count
	p.Self += s.Self
	p.Own = p.Own || s.Own
	p.Alias = p.Alias && s.Alias
	return id
}

func (l StoredLabel) or(o StoredLabel) StoredLabel {
	return StoredLabel{l.Text, l.Named || o.Named, l.Entry || o.Entry, l.Runtime || o.Runtime, l.Leaf || o.Leaf}
}

// stored puts everything into its order.
func (m *merger) stored() *Stored {
	s := &Stored{Count: m.root.count, Self: m.root.size}
	edgeRow, classRow := map[string]uint32{}, map[string]uint32{}
	s.Edges, s.Classes = sortedLabels(m.edges, edgeRow), sortedLabels(m.classes, classRow)
	var roots []uint32
	for i := range m.places {
		if above := m.places[i].above; above == 0 {
			roots = append(roots, uint32(i))
		} else {
			m.places[above-1].below = append(m.places[above-1].below, uint32(i))
		}
	}
	type open struct {
		list  []uint32
		above int32
	}
	order := func(list []uint32) []uint32 {
		slices.SortFunc(list, func(x, y uint32) int {
			p, q := &m.places[x], &m.places[y]
			return cmp.Or(cmp.Compare(p.edge, q.edge), cmp.Compare(p.class, q.class))
		})
		return list
	}
	stack := []open{{order(roots), -1}}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if len(top.list) == 0 {
			stack = stack[:len(stack)-1]
			continue
		}
		p := &m.places[top.list[0]]
		top.list = top.list[1:]
		p.Above, p.Edge, p.Class = top.above, edgeRow[p.edge], classRow[p.class]
		s.Places = append(s.Places, p.StoredPlace)
		if len(p.below) > 0 {
			stack = append(stack, open{order(p.below), int32(len(s.Places) - 1)})
		}
	}
	return s
}

func sortedLabels(labels map[string]StoredLabel, row map[string]uint32) []StoredLabel {
	list := make([]StoredLabel, 0, len(labels))
	for _, l := range labels {
		list = append(list, l)
	}
	slices.SortFunc(list, func(a, b StoredLabel) int { return cmp.Compare(a.Text, b.Text) })
	for i, l := range list {
		row[l.Text] = uint32(i)
	}
	return list
}

// Tree returns a tree that a later heap can be compared with: the mean of the
// heaps that were added up, rounded so that its bytes are those of the mean. It
// fails if the data does not hang together.
func (s *Stored) Tree(heaps uint64) (*Tree, error) {
	if heaps == 0 {
		return nil, errors.New("it is of no heap")
	}
	if len(s.Edges) > maxLabels || len(s.Classes) > maxLabels || len(s.Places) > math.MaxInt32 {
		return nil, errors.New("it has too many names")
	}
	t := &Tree{edges: labelsFrom(s.Edges), classes: labelsFrom(s.Classes)}
	if t.edges == nil || t.classes == nil {
		return nil, errors.New("its names are not in order")
	}
	t.index = make([]uint64, indexSize(len(s.Places)))
	t.places = make([]place, 0, len(s.Places))
	mean := MeanOf{Heaps: heaps}
	own := 0
	for i := range s.Places {
		if s.Places[i].Own {
			own++
		}
	}
	t.sigs = make([]sigNode, 0, own+2)
	t.sigs = append(t.sigs, sigNode{}, sigNode{place: absent, count: count32(s.Count, heaps), self: mean.Next(s.Self)})
	sigOf := make([]uint32, len(s.Places)) // place -> its signature, or 0
	for i := range s.Places {
		p := &s.Places[i]
		parent := uint32(rootSig)
		if p.Above >= 0 {
			if int(p.Above) >= i || sigOf[p.Above] == 0 {
				return nil, errors.New("a place hangs at nothing")
			}
			parent = sigOf[p.Above]
		}
		if int(p.Edge) >= len(s.Edges) || int(p.Class) >= len(s.Classes) {
			return nil, errors.New("a place has no name")
		}
		if at := t.put(parent, p.Edge, p.Class); int(at) != i {
			return nil, errors.New("a place is there twice")
		}
		node := &t.places[i]
		node.held = count32(p.Held, heaps)
		if p.Own {
			t.sigs = append(t.sigs, sigNode{
				parent: parent, place: uint32(i), edge: p.Edge, class: p.Class, depth: t.sigs[parent].depth + 1,
				count: count32(p.Count, heaps), self: mean.Next(p.Self),
			})
			sigOf[i] = uint32(len(t.sigs) - 1)
			node.sig = sigOf[i]
		}
	}
	t.size = mean.Sum()
	if key := t.edges.lookup(".*"); key != absent {
		for i := range s.Places {
			if p := &s.Places[i]; p.Alias {
				if any := t.lookup(t.places[i].parent, key, p.Class); any != absent && int(any) != i {
					t.places[i].alias = any + 1
				}
			}
		}
	}
	return t, nil
}

// labelsFrom returns stored labels, or nil if they are not in order.
func labelsFrom(list []StoredLabel) *labels {
	texts, flags := make([]string, len(list)), make([]labelFlags, len(list))
	for i, l := range list {
		if i > 0 && texts[i-1] >= l.Text {
			return nil
		}
		texts[i] = l.Text
		flags[i] = flagOf(l.Named, named) | flagOf(l.Entry, entry) | flagOf(l.Runtime, runtime) | flagOf(l.Leaf, leaf)
	}
	return restoreLabels(texts, flags)
}

func flagOf(set bool, flag labelFlags) labelFlags {
	if set {
		return flag
	}
	return 0
}

func count32(n, heaps uint64) uint32 {
	return uint32(min(n/heaps+(n%heaps+heaps/2)/heaps, math.MaxUint32))
}

// MeanOf divides sums over some heaps by their number, so that the parts add up
// to the mean of the whole: what is cut off one part is carried to the next.
type MeanOf struct {
	Heaps     uint64
	rest, sum uint64
}

// Next returns the mean of a part.
func (m *MeanOf) Next(n uint64) uint64 {
	mean := n/m.Heaps + (m.rest+n%m.Heaps)/m.Heaps
	m.rest = (m.rest + n%m.Heaps) % m.Heaps
	m.sum += mean
	return mean
}

// Sum returns the sum of all means so far.
func (m *MeanOf) Sum() uint64 { return m.sum }
