package diff

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/graph"
)

// Allocated is what was made between two heaps, exactly: V8 counted every object
// while it tracked allocations, whether it was freed again or not.
type Allocated struct {
	// SinceTracking says that the earlier heap knows nothing of the tracking: what
	// is counted was made since that began.
	SinceTracking bool
	Total         Made
	Sites         []AllocatedAt // most bytes that are still there first
	// Times are when the objects were made that are still there, in order. They are
	// known by their ids, whether or not their stacks are.
	Times []AllocatedWhen
}

// AllocatedWhen is what was made in a part of the tracking and is still there.
type AllocatedWhen struct {
	From, To    time.Duration // since tracking began
	Count, Size uint64
}

// mostTimes is in how many parts the time is divided.
const mostTimes = 10

// Made counts what was made, and what of it is still there.
type Made struct {
	Count, Size           uint64
	AliveCount, AliveSize uint64
}

func (m *Made) add(n Made) {
	m.Count += n.Count
	m.Size += n.Size
	m.AliveCount += n.AliveCount
	m.AliveSize += n.AliveSize
}

// AllocatedAt is what was made in one stack of calls.
type AllocatedAt struct {
	Calls []growth.Call // the innermost first; empty for what V8 made outside of all functions
	Made
}

// allocated adds up what the later heap knows of allocations.
func (c *comparison) allocated() *Allocated {
	g := c.after.Graph
	t := g.Traces
	if t == nil || len(t.Calls) < 2 || c.result.Match.Mode != Identity {
		return nil
	}
	since, known := sinceBefore(c.before.traces, t.Calls)
	made := make([]Made, len(t.Calls))
	for i := range t.Calls {
		made[i] = Made{Count: t.Calls[i].Count - since[i].Count, Size: t.Calls[i].Size - since[i].Size}
	}
	for n, row := range t.Of {
		node := graph.NodeID(n)
		if row != 0 && (!known || g.ID.At(node) > c.met.firstLast) {
			made[row].AliveCount++
			made[row].AliveSize += g.Self.At(node)
		}
	}
	a := &Allocated{SinceTracking: !known}
	for row := range made {
		if made[row] != (Made{}) {
			a.Total.add(made[row])
			a.Sites = append(a.Sites, AllocatedAt{growth.Calls(g, uint32(row)), made[row]})
		}
	}
	slices.SortStableFunc(a.Sites, func(x, y AllocatedAt) int {
		return cmp.Or(cmp.Compare(y.AliveSize, x.AliveSize), cmp.Compare(y.Size, x.Size), cmp.Compare(y.Count, x.Count))
	})
	a.Times = c.times(t.Moments)
	return a
}

// times divides the tracking into parts of about the same length, and adds up what
// was made in each: V8 noted the last id now and then. What follows the last note
// belongs to the last part.
func (c *comparison) times(moments []graph.Moment) []AllocatedWhen {
	byTime := func(a, b graph.Moment) int {
		return cmp.Or(cmp.Compare(a.Micros, b.Micros), cmp.Compare(a.LastID, b.LastID))
	}
	if len(moments) < 2 || !slices.IsSortedFunc(moments, byTime) || moments[len(moments)-1].Micros > uint64(math.MaxInt64/time.Microsecond) {
		return nil
	}
	length := moments[len(moments)-1].Micros
	var parts []AllocatedWhen
	var last []uint64 // part -> its last id
	for _, m := range moments[1:] {
		at := time.Duration(m.Micros) * time.Microsecond
		if n := len(parts); n > 0 && m.Micros*mostTimes <= uint64(n)*length {
			parts[n-1].To, last[n-1] = at, m.LastID
			continue
		}
		part := AllocatedWhen{To: at}
		if n := len(parts); n > 0 {
			part.From = parts[n-1].To
		}
		parts, last = append(parts, part), append(last, m.LastID)
	}
	last[len(last)-1] = math.MaxUint64
	g := c.after.Graph
	for n := range graph.NodeID(g.NumNodes()) {
		id := g.ID.At(n)
		if !isObjectID(id) || id <= max(moments[0].LastID, c.met.firstLast) {
			continue
		}
		at, _ := slices.BinarySearch(last, id)
		if size := g.Self.At(n); size > 0 {
			parts[at].Count++
			parts[at].Size += size
		}
	}
	return parts
}

// sinceBefore returns what each call had made when the earlier heap was taken.
// known says that this tracking had begun by then: its calls are all there and
// have made no less. If not, everything was made since.
func sinceBefore(before, after []graph.Trace) (was []Made, known bool) {
	was = make([]Made, len(after))
	row := make(map[uint32]int, len(after))
	for i := range after {
		row[after[i].ID] = i
	}
	for i := 1; i < len(before); i++ {
		b := &before[i]
		at, ok := row[b.ID]
		if !ok || at == 0 || after[after[at].Parent].ID != before[b.Parent].ID || after[at].Count < b.Count || after[at].Size < b.Size {
			return make([]Made, len(after)), false
		}
		was[at] = Made{Count: b.Count, Size: b.Size}
	}
	return was, len(before) > 1
}
