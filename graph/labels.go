package graph

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Labels is the column of what edges are called: the StringID of a name or, for
// types that are [EdgeType.Indexed], a number. Most edges share a few thousand
// names, and most numbers are small, so 2 bytes an edge do: a name's number in a
// table, or the number as it is. A label that does not fit is far, and stands in
// a list of those, in the order of the edges:
//
//	code   │ 12 │ 3 │ far │ 3 │ far │ …      edge -> number of its name
//	far    │ 70481 │ 99120 │ …                the 1st, the 2nd, …
//	before │ 0 │ …                           block of edges -> far ones before it, and all of them
type Labels struct {
	code   []uint16
	names  []uint32
	far    []uint32
	before []uint32
	wide   []uint32 // edge -> label, if they were appended one by one
}

const (
	farLabel   = math.MaxUint16
	labelBlock = 6 // edges in a block, as a power of two
)

// Append adds the label of the next edge to a column that has no other writer:
// 4 bytes each.
func (l *Labels) Append(label uint32) { l.wide = append(l.wide, label) }

// Len returns the number of labels.
func (l *Labels) Len() int { return max(len(l.code), len(l.wide)) }

// Of returns the label of e, whose link is given.
func (l *Labels) Of(e EdgeID, link Link) uint32 {
	if l.wide != nil {
		return l.wide[e]
	}
	switch code := l.code[e]; {
	case code == farLabel:
		return l.farOf(e)
	case link.Type().Indexed():
		return uint32(code)
	default:
		return l.names[code]
	}
}

// farOf counts the far labels between e and the nearer end of its block.
func (l *Labels) farOf(e EdgeID) uint32 {
	b, at := int(e>>labelBlock), e&(1<<labelBlock-1)
	block := l.block(b)
	if at < 1<<labelBlock/2 {
		return l.far[l.before[b]+countFar(block[:at])]
	}
	return l.far[l.before[b+1]-countFar(block[at:])]
}

// block returns the codes of a block.
func (l *Labels) block(b int) []uint16 {
	return l.code[b<<labelBlock : min((b+1)<<labelBlock, len(l.code))]
}

// countFar returns how many codes are of far labels, without a branch that nobody can
// predict.
func countFar(codes []uint16) (count uint32) {
	for _, code := range codes {
		count += (uint32(code) + 1) >> 16
	}
	return count
}

// LabelWriter makes a column of labels from pieces that several goroutines
// write, each with a [LabelCoder] of its own.
type LabelWriter struct {
	code  []uint16
	limit uint32 // labels from here on cannot be StringIDs

	mu     sync.Mutex
	number labelPages
	names  []uint32
	runs   []farRun
}

// farRun are the far labels of a piece.
type farRun struct {
	first  EdgeID
	labels []uint32
}

// NewLabelWriter writes into code, which has a place for each edge, in a graph
// that has less than limit strings.
func NewLabelWriter(code []uint16, limit int) *LabelWriter {
	return &LabelWriter{code: code, limit: uint32(min(limit, math.MaxUint32)), names: make([]uint32, 1)}
}

// Coder returns what one goroutine writes with.
func (w *LabelWriter) Coder() *LabelCoder { return &LabelCoder{w: w, code: w.code} }

// Labels returns the column, once all pieces are written.
func (w *LabelWriter) Labels() Labels {
	slices.SortFunc(w.runs, func(a, b farRun) int { return cmp.Compare(a.first, b.first) })
	l := Labels{code: w.code, names: w.names}
	for _, run := range w.runs {
		l.far = append(l.far, run.labels...)
	}
	if len(l.far) == 0 {
		return l
	}
	blocks := (len(l.code) + 1<<labelBlock - 1) >> labelBlock
	l.before = make([]uint32, blocks+1)
	for b := range blocks {
		l.before[b+1] = l.before[b] + countFar(l.block(b))
	}
	return l
}

// LabelCoder writes the labels of pieces, those of one piece in their order.
type LabelCoder struct {
	w     *LabelWriter
	code  []uint16
	pages labelPages // what it knows of the writer's
	far   []uint32
}

// labelPages are the numbers of names, from 1, and 0 where one has none or it is not
// known.
type labelPages []*[1 << pageShift]uint16

const pageShift = 12

// of returns where the number of a name stands.
func (p *labelPages) of(name uint32) *uint16 {
	at := int(name >> pageShift)
	for at >= len(*p) {
		*p = append(*p, nil)
	}
	page := &(*p)[at]
	if *page == nil {
		*page = new([1 << pageShift]uint16)
	}
	return &(*page)[name&(1<<pageShift-1)]
}

// Index writes a number.
func (c *LabelCoder) Index(e EdgeID, index uint32) {
	if index >= farLabel {
		c.far = append(c.far, index)
		index = farLabel
	}
	c.code[e] = uint16(index)
}

// Name writes a name.
func (c *LabelCoder) Name(e EdgeID, name uint32) {
	if at := name >> pageShift; int(at) < len(c.pages) && c.pages[at] != nil {
		if code := c.pages[at][name&(1<<pageShift-1)]; code-1 < farLabel-1 {
			c.code[e] = code
			return
		}
	}
	code := c.numberOf(name)
	if code == farLabel {
		c.far = append(c.far, name)
	}
	c.code[e] = code
}

// numberOf finds the number of a name, or gives it one while there are some.
func (c *LabelCoder) numberOf(name uint32) uint16 {
	if name >= c.w.limit {
		return farLabel
	}
	code := c.pages.of(name)
	if *code == 0 {
		*code = c.w.numberOf(name)
	}
	return *code
}

func (w *LabelWriter) numberOf(name uint32) uint16 {
	w.mu.Lock()
	defer w.mu.Unlock()
	code := w.number.of(name)
	switch {
	case *code != 0:
	case len(w.names) == farLabel:
		return farLabel
	default:
		*code = uint16(len(w.names))
		w.names = append(w.names, name)
	}
	return *code
}

// End ends the piece that began with the edge first.
func (c *LabelCoder) End(first EdgeID) {
	if len(c.far) == 0 {
		return
	}
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	c.w.runs = append(c.w.runs, farRun{first, slices.Clone(c.far)})
	c.far = c.far[:0]
}
