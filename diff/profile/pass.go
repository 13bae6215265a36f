package profile

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/heapdiff/heapdiff/parse/pprof"
)

// columns says which values of a sample are looked at; -1 is none.
type columns struct {
	value, count, space int
	allocCount          int // for heaps: what was ever allocated
}

// companions are the types that count what others weigh.
var companions = [][2]string{
	{"inuse_space", "inuse_objects"},
	{"alloc_space", "alloc_objects"},
	{"space", "objects"},
	{"heap_space", "heap_objects"},
	{"delay", "contentions"},
}

// columnsOf finds the columns that belong to the one that was chosen.
func columnsOf(p *pprof.Profile, index int) columns {
	c := columns{value: index, count: -1, space: -1, allocCount: p.TypeNamed("alloc_objects")}
	name := p.SampleTypes[index].Type
	for _, pair := range companions {
		switch name {
		case pair[0]:
			c.count, c.space = p.TypeNamed(pair[1]), index
		case pair[1]:
			c.space = p.TypeNamed(pair[0])
		}
	}
	if c.allocCount == c.count || c.allocCount == index {
		c.allocCount = -1 // it says nothing more
	}
	return c
}

// row is what one stack, with blocks of one size, has in one profile.
type row struct {
	hash         uint64
	value, count int64
	alloc        int64 // blocks ever allocated
	site         uint32
	size         uint32 // of one block, in bytes; the largest if it does not fit
	kind         kind
}

func (r *row) compare(s *row) int {
	return cmp.Or(cmp.Compare(r.hash, s.hash), cmp.Compare(r.size, s.size))
}

// pass is one walk over all samples of a profile.
type pass struct {
	p       *pprof.Profile
	cols    columns
	info    []info
	catalog *catalog
	flat    []int64 // class -> value
	cum     []int64
	rows    []row // by hash and size, one for each
	total   int64
	count   int64

	references bool // stacks are ways to what is held, and begin at a variable
	goroutines bool

	place []place  // location -> what the inner loops need of it
	seen  []uint32 // class -> the last sample it was met in
	at    uint32

	lastKey  siteKey
	lastSite uint32 // its row + 1
}

// place is a location in the numbers of the catalog.
type place struct {
	hash  uint64 // of the identities of its frames
	class uint32 // of its innermost frame
	only  bool   // which is its only one
}

func newPass(p *pprof.Profile, index int, c *catalog) *pass {
	nature := p.Nature()
	w := &pass{p: p, cols: columnsOf(p, index), catalog: c, references: nature == pprof.References, goroutines: nature == pprof.Goroutines, info: c.functions(p, nature)}
	w.flat, w.cum = make([]int64, len(c.class)), make([]int64, len(c.class))
	w.seen = make([]uint32, len(c.class))
	w.place = make([]place, p.NumLocations())
	for l := range w.place {
		frames := p.At(uint32(l))
		w.place[l].only = len(frames) == 1
		hash := uint64(1)
		for i, f := range frames {
			in := &w.info[f.Function]
			hash = mix(hash, uint64(in.ident))
			if i == 0 {
				w.place[l].class = in.class
			}
		}
		w.place[l].hash = hash
	}
	return w
}

func (w *pass) run(ctx context.Context) error {
	w.rows = make([]row, 0, w.p.NumSamples())
	for s := range w.p.Samples {
		if w.at++; w.at&0xffff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		w.sample(s)
	}
	w.rows = merged(w.rows)
	return nil
}

func (w *pass) sample(s *pprof.Sample) {
	r := w.look(s)
	if r.value == 0 && r.count == 0 && r.alloc == 0 {
		return
	}
	w.total += r.value
	w.count += r.count
	w.rows = append(w.rows, r)
	if r.value == 0 || len(s.Locations) == 0 {
		return
	}
	w.flat[w.place[s.Locations[0]].class] += r.value
	for _, l := range s.Locations {
		if p := &w.place[l]; p.only {
			w.cumulate(p.class, r.value)
			continue
		}
		for _, f := range w.p.At(l) {
			w.cumulate(w.info[f.Function].class, r.value)
		}
	}
}

// cumulate adds a value to a function, once a sample.
func (w *pass) cumulate(class uint32, v int64) {
	if w.seen[class] != w.at {
		w.seen[class] = w.at
		w.cum[class] += v
	}
}

// look finds out what a sample is: its values, its stack's hash and its site.
func (w *pass) look(s *pprof.Sample) row {
	r := row{value: s.Values[w.cols.value]}
	if w.cols.count >= 0 {
		r.count = s.Values[w.cols.count]
	}
	if w.cols.allocCount >= 0 {
		r.alloc = s.Values[w.cols.allocCount]
	}
	r.size = w.blockSize(s)
	r.hash = 1
	for _, l := range s.Locations {
		r.hash = mix(r.hash, w.place[l].hash)
	}
	var key siteKey
	key, r.kind = w.siteOf(s)
	if r.kind == otherKind && r.size >= largeBlock {
		r.kind = large
	}
	if key != w.lastKey || w.lastSite == 0 {
		w.lastKey, w.lastSite = key, w.catalog.siteRow(key)+1
	}
	r.site = w.lastSite - 1
	return r
}

