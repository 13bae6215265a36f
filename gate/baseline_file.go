package gate

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"
	"unsafe"

	"github.com/klauspost/compress/zstd"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
)

// A baseline is a line that says what it is and a zstd frame. In the frame stand
// the strings, sorted, each once; then numbers (uvarint, signed ones zigzag),
// strings by their row:
//
//	heapdiff baseline 2\n
//	┌ zstd ─────────────────────────────────────────────────────────────┐
//	│ strings   count, and for each its length and its bytes            │
//	│ origin    Node, V8, commits, masks, wasted bytes                  │
//	│ heap      format, heaps, nodes, edges, size, extra, form          │
//	│ classes   flags, name or properties, script, line, column, counts │
//	│ ways      above, class, retained                                  │
//	│ kinds     name, counts                                            │
//	│ tree      labels with flags; places: above, labels, held, …       │
//	└───────────────────────────────────────────────────────────────────┘
//
// The same baseline gives the same bytes.
const (
	baselineMagic = "heapdiff baseline "
	// baselineVersion goes up when a reader of the last one would read wrongly.
	baselineVersion = 2
	// mostBaseline is how many bytes a baseline may unpack to.
	mostBaseline = 1 << 29

	// mostHeaps is of how many heaps a baseline may be: sums of them fit 64 bits.
	mostHeaps = 1 << 40
	// mostAhead is for how many things room is made before they are read.
	mostAhead = 1 << 20
)

