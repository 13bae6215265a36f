package report

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-json"

	"github.com/heapdiff/heapdiff/diff/growth"
)

// What the script is given is one JSON object. Names stand in it once, in a list
// that everything else refers to by index, made harmless and cut before: the
// script can forget nothing. html/data.ts describes it from the other side.
type pageJSON struct {
	Names    []string    `json:"names"`
	Tables   []pageTable `json:"tables"`
	Lines    []pageLine  `json:"lines,omitempty"`
	Ways     [][4]int    `json:"ways,omitempty"` // edge, class, where, what is before it; parents first
	Rest     [][3]any    `json:"rest,omitempty"` // name, bytes that came, bytes that went
	Heaps    []int       `json:"heaps,omitempty"`
	After    int         `json:"after"` // the name of the later heap's file
	Exact    bool        `json:"exact,omitempty"`
	Markdown string      `json:"markdown"`
}

// pageTable is a table or a list of findings; the two look alike to the script.
type pageTable struct {
	Section string       `json:"section"` // where it stands in the page
	Columns []pageColumn `json:"columns"`
	Rows    [][]any      `json:"rows"`
	Rest    []any        `json:"rest,omitempty"`
	Total   []any        `json:"total,omitempty"`
}

type pageColumn struct {
	Title string `json:"title"`
	Kind  string `json:"kind"` // name, words, count, countDelta, size, sizeDelta, share
	Adds  bool   `json:"adds,omitempty"`
	Low   bool   `json:"low,omitempty"`
}

// pageLine is a place that grew, as a list without names, of which there are
// thousands: html/data.ts gives them names, in this order.
type pageLine []any

// How much of what is known of one place a page tells.
const (
	childrenTold = 12
	ownersTold   = 8
	samplesTold  = 3
)

// pageData writes what the script is given. encoding/json's rules hold: <, > and
// & are escaped, so that nothing ends the element.
func pageData(d *Document, v *view) ([]byte, error) {
	e := encoder{index: map[string]int{}, steps: map[[4]int]int{}}
	out := pageJSON{Tables: []pageTable{}, Exact: d.Options.Exact}
	e.name("") // is 0
	most := d.Options.limit(dataRows)
	for i := range d.Sections {
		s := &d.Sections[i]
		if s.Absent() || s.IsEmpty() || len(s.Curves) > 0 || s.Places && v.Growth != nil {
			continue
		}
		out.Tables = append(out.Tables, e.table(s, most))
	}
	if g := v.Growth; g != nil {
		n := min(len(g.Lines), most)
		for i := range g.Lines[:n] {
			out.Lines = append(out.Lines, e.line(&g.Lines[i]))
		}
		for _, r := range remainders(g.ranking, g.Lines[:n]) {
			out.Rest = append(out.Rest, [3]any{e.name(r.name), wholeNumber(r.up), wholeNumber(r.down)})
		}
		out.Ways = e.ways
		out.After = e.name(g.after)
	}
	out.Markdown = newMarkdown(d, markdownTop, false)
	out.Names = e.names
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(out); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	return asciiControls(bytes.TrimSpace(b.Bytes())), nil
}

// encoder gives names their numbers.
type encoder struct {
	names []string
	index map[string]int
	ways  [][4]int       // steps, each once
	steps map[[4]int]int // step -> its number, from 1
}

func (e *encoder) name(s string) int {
	if i, ok := e.index[s]; ok {
		return i
	}
	i := len(e.names)
	e.names = append(e.names, shown(s))
	e.index[s] = i
	return i
}

// safeInteger is the largest whole number that a script has exactly.
const safeInteger = 1<<53 - 1

// wholeNumber is n, as text if a script would round it.
func wholeNumber(n uint64) any {
	if n > safeInteger {
		return strconv.FormatUint(n, 10)
	}
	return n
}

func wholeNumbers(list []uint64) []any {
	out := make([]any, len(list))
	for i, n := range list {
		out[i] = wholeNumber(n)
	}
	return out
}

func (e *encoder) value(v Value) any {
	switch {
	case v.Kind == Blank:
		return nil
	case !v.IsNumber():
		return e.name(v.Text)
	case v.Kind == Share:
		return e.name(v.Text)
	case v.Minus && v.Number > safeInteger:
		return "-" + strconv.FormatUint(v.Number, 10)
	case v.Minus:
		return -int64(v.Number)
	}
	return wholeNumber(v.Number)
}

func (e *encoder) row(row Row) []any {
	if row == nil {
		return nil
	}
	out := make([]any, len(row))
	for i, v := range row {
		out[i] = e.value(v)
	}
	return out
}

var kindWords = [...]string{
	Blank: "words", Words: "words", Name: "name", Count: "count", CountDelta: "countDelta",
	Size: "size", SizeDelta: "sizeDelta", Share: "share",
}

