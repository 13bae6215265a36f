package diff

import (
	"fmt"

	"github.com/heapdiff/heapdiff/internal/human"
)

// warnings are the doubts that follow from how the heaps were met.
func (c *comparison) warnings() []string {
	var list []string
	m, e := &c.result.Match, &c.met
	warn := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	believed := e.match("").Mode
	switch {
	case m.Forced && m.Mode == Identity && believed == Structure:
		warn("objects are matched by id as asked, but %s: what is shown as new, deleted or grown may be something else", e.match("").Reason)
	case m.Mode == Identity && e.reversed():
		warn("the files seem to be in the wrong order: the first was taken after the second")
	case m.Mode == Identity && e.early > 0 && !e.reversed():
		warn("%s of %s new ids are smaller than ids that existed before; they are taken for objects that the first snapshot did not reach",
			human.Count(int64(e.early)), human.Count(int64(e.fresh)))
	}
	before, after := &c.result.Before, &c.result.After
	if before.Format != after.Format {
		warn("the files are of different formats: %s and %s", before.Format, after.Format)
	}
	return list
}
