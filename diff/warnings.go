package diff

import (
	"fmt"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/human"
)

// form is how a snapshot was written, as far as it shows.
type form struct {
	shapes    bool // the shapes of objects have a type of their own
	domStates bool // it has the state of nodes of a document
	owners    bool // it says which objects are the program's own
	numbers   bool // it has the values of numbers
}

func formOf(g *graph.Graph) form {
	f := form{shapes: slices.Contains(g.Type, graph.ObjectShape), domStates: g.HasDOMStates, owners: len(g.OwnerRoots) > 0}
	for n := graph.NodeID(0); int(n) < g.NumNodes() && !f.numbers; n++ {
		f.numbers = g.Type[n] == graph.Number && string(g.Strings.Bytes(g.Name[n])) == "smi number"
	}
	return f
}

// warnings are the doubts that a reader must know of.
func (c *comparison) warnings() []string {
	var list []string
	warn := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	m, e := &c.result.Match, &c.met
	if c.before.objects != nil {
		switch believed := e.match(""); {
		case m.Forced && m.Mode == Identity && believed.Mode == Structure:
			warn("objects are matched by id as asked, but %s: what is shown as new, deleted or grown may be something else", believed.Reason)
		case m.Mode == Identity && e.early > 0 && !e.reversed():
			warn("%s of %s new ids are smaller than ids that existed before; they are taken for objects that the first snapshot did not reach",
				human.Count(e.early), human.Count(e.fresh))
		}
	}
	before, after := &c.result.Before, &c.result.After
	was, is := &c.before.form, &c.form
	switch {
	case before.Format != after.Format:
		warn("the files are of different formats: %s and %s", before.Format, after.Format)
	case was.shapes != is.shapes || was.domStates != is.domStates:
		warn("the snapshots were written by different versions of V8, which count some things differently")
	case was.owners != is.owners:
		warn("only one of the snapshots was taken with its internals exposed: the other has their bytes in the objects that own them, so sizes differ where nothing grew")
	case was.numbers != is.numbers:
		warn("only one of the snapshots has the values of numbers: plain objects may be named by other properties")
	}
	if change := int64(after.Extra - before.Extra); change != 0 && max(change, -change) > max(c.result.Growth(), 1<<20)/2 {
		warn("memory outside of all objects went from %s to %s; it is in no table here", human.Bytes(before.Extra), human.Bytes(after.Extra))
	}
	return list
}
