package growth

import (
	"github.com/heapdiff/heapdiff/advice"
	"github.com/heapdiff/heapdiff/graph"
)

// findSamples finds some objects for each line, and returns the first of each.
func (w *writer) findSamples(drafts []draft) []graph.NodeID {
	t, g := w.led.after, w.h.Graph
	want := map[uint32][]int{} // signature -> drafts
	asked := make([]bool, len(t.sigs))
	for i := range drafts {
		d := &drafts[i]
		sig := d.sig
		if d.point >= 0 {
			if sig = w.mainSig(d); sig == 0 {
				continue
			}
		}
		want[sig], asked[sig] = append(want[sig], i), true
	}
	first := make([]graph.NodeID, len(drafts))
	for node := range graph.NodeID(g.NumNodes()) {
		sig := t.sig(node)
		if !asked[sig.Row()] || sig.Internal() {
			continue
		}
		fresh := w.sharer.isFresh(node)
		full := true
		for _, i := range want[sig.Row()] {
			d := &drafts[i]
			if len(d.SampleIDs) < topSamples && (d.point < 0 || fresh) {
				if len(d.SampleIDs) == 0 {
					first[i] = node
				}
				d.SampleIDs = append(d.SampleIDs, g.ID.At(node))
			}
			full = full && len(d.SampleIDs) == topSamples
		}
		asked[sig.Row()] = !full
	}
	return first
}

// describeSamples tells of the first sample of each line what dominates it, and of
// texts how they are kept.
func (w *writer) describeSamples(drafts []draft, first []graph.NodeID) {
	t, g := w.led.after, w.h.Graph
	for i := range drafts {
		if d := &drafts[i]; d.Class == "(string)" && len(d.SampleIDs) > 0 {
			d.Class = "(" + g.TypeName(first[i]) + ")"
		}
	}
	if w.h.Dominators == nil {
		return
	}
	for i := range drafts {
		if d := &drafts[i]; len(d.SampleIDs) > 0 {
			for n := w.h.Dominators.Idom(first[i]); n != g.Root && len(d.Dominators) < topAbove; n = w.h.Dominators.Idom(n) {
				sig := t.sig(n)
				d.Dominators = append(d.Dominators, Step{
					Edge: t.edges.shown[t.sigs[sig.Row()].edge], Class: t.classes.shown[t.sigs[sig.Row()].class], Retained: w.retained(n),
				})
			}
		}
	}
}

// findLargest finds for each line, and each step to it, the object that holds most,
// by its signature.
func (w *writer) findLargest(drafts []draft) map[uint32]graph.NodeID {
	t, g := w.led.after, w.h.Graph
	wanted := make([]bool, len(t.sigs))
	for i := range drafts {
		for _, sig := range t.chain(drafts[i].sig) {
			wanted[sig] = t.classes.flags[t.sigs[sig].class]&(system|runtime) == 0
		}
	}
	largest := map[uint32]graph.NodeID{}
	for node := range graph.NodeID(g.NumNodes()) {
		sig := t.sig(node)
		if wanted[sig.Row()] && !sig.Internal() {
			if best, ok := largest[sig.Row()]; !ok || w.retained(node) > w.retained(best) {
				largest[sig.Row()] = node
			}
		}
	}
	return largest
}

// describeHolders tells of them.
func (w *writer) describeHolders(drafts []draft, largest map[uint32]graph.NodeID) {
	t, g := w.led.after, w.h.Graph
	for i := range drafts {
		d := &drafts[i]
		if n, ok := largest[d.sig]; ok {
			d.HolderID, d.Holders = g.ID.At(n), uint64(t.sigs[d.sig].count)
		}
		for k, sig := range t.chain(d.sig) {
			if n, ok := largest[sig]; ok && w.h.Dominators != nil {
				d.Steps[k].Count, d.Steps[k].Retained = uint64(t.sigs[sig].count), w.h.Dominators.Retained(n)
			}
		}
	}
}

// retained is what an object retains, or its own size if that is all there is.
func (w *writer) retained(n graph.NodeID) uint64 {
	if w.h.Dominators == nil {
		return w.h.Self.At(n)
	}
	return w.h.Dominators.Retained(n)
}

// findSlices finds the lines of texts that were for the most part cut out of
// others, and so keep these.
func (w *writer) findSlices(drafts []draft) {
	t, g := w.led.after, w.h.Graph
	slices := map[uint32]uint64{} // signature -> new pieces of other texts
	for i := range drafts {
		if d := &drafts[i]; d.Advice == advice.StringsKept {
			slices[w.mainSig(d)] = 0
		}
	}
	if len(slices) == 0 {
		return
	}
	for node := range graph.NodeID(g.NumNodes()) {
		sig := t.sig(node)
		if g.Type[node] == graph.SlicedString && w.sharer.isFresh(node) {
			if _, asked := slices[sig.Row()]; asked {
				slices[sig.Row()]++
			}
		}
	}
	for i := range drafts {
		d := &drafts[i]
		if d.Advice != advice.StringsKept {
			continue
		}
		if pieces := slices[w.mainSig(d)]; pieces > 0 && pieces >= (d.CountAfter-min(d.CountBefore, d.CountAfter))/2 {
			d.Advice = advice.StringsCut
		}
	}
}
