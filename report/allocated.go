package report

import (
	"strings"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/internal/human"
)

// callsShown is how many calls of a stack are told: where it was made, and who
// wanted it.
const callsShown = 4

// stackOf writes a stack as a person reads it, the innermost call first, without
// the calls by which the platform started the program.
func stackOf(calls []growth.Call, most int) Phrase {
	for len(calls) > 1 && strings.HasPrefix(calls[len(calls)-1].Where, "node:") {
		calls = calls[:len(calls)-1]
	}
	if len(calls) == 0 {
		return Phrase{words("outside of all functions")}
	}
	p := Phrase{name(calls[0].Function)}
	if calls[0].Where != "" {
		p = append(p, words(" ("), name(calls[0].Where), words(")"))
	}
	for _, c := range calls[1:min(len(calls), most)] {
		p = append(p, words(" ← "), name(c.Function))
	}
	if len(calls) > most && most > 1 {
		p = append(p, words(" ← …"))
	}
	return p
}

// madeBy says by what calls the objects at a place were made. Stacks that differ
// only in what is not told are one.
func madeBy(list []growth.Allocation) []Phrase {
	var told []string
	sums := map[string]*growth.Allocation{}
	for _, a := range list {
		key := plainText(stackOf(a.Calls, callsShown))
		if sums[key] == nil {
			told, sums[key] = append(told, key), &growth.Allocation{Calls: a.Calls}
		}
		sums[key].Count += a.Count
		sums[key].Size += a.Size
	}
	var all []Phrase
	for i, key := range told {
		a := sums[key]
		if i > 0 && a.Size*10 < sums[told[0]].Size {
			break
		}
		p := append(Phrase{words("allocated at ")}, stackOf(a.Calls, callsShown)...)
		all = append(all, append(p, dot, natural(a.Count), plural(int(a.Count), " object, ", " objects, "), size(a.Size)))
	}
	return all
}

// allocated is the section about what was made between two heaps, if V8 tracked
// allocations.
func allocated(a *diff.Allocated, o Options) []Section {
	if a == nil {
		return nil
	}
	since := "What was made between the heaps"
	if a.SinceTracking {
		since = "What was made since tracking began, of which the earlier heap knows nothing"
	}
	lead := Phrase{words(since + ", freed again or not, as V8 counted it (objects that optimised code makes at once are one), and what of it is still there.")}
	t := &Table{
		Things: [2]string{"place", "places"},
		Columns: []Column{
			{Title: "allocated at"},
			{Title: "made", Drop: 3, Adds: true},
			{Title: "bytes", Drop: 2, Adds: true},
			{Title: "still there", Drop: 1, Adds: true},
			{Title: "bytes of them", Adds: true},
		},
	}
	row := func(first Value, m *diff.Made) Row {
		return Row{first, natural(m.Count), size(m.Size), natural(m.AliveCount), size(m.AliveSize)}
	}
	for i := range a.Sites {
		s := &a.Sites[i]
		if !o.All && s.AliveSize == 0 && i > 0 {
			continue
		}
		t.Rows = append(t.Rows, row(name(plainText(stackOf(s.Calls, 1))), &s.Made))
	}
	total := row(words("total"), &a.Total)
	t.Total = &total
	sections := []Section{{Title: "What was allocated in between, and where", Table: t, Lead: lead, Fold: Long}}
	if len(a.Times) > 1 {
		sections = append(sections, allocatedWhen(a.Times))
	}
	return sections
}

// allocatedWhen is the table of when what is still there was made.
func allocatedWhen(times []diff.AllocatedWhen) Section {
	t := &Table{
		Whole:   true,
		Columns: []Column{{Title: "since tracking began"}, {Title: "still there", Adds: true}, {Title: "bytes of them", Adds: true}},
	}
	var many, bytes uint64
	for _, w := range times {
		t.Rows = append(t.Rows, Row{words(human.Duration(w.From) + " to " + human.Duration(w.To)), natural(w.Count), size(w.Size)})
		many, bytes = many+w.Count, bytes+w.Size
	}
	t.Total = &Row{words("total"), natural(many), size(bytes)}
	return Section{
		Title: "When it was allocated", Table: t, Fold: Long,
		Lead: Phrase{words("What was made between the heaps and is still there, by V8's own notes of the last id: exact, also where the stack is not known.")},
	}
}

type callJSON struct {
	Function string `json:"function"`
	Where    string `json:"where"`
}

type madeJSON struct {
	Stack []callJSON `json:"stack"`
	Count uint64     `json:"count"`
	Size  uint64     `json:"size"`
}

type allocatedJSON struct {
	SinceTracking bool `json:"since_tracking"`
	amountsMadeJSON
	Sites []madeAtJSON   `json:"sites"`
	Times []madeWhenJSON `json:"times"`
}

type madeWhenJSON struct {
	From  int64  `json:"from_nanos"`
	To    int64  `json:"to_nanos"`
	Count uint64 `json:"count"`
	Size  uint64 `json:"size"`
}

type madeAtJSON struct {
	Stack []callJSON `json:"stack"`
	amountsMadeJSON
}

type amountsMadeJSON struct {
	Count      uint64 `json:"count"`
	Size       uint64 `json:"size"`
	AliveCount uint64 `json:"alive_count"`
	AliveSize  uint64 `json:"alive_size"`
}

func newCallsJSON(calls []growth.Call) []callJSON {
	out := make([]callJSON, len(calls))
	for i, c := range calls {
		out[i] = callJSON(c)
	}
	return out
}

func newMadeJSON(list []growth.Allocation) []madeJSON {
	out := make([]madeJSON, len(list))
	for i := range list {
		out[i] = madeJSON{newCallsJSON(list[i].Calls), list[i].Count, list[i].Size}
	}
	return out
}

func newAllocatedJSON(a *diff.Allocated) *allocatedJSON {
	if a == nil {
		return nil
	}
	out := &allocatedJSON{SinceTracking: a.SinceTracking, amountsMadeJSON: amountsMadeJSON(a.Total), Sites: make([]madeAtJSON, len(a.Sites)), Times: make([]madeWhenJSON, len(a.Times))}
	for i, w := range a.Times {
		out.Times[i] = madeWhenJSON{int64(w.From), int64(w.To), w.Count, w.Size}
	}
	for i := range a.Sites {
		out.Sites[i] = madeAtJSON{newCallsJSON(a.Sites[i].Calls), amountsMadeJSON(a.Sites[i].Made)}
	}
	return out
}
