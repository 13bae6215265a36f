package diff

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// doubts say whether two heaps are in the wrong order, or one of them twice.
func (c *comparison) doubts() []string {
	before, after := &c.result.Before, &c.result.After
	switch e := &c.met; {
	case c.before.witness == nil:
	case e.reversed():
		names := fileNames(*before, *after)
		return []string{fmt.Sprintf("the files seem to be in the wrong order: %s was taken after %s", names[0], names[1])}
	case e.alike() && before.sameTotals(after):
		names := fileNames(*before, *after)
		return []string{oneHeapTwice(names[0], names[1])}
	}
	return nil
}

func (s *Side) sameTotals(other *Side) bool {
	return s.Nodes == other.Nodes && s.Edges == other.Edges && s.Size == other.Size && s.Extra == other.Extra
}

// fileNames are the names of files without their folders, unless it is those
// that tell them apart.
func fileNames(sides ...Side) []string {
	short, long := make([]string, len(sides)), make([]string, len(sides))
	ambiguous := false
	for i := range sides {
		short[i], long[i] = filepath.Base(sides[i].File), sides[i].File
		at := slices.Index(short, short[i])
		ambiguous = ambiguous || long[at] != long[i]
	}
	if ambiguous {
		return long
	}
	return short
}

func oneHeapTwice(a, b string) string {
	if a == b {
		return a + " is given twice"
	}
	return fmt.Sprintf("%s and %s are the same: not one object came or went, as if one snapshot were given twice", a, b)
}

// doubts say where the heaps of a series are not what a series is: heaps of one
// process in the order they were taken in. In hint is what that order is.
func (s *series) doubts(sides []Side) (doubts []string, hint string) {
	names := fileNames(sides...)
	var displaced, foreign []string
	for i := range s.met {
		was, is, e := names[i], names[i+1], &s.met[i]
		switch {
		case !e.ofOneProcess():
			foreign = append(foreign, was+" and "+is)
		case e.reversed():
			displaced = append(displaced, was+" was taken after "+is)
		case e.alike() && sides[i].sameTotals(&sides[i+1]):
			doubts = append(doubts, oneHeapTwice(was, is))
		}
	}
	if len(displaced) > 0 {
		doubts = append(doubts, "the files are not in the order they were taken in: "+firstOf(displaced))
		if len(foreign) == 0 {
			hint = "their ids say that the order is " + s.inOrder(names)
		}
	}
	if len(foreign) > 0 && s.options.Match != Structure {
		doubts = append(doubts, "the heaps of a series are of one process, and these are not: "+firstOf(foreign)+
			"; what differs between runs looks like warm-up")
	}
	return doubts, hint
}

// firstOf lists the first things of what may be many.
func firstOf(list []string) string {
	const most = 3
	if more := len(list) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), more)
	}
	return strings.Join(list, ", ")
}

// inOrder puts the names of files into the order of their last ids.
func (s *series) inOrder(names []string) string {
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.last[a], s.last[b]) })
	sorted := make([]string, len(names))
	for i, at := range order {
		sorted[i] = names[at]
	}
	return strings.Join(sorted, ", ")
}
