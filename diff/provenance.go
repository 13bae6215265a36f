package diff

import (
	"fmt"
	"hash/crc32"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/human"
)

// Ids mean the same object only within one process. Two runs of a program share
// most of their ids, as both deal them out in sequence, and then most of the
// shared ids name different things. Two witnesses have to agree before ids are
// believed:
//
//   - Objects of one id are of the same type and name. An object can change its
//     name only in rare ways (a string is flattened, an id given anew).
//   - New objects have larger ids than all that were there before.
const (
	// minAgreement is the share of shared ids that must name the same kind of
	// object. 0.9956 and more were seen within one process, 0.91 and less across.
	minAgreement = 0.98
	// Of new ids one in maxEarly may be smaller than the last one before: none
	// were within one process, and nearly all across processes.
	maxEarly = 100
)

// isObjectID reports whether an id is of a JavaScript object: embedders' objects
// have even ids, which may be new in every snapshot.
func isObjectID(id uint64) bool { return id&1 != 0 }

// lastObjectID returns the largest id of a JavaScript object, or 0.
func lastObjectID(g *graph.Graph) uint64 {
	var last uint64
	for n := range graph.NodeID(g.NumNodes()) {
		if id := g.ID.At(n); id > last && isObjectID(id) {
			last = id
		}
	}
	return last
}

// fingerprints tell whether two objects of one id are of the same type and
// name: of all ids in a heap of up to a quarter of a million objects, of a sample in larger ones.
type fingerprints struct {
	stride uint64
	print  []uint32 // id/2/stride -> hash of type and name, or 0
}

const maxFingerprints = 1 << 18

func newFingerprints(g *graph.Graph, last uint64) *fingerprints {
	slots := last/2 + 1
	f := &fingerprints{stride: slots/maxFingerprints | 1} // odd: ids are dealt out in even patterns
	f.print = make([]uint32, min(slots/f.stride+1, 2*maxFingerprints))
	table := crc32.MakeTable(crc32.Castagnoli)
	for n := range graph.NodeID(g.NumNodes()) {
		if slot, ok := f.slot(g.ID.At(n)); ok {
			f.print[slot] = printOf(g, n, table)
		}
	}
	return f
}

// slot returns where the fingerprint of an id stands, if it is in the sample.
func (f *fingerprints) slot(id uint64) (slot uint64, ok bool) {
	slot = id >> 1 / f.stride
	return slot, isObjectID(id) && id>>1%f.stride == 0 && slot < uint64(len(f.print))
}

func printOf(g *graph.Graph, n graph.NodeID, table *crc32.Table) uint32 {
	sum := crc32.Update(uint32(g.Type[n])+1, table, g.Strings.Bytes(g.Name[n]))
	return max(sum, 1)
}

// witness is what is remembered of a heap to tell how a later one stands to it:
// whether it is of the same process, and whether it is later.
type witness struct {
	ids    ids
	prints *fingerprints
	last   uint64 // largest id of a JavaScript object
}

func newWitness(g *graph.Graph, ids ids) *witness {
	last := lastObjectID(g)
	return &witness{ids, newFingerprints(g, last), last}
}

// size returns the bytes of memory that it takes beside the ids.
func (w *witness) size() uint64 { return 4 * uint64(len(w.prints.print)) }

// encounter is what two heaps have in common by id.
type encounter struct {
	shared       int // ids of JavaScript objects that both have
	asked, same  int // of the sample: shared, and of the same type and name
	fresh, early int // ids that only the later heap has, and those of them below the earlier heap's last
	lost, late   int // ids that only the earlier heap has, and those of them above the later heap's last

	foreign, foreignShared int // objects of embedders in the later heap, and those whose ids both have
	foreignLost            int // those that only the earlier heap has

	firstLast uint64 // the earlier heap's last id
	lastLast  uint64 // the later heap's last id
}

func (w *witness) meet(g *graph.Graph) encounter {
	e := encounter{firstLast: w.last, lastLast: lastObjectID(g)}
	table := crc32.MakeTable(crc32.Castagnoli)
	for n := range graph.NodeID(g.NumNodes()) {
		id := g.ID.At(n)
		known := w.ids.has(id)
		if !isObjectID(id) {
			e.foreign++
			if known {
				e.foreignShared++
			}
			continue
		}
		if !known {
			e.fresh++
			if id < w.last {
				e.early++
			}
			continue
		}
		e.shared++
		if slot, ok := w.prints.slot(id); ok && w.prints.print[slot] != 0 {
			e.asked++
			if w.prints.print[slot] == printOf(g, n, table) {
				e.same++
			}
		}
	}
	total, late := w.ids.countObjects(e.lastLast)
	e.lost, e.late = max(total-e.shared, 0), late
	e.foreignLost = max(w.ids.len()-total-e.foreignShared, 0)
	return e
}

func (e *encounter) agreement() float64 {
	if e.asked == 0 {
		return 0
	}
	return float64(e.same) / float64(e.asked)
}

// renumbered reports whether embedders' objects get new ids in each snapshot,
// as Node's do: then such an id says nothing of whether an object is new.
func (e *encounter) renumbered() bool { return e.foreignShared*2 < e.foreign }

// inOrder reports whether new ids follow the old ones.
func (e *encounter) inOrder() bool { return e.early*maxEarly <= e.fresh }

// ofOneProcess reports whether the ids that both heaps have name the same things.
func (e *encounter) ofOneProcess() bool { return e.shared > 0 && e.agreement() >= minAgreement }

// reversed reports whether the heaps are of one process but the second is the
// earlier one: then it is the first whose ids follow.
func (e *encounter) reversed() bool {
	return e.ofOneProcess() && e.lastLast < e.firstLast && (e.lost-e.late)*maxEarly <= e.lost && (!e.inOrder() || e.fresh == 0)
}

// alike reports whether not one object came or went, as if it were one heap: to
// take a snapshot alone makes some.
func (e *encounter) alike() bool {
	return e.shared > 0 && e.same == e.asked && e.fresh+e.lost == 0 && e.foreign == e.foreignShared && e.foreignLost == 0
}

// match decides how to compare.
func (e *encounter) match(forced Mode) Match {
	m := Match{Mode: Structure, Agreement: e.agreement(), Shared: e.shared}
	share := human.Percent(float64(e.same), float64(e.asked))
	switch {
	case e.shared == 0:
		m.Reason = "the snapshots have no object ids in common, so they are of different processes or of a producer that numbers objects anew each time"
	case m.Agreement < minAgreement:
		m.Reason = fmt.Sprintf("only %s of the %s ids in common name the same kind of object, so the snapshots seem to be of different processes, or of one that a debugger left in between",
			share, human.Count(int64(e.shared)))
	case e.reversed():
		m.Mode = Identity
		m.Reason = fmt.Sprintf("%s of the %s ids in common name the same kind of object, so the snapshots are of one process",
			share, human.Count(int64(e.shared)))
	case !e.inOrder():
		m.Reason = fmt.Sprintf("%s of the %s new ids are smaller than ids that existed before, which does not happen within one process",
			human.Count(int64(e.early)), human.Count(int64(e.fresh)))
	default:
		m.Mode = Identity
		m.Reason = fmt.Sprintf("%s of the %s ids in common name the same kind of object and new ids follow the old ones, so the snapshots are of one process",
			share, human.Count(int64(e.shared)))
	}
	if forced != "" {
		m.Mode, m.Forced = forced, true
	}
	return m
}
