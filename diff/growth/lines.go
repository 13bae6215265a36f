package growth

import (
	"cmp"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/crew"
	"github.com/heapdiff/heapdiff/parse"
)

// writer turns points and accounts into lines.
type writer struct {
	led    *ledger
	sharer *sharer
	att    *attribution
	h      *parse.Heap
	o      Options
	where  *located
	homes  *homes

	hidden Hidden
}

const (
	hiddenSize   = 64 << 10 // bytes: what is smaller than this, and
	hiddenShare  = 200      // than one in so many of the growth, is hidden
	leastInPlace = 1 << 10
	topChildren  = 8
	topSamples   = 5
	topAbove     = 8
)

// draft is a line in the making.
type draft struct {
	Line
	point int // or -1
	main  grown
	links []link // to what accumulates, or to the object that became larger
	sig   uint32 // of the container
}

func (w *writer) lines(r *Ranking, scripts *scripts) {
	drafts := append(w.pointDrafts(), w.placeDrafts()...)
	asked := w.asked(drafts)
	var samples []graph.NodeID
	var largest map[uint32]graph.NodeID
	crew.Both(w.o.Jobs, func() {
		w.where = locate(w.led.after, asked, scripts)
	}, func() {
		w.homes = findHomes(w.led.after, asked, scripts)
		samples, largest = w.findSamples(drafts), w.findLargest(drafts)
	})
	fingerprints := make([]string, len(w.sharer.points))
	for i := range drafts {
		w.describe(&drafts[i])
	}
	w.led.after.tellApart(drafts)
	for i := range drafts {
		if d := &drafts[i]; d.point >= 0 {
			fingerprints[d.point] = d.Fingerprint
		}
	}
	for i := range drafts {
		w.coOwners(&drafts[i], fingerprints)
	}
	w.describeSamples(drafts, samples)
	w.allocations(drafts)
	w.describeHolders(drafts, largest)
	w.findSlices(drafts)
	slices.SortFunc(drafts, func(a, b draft) int { return compareLines(a.Line, b.Line) })
	about := map[uint32]string{} // signature -> line
	gained := r.Reconciliation.Accumulated + r.Reconciliation.InPlace + r.Reconciliation.Unattributed
	for i := range drafts {
		d := &drafts[i]
		if !w.o.All && d.Share < hiddenSize && d.Share < gained/hiddenShare {
			w.hidden.Lines++
			w.hidden.Size += d.Share
			continue
		}
		r.Lines = append(r.Lines, d.Line)
		if about[d.sig] == "" || d.point >= 0 {
			about[d.sig] = d.Fingerprint
		}
	}
	r.Hidden = w.hidden
	r.Ways = w.led.ways(about)
}

// pointDrafts starts a line for each accumulation point that has a share.
func (w *writer) pointDrafts() []draft {
	var drafts []draft
	t := w.led.after
	for i, p := range w.sharer.points {
		st := &w.att.stakes[i]
		if st.share+st.own == 0 {
			continue
		}
		d := draft{point: i, sig: p.sig, main: w.mainPlace(p)}
		place := &t.places[d.main.place]
		d.links = append(t.links(p.sig), link{edge: place.edge, class: place.class})
		d.Class = t.classes.shown[place.class]
		w.count(&d, p)
		d.Share, d.Exclusive, d.Own = st.share+st.own, st.exclusive+st.own, st.own
		drafts = append(drafts, d)
	}
	return drafts
}

// count adds up what the places of a point hold of the class that accumulates:
// the two ends of a list, say. Places that hold the same objects, which have
// their path through another, count only where there is nothing else.
func (w *writer) count(d *draft, p point) {
	t := w.led.after
	class := t.places[d.main.place].class
	places := []grown{d.main}
	if d.main.own {
		places = places[:0]
		for _, g := range p.places {
			if g.own && t.places[g.place].class == class {
				places = append(places, g)
			}
		}
	}
	for _, g := range places {
		d.CountBefore += uint64(max(g.before, 0))
		d.CountAfter += uint64(max(g.after, 0))
		if g.own {
			d.standing.counted = append(d.standing.counted, t.places[g.place].sig)
		} else {
			d.standing.held = append(d.standing.held, g.place)
		}
	}
}

