package gate

import (
	"strings"
	"time"

	"github.com/heapdiff/heapdiff/internal/human"
)

// Piece is a part of a line of text. What is Heap comes out of a heap and has to
// be made harmless for where it lands.
type Piece struct {
	Text string
	Heap bool
}

// Headline is the verdict in a line, the first of every report:
//
//	FAIL growth 23.8 MiB > 5 MiB: global.listeners[] +11.8 MiB (5,000 closures)
//	PASS growth 120.0 KiB, fails if > 5 MiB
func (v *Verdict) Headline() []Piece {
	line := []Piece{{Text: v.Status.String() + " "}}
	if v.Status == Fail || v.Status == Warn {
		for i := range v.Outcomes {
			if o := &v.Outcomes[i]; o.Broken && o.Doubt == "" && (o.Severity == Failure) == (v.Status == Fail) {
				return append(append(append(line, o.broken()...), v.wasIgnored(o)...), v.others(i)...)
			}
		}
		for i := range v.Ignored {
			if g := &v.Ignored[i]; g.State == Outgrown || g.State == Expired {
				return append(line, g.broken()...)
			}
		}
	}
	if v.Status == Inconclusive && len(v.Doubts) > 0 {
		return append(append(line, Piece{Text: v.Doubts[0], Heap: true}, Piece{Text: " ("}), append(v.held(), Piece{Text: ")"})...)
	}
	if v.Status == Inconclusive || v.Status == Warn {
		for i := range v.Outcomes {
			if o := &v.Outcomes[i]; o.Doubt != "" && (o.Severity == Failure) == (v.Status == Inconclusive) {
				return append(append(line, o.unbroken()...), Piece{Text: ": " + o.Doubt})
			}
		}
	}
	return append(line, v.held()...)
}

// held says what a verdict that passes rests on.
func (v *Verdict) held() []Piece {
	line := v.Outcomes[0].unbroken()
	if more := len(v.Outcomes) - 1; more > 0 {
		line = append(line, Piece{Text: " (and " + plural(more, "more rule") + ")"})
	}
	return line
}

// subject is what the rule is about: the scope comes from the user, and may
// still be a name that somebody chose.
func (o *Outcome) subject() []Piece { return []Piece{{Text: o.Subject(), Heap: true}} }

func (o *Outcome) condition() string { return string(o.Expr.Op) + " " + o.LimitText() }

// unbroken says what a rule found and what would break it.
func (o *Outcome) unbroken() []Piece {
	follows := ", fails if "
	if o.Severity == Warning {
		follows = ", warns if "
	}
	line := append(o.subject(), Piece{Text: " " + o.ValueText() + follows + o.condition()})
	if o.unsure != "" {
		line = append(line, Piece{Text: ", but " + o.unsure})
	}
	return line
}

// broken says by what a rule is broken.
func (o *Outcome) broken() []Piece {
	line := append(o.subject(), Piece{Text: " " + o.ValueText() + " " + o.condition()})
	if len(o.Findings) == 0 {
		return line
	}
	return append(append(line, Piece{Text: ": "}), o.Findings[0].Pieces()...)
}

// wasIgnored says that what breaks a rule was ignored, and why it no longer is.
func (v *Verdict) wasIgnored(o *Outcome) []Piece {
	if len(o.Findings) == 0 || o.Findings[0].Line == nil {
		return nil
	}
	for i := range v.Ignored {
		g := &v.Ignored[i]
		if g.State < Outgrown || !g.covers(o.Findings[0].Line) {
			continue
		}
		if g.State == Expired {
			return []Piece{{Text: ", ignored until " + g.Until.Format(time.DateOnly)}}
		}
		return []Piece{{Text: ", more than the " + human.Bytes(g.Max) + " that are ignored"}}
	}
	return nil
}

// others counts the rules that are broken as badly.
func (v *Verdict) others(told int) []Piece {
	more := 0
	for i := range v.Outcomes {
		o := &v.Outcomes[i]
		if i != told && o.Broken && o.Doubt == "" && o.Severity == v.Outcomes[told].Severity {
			more++
		}
	}
	if more == 0 {
		return nil
	}
	return []Piece{{Text: " (and " + plural(more, "more rule") + " broken)"}}
}

// Pieces writes a finding: global.listeners[] +11.8 MiB (5,000 closures).
func (f *Finding) Pieces() []Piece {
	line := []Piece{{Text: f.Place, Heap: true}, {Text: " " + human.DeltaBytes(f.Size)}}
	if f.Error > 0 {
		line[1].Text += " ± " + human.Bytes(f.Error)
	}
	switch {
	case f.Count == 0:
	case f.Size == 0 && f.Things != "": // what is counted has no size
		return []Piece{line[0], {Text: " " + human.DeltaCount(f.Count) + " "}, {Text: f.Things, Heap: true}}
	case f.Things == "":
		line = append(line, Piece{Text: " (" + human.DeltaCount(f.Count) + ")"})
	default:
		line = append(line, Piece{Text: " (" + human.Count(f.Count) + " "}, Piece{Text: f.Things, Heap: true}, Piece{Text: ")"})
	}
	return line
}

// broken says why an ignore does not hold.
func (g *Ignored) broken() []Piece {
	why := " outgrew its ignore, " + human.Bytes(g.Size) + " > " + human.Bytes(g.Max)
	if g.State == Expired {
		why = " was ignored until " + g.Until.Format(time.DateOnly)
	}
	line := []Piece{{Text: g.What(), Heap: true}, {Text: why}}
	if len(g.Findings) > 0 {
		line = append(append(line, Piece{Text: ": "}), g.Findings[0].Pieces()...)
	}
	return line
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return human.Count(n) + " " + word + "s"
}

// Plain joins pieces; clean makes what comes out of a heap harmless.
func Plain(line []Piece, clean func(string) string) string {
	var b strings.Builder
	for _, p := range line {
		if p.Heap {
			p.Text = clean(p.Text)
		}
		b.WriteString(p.Text)
	}
	return b.String()
}
