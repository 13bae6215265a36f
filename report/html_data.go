package report

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-json"

	"github.com/heapdiff/heapdiff/advice"
	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/diff/profile"
)

// What the script is given is one JSON object. Names stand in it once, in a list
// that everything else refers to by index, made harmless and cut before: the
// script can forget nothing. html/data.ts describes it from the other side.
type pageJSON struct {
	Names    []string     `json:"names"`
	Tables   []pageTable  `json:"tables"`
	Lines    []pageLine   `json:"lines,omitempty"`
	Ways     [][6]any     `json:"ways,omitempty"` // edge, class, where, what is before it, objects, retained bytes; parents first
	Rest     [][3]any     `json:"rest,omitempty"` // name, bytes that came, bytes that went
	Tree     [][6]any     `json:"tree,omitempty"` // edge, class, row above, bytes that came, bytes that went, line; parents first
	Trends   [][3]any     `json:"trends,omitempty"`
	Heaps    []int        `json:"heaps,omitempty"` // names of a series' files
	Advice   []pageAdvice `json:"advice,omitempty"`
	Unit     string       `json:"unit,omitempty"` // of amounts, if they are no bytes: "ns" or what is counted
	Profile  bool         `json:"profile,omitempty"`
	After    int          `json:"after"` // the name of the later heap's file
	Exact    bool         `json:"exact,omitempty"`
	Markdown string       `json:"markdown"`
}

// pageAdvice is what a pattern means: this program's own words.
type pageAdvice struct {
	Title string   `json:"title"`
	Cause string   `json:"cause"`
	Look  []string `json:"look,omitempty"`
	Fix   string   `json:"fix"`
	Code  string   `json:"code,omitempty"`
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
	Low   int    `json:"low,omitempty"` // 2 goes first where there is little room, 1 where there is very little
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
	e := encoder{index: map[string]int{}, steps: map[[6]any]int{}, patterns: map[advice.Pattern]int{}}
	out := pageJSON{Tables: []pageTable{}, Exact: d.Options.Exact}
	e.name("") // is 0
	most := d.Options.limit(dataRows)
	for i := range d.Sections {
		s := &d.Sections[i]
		if s.Absent() || s.IsEmpty() || len(s.Curves) > 0 || s.Places && v.Places != nil {
			continue
		}
		out.Tables = append(out.Tables, e.table(s, most))
	}
	if v.Places != nil {
		e.places(&out, v.Places, most)
		if r, ok := d.subject.(*diff.Result); ok {
			e.heaps(&out, r, v)
		}
		_, out.Profile = d.subject.(*profile.Result)
	}
	out.Markdown = newMarkdown(d, markdownTop, false)
	out.Names, out.Ways, out.Advice = e.names, e.ways, e.advice
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(out); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	return asciiControls(bytes.TrimSpace(b.Bytes())), nil
}

// places encodes the places and the tree of ways.
func (e *encoder) places(out *pageJSON, v *placesView, most int) {
	lines := map[string]int{}
	for i := range v.List[:min(len(v.List), most)] {
		p := &v.List[i]
		lines[p.ID] = i
		if p.line != nil {
			out.Lines = append(out.Lines, e.line(p))
		} else {
			out.Lines = append(out.Lines, e.site(p))
		}
	}
	for _, w := range v.ways {
		line, ok := lines[w.id]
		if !ok {
			line = -1
		}
		out.Tree = append(out.Tree, [6]any{e.name(w.edge), e.name(w.what), w.above, wholeNumber(w.up), wholeNumber(w.down), line})
	}
	out.Unit = v.unit
	out.After = e.name(v.file)
}

// heaps encodes what only comparisons of heaps have.
func (e *encoder) heaps(out *pageJSON, r *diff.Result, v *view) {
	for _, rest := range remainders(&r.Ranking.Reconciliation, v.Places.List[:len(out.Lines)]) {
		out.Rest = append(out.Rest, [3]any{e.name(rest.name), wholeNumber(rest.up), wholeNumber(rest.down)})
	}
	for _, t := range v.Trends {
		out.Trends = append(out.Trends, [3]any{e.name(t.Name), t.Color, wholeNumbers(t.Sizes)})
	}
	if len(r.Between) == 0 {
		return
	}
	out.Heaps = append(out.Heaps, e.name(r.Before.File))
	for i := range r.Between {
		out.Heaps = append(out.Heaps, e.name(r.Between[i].File))
	}
	out.Heaps = append(out.Heaps, e.name(r.After.File))
}

