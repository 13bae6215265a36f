package profile

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/heapdiff/heapdiff/parse/pprof"
)

const (
	topSites    = 50   // sites whose contexts are looked for
	topParts    = 5    // leaves and contexts that are told
	topStacks   = 64   // stacks that are kept for other tools
	maxContexts = 2048 // ways to one site that are told apart at a time
)

// gathering is what is found out about one site in the second pass.
type gathering struct {
	leaves   map[uint32]int64 // identity -> growth
	contexts map[uint64]*way  // hash of the frames from the root to the site
	entries  map[uint32]int64
	place    map[Frame]int64
}

// way is one way to a site.
type way struct {
	before, after           int64
	beforeCount, afterCount int64
	best                    int64
	hash                    uint64
	stack                   []uint32 // locations of the sample that grew most, leaf first
	site                    int      // which of them is the site
}

// contexts looks at the samples of the later profile again, for the ways that
// lead to the sites that grew.
func (c *comparison) contexts(ctx context.Context, sites []draft) error {
	most := topSites
	if c.options.Sites > 0 {
		most = c.options.Sites
	}
	wanted := make([]*gathering, len(c.catalog.site))
	for i := range sites {
		if s := &sites[i]; most == 0 || s.Growth() <= 0 || s.Noise() && !c.result.Single {
			continue
		}
		most--
		wanted[sites[i].row] = &gathering{
			leaves: map[uint32]int64{}, contexts: map[uint64]*way{}, entries: map[uint32]int64{}, place: map[Frame]int64{},
		}
	}
	c.stamp = make([]uint32, len(c.catalog.ident))
	met := make([]bool, len(c.before.rows)) // a stack's earlier value counts once
	n := 0
	for s := range c.after.p.Samples {
		if n++; n&0xffff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if s.Values[c.after.cols.value] == 0 {
			continue
		}
		r := c.after.look(s)
		if g := wanted[r.site]; g != nil {
			c.gather(g, s, &r, met)
		}
	}
	for i := range sites {
		if g := wanted[sites[i].row]; g != nil {
			c.describe(&sites[i].Site, g)
		}
	}
	return nil
}

// gather adds one sample to what is known of its site.
func (c *comparison) gather(g *gathering, s *pprof.Sample, r *row, met []bool) {
	was := c.earlier(r.hash, met)
	growth := r.value - was.value
	site := c.catalog.site[r.site].ident
	c.stamps++
	hash, inside, index, at := uint64(0), false, -1, 0
	var leaf, last uint32
	var place pprof.Frame
	for _, l := range s.Locations {
		for _, f := range c.after.p.At(l) {
			in := &c.after.info[f.Function]
			if at == 0 {
				leaf = in.ident
			}
			if !inside && (in.ident == site || c.after.references) {
				inside, index, place = true, at, f
			}
			if inside && c.stamp[in.ident] != c.stamps { // recursion is one step
				c.stamp[in.ident] = c.stamps
				hash = mix(hash, uint64(in.ident))
			}
			last = in.ident
			at++
		}
	}
	if at == 0 {
		return
	}
	g.leaves[leaf] += growth
	g.entries[last] += growth
	if index >= 0 {
		g.place[Frame{File: c.after.p.Functions[place.Function].File, Line: int64(place.Line)}] += growth
	}
	w := g.contexts[hash]
	if w == nil {
		if len(g.contexts) >= maxContexts {
			g.forget()
		}
		w = &way{best: -1 << 63}
		g.contexts[hash] = w
	}
	w.before += was.value
	w.after += r.value
	w.beforeCount += was.count
	w.afterCount += r.count
	if growth > w.best {
		w.best, w.site = growth, max(index, 0)
		w.stack = append(w.stack[:0], s.Locations...)
	}
}

// earlier is what a stack had in the earlier profile, the first time it is asked.
func (c *comparison) earlier(hash uint64, met []bool) (was row) {
	rows := c.before.rows
	i, ok := slices.BinarySearchFunc(rows, hash, func(b row, h uint64) int { return cmp.Compare(b.hash, h) })
	if !ok || met[i] {
		return was
	}
	met[i] = true
	for ; i < len(rows) && rows[i].hash == hash; i++ {
		was.value += rows[i].value
		was.count += rows[i].count
	}
	return was
}

