package report

import (
	"io"
	"strings"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/profile"
)

// commentLimit is how many characters a comment on a pull request may have on
// GitHub, and less than elsewhere, with room for the mark of who posts it. Bytes
// are counted against it, to be sure.
const commentLimit = 65536 - 256

// markdownTop is how many entries of a list Markdown shows; markdownTops is how
// many it tries next when the comment becomes too long.
const markdownTop = 10

var markdownTops = []int{1000, 300, 100, 50, 25, 10, 5, 3, 1}

// writeMarkdown writes a comment: the answer in the open, the tables folded. It
// never is longer than a comment may be.
func writeMarkdown(w io.Writer, d *Document) error {
	top := d.Options.limit(markdownTop)
	page := newMarkdown(d, top, false)
	for _, fewer := range markdownTops {
		if len(page) <= commentLimit {
			break
		}
		if fewer < top {
			page = newMarkdown(d, fewer, true)
		}
	}
	_, err := io.WriteString(w, page)
	return err
}

type markdown struct {
	strings.Builder
	exact bool
	top   int
}

func newMarkdown(d *Document, top int, cut bool) string {
	m := &markdown{exact: d.Options.Exact, top: top}
	m.line("### " + m.phrase(d.Headline))
	m.line("")
	facts := make([]string, len(d.Facts))
	for i, fact := range d.Facts {
		facts[i] = m.phrase(fact)
	}
	m.line(strings.Join(facts, "<br>"))
	for i, warning := range d.Warnings {
		if i == top {
			m.line("")
			m.line("> and " + count(len(d.Warnings)-i).format(false) + " more warnings")
			break
		}
		m.line("")
		m.line("> **Warning:** " + prose(shown(warning)))
	}
	for i := range d.Sections {
		if !d.Sections[i].Absent() {
			m.section(&d.Sections[i])
		}
	}
	m.line("")
	if command := fullReport(d); command != "" {
		m.line("The map, the ways and all tables: " + code(command))
		m.line("")
	}
	if cut {
		m.line("*Cut to what a comment may hold; the HTML report (`--html`) has everything.*")
		m.line("")
	}
	m.line("<sub>" + prose(shown(d.Options.Tool)) + "</sub>")
	return m.String()
}

func (m *markdown) section(s *Section) {
	m.line("")
	fold := s.Fold != Open && !s.IsEmpty()
	title := prose(shown(s.Title))
	switch {
	case fold:
		m.line("<details><summary><b>" + title + "</b></summary>")
	case s.Level > 0:
		m.line("**" + title + "**")
	default:
		m.line("#### " + title)
	}
	m.line("")
	if len(s.Lead) > 0 {
		m.line(m.phrase(s.Lead))
		m.line("")
	}
	switch {
	case s.IsEmpty():
		if s.Empty != "" {
			m.line(s.Empty)
		}
	case s.Table != nil:
		m.table(s.Table, fold)
	case len(s.Curves) > 0:
		m.curves(s.Curves)
	case s.folds(m.top):
		m.gists(s)
	default:
		m.findings(s)
	}
	if s.Code != "" {
		m.line("```js\n" + s.Code + "\n```")
	}
	if len(s.Tail) > 0 {
		m.line("")
		m.line(m.phrase(s.Tail))
	}
	if fold {
		m.line("")
		m.line("</details>")
	}
}

// gistTop is how many findings stand in the open where all that is known of them
// is folded.
const gistTop = 5

// folds says whether the findings have a gist to be told first.
func (s *Section) folds(top int) bool { return len(s.Findings[0].Gist) > 0 && top > 1 }

// gists writes the first findings in two lines each, and all of them folded.
func (m *markdown) gists(s *Section) {
	for i := range s.Findings[:min(len(s.Findings), gistTop, m.top)] {
		f := &s.Findings[i]
		m.line("1. **" + f.Amount.format(m.exact) + "** " + m.phrase(f.What) + "<br>" + m.phrase(f.Gist))
	}
	m.line("")
	m.line("<details><summary>" + count(len(s.Findings)).format(false) + plural(len(s.Findings), " place", " places").Text + " in full</summary>")
	m.line("")
	m.findings(s)
	m.line("")
	m.line("</details>")
}

