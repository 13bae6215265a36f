package report

import "slices"

// Document is a report before it has a format.
type Document struct {
	Title    string    // of the page: what was looked at
	Headline Phrase    // the answer in one line
	Facts    []Phrase  // what was compared, and how
	Sections []Section // the most important first
	Warnings []string  // doubts a reader must know of; they may quote names

	Options Options
	data    any // what JSON encodes
	subject any // what it is about: what a page draws
}

// Options say how a report is written.
type Options struct {
	Tool  string // name and version of the program, such as "heapdiff 1.2.0"
	Exact bool   // sizes in bytes and not in KiB, MiB, …
	Top   int    // rows of each list; 0 leaves it to the format
	All   bool   // every row, and what did not change too

	// Of text only.
	Width int  // columns of the terminal; 0 is DefaultWidth
	Color bool // with ANSI colours
}

// DefaultWidth is the width of text that is not for a terminal.
const DefaultWidth = 100

// Section is a part of a report: findings, a table, curves or code.
type Section struct {
	Title    string
	Level    int    // 0, or 1 below the section before it that has 0
	Lead     Phrase // what is said before the list; may be empty
	Findings []Finding
	Table    *Table
	Curves   []Curve
	Sheet    *Table // the findings in columns, where they can be sorted; may be nil
	Code     string // what is said after that in JavaScript, this program's own; may be empty
	Tail     Phrase // what is said after it; may be empty
	Empty    string // what is said if the list is empty; without it the section is left out
	Fold     Fold
	Full     int  // how many findings have more than one detail where there is little room; 0 is all
	Places   bool // findings are places that grew, which a page may tell in another way
}

// Fold says whether a section is closed at first, where a format can do that.
type Fold uint8

const (
	// Open sections are read by everybody.
	Open Fold = iota
	// Long sections are closed where there is little room.
	Long
	// Detail is closed everywhere.
	Detail
)

// Finding is one thing that was found, said in one line and a few below it.
type Finding struct {
	Amount  Value    // how much
	What    Phrase   // where, and what it is
	Details []Phrase // more of it
	Gist    Phrase   // the most important of that in one line, where the rest is folded; may be empty
}

// Table is rows of values under columns.
type Table struct {
	Columns []Column
	Rows    []Row
	Total   *Row      // the last line; may be nil
	Things  [2]string // what a row is and what many are, for "12 more classes"
	Whole   bool      // never cut: every row is needed
}

// Column describes the values below it.
type Column struct {
	Title string
	// Drop is how early a column goes when the line is too short: the highest
	// first, 0 never.
	Drop int
	// Adds says that the values of hidden rows may be added up. Retained sizes
	// overlap and may not.
	Adds bool
}

// Row is one value for each column.
type Row []Value

// leaveOut takes the columns of these titles out.
func (t *Table) leaveOut(titles ...string) {
	kept := func(i int) bool { return !slices.Contains(titles, t.Columns[i].Title) }
	cut := func(row Row) Row {
		var out Row
		for i, value := range row {
			if kept(i) {
				out = append(out, value)
			}
		}
		return out
	}
	for i := range t.Rows {
		t.Rows[i] = cut(t.Rows[i])
	}
	if t.Total != nil {
		total := cut(*t.Total)
		t.Total = &total
	}
	var columns []Column
	for i, c := range t.Columns {
		if kept(i) {
			columns = append(columns, c)
		}
	}
	t.Columns = columns
}

// limit is how many entries of a list a format shows.
func (o Options) limit(byDefault int) int {
	switch {
	case o.All:
		return int(^uint(0) >> 1)
	case o.Top > 0:
		return o.Top
	}
	return byDefault
}

// first returns the first n rows and, if there are more, a row that stands for
// the others and adds up what can be added up.
func (t *Table) first(n int) (rows []Row, rest Row) {
	if len(t.Rows) <= n || t.Whole {
		return t.Rows, nil
	}
	more := len(t.Rows) - n
	rest = make(Row, len(t.Columns))
	for i, column := range t.Columns {
		switch {
		case i == 0:
			rest[i] = words(count(more).format(false) + " more " + plural(more, t.Things[0], t.Things[1]).Text)
		case column.Adds:
			for _, row := range t.Rows[n:] {
				rest[i] = rest[i].plus(row[i])
			}
		}
	}
	return t.Rows[:n], rest
}

// without is the table without the columns that go first where there is little
// room.
func (t *Table) without(drop int) *Table {
	keep := func(row Row) (out Row) {
		for i, v := range row {
			if t.Columns[i].Drop < drop {
				out = append(out, v)
			}
		}
		return out
	}
	some := *t
	some.Columns, some.Rows = nil, nil
	for _, c := range t.Columns {
		if c.Drop < drop {
			some.Columns = append(some.Columns, c)
		}
	}
	for _, row := range t.Rows {
		some.Rows = append(some.Rows, keep(row))
	}
	if t.Total != nil {
		total := keep(*t.Total)
		some.Total = &total
	}
	return &some
}

// hides says whether anything of the section is left out when n are shown.
func (s *Section) hides(n int) bool {
	return len(s.Findings) > n || s.Table != nil && !s.Table.Whole && len(s.Table.Rows) > n
}

// IsEmpty says whether there is nothing in the section's list.
func (s *Section) IsEmpty() bool {
	return len(s.Findings) == 0 && len(s.Curves) == 0 && (s.Table == nil || len(s.Table.Rows) == 0)
}

// Absent says whether the section is left out: it has nothing to list, and
// neither says so nor was meant to be without a list.
func (s *Section) Absent() bool {
	heading := s.Table == nil && len(s.Lead) > 0
	return s.IsEmpty() && s.Empty == "" && !heading
}

// Closed says whether the section is detail that has to be asked for.
func (s *Section) Closed() bool { return s.Fold == Detail }
