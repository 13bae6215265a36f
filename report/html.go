package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/heapdiff/heapdiff/internal/human"
)

// The page is a template, one style and one script. The two are made of the
// sources in html/ and committed, so that nobody needs more than Go to build:
//
//go:generate go tool -modfile=../tools/go.mod esbuild html/main.ts --bundle --minify --format=iife --target=es2020 --charset=utf8 --legal-comments=none --log-level=warning --outfile=html/dist/page.js
//go:generate go tool -modfile=../tools/go.mod esbuild html/page.css --minify --target=chrome100,firefox100,safari15 --charset=utf8 --legal-comments=none --log-level=warning --outfile=html/dist/page.css
var (
	//go:embed html/page.tmpl
	pageText string
	//go:embed html/dist/page.css
	pageStyle string
	//go:embed html/dist/page.js
	pageScript string
)

const (
	// staticRows is how many entries of a list stand in the page itself, to be
	// read without its script and on paper.
	staticRows = 25
	// dataRows is how many the script has, if nothing else is asked for.
	dataRows = 5000
	// pageLimit is what browsers bear well, in bytes.
	pageLimit = 10 << 20
)

// page is what the template sees.
type page struct {
	*Document
	*view
	Style    template.CSS
	Script   template.JS
	Security string
	Data     template.JS // JSON, in which nothing can end the element it stands in
}

// writeHTML writes one page that needs nothing else and asks for nothing: no
// network, no script but its own. The template escapes all it is given for where
// it stands, the script sets text as text, and the policy in the page forbids
// whatever might get through.
func writeHTML(w io.Writer, d *Document) error {
	v := newView(d)
	data, err := pageData(d, v)
	if err != nil {
		return fmt.Errorf("html: %w", err)
	}
	p := page{
		Document: d,
		view:     v,
		Style:    template.CSS(pageStyle),
		Script:   template.JS(pageScript),
		Security: policy(),
		Data:     template.JS(data),
	}
	t, err := template.New("page").Funcs(template.FuncMap{
		"say":     p.say,
		"cell":    p.cell,
		"exact":   p.exactly,
		"class":   class,
		"shown":   shown,
		"numeric": isNumeric,
		"count":   func(n int) string { return count(n).format(false) },
		"cut":     p.cut,
		"rows":    p.rows,
		"upper":   strings.ToUpper,
		"slug":    slug,
		"low":     low,
		"of":      func(t *Table, r Row) tableRow { return tableRow{t, r} },
		"at":      func(t *Table, i int, v Value) tableValue { return tableValue{v, low(t, i)} },
	}).Parse(pageText)
	if err != nil {
		return fmt.Errorf("html: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return fmt.Errorf("html: %w", err)
	}
	if b.Len() > pageLimit {
		return tooLarge(b.Len())
	}
	_, err = w.Write(b.Bytes())
	return err
}

// tooLarge says what to cut.
func tooLarge(size int) error {
	return errors.New("html: the page would have " + human.Bytes(size) + ", more than the " + human.Bytes(pageLimit) +
		" that browsers bear well; cut its lists with --top 1000, or write --json, which has no limit")
}

// policy allows the page its own style and script, and nothing else to anybody.
func policy() string {
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'none'; style-src " + hash(pageStyle) + "; script-src " + hash(pageScript) +
		"; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
}

// say writes a value in a sentence.
func (p page) say(v Value) string { return shown(v.format(p.Options.Exact)) }

// cell writes a value in a table.
func (p page) cell(v Value) string { return tableCell(v, p.Options.Exact) }

// exactly is a size to the byte, if that says more than the size does.
func (p page) exactly(v Value) string {
	if v.Kind != Size && v.Kind != SizeDelta || v.Number < 1024 || p.Options.Exact {
		return ""
	}
	return v.format(true)
}

// rows are the rows of a table that are shown, and what stands for the others.
func (p page) rows(t *Table) struct {
	Shown []Row
	Rest  Row
} {
	shown, rest := t.first(min(staticRows, p.Options.limit(staticRows)))
	return struct {
		Shown []Row
		Rest  Row
	}{shown, rest}
}

// cut is the findings that are shown, and how many are not.
func (p page) cut(list []Finding) struct {
	Shown []Finding
	More  int
} {
	n := min(len(list), staticRows, p.Options.limit(staticRows))
	return struct {
		Shown []Finding
		More  int
	}{list[:n], len(list) - n}
}

// tableRow and tableValue are what templates need to know of a row and a cell.
type (
	tableRow struct {
		Table *Table
		Row   Row
	}
	tableValue struct {
		Value Value
		Low   string
	}
)

// warningsShown is how many doubts the first screen has room for.
const warningsShown = 3

// FirstWarnings are those on the first screen.
func (p page) FirstWarnings() []string { return p.Warnings[:min(len(p.Warnings), warningsShown)] }

// MoreWarnings is how many are told further down.
func (p page) MoreWarnings() int { return len(p.Warnings) - len(p.FirstWarnings()) }

// Leaves says whether a section is left out: it is empty, or told in another way.
func (p page) Leaves(s Section) bool { return s.Absent() || s.Places && p.Places != nil }

// Sums are how the growth adds up, if that is known.
func (p page) Sums() []sum {
	if p.Places == nil {
		return nil
	}
	return p.Places.Sums
}

// OneHeap says that nothing was compared.
func (p page) OneHeap() bool { return len(p.Bars) == 1 }

// lowness is 2 for columns that go first where there is little room, and 1 for
// those that go where there is very little.
func lowness(drop int) int {
	switch {
	case drop >= 4:
		return 2
	case drop >= 1:
		return 1
	}
	return 0
}

// low is the class of a column by that.
func low(t *Table, column int) string {
	return [...]string{"", " lower", " low"}[lowness(t.Columns[column].Drop)]
}

// slug is the name of a section in links to it.
func slug(title string) string {
	out := make([]byte, 0, len(title))
	for _, c := range []byte(title) {
		switch {
		case 'A' <= c && c <= 'Z':
			out = append(out, c|0x20)
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			out = append(out, c)
		case len(out) > 0 && out[len(out)-1] != '-':
			out = append(out, '-')
		}
	}
	return string(bytes.TrimSuffix(out, []byte("-")))
}

// class says how a value looks.
func class(v Value) string {
	switch {
	case v.Kind == Name:
		return "name"
	case v.Trend() > 0:
		return "num up"
	case v.Trend() < 0:
		return "num down"
	case v.IsNumber() && v.Kind != Share && v.Number == 0:
		return "num zero"
	case v.IsNumber():
		return "num"
	}
	return ""
}