func (e *encoder) table(s *Section, most int) pageTable {
	if s.Table == nil {
		return e.findings(s, most)
	}
	t := s.Table
	out := pageTable{Section: slug(s.Title)}
	for i, c := range t.Columns {
		kind := Blank
		for _, row := range t.Rows {
			if kind = row[i].Kind; kind != Blank {
				break
			}
		}
		out.Columns = append(out.Columns, pageColumn{c.Title, kindWords[kind], c.Adds, c.Drop >= 4})
	}
	rows, rest := t.first(most)
	for _, row := range rows {
		out.Rows = append(out.Rows, e.row(row))
	}
	out.Rest = e.row(rest)
	if t.Total != nil {
		out.Total = e.row(*t.Total)
	}
	return out
}

// findings are a table of how much, what, and more of it.
func (e *encoder) findings(s *Section, most int) pageTable {
	list := s.Findings[:min(len(s.Findings), most)]
	out := pageTable{Section: slug(s.Title), Columns: []pageColumn{
		{Title: "size", Kind: kindWords[list[0].Amount.Kind]}, {Title: "what", Kind: "name"}, {Title: "more of it", Kind: "words"},
	}}
	for _, f := range list {
		var details []Value
		for i, d := range f.Details {
			if i > 0 {
				details = append(details, dot)
			}
			details = append(details, d...)
		}
		out.Rows = append(out.Rows, []any{e.value(f.Amount), e.name(plainly(f.What)), e.name(plainly(details))})
	}
	return out
}

// plainly writes a phrase as text.
func plainly(p Phrase) string {
	var b bytes.Buffer
	for _, v := range p {
		b.WriteString(shown(v.format(false)))
	}
	return b.String()
}

func (e *encoder) line(g *growthLine) pageLine {
	l := g.Line
	// What every line has in common with its owner is not said twice.
	rest, owned := strings.CutPrefix(l.Path, l.Owner)
	owner := e.name(l.Owner)
	prefix := owner
	if !owned {
		prefix, rest = 0, l.Path
	}
	return pageLine{
		g.ID, e.name(string(l.Tier)), e.name(string(l.Kind)), g.Color,
		prefix, e.name(rest), owner, e.name(l.Class), e.name(l.Location), bit(l.InPlace),
		wholeNumber(l.CountBefore), wholeNumber(l.CountAfter), wholeNumber(l.SizeBefore), wholeNumber(l.SizeAfter),
		wholeNumber(l.Share), wholeNumber(l.Exclusive), wholeNumber(l.Own),
		finite(l.PerIteration.Count), finite(l.PerIteration.Size),
		e.way(l.Steps), e.way(l.Dominators),
		e.children(l.Children), max(0, len(l.Children)-childrenTold),
		e.owners(l.CoOwners), max(0, len(l.CoOwners)-ownersTold),
		samples(l.SampleIDs), e.advice(l),
		wholeNumbers(l.Counts), wholeNumbers(l.Sizes),
	}
}

func bit(on bool) int {
	if on {
		return 1
	}
	return 0
}

// way is the number of the last of some steps, which say what was before them; 0
// is the root. Ways have their beginnings in common.
func (e *encoder) way(steps []growth.Step) int {
	at := 0
	for _, s := range steps {
		if s.Edge == "" && s.Class == "" {
			continue
		}
		step := [4]int{e.name(s.Edge), e.name(s.Class), e.name(s.Where), at}
		n, ok := e.steps[step]
		if !ok {
			e.ways = append(e.ways, step)
			n = len(e.ways)
			e.steps[step] = n
		}
		at = n
	}
	return at
}

// children are four values each: path, class, objects, bytes.
func (e *encoder) children(list []growth.Child) []any {
	out := []any{}
	for _, c := range list[:min(len(list), childrenTold)] {
		out = append(out, e.name(c.Path), e.name(c.Class), wholeNumber(c.Count), wholeNumber(c.Size))
	}
	return out
}

// owners are three values each: fingerprint, owner, bytes.
func (e *encoder) owners(list []growth.CoOwner) []any {
	out := []any{}
	for _, c := range list[:min(len(list), ownersTold)] {
		out = append(out, c.Fingerprint, e.name(c.Owner), wholeNumber(c.Size))
	}
	return out
}

// samples are text: an id is a name and not a number.
func samples(ids []uint64) []string {
	out := []string{}
	for _, id := range ids[:min(len(ids), samplesTold)] {
		out = append(out, strconv.FormatUint(id, 10))
	}
	return out
}

func (e *encoder) advice(l *growth.Line) []int {
	out := []int{}
	for _, p := range counsel(l) {
		out = append(out, e.name(plainly(p)))
	}
	return out
}