// mainPlace is the place that a line is named after: objects before strings,
// what gained most first.
func (w *writer) mainPlace(p point) grown {
	t := w.led.after
	return slices.MinFunc(p.places, func(a, b grown) int {
		x, y := &t.places[a.place], &t.places[b.place]
		leafX, leafY := t.classes.flags[x.class]&leaf != 0, t.classes.flags[y.class]&leaf != 0
		return cmp.Or(compareBool(leafX, leafY), cmp.Compare(b.after-b.before, a.after-a.before),
			cmp.Compare(t.edges.text[x.edge], t.edges.text[y.edge]), cmp.Compare(t.classes.text[x.class], t.classes.text[y.class]))
	})
}

// placeDrafts starts a line for each signature whose objects became larger.
func (w *writer) placeDrafts() []draft {
	var drafts []draft
	t := w.led.after
	for sig, grew := range w.att.grewInPlace {
		if grew == 0 || sig <= rootSig {
			continue
		}
		if grew < leastInPlace && !w.o.All {
			w.hidden.Lines++ // a line for each would be thousands
			w.hidden.Size += grew
			continue
		}
		d := draft{point: -1, sig: uint32(sig), links: t.links(uint32(sig))}
		d.InPlace, d.Class = true, t.classes.shown[t.sigs[sig].class]
		d.CountAfter = uint64(t.sigs[sig].count)
		d.CountBefore = uint64(max(int64(d.CountAfter)-w.led.accounts[sig].count, 0))
		d.SizeAfter = t.sigs[sig].self
		d.SizeBefore = d.SizeAfter - min(grew, d.SizeAfter)
		d.Share, d.Exclusive, d.Own = grew, grew, grew
		d.standing = standing{counted: []uint32{d.sig}, weighed: []uint32{d.sig}}
		drafts = append(drafts, d)
	}
	return drafts
}

// asked lists the signatures whose locations the drafts need.
func (w *writer) asked(drafts []draft) []uint32 {
	var sigs []uint32
	for i := range drafts {
		d := &drafts[i]
		sigs = append(sigs, w.led.after.chain(d.sig)...)
		if d.point < 0 {
			continue
		}
		if sig := w.led.after.places[d.main.place].sig; sig != 0 {
			sigs = append(sigs, sig)
		}
		for _, c := range w.children(d.point) {
			sigs = append(sigs, c.sig)
		}
	}
	return sigs
}

// held is what of one signature accumulated at a point.
type held struct {
	sig uint32
	amount
}

// children returns what accumulated at a point, most bytes first.
func (w *writer) children(point int) []held {
	var out []held
	for sig, a := range w.att.stakes[point].children {
		if a.size > 0 || a.count > 0 {
			out = append(out, held{sig, a})
		}
	}
	slices.SortFunc(out, func(a, b held) int {
		return cmp.Or(cmp.Compare(b.size, a.size), cmp.Compare(b.count, a.count), cmp.Compare(a.sig, b.sig))
	})
	return out
}