// encoder gives names their numbers.
type encoder struct {
	names []string
	index map[string]int
	ways  [][6]any       // steps, each once
	steps map[[6]any]int // step -> its number, from 1

	advice   []pageAdvice
	patterns map[advice.Pattern]int // pattern -> its advice
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
	t := s.Table
	if t == nil {
		t = s.Sheet
	}
	if t == nil {
		return e.findings(s, most)
	}
	out := pageTable{Section: slug(s.Title)}
	for i, c := range t.Columns {
		kind := Blank
		for _, row := range t.Rows {
			if kind = row[i].Kind; kind != Blank {
				break
			}
		}
		out.Columns = append(out.Columns, pageColumn{c.Title, kindWords[kind], c.Adds, lowness(c.Drop)})
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

func (e *encoder) line(p *pagePlace) pageLine {
	l := p.line
	// What every line has in common with its owner is not said twice.
	rest, owned := strings.CutPrefix(l.Path, l.Owner)
	owner := e.name(l.Owner)
	prefix := owner
	if !owned {
		prefix, rest = 0, l.Path
	}
	return pageLine{
		p.ID, e.name(p.Tier), e.name(p.Kind), p.Color,
		prefix, e.name(rest), owner, e.name(l.Class), e.name(l.Location), e.name(l.Located), bit(l.InPlace),
		wholeNumber(l.CountBefore), wholeNumber(l.CountAfter), wholeNumber(l.SizeBefore), wholeNumber(l.SizeAfter),
		wholeNumber(l.Share), wholeNumber(l.Exclusive), wholeNumber(l.Own),
		finite(l.PerIteration.Count), finite(l.PerIteration.Size),
		e.way(l.Steps), e.way(whole(l.Dominators)),
		e.children(l.Children), max(0, len(l.Children)-childrenTold),
		e.owners(l.CoOwners), max(0, len(l.CoOwners)-ownersTold),
		samples(l.SampleIDs), e.pattern(l.Advice),
		wholeNumbers(l.Counts), wholeNumbers(l.Sizes),
		holderID(l), wholeNumber(l.Holders), e.allocated(l.Allocated),
	}
}

// holderID is text: an id is a name and not a number.
func holderID(l *growth.Line) string {
	if l.HolderID == 0 {
		return ""
	}
	return strconv.FormatUint(l.HolderID, 10)
}

// allocated are three values each: a stack, what was made by it, and its bytes.
func (e *encoder) allocated(list []growth.Allocation) []any {
	out := []any{}
	for i := range list {
		var stack []growth.Step
		for _, c := range slices.Backward(list[i].Calls) {
			stack = append(stack, growth.Step{Edge: c.Function, Where: c.Where})
		}
		out = append(out, e.way(stack), wholeNumber(list[i].Count), wholeNumber(list[i].Size))
	}
	return out
}

// site encodes a site of a profile as a place, with its error, its stacks and
// what else is known at the end.
func (e *encoder) site(p *pagePlace) pageLine {
	s := p.site
	path := s.Function
	if s.Via != "" {
		path += " → " + s.Via
	}
	grew := func(n int64) any { return wholeNumber(uint64(max(n, 0))) }
	var stack []growth.Step
	if len(s.Stacks) > 0 {
		for _, f := range slices.Backward(s.Stacks[0].Frames) {
			where := f.File
			if f.Line > 0 {
				where += ":" + strconv.FormatInt(f.Line, 10)
			}
			stack = append(stack, growth.Step{Edge: f.Function, Where: where})
		}
	}
	return pageLine{
		p.ID, e.name(p.Tier), e.name(p.Kind), p.Color,
		0, e.name(path), e.name(s.Function), e.name(s.Kind), e.name(s.Place), 0, 0,
		grew(s.BeforeCount), grew(s.AfterCount), grew(s.Before), grew(s.After),
		wholeNumber(p.share), 0, 0,
		0, 0,
		e.way(stack), 0,
		e.parts(s.Leaves), 0,
		[]any{},
		0,
		[]string{},
		-1,
		[]any{},
		[]any{},
		"", 0,
		[]any{},
		grew(p.err), e.parts(s.Contexts), e.notes(s),
	}
}

// parts are two values each: a name and what it grew by.
func (e *encoder) parts(list []profile.Part) []any {
	out := []any{}
	for _, part := range list[:min(len(list), childrenTold)] {
		if part.Growth > 0 {
			out = append(out, e.name(part.Name), wholeNumber(uint64(part.Growth)))
		}
	}
	return out
}

// notes is what else is known of a site, in words.
func (e *encoder) notes(s *profile.Site) []int {
	out := []int{}
	if s.Entry != "" && s.Entry != s.Function {
		out = append(out, e.name("started as "+s.Entry))
	}
	if s.Goroutines > 0 {
		out = append(out, e.name(countDelta(int(s.Goroutines)).format(false)+" goroutines wait in "+s.Waiting))
	}
	return out
}

// pattern is the number of the advice for a pattern, -1 if there is none.
func (e *encoder) pattern(p advice.Pattern) int {
	if n, ok := e.patterns[p]; ok {
		return n
	}
	a, ok := advice.Of(p)
	if !ok {
		return -1
	}
	e.patterns[p] = len(e.advice)
	e.advice = append(e.advice, pageAdvice{a.Title, a.Cause, a.Look, a.Fix, a.Code})
	return len(e.advice) - 1
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
		step := [6]any{e.name(s.Edge), e.name(s.Class), e.name(s.Where), at, wholeNumber(s.Count), wholeNumber(s.Retained)}
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

// whole leaves out of dominators what is a part of the next one.
func whole(list []growth.Step) (out []growth.Step) {
	for i, s := range list {
		if i+1 == len(list) || !sameStep(s, list[i+1]) {
			out = append(out, s)
		}
	}
	return out
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
