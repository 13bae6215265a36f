package report

import (
	"io"
	"slices"
	"strings"
)

// The rules of the terminal:
//
//   - The answer comes first: what grew, how much, who holds it. Tables follow.
//   - Nothing is wider than the terminal. Numbers are never cut: columns go, in
//     the order of their Drop, and then names lose their middle.
//   - Numbers are aligned right, names left.
//   - Colour repeats what signs and words say, and says nothing alone.
//   - What is left out is counted, and how to see it is said.

// textTop is how many entries of a list text shows.
const textTop = 10

// narrowest is the smallest width that is laid out for.
const narrowest = 40

// text is a report being written for a terminal.
type text struct {
	strings.Builder
	*Document
	style style
	width int
	top   int
}

func writeText(w io.Writer, d *Document) error {
	t := &text{Document: d, style: style{on: d.Options.Color}, width: d.Options.Width, top: d.Options.limit(textTop)}
	if t.width <= 0 {
		t.width = DefaultWidth
	}
	t.width = max(t.width, narrowest)
	t.write()
	_, err := io.WriteString(w, t.String())
	return err
}

func (t *text) write() {
	if headline := t.phrase(t.Headline); columns(headline) > t.width && judgementOf(t.Document) == nil { // a verdict is one line
		t.wrap("", headline, bold)
	} else {
		t.line(t.style.paint(bold, t.styled(t.Headline)))
	}
	for _, fact := range t.Facts {
		t.wrap("", t.phrase(fact), dim)
	}
	if len(t.Warnings) > 0 {
		t.line("")
	}
	for _, warning := range t.Warnings {
		t.wrap("warning: ", shown(warning), yellow)
	}
	hides := false
	for i := range t.Sections {
		s := &t.Sections[i]
		if s.Absent() {
			continue
		}
		t.section(s)
		hides = hides || s.hides(t.top) || len(s.Tail) > 0
	}
	if hides {
		t.line("")
		t.wrap("", "--all shows every row, --top N as many as you like; --html PATH writes a page.", dim)
	}
}

func (t *text) section(s *Section) {
	t.line("")
	t.line(t.style.paint(bold, cutMiddle(visible(s.Title), t.width)))
	if len(s.Lead) > 0 {
		t.wrap("", t.phrase(s.Lead), dim)
	}
	switch {
	case s.IsEmpty():
		if s.Empty != "" {
			t.wrap("", s.Empty, plain)
		}
	case s.Table != nil:
		t.table(s.Table)
	case len(s.Curves) > 0:
		t.curves(s.Curves)
	default:
		t.findings(s)
	}
	for line := range strings.Lines(s.Code) {
		code := strings.TrimLeft(strings.TrimRight(line, "\n"), " ")
		t.wrap("  "+line[:strings.Index(line, code)], code, plain)
	}
	if len(s.Tail) > 0 {
		t.wrap("", t.phrase(s.Tail), dim)
	}
}

// findings writes the amounts below each other, and what they are beside them.
func (t *text) findings(s *Section) {
	list := s.Findings[:min(len(s.Findings), t.top)]
	amountWidth := 0
	for i := range list {
		amountWidth = max(amountWidth, columns(list[i].Amount.format(t.Options.Exact)))
	}
	indent := strings.Repeat(" ", 2+amountWidth+2)
	for i := range list {
		f := &list[i]
		amount := padLeft(f.Amount.format(t.Options.Exact), amountWidth)
		for n, line := range wrapped(t.phrase(t.detail(f.What, 3*t.width/2)), t.width-len(indent)) {
			if n == 0 {
				t.line("  " + t.style.trend(f.Amount, amount) + "  " + line)
			} else {
				t.line(indent + line)
			}
		}
		details := f.Details
		if !t.Options.All && s.Full > 0 && i >= s.Full {
			details = details[:min(len(details), 1)]
		}
		for _, detail := range details {
			t.wrapPhrase(indent, t.detail(detail, t.width*2/3), dim)
		}
	}
	if more := len(s.Findings) - len(list); more > 0 {
		t.line(t.style.paint(dim, indent+count(more).format(false)+" more"))
	}
}

// phrase writes values as one line that can be measured: without colours.
func (t *text) phrase(p Phrase) string {
	var b strings.Builder
	for _, v := range p {
		text := shown(v.format(t.Options.Exact))
		if v.IsNumber() {
			text = strings.ReplaceAll(text, " ", unbroken)
		}
		b.WriteString(text)
	}
	return b.String()
}

// unbroken stands for the space between a number and its unit until the line is
// written, so that it does not end there. No name has it: it does not show.
const unbroken = "\u00a0"

// detail is a phrase whose names are short enough to leave room for the others.
func (t *text) detail(p Phrase, room int) Phrase {
	p = slices.Clone(p)
	for i := range p {
		if p[i].Kind == Name {
			p[i].Text = cutMiddle(shown(p[i].Text), max(room, narrowest))
		}
	}
	return p
}

// styled is phrase with the colours of its numbers.
func (t *text) styled(p Phrase) string {
	var b strings.Builder
	for _, v := range p {
		b.WriteString(t.style.trend(v, shown(v.format(t.Options.Exact))))
	}
	return b.String()
}

func (t *text) line(s string) {
	t.WriteString(strings.ReplaceAll(strings.TrimRight(s, " "), unbroken, " "))
	t.WriteByte('\n')
}

// wrapPhrase wraps like wrap, and if it can between the parts of a phrase that
// dots separate.
func (t *text) wrapPhrase(indent string, p Phrase, ink ink) {
	line, start := "", 0
	for i := 0; i <= len(p); i++ {
		if i < len(p) && p[i] != dot {
			continue
		}
		part := t.phrase(p[start:i])
		start = i + 1
		joined := line + dot.Text + part
		switch {
		case line == "":
			line = part
		case columns(indent)+columns(joined) <= t.width:
			line = joined
		default:
			t.wrap(indent, line, ink)
			line = part
		}
	}
	t.wrap(indent, line, ink)
}

// wrap writes s after first, and goes on below s where the width ends.
func (t *text) wrap(first, s string, ink ink) {
	indent := strings.Repeat(" ", columns(first))
	for _, line := range wrapped(s, t.width-len(indent)) {
		t.line(t.style.paint(ink, strings.TrimRight(first+line, " ")))
		first = indent
	}
}

// wrapped breaks s into lines between words, of which none is wider than room.
func wrapped(s string, room int) []string {
	room = max(room, narrowest/2)
	var lines []string
	line := ""
	for word := range strings.SplitSeq(s, " ") {
		word = cutMiddle(word, room)
		if line != "" && columns(line)+1+columns(word) > room {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