// siteOf looks from the leaf on for the first frame that is the program's own,
// and at what is below it. A goroutine without one is of the function it runs.
func (w *pass) siteOf(s *pprof.Sample) (key siteKey, best kind) {
	if w.references {
		return siteKey{ident: w.holder(s)}, w.kindHeld(s)
	}
	const nothing Origin = ""
	found := nothing
search:
	for _, l := range s.Locations {
		for _, f := range w.p.At(l) {
			in := &w.info[f.Function]
			if found == Own { // who called it: a pool that had none has one made
				if in.kind == pools && best == otherKind {
					best = pools
				}
				break search
			}
			if in.wait != 0 && (key.wait == 0 || in.wait < key.wait) {
				key.wait = in.wait
			}
			if in.standing {
				continue
			}
			if in.origin == Own {
				key.ident, found = in.ident, Own
				continue
			}
			if in.kind != otherKind && (best == otherKind || in.kind < best) {
				best = in.kind
			}
			switch {
			case in.origin == Dependency && found != Dependency:
				found, key.ident, key.via = Dependency, in.ident, in.pkg+1
			case found == nothing && !in.allocator, found == Runtime && w.goroutines:
				found, key.ident = Runtime, in.ident
			}
		}
	}
	key.wait = firstOf(key.wait)
	switch found {
	case Dependency:
		key.via = 0
	case nothing:
		key.ident = w.outermost(s)
	}
	return key, best
}

// kindHeld is the kind of what a way of references leads to: what the nearest step
// to its end says that says anything.
func (w *pass) kindHeld(s *pprof.Sample) kind {
	for _, l := range s.Locations {
		for _, f := range w.p.At(l) {
			if k := w.info[f.Function].kind; k != otherKind {
				return k
			}
		}
	}
	return otherKind
}

// holder is where a way of references begins: a variable, or a function whose
// variables goref could not tell apart. It then wrote the calls that lead to the
// function, of which those of the runtime hold nothing.
func (w *pass) holder(s *pprof.Sample) uint32 {
	if len(s.Locations) == 0 {
		return w.catalog.nowhere()
	}
	i := len(s.Locations) - 1
	for i > 0 && w.info[w.step(s.Locations[i])].origin == Runtime {
		inner := w.p.Functions[w.step(s.Locations[i-1])].Name
		if strings.HasPrefix(inner, "$") || strings.Contains(inner, " (") {
			break
		}
		i--
	}
	return w.info[w.step(s.Locations[i])].ident
}

// step is the function of a location in a way of references.
func (w *pass) step(l uint32) uint32 { return w.p.At(l)[0].Function }

// outermost is where a stack begins: what it belongs to if there is nothing in
// it but the allocator.
func (w *pass) outermost(s *pprof.Sample) uint32 {
	if len(s.Locations) == 0 {
		return w.catalog.nowhere()
	}
	frames := w.p.At(s.Locations[len(s.Locations)-1])
	return w.info[frames[len(frames)-1].Function].ident
}

// blockSize is the size of one of the blocks that a sample stands for.
func (w *pass) blockSize(s *pprof.Sample) uint32 {
	size := s.Size
	if size <= 0 && w.cols.space >= 0 {
		count := w.cols.count
		if count < 0 {
			count = w.cols.value
		}
		if n := s.Values[count]; n > 0 {
			size = s.Values[w.cols.space] / n
		}
	}
	return uint32(max(0, min(size, 1<<32-1)))
}

// mix is one step of a hash over numbers.
func mix(h, v uint64) uint64 {
	h = (h ^ v) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}

// merged sorts rows and adds up those of one stack and size.
func merged(rows []row) []row {
	slices.SortFunc(rows, func(a, b row) int { return a.compare(&b) })
	out := rows[:0]
	for _, r := range rows {
		if n := len(out); n > 0 && out[n-1].compare(&r) == 0 {
			out[n-1].value += r.value
			out[n-1].count += r.count
			out[n-1].alloc += r.alloc
			continue
		}
		out = append(out, r)
	}
	return out
}

// nowhere is what samples without a stack belong to.
func (c *catalog) nowhere() uint32 {
	return number(c.identOf, "\x00", func() {
		pkg := number(c.pkgOf, "(no stack)", func() { c.pkg = append(c.pkg, "(no stack)") })
		c.ident = append(c.ident, known{"\x00", "(no stack)", "", pkg, Runtime})
	})
}