// Write writes the baseline.
func (b *Baseline) Write(w io.Writer) error {
	e := &encoder{rows: map[string]uint64{}}
	e.gathering = true
	e.baseline(b) // once for the strings
	e.gathering = false
	e.strings()
	e.baseline(b)
	if _, err := fmt.Fprintf(w, "%s%d\n", baselineMagic, baselineVersion); err != nil {
		return err
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	if err != nil {
		return err
	}
	// At once, so that the frame says how much it unpacks to.
	_, err = w.Write(z.EncodeAll(e.out, nil))
	return errors.Join(err, z.Close())
}

// IsBaseline says whether a file that begins like this is a baseline.
func IsBaseline(start []byte) bool { return bytes.HasPrefix(start, []byte(baselineMagic)) }

// BaselineError says that a file is no baseline, or a broken one.
type BaselineError struct{ File, What, Try string }

func (e *BaselineError) Error() string { return e.File + ": " + e.What }

// Hint says what to try.
func (e *BaselineError) Hint() string { return e.Try }

// PackedBaseline is a file that says that it is a baseline, and has not been read.
type PackedBaseline struct {
	name string
	rest io.Reader // behind the first line
	size int64     // of the file; 0 if that is not known
}

// OpenBaseline reads the first line of a baseline, and leaves the rest to Unpack; name
// is what errors call it.
func OpenBaseline(name string, r io.Reader) (*PackedBaseline, error) {
	p := &PackedBaseline{name: name}
	start := make([]byte, len(baselineMagic)+8)
	n, err := io.ReadFull(r, start)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	line, rest, ok := bytes.Cut(start[:n], []byte("\n"))
	if !ok || !IsBaseline(line) {
		// Whoever writes a baseline to a file that is something else loses it.
		return nil, &BaselineError{name, "this is no baseline", "heapdiff baseline SNAPSHOT -o main.heapbase makes one"}
	}
	if version := string(line[len(baselineMagic):]); version != fmt.Sprint(baselineVersion) {
		return nil, p.fault(fmt.Sprintf("the baseline is of version %q, and this program reads version %d", version, baselineVersion))
	}
	p.rest = io.MultiReader(bytes.NewReader(rest), r)
	if f, ok := r.(fs.File); ok {
		if about, err := f.Stat(); err == nil {
			p.size = min(about.Size(), mostBaseline)
		}
	}
	return p, nil
}

// Unpack reads the file to its end, which can be done once, and returns what it has.
func (p *PackedBaseline) Unpack() (*Baseline, error) {
	var frame bytes.Buffer
	frame.Grow(int(p.size) + bytes.MinRead) // growing on the way takes many times the room
	if _, err := frame.ReadFrom(io.LimitReader(p.rest, mostBaseline)); err != nil {
		return nil, err
	}
	text, err := unpack(frame.Bytes())
	if err != nil {
		return nil, p.Damaged(errors.New("it cannot be unpacked"))
	}
	d := &decoder{in: text}
	b := d.baseline()
	if d.err == nil && d.left() > 0 {
		d.fail("there is something behind its end")
	}
	if d.err != nil {
		return nil, p.Damaged(d.err)
	}
	return b, nil
}

// Damaged is the error of a baseline with which something is wrong.
func (p *PackedBaseline) Damaged(wrong error) error {
	return p.fault("the baseline is damaged: " + wrong.Error())
}

func (p *PackedBaseline) fault(what string) error {
	return &BaselineError{p.name, what, "make it anew: heapdiff baseline SNAPSHOT -o " + p.name}
}

// unpack returns what is in a frame that says how much that is. Room is made for so
// much and no more, however much a hostile frame goes on to unpack to.
func unpack(packed []byte) ([]byte, error) {
	var frame zstd.Header
	if err := frame.Decode(packed); err != nil {
		return nil, err
	}
	if !frame.HasFCS || frame.FrameContentSize > mostBaseline {
		return nil, zstd.ErrDecoderSizeExceeded
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(mostBaseline), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	return z.DecodeAll(packed, make([]byte, 0, frame.FrameContentSize))
}

// encoder writes values; when it gathers, it only notes the strings.
type encoder struct {
	out       []byte
	rows      map[string]uint64
	gathering bool
}

func (e *encoder) number(n uint64) { e.out = binary.AppendUvarint(e.out, n) }
func (e *encoder) signed(n int64)  { e.out = binary.AppendVarint(e.out, n) }

func (e *encoder) flags(set ...bool) {
	var bits uint64
	for i, b := range set {
		if b {
			bits |= 1 << i
		}
	}
	e.number(bits)
}

func (e *encoder) text(s string) {
	if e.gathering {
		e.rows[s] = 0
		return
	}
	e.number(e.rows[s])
}

func (e *encoder) texts(list []string) {
	e.number(uint64(len(list)))
	for _, s := range list {
		e.text(s)
	}
}

func (e *encoder) strings() {
	all := make([]string, 0, len(e.rows))
	for s := range e.rows {
		all = append(all, s)
	}
	slices.Sort(all)
	e.out = nil
	e.number(uint64(len(all)))
	for i, s := range all {
		e.rows[s] = uint64(i)
		e.number(uint64(len(s)))
		e.out = append(e.out, s...)
	}
}

func (e *encoder) baseline(b *Baseline) {
	e.texts(b.Node)
	e.texts(b.V8)
	e.texts(b.Commits)
	e.texts(b.Masks)
	e.number(b.Wasted)
	h := b.Heap
	e.text(h.Format)
	for _, n := range []uint64{h.Heaps, h.Nodes, h.Edges, h.Size, h.Extra} {
		e.number(n)
	}
	e.flags(h.Form.Shapes, h.Form.DOMStates, h.Form.Owners, h.Form.Numbers)
	e.number(uint64(len(h.Classes)))
	for i := range h.Classes {
		c := &h.Classes[i]
		e.flags(c.Shape, c.Located)
		if c.Shape {
			e.texts(c.Properties)
		} else {
			e.text(c.Name)
		}
		if c.Located {
			e.text(c.Script)
			e.signed(int64(c.Line))
			e.signed(int64(c.Column))
		}
		e.number(c.Count)
		e.number(c.Size)
	}
	e.number(uint64(len(h.Ways)))
	for i, w := range h.Ways {
		e.number(uint64(int64(i) - int64(w.Above)))
		e.number(uint64(w.Class))
		e.number(w.Retained)
	}
	e.number(uint64(len(h.Kinds)))
	for _, k := range h.Kinds {
		e.text(k.Name)
		e.number(k.Count)
		e.number(k.Size)
	}
	e.tree(h.Tree)
}

func (e *encoder) tree(t *growth.Stored) {
	for _, labels := range [][]growth.StoredLabel{t.Edges, t.Classes} {
		e.number(uint64(len(labels)))
		for _, l := range labels {
			e.text(l.Text)
			e.flags(l.Named, l.Entry, l.Runtime, l.Leaf)
		}
	}
	e.number(t.Count)
	e.number(t.Self)
	e.number(uint64(len(t.Places)))
	for i, p := range t.Places {
		e.flags(p.Own, p.Alias)
		e.number(uint64(int64(i) - int64(p.Above)))
		e.number(uint64(p.Edge))
		e.number(uint64(p.Class))
		e.number(p.Held)
		if p.Own {
			e.number(p.Count)
			e.number(p.Self)
		}
	}
}

// decoder reads values. After an error it reads zeros.
type decoder struct {
	in    []byte
	at    int // of in
	table []string
	err   error
}

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = errors.New(what)
	}
	d.at = len(d.in)
}

// left is how many bytes are to be read.
func (d *decoder) left() int { return len(d.in) - d.at }

func (d *decoder) number() uint64 {
	if at := d.at; at < len(d.in) && d.in[at] < 0x80 { // as most are
		d.at = at + 1
		return uint64(d.in[at])
	}
	return d.longNumber()
}

func (d *decoder) longNumber() uint64 {
	n, size := binary.Uvarint(d.in[d.at:])
	if size <= 0 {
		d.fail("it ends in the middle")
		return 0
	}
	d.at += size
	return n
}

