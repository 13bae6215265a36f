package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
)

// htmlTop is how many entries of a list a page shows.
const htmlTop = 200

//go:embed page.tmpl
var pageText string

//go:embed page.css
var pageStyle string

// page is what the template sees.
type page struct {
	*Document
	Style    template.CSS
	Security string
	Top      int
}

// writeHTML writes one page that needs nothing else: no network, no script. The
// template escapes all it is given for where it stands; the policy in the page
// forbids whatever might get through.
func writeHTML(w io.Writer, d *Document) error {
	hash := sha256.Sum256([]byte(pageStyle))
	p := page{
		Document: d,
		Style:    template.CSS(pageStyle),
		Security: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'; base-uri 'none'; form-action 'none'",
		Top:      d.Options.limit(htmlTop),
	}
	t, err := template.New("page").Funcs(template.FuncMap{
		"say":     p.say,
		"cell":    p.cell,
		"class":   class,
		"shown":   shown,
		"numeric": isNumeric,
		"count":   func(n int) string { return count(n).format(false) },
		"cut":     p.cut,
		"rows":    p.rows,
	}).Parse(pageText)
	if err != nil {
		return fmt.Errorf("html: %w", err)
	}
	if err := t.Execute(w, p); err != nil {
		return fmt.Errorf("html: %w", err)
	}
	return nil
}

// say writes a value in a sentence.
func (p page) say(v Value) string { return shown(v.format(p.Options.Exact)) }

// cell writes a value in a table.
func (p page) cell(v Value) string { return tableCell(v, p.Options.Exact) }

// rows are the rows of a table that are shown, and what stands for the others.
func (p page) rows(t *Table) struct {
	Shown []Row
	Rest  Row
} {
	shown, rest := t.first(p.Top)
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
	n := min(len(list), p.Top)
	return struct {
		Shown []Finding
		More  int
	}{list[:n], len(list) - n}
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