func (m *markdown) findings(s *Section) {
	list := s.Findings
	for i := range list {
		if i == m.top {
			m.line("")
			m.line(count(len(list)-i).format(false) + " more")
			break
		}
		f := &list[i]
		m.line("1. **" + f.Amount.format(m.exact) + "** " + m.phrase(f.What))
		for _, detail := range f.Details {
			m.line("   - " + m.phrase(detail))
		}
	}
}

// dropped is from which on a column is left out of a table in the open.
const dropped = 4

func (m *markdown) table(t *Table, whole bool) {
	if !whole {
		t = t.without(dropped)
	}
	rows, rest := t.first(m.top)
	heads, rules := "|", "|"
	for i, c := range t.Columns {
		heads += " " + prose(c.Title) + " |"
		if isNumeric(t, i) {
			rules += "--:|"
		} else {
			rules += ":--|"
		}
	}
	m.line(heads)
	m.line(rules)
	for _, row := range rows {
		m.row(row, "")
	}
	if rest != nil {
		m.row(rest, "*")
	}
	if t.Total != nil {
		m.row(*t.Total, "**")
	}
}

// row writes a row with marks around its cells, such as those of bold text.
func (m *markdown) row(row Row, marks string) {
	m.WriteString("|")
	for _, v := range row {
		cell := m.value(v)
		if v.Kind == Name {
			cell = strings.ReplaceAll(cell, "|", `\|`) // ends the cell even in code
		}
		if v.IsNumber() {
			cell = tableCell(v, m.exact)
		}
		if cell != "" {
			cell = " " + marks + cell + marks
		}
		m.WriteString(cell + " |")
	}
	m.line("")
}

func (m *markdown) phrase(p Phrase) string {
	var b strings.Builder
	for _, v := range p {
		b.WriteString(m.value(v))
	}
	return b.String()
}

func (m *markdown) value(v Value) string {
	switch v.Kind {
	case Name:
		return code(v.Text)
	case Words:
		return prose(shown(v.Text))
	}
	return v.format(m.exact)
}

func (m *markdown) line(s string) {
	m.WriteString(s)
	m.WriteByte('\n')
}

// fullReport is the command that makes the page, as far as it is known.
func fullReport(d *Document) string {
	var files []string
	switch r := d.subject.(type) {
	case *diff.Result:
		files = append(files, r.Before.File)
		for i := range r.Between {
			files = append(files, r.Between[i].File)
		}
		files = append(files, r.After.File)
	case *profile.Result:
		if files = []string{r.Before.File, r.After.File}; r.Single {
			return ""
		}
	}
	const most = 1000 // a command that nobody would read is none
	command := "heapdiff"
	for _, f := range files {
		command += " " + quoted(f)
	}
	if len(files) == 0 || len(command) > most {
		return ""
	}
	return command + " --html report.html"
}

// quoted makes a name one word for a shell.
func quoted(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("./_-+=:@", r))
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// code writes a name as a code span. In there nothing is markup and nobody is
// mentioned; only backticks have to be fenced.
func code(name string) string {
	s := shown(name)
	if s == "" {
		return ""
	}
	// Whether a backslash before a pipe is read as such differs from place to place.
	s = strings.ReplaceAll(s, `\|`, `\x7c`)
	longest, run := 0, 0
	for _, c := range []byte(s) {
		if c == '`' {
			run++
		} else {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if longest > 0 || strings.TrimSpace(s) != s {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

// prose writes words so that nothing in them is markup, a mention, a reference
// to an issue, an emoji or a link: warnings and reasons may quote names.
func prose(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch r {
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		case '|':
			b.WriteString("&#124;")
		case '\\', '`', '*', '_', '[', ']', '~', '!', '$', '{', '}':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '@', '#':
			b.WriteRune(r)
			b.WriteString(apart)
		case ':':
			b.WriteRune(r)
			if !strings.HasPrefix(s[i+1:], " ") {
				b.WriteString(apart)
			}
		case '-', '.':
			if before := strings.ToLower(s[:i]); strings.HasSuffix(before, "gh") || strings.HasSuffix(before, "www") {
				b.WriteString(apart)
			}
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// apart is nothing, in Markdown: it keeps characters from meaning something
// together.
const apart = "<!-- -->"