func (d *decoder) small() int32 {
	n, size := binary.Varint(d.in[d.at:])
	if size <= 0 || n != int64(int32(n)) {
		d.fail("a number is out of range")
		return 0
	}
	d.at += size
	return int32(n)
}

// row reads a number that is not too large for a row of a table.
func (d *decoder) row() uint32 {
	n := d.number()
	if n > math.MaxInt32 {
		d.fail("a number is out of range")
		return 0
	}
	return uint32(n)
}

// above reads how far back the row of a parent is.
func (d *decoder) above(i int) int32 {
	back := d.number()
	if back == 0 || back > uint64(i)+1 {
		d.fail("something hangs at nothing")
		return -1
	}
	return int32(int64(i) - int64(back))
}

// count reads how many things follow, each of which takes so many bytes at least.
func (d *decoder) count(least int) int {
	n := d.number()
	if n > uint64(d.left()/least) {
		d.fail("it ends in the middle")
		return 0
	}
	return int(n)
}

func (d *decoder) flags(set ...*bool) {
	bits := d.number()
	if bits>>len(set) != 0 {
		d.fail("a mark is not known")
	}
	for i, b := range set {
		*b = bits>>i&1 != 0
	}
}

func (d *decoder) text() string {
	n := d.number()
	if n >= uint64(len(d.table)) {
		d.fail("a name is missing")
		return ""
	}
	return d.table[n]
}

func (d *decoder) texts() []string {
	var out []string
	for range d.count(1) {
		out = append(out, d.text())
	}
	return out
}

func (d *decoder) strings() {
	n := d.count(1)
	d.table = make([]string, 0, min(n, mostAhead))
	all := unsafe.String(unsafe.SliceData(d.in), len(d.in)) // which nobody writes to
	for range n {
		size := d.number()
		if size > uint64(d.left()) {
			d.fail("it ends in the middle")
			return
		}
		s := all[d.at : d.at+int(size)]
		if len(d.table) > 0 && strings.Compare(d.table[len(d.table)-1], s) >= 0 {
			d.fail("its names are not in order")
			return
		}
		d.table, d.at = append(d.table, s), d.at+int(size)
	}
}

func (d *decoder) baseline() *Baseline {
	d.strings()
	b := &Baseline{Node: d.texts(), V8: d.texts(), Commits: d.texts(), Masks: d.texts(), Wasted: d.number(), Heap: &diff.Stored{Tree: &growth.Stored{}}}
	h := b.Heap
	h.Format = d.text()
	for _, n := range []*uint64{&h.Heaps, &h.Nodes, &h.Edges, &h.Size, &h.Extra} {
		*n = d.number()
	}
	if h.Heaps == 0 {
		d.fail("it is of no heap")
	}
	if h.Heaps > mostHeaps {
		d.fail("it is of more heaps than there are")
	}
	d.flags(&h.Form.Shapes, &h.Form.DOMStates, &h.Form.Owners, &h.Form.Numbers)
	n := d.count(4)
	h.Classes = make([]diff.StoredClass, 0, min(n, mostAhead))
	for range n {
		var c diff.StoredClass
		d.flags(&c.Shape, &c.Located)
		if c.Shape {
			c.Properties = d.texts()
		} else {
			c.Name = d.text()
		}
		if c.Located {
			c.Script, c.Line, c.Column = d.text(), d.small(), d.small()
		}
		c.Count, c.Size = d.number(), d.number()
		h.Classes = append(h.Classes, c)
	}
	n = d.count(3)
	h.Ways = make([]diff.StoredWay, 0, min(n, mostAhead))
	for i := range n {
		h.Ways = append(h.Ways, diff.StoredWay{Above: d.above(i), Class: d.row(), Retained: d.number()})
	}
	for range d.count(3) {
		h.Kinds = append(h.Kinds, diff.StoredKind{Name: d.text(), Count: d.number(), Size: d.number()})
	}
	d.tree(h.Tree)
	return b
}

func (d *decoder) tree(t *growth.Stored) {
	for _, labels := range []*[]growth.StoredLabel{&t.Edges, &t.Classes} {
		n := d.count(2)
		*labels = make([]growth.StoredLabel, 0, min(n, mostAhead))
		for range n {
			l := growth.StoredLabel{Text: d.text()}
			d.flags(&l.Named, &l.Entry, &l.Runtime, &l.Leaf)
			*labels = append(*labels, l)
		}
	}
	t.Count, t.Self = d.number(), d.number()
	n := d.count(5)
	t.Places = make([]growth.StoredPlace, 0, min(n, mostAhead))
	for i := range n {
		var p growth.StoredPlace
		d.flags(&p.Own, &p.Alias)
		p.Above, p.Edge, p.Class, p.Held = d.above(i), d.row(), d.row(), d.number()
		if p.Own {
			p.Count, p.Self = d.number(), d.number()
		}
		t.Places = append(t.Places, p)
	}
}
