package diff

import (
	"fmt"

	"github.com/heapdiff/heapdiff/kinds"
)

// kinds fills the rows of the kinds that occur.
func (c *comparison) kinds() {
	for _, kind := range kinds.All() {
		before, after := c.before.sums.kinds[kind], c.sums.kinds[kind]
		if before.count == 0 && after.count == 0 {
			continue
		}
		c.result.Kinds = append(c.result.Kinds, KindRow{
			Kind:        kind.String(),
			BeforeCount: before.count, AfterCount: after.count,
			BeforeSize: before.size, AfterSize: after.size,
		})
	}
}

// total adds the classes up.
func (r *Result) total() {
	t := ClassRow{Class: "total"}
	for i := range r.Classes {
		row := &r.Classes[i]
		t.AddedCount += row.AddedCount
		t.RemovedCount += row.RemovedCount
		t.AddedSize += row.AddedSize
		t.RemovedSize += row.RemovedSize
		t.InPlaceDelta += row.InPlaceDelta
		t.BeforeCount += row.BeforeCount
		t.AfterCount += row.AfterCount
		t.BeforeSize += row.BeforeSize
		t.AfterSize += row.AfterSize
	}
	t.settle()
	t.SizeDelta += t.InPlaceDelta
	t.BeforeRetained, t.AfterRetained, t.RetainedDelta = r.Before.Size, r.After.Size, r.Growth()
	r.Totals = t
}

// check makes sure that nothing is missing: what classes and kinds gained is
// what the heap gained, to the byte.
func (r *Result) check() error {
	var before, after uint64
	for _, k := range r.Kinds {
		before += k.BeforeSize
		after += k.AfterSize
	}
	for _, sum := range []struct {
		of        string
		got, want int64
	}{
		{"the growth of its classes", r.Totals.SizeDelta, r.Growth()},
		{"its classes before", int64(r.Totals.BeforeSize), int64(r.Before.Size)},
		{"its classes after", int64(r.Totals.AfterSize), int64(r.After.Size)},
		{"its kinds before", int64(before), int64(r.Before.Size)},
		{"its kinds after", int64(after), int64(r.After.Size)},
	} {
		if sum.got != sum.want {
			return fmt.Errorf("internal error: %s make %d bytes of %d; please report it, with the sizes of the snapshots", sum.of, sum.got, sum.want)
		}
	}
	return nil
}
