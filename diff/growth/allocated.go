package growth

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/heapdiff/heapdiff/graph"
)

// Allocation is a stack of calls that made some of what accumulates, where the
// producer tracked it.
type Allocation struct {
	Calls []Call // the innermost first
	Count uint64 // objects made there that stay at the place
	Size  uint64 // their bytes, shared or not
}

// Call is a function in a stack and the place in it.
type Call struct {
	Function string
	Where    string // "script:line:column"; may be empty
}

// topAllocations is how many stacks are told of a line.
const topAllocations = 3

// Calls returns a stack of a heap as plain data.
func Calls(g *graph.Graph, row uint32) []Call {
	var calls []Call
	for _, f := range g.Traces.Stack(row) {
		c := Call{Function: g.Strings.String(f.Name)}
		if c.Function == "" {
			c.Function = "(anonymous)"
		}
		if script := g.Strings.String(f.Script); script != "" && f.Line > 0 {
			c.Where = fmt.Sprintf("%s:%d:%d", strings.TrimPrefix(script, "file://"), f.Line, f.Column)
		}
		calls = append(calls, c)
	}
	return calls
}

// allocations finds the stacks that made what the drafts are about.
func (w *writer) allocations(drafts []draft) {
	g := w.h.Graph
	if g.Traces == nil {
		return
	}
	byPoint, inPlace := map[uint32]int{}, map[uint32]int{} // -> draft
	for i := range drafts {
		if d := &drafts[i]; d.point >= 0 {
			byPoint[uint32(d.point)] = i
		} else {
			inPlace[d.sig] = i
		}
	}
	type made struct{ draft, trace int }
	sums := map[made]amount{}
	owners := map[uint32][]uint32{} // set -> its principals
	for n, row := range g.Traces.Of {
		node := graph.NodeID(n)
		if row == 0 || !w.sharer.isFresh(node) {
			continue
		}
		sig := w.led.after.sig(node)
		add := func(draft int) {
			key := made{draft, int(row)}
			a := sums[key]
			a.size += g.Self.At(node)
			if !sig.Internal() {
				a.count++
			}
			sums[key] = a
		}
		set := w.sharer.ownersOf(node)
		if set == 0 {
			if i, ok := inPlace[sig.Row()]; ok {
				add(i)
			}
			continue
		}
		principals, known := owners[set]
		if !known {
			principals = w.sharer.principals(set)
			owners[set] = principals
		}
		for _, p := range principals {
			if i, ok := byPoint[p]; ok {
				add(i)
			}
		}
	}
	for key, a := range sums {
		drafts[key.draft].Allocated = append(drafts[key.draft].Allocated, Allocation{Calls(g, uint32(key.trace)), a.count, a.size})
	}
	for i := range drafts {
		list := drafts[i].Allocated
		slices.SortFunc(list, func(a, b Allocation) int {
			return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(b.Count, a.Count), slices.CompareFunc(a.Calls, b.Calls, compareCalls))
		})
		drafts[i].Allocated = list[:min(len(list), topAllocations)]
	}
}

func compareCalls(a, b Call) int {
	return cmp.Or(strings.Compare(a.Function, b.Function), strings.Compare(a.Where, b.Where))
}