// describe tells what was gathered of a site.
func (c *comparison) describe(s *Site, g *gathering) {
	s.Leaves = c.parts(g.leaves)
	if entries := c.parts(g.entries); len(entries) > 0 && c.result.Nature == pprof.Goroutines {
		s.Entry = entries[0].Name
	}
	best, where := int64(-1<<63), Frame{}
	for f, v := range g.place {
		if v > best || v == best && (f.File < where.File || f.File == where.File && f.Line < where.Line) {
			best, where = v, f
		}
	}
	if where.File != "" {
		s.Place = where.File
		if where.Line > 0 {
			s.Place += ":" + strconv.FormatInt(where.Line, 10)
		}
	}
	ways := make([]*way, 0, len(g.contexts))
	for hash, w := range g.contexts {
		w.hash = hash
		ways = append(ways, w)
	}
	slices.SortFunc(ways, func(a, b *way) int {
		return cmp.Or(cmp.Compare(b.after-b.before, a.after-a.before), cmp.Compare(b.after, a.after), cmp.Compare(a.hash, b.hash))
	})
	for i, w := range ways {
		if i < topParts {
			s.Contexts = append(s.Contexts, Part{c.wayName(w), w.after - w.before})
		}
		if i < topStacks {
			s.Stacks = append(s.Stacks, c.stack(w))
		}
	}
}

// forget drops the half of the ways that grew least, to make room for others.
func (g *gathering) forget() {
	hashes := make([]uint64, 0, len(g.contexts))
	for hash := range g.contexts {
		hashes = append(hashes, hash)
	}
	grew := func(hash uint64) int64 { return g.contexts[hash].after - g.contexts[hash].before }
	slices.SortFunc(hashes, func(a, b uint64) int { return cmp.Or(cmp.Compare(grew(b), grew(a)), cmp.Compare(a, b)) })
	for _, hash := range hashes[maxContexts/2:] {
		delete(g.contexts, hash)
	}
}

// frames are those of the stack of a way, leaf first.
func (c *comparison) frames(w *way) []pprof.Frame {
	var list []pprof.Frame
	for _, l := range w.stack {
		list = append(list, c.after.p.At(l)...)
	}
	return list
}

// wayName is a way as a person reads it, from the root to the site.
func (c *comparison) wayName(w *way) string {
	var names []string
	c.stamps++
	frames := c.frames(w)
	for i := len(frames) - 1; i >= w.site; i-- {
		f := frames[i].Function
		if len(names) == 0 && i > w.site && c.after.info[f].origin == Runtime && !c.after.references {
			continue // where every stack begins
		}
		if ident := c.after.info[f].ident; c.stamp[ident] != c.stamps {
			c.stamp[ident] = c.stamps
			names = append(names, c.after.p.Functions[f].Shown())
		}
	}
	return strings.Join(names, " → ")
}

func (c *comparison) stack(w *way) Stack {
	s := Stack{Before: w.before, After: w.after, BeforeCount: w.beforeCount, AfterCount: w.afterCount}
	for _, f := range c.frames(w) {
		fn := &c.after.p.Functions[f.Function]
		s.Frames = append(s.Frames, Frame{fn.Shown(), fn.File, int64(f.Line)})
	}
	return s
}

// parts are the largest shares, by name.
func (c *comparison) parts(of map[uint32]int64) []Part {
	var list []Part
	for ident, v := range of {
		list = append(list, Part{c.catalog.ident[ident].name, v})
	}
	slices.SortFunc(list, func(a, b Part) int {
		return cmp.Or(cmp.Compare(b.Growth, a.Growth), strings.Compare(a.Name, b.Name))
	})
	return list[:min(len(list), topParts)]
}

// finish hands the sites over.
func (c *comparison) finish(sites []draft) {
	for i := range sites {
		c.result.Sites = append(c.result.Sites, sites[i].Site)
	}
}