// describe fills what follows from the path and what accumulates.
func (w *writer) describe(d *draft) {
	t := w.led.after
	copy(d.links, w.links(d.sig))
	w.nameLast(d)
	d.Path, d.Owner = t.render(d.links, w.begin(d)), t.owner(w.links(d.sig))
	if d.point >= 0 {
		d.Owner = w.ownerOf(w.sharer.points[d.point])
	}
	links := w.links(d.sig)
	for i, sig := range t.chain(d.sig) {
		edge := t.edges.shown[links[i].edge]
		if links[i].variable != "" {
			edge = variablePrefix + links[i].variable
		}
		d.Steps = append(d.Steps, Step{Edge: edge, Class: t.shown(links[i]), Where: w.where.where(sig)})
	}
	e := evidence{container: t.classes.text[t.sigs[d.sig].class], owner: d.Owner, class: d.Class}
	if d.point >= 0 {
		w.describePoint(d, &e)
	} else {
		e.engine = t.classes.flags[t.sigs[d.sig].class]&(runtime|system) != 0
		e.total, e.held = d.Share, map[string]uint64{d.Class: d.Share}
		d.Location = w.where.where(d.sig)
	}
	d.Kind = e.kind()
	d.Payload = e.payload(d.Kind)
	d.Advice = e.pattern(d.Kind, d.InPlace)
	d.Tier = w.tier(d)
	d.Fingerprint = t.fingerprint(d.Kind, d.links, w.begin(d))
	d.PerIteration = d.rate(w.o.Iterations)
}

// begin is where the path of a draft begins: a variable may itself be what leads
// to more than before, as to the newest of a list.
func (w *writer) begin(d *draft) variable {
	if d.point >= 0 && d.main.own {
		sig := w.mainSig(d)
		if last := len(d.links) - 1; last > 0 && w.led.after.isVariable(sig) && w.led.after.places[d.main.place].held <= fewHold {
			return variable{link: last, script: w.homes.script(sig)}
		}
	}
	return w.homes.begin(d.sig)
}

// nameLast calls what accumulates by the properties it has, if it is plain
// objects.
func (w *writer) nameLast(d *draft) {
	sig := d.sig
	if d.point >= 0 {
		sig = w.mainSig(d)
	}
	if name := w.nameOf(sig); name != "" {
		d.Class, d.links[len(d.links)-1].name = name, name
		return
	}
	w.restore(&d.links[len(d.links)-1], sig)
	d.Class = w.led.after.shown(d.links[len(d.links)-1])
}

// links returns the path to a signature, with the names that the source has.
func (w *writer) links(sig uint32) []link {
	links := w.led.after.links(sig)
	if w.o.Maps != nil {
		for i, s := range w.led.after.chain(sig) {
			w.restore(&links[i], s)
		}
	}
	if v := w.homes.begin(sig); v.name != "" {
		links[v.link].alias = v.name
	}
	return links
}

// restore finds out what class and variable of a link to a signature were called
// in the source.
func (w *writer) restore(l *link, sig uint32) {
	t := w.led.after
	if w.o.Maps == nil || sig == 0 {
		return
	}
	if flags := t.classes.flags[l.class]; flags&scoped != 0 || flags&builtin == 0 {
		if l.original = w.where.original(sig); l.original != "" && flags&scoped != 0 {
			l.original += "()"
		}
	}
	if t.isVariable(sig) {
		l.variable, _ = w.homes.variable(sig)
	}
}

// nameOf returns the name of the plain objects of a signature, or "".
func (w *writer) nameOf(sig uint32) string {
	return w.where.name(sig, func(class graph.ClassID) string {
		classes, final, _ := w.h.Named()
		return classes[final[class]].Name
	})
}

func (w *writer) describePoint(d *draft, e *evidence) {
	t := w.led.after
	place := &t.places[d.main.place]
	e.edge = t.edges.text[place.edge]
	e.chain = place.sig != 0 && int64(t.sigs[place.sig].count) > int64(place.held)
	e.grows = e.chain && w.led.lengthened(d.main.place, w.o.minimum())
	e.engine = w.sharer.points[d.point].minor || t.classes.flags[place.class]&runtime != 0
	e.held = map[string]uint64{}
	for i, c := range w.children(d.point) {
		node := &t.sigs[c.sig]
		e.held[t.classes.text[node.class]] += c.size
		e.total += c.size
		d.standing.weighed = append(d.standing.weighed, c.sig)
		d.SizeAfter += node.self
		if gain := w.led.accounts[c.sig].gain; gain > 0 {
			d.SizeBefore += node.self - min(uint64(gain), node.self)
		} else {
			d.SizeBefore += node.self
		}
		if i < topChildren {
			name := w.nameOf(c.sig)
			last := link{class: node.class}
			w.restore(&last, c.sig)
			child := Child{Path: w.relative(d.sig, c.sig, name), Class: t.shown(last), Count: c.count, Size: c.size}
			if name != "" {
				child.Class = name
			}
			d.Children = append(d.Children, child)
		}
	}
	d.Location, d.Located = w.locate(d)
	e.located = w.where.where(w.mainSig(d)) != ""
}

