package report

import (
	"slices"
	"strings"
)

// tableGap is how far columns are apart.
const tableGap = 2

// nameRoom is how much of the longest name is shown before columns are dropped
// for it.
const nameRoom = 28

// grid is a table as text: what it says is settled, where it stands is not.
type grid struct {
	columns []gridColumn
	header  [2][]string // two lines, the first may be empty
	rows    []gridRow
}

type gridColumn struct {
	drop  int
	right bool // aligned right, and never cut
	width int
}

type gridRow struct {
	cells  []string
	values Row
	ink    ink
}

func (t *text) table(table *Table) {
	g := t.grid(table)
	g.fit(t.width)
	for _, header := range g.header {
		if strings.Join(header, "") != "" {
			t.line(t.style.paint(dim, g.text(header, nil, style{})))
		}
	}
	for _, row := range g.rows {
		if row.ink == bold {
			t.line(t.style.paint(dim, strings.Repeat("─", g.width())))
		}
		t.line(t.style.paint(row.ink, g.text(row.cells, row.values, t.style)))
	}
}

func (t *text) grid(table *Table) *grid {
	rows, rest := table.first(t.top)
	g := &grid{}
	for i, c := range table.Columns {
		column := gridColumn{drop: c.Drop, right: isNumeric(table, i)}
		above, title := "", c.Title
		if cut := strings.LastIndexByte(title, ' '); column.right && cut > 0 {
			above, title = title[:cut], title[cut+1:]
		}
		g.columns = append(g.columns, column)
		g.header[0] = append(g.header[0], above)
		g.header[1] = append(g.header[1], title)
	}
	for _, row := range rows {
		g.add(t, row, plain)
	}
	if rest != nil {
		g.add(t, rest, dim)
	}
	if table.Total != nil {
		g.add(t, *table.Total, bold)
	}
	for i := range g.columns {
		g.columns[i].width = max(columns(g.header[0][i]), columns(g.header[1][i]))
		for _, row := range g.rows {
			g.columns[i].width = max(g.columns[i].width, columns(row.cells[i]))
		}
	}
	return g
}

func (g *grid) add(t *text, row Row, ink ink) {
	cells := make([]string, len(row))
	for i, v := range row {
		cells[i] = tableCell(v, t.Options.Exact)
	}
	g.rows = append(g.rows, gridRow{cells: cells, values: row, ink: ink})
}

// tableCell writes a value for a table, where a nought needs no unit.
func tableCell(v Value, exact bool) string {
	if v.IsNumber() && v.Number == 0 && v.Kind != Share {
		return "0"
	}
	return shown(v.format(exact))
}

// isNumeric says whether a column has numbers, going by its rows.
func isNumeric(t *Table, column int) bool {
	i := slices.IndexFunc(t.Rows, func(r Row) bool { return r[column].Kind != Blank })
	return i >= 0 && t.Rows[i][column].IsNumber()
}

// fit makes the grid at most so wide: columns without content and then the ones
// that matter least go, and then names become shorter.
func (g *grid) fit(width int) {
	for i := len(g.columns) - 1; i >= 0; i-- {
		if g.columns[i].drop > 0 && g.vacant(i) {
			g.remove(i)
		}
	}
	for g.least() > width {
		worst := 0
		for i, c := range g.columns {
			if c.drop > g.columns[worst].drop {
				worst = i
			}
		}
		if g.columns[worst].drop == 0 {
			break
		}
		g.remove(worst)
	}
	for g.width() > width {
		widest := -1
		for i, c := range g.columns {
			if !c.right && (widest < 0 || c.width >= g.columns[widest].width) {
				widest = i
			}
		}
		if widest < 0 || g.columns[widest].width <= 1 {
			break
		}
		g.columns[widest].width--
	}
}

// vacant says that no row has anything in the column.
func (g *grid) vacant(column int) bool {
	return !slices.ContainsFunc(g.rows, func(r gridRow) bool { return r.cells[column] != "" })
}

// width is what the columns take as they are.
func (g *grid) width() int {
	sum := tableGap * (len(g.columns) - 1)
	for _, c := range g.columns {
		sum += c.width
	}
	return sum
}

// least is what the columns take when names are cut as far as one likes.
func (g *grid) least() int {
	sum := g.width()
	for _, c := range g.columns {
		if !c.right {
			sum -= max(c.width-nameRoom, 0)
		}
	}
	return sum
}

func (g *grid) remove(column int) {
	g.columns = slices.Delete(g.columns, column, column+1)
	for i := range g.header {
		g.header[i] = slices.Delete(g.header[i], column, column+1)
	}
	for i := range g.rows {
		row := &g.rows[i]
		row.cells = slices.Delete(row.cells, column, column+1)
		row.values = slices.Delete(slices.Clone(row.values), column, column+1)
	}
}

// text lays the cells of a line out.
func (g *grid) text(cells []string, values Row, s style) string {
	var b strings.Builder
	for i, c := range g.columns {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", tableGap))
		}
		cell := cells[i]
		if c.right {
			cell = padLeft(cell, c.width)
		} else {
			cell = padRight(cutMiddle(cell, c.width), c.width)
		}
		if values != nil {
			cell = s.trend(values[i], cell)
		}
		b.WriteString(cell)
	}
	return strings.TrimRight(b.String(), " ")
}
