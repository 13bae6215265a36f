package diff

import (
	"cmp"
	"slices"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/sourcemap"
	"github.com/heapdiff/heapdiff/paths"
)

// classTable gives the classes of two heaps common rows.
type classTable struct {
	structure bool
	maps      *sourcemap.Maps // may be nil
	rows      []ClassRow
	byKey     map[string]uint32
}

func newClassTable(structure bool, maps *sourcemap.Maps) *classTable {
	return &classTable{structure: structure, maps: maps, byKey: map[string]uint32{}}
}

// rowsOf maps the provisional classes of a heap, which final names, to rows.
// The heap that comes first labels a class.
func (t *classTable) rowsOf(classes []graph.Class, final []graph.ClassID, scripts paths.Scripts) []uint32 {
	rows := make([]uint32, len(classes))
	for i := range classes {
		rows[i] = t.row(&classes[i], scripts)
	}
	out := make([]uint32, len(final))
	for p, class := range final {
		out[p] = rows[class]
	}
	return out
}

func (t *classTable) row(c *graph.Class, scripts paths.Scripts) uint32 {
	row := ClassRow{Class: c.Name, Key: c.Key}
	if t.structure {
		row.Class, row.Key = structuralName(c.Name), structuralKey(c)
	}
	at, ok := t.byKey[row.Key]
	if ok {
		return at
	}
	if c.Located {
		row.Where = sourceWhere(t.maps, scripts, c.Location)
		if was := originalName(t.maps, scripts, c); was != "" {
			row.Class = was
		}
	}
	at = uint32(len(t.rows))
	t.byKey[row.Key] = at
	t.rows = append(t.rows, row)
	return at
}

// sortClasses puts the classes that changed most first and takes out those
// that have no objects in either heap.
func sortClasses(rows []ClassRow) []ClassRow {
	rows = slices.DeleteFunc(rows, func(r ClassRow) bool { return r.BeforeCount == 0 && r.AfterCount == 0 })
	slices.SortFunc(rows, func(a, b ClassRow) int {
		return cmp.Or(
			cmp.Compare(b.change(), a.change()),
			cmp.Compare(a.Class, b.Class),
			cmp.Compare(a.Key, b.Key),
		)
	})
	return rows
}

// change is by how much the class's bytes changed, up or down.
func (r *ClassRow) change() uint64 {
	d := r.SizeDelta + r.InPlaceDelta
	if d < 0 {
		return uint64(-d)
	}
	return uint64(d)
}

// classes makes the rows of all classes with what is known without looking at
// single objects. Both heaps are named by the interfaces of the later one, as
// Chrome DevTools does: by its own, the earlier heap would name the same
// objects differently.
func (c *comparison) classes() {
	classes, final, interfaces := c.after.Named()
	c.scripts = paths.FindScripts(c.after.Graph)
	t := newClassTable(c.result.Match.Mode == Structure, c.maps())
	c.rowOfAfter = t.rowsOf(classes, final, c.scripts)
	classes, final = c.before.sums.naming.Resolve(interfaces)
	c.rowOfBefore = t.rowsOf(classes, final, c.before.scripts)
	for p, row := range c.rowOfBefore {
		t.rows[row].BeforeCount += c.before.sums.count[p]
		t.rows[row].BeforeSize += c.before.sums.size[p]
	}
	for p, row := range c.rowOfAfter {
		t.rows[row].AfterCount += c.sums.count[p]
		t.rows[row].AfterSize += c.sums.size[p]
	}
	c.result.Classes = t.rows
}

// retained fills the retained sizes of the classes.
func (c *comparison) retained() {
	rows := c.result.Classes
	before := c.before.sums.nest.sum(c.rowOfBefore, len(rows))
	after := c.sums.nest.sum(c.rowOfAfter, len(rows))
	for i := range rows {
		rows[i].BeforeRetained, rows[i].AfterRetained = before[i], after[i]
		rows[i].RetainedDelta = int64(after[i] - before[i])
	}
}