// locate returns where what accumulates is defined: better a place in the
// program's own code, of something that came with it and is named, than one in a
// library.
func (w *writer) locate(d *draft) (at, located string) {
	sig := w.mainSig(d)
	if sig != 0 && w.where.origin(sig) == appCode {
		return w.where.where(sig), ""
	}
	for _, c := range w.children(d.point) {
		if w.where.origin(c.sig) == appCode {
			last := link{class: w.led.after.sigs[c.sig].class}
			w.restore(&last, c.sig)
			if located = w.led.after.shown(last); located == d.Class {
				located = ""
			}
			return w.where.where(c.sig), located
		}
	}
	if sig == 0 {
		return "", ""
	}
	return w.where.where(sig), ""
}

// relative writes the path from a container to a signature below it, or the
// whole path of a signature elsewhere.
func (w *writer) relative(from, sig uint32, name string) string {
	t := w.led.after
	links := w.links(sig)
	if len(links) > 0 {
		links[len(links)-1].name = name
	}
	if t.isAbove(from, sig) {
		return t.render(links[len(t.links(from)):], variable{})
	}
	return t.render(links, w.homes.begin(sig))
}

func (t *Tree) isAbove(up, sig uint32) bool {
	for ; sig > rootSig; sig = t.sigs[sig].parent {
		if sig == up {
			return true
		}
	}
	return false
}

// mainSig returns the signature of what accumulates at a point: that of its main
// place, or where the objects have another path that of their class.
func (w *writer) mainSig(d *draft) uint32 {
	t := w.led.after
	place := &t.places[d.main.place]
	if place.sig != 0 {
		return place.sig
	}
	for _, c := range w.children(d.point) {
		if t.sigs[c.sig].class == place.class {
			return c.sig
		}
	}
	return 0
}

// ownerOf names a point; the root itself is named by what hangs on it.
func (w *writer) ownerOf(p point) string {
	t := w.led.after
	if p.sig == rootSig {
		return t.classes.shown[t.places[w.mainPlace(p).place].class]
	}
	return t.owner(w.links(p.sig))
}

func (w *writer) coOwners(d *draft, fingerprints []string) {
	if d.point < 0 {
		return
	}
	t := w.led.after
	for other, size := range w.att.stakes[d.point].partners {
		if size == 0 {
			continue
		}
		d.CoOwners = append(d.CoOwners, CoOwner{Fingerprint: fingerprints[other], Owner: w.ownerOf(w.sharer.points[other]), Size: size})
	}
	if size := w.att.stakes[d.point].rescued; size > 0 {
		if sig := w.sharer.rescuerOf(uint32(d.point)); sig != 0 {
			d.CoOwners = append(d.CoOwners, CoOwner{Owner: t.owner(t.links(sig)), Size: size})
		}
	}
	slices.SortFunc(d.CoOwners, func(a, b CoOwner) int {
		return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
}

// tierOrder says how tiers follow each other in a report.
var tierOrder = map[Tier]int{Leak: 0, Growth: 1, WarmUp: 2, Churn: 3, Library: 4, Runtime: 5}

func compareLines(a, b Line) int {
	return cmp.Or(
		cmp.Compare(tierOrder[a.Tier], tierOrder[b.Tier]),
		cmp.Compare(b.Share, a.Share), cmp.Compare(b.Exclusive, a.Exclusive),
		cmp.Compare(int64(b.CountAfter-b.CountBefore), int64(a.CountAfter-a.CountBefore)),
		cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.Path, b.Path))
}
