package report

import (
	"slices"
	"time"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/gate"
	"github.com/heapdiff/heapdiff/internal/human"
)

// judged is a comparison and what the gate said of it: what the formats that CI
// reads are made of.
type judged struct {
	*gate.Verdict
	facts *gate.Facts
	root  string // folder that source files are told relative to
}

// Check makes the report of a comparison that was judged: the verdict, the rules
// and what is ignored, then what Compare reports. Source files below the folder
// root are told relative to it.
func Check(r *diff.Result, f *gate.Facts, v *gate.Verdict, root string, o Options) *Document {
	d := Compare(r, o)
	j := &judged{v, f, root}
	j.judge(d)
	compared := newCompareJSON(r, o)
	compared.Warnings = warningsJSON(d.Warnings)
	d.data = &checkJSON{j, j.verdictJSON(), compared}
	return d
}

// CheckProfiles is Check for profiles.
func CheckProfiles(r *profile.Result, f *gate.Facts, v *gate.Verdict, root string, o Options) *Document {
	d := Profile(r, o)
	j := &judged{v, f, root}
	j.judge(d)
	compared := newProfileJSON(r, o)
	compared.Warnings = warningsJSON(d.Warnings)
	d.data = &checkProfilesJSON{j, j.verdictJSON(), compared}
	return d
}

// judge puts the verdict first.
func (j *judged) judge(d *Document) {
	v := j.Verdict
	d.Facts = append([]Phrase{d.Headline}, d.Facts...)
	d.Headline = pieces(v.Headline())
	d.Sections = append([]Section{ruleTable(v), ignoredTable(v)}, d.Sections...)
	d.Warnings = append(slices.Clone(v.Warnings), d.Warnings...)
	for i, doubt := range v.Doubts {
		if !slices.Contains(d.Warnings, doubt) {
			d.Warnings = slices.Insert(d.Warnings, i, doubt)
		}
	}
}

// RuleWarnings are what a reader must know of the rules of a report that Check
// made, such as that one names a class which is not there. No name in them does
// any harm.
func RuleWarnings(d *Document) []string {
	var list []string
	if j := judgementOf(d); j != nil {
		for _, warning := range j.Verdict.Warnings {
			list = append(list, shown(warning))
		}
	}
	return list
}

// judgementOf returns what formats of the gate are made of, or nil if nothing
// was judged.
func judgementOf(d *Document) *judged {
	switch data := d.data.(type) {
	case *checkJSON:
		return data.judged
	case *checkProfilesJSON:
		return data.judged
	}
	return nil
}

// pieces turns a line of the gate into a phrase.
func pieces(line []gate.Piece) Phrase {
	p := make(Phrase, len(line))
	for i, piece := range line {
		if p[i] = words(piece.Text); piece.Heap {
			p[i] = name(piece.Text)
		}
	}
	return p
}

func ruleTable(v *gate.Verdict) Section {
	t := &Table{Whole: true, Columns: []Column{{Title: "rule: it fails if"}, {Title: "value"}, {Title: "verdict"}, {Title: "because of", Drop: 1}, {Title: "its growth", Drop: 2}}}
	if v.Runs > 1 {
		t.Columns = append(t.Columns, Column{Title: "least", Drop: 3}, Column{Title: "most", Drop: 3})
	}
	for i := range v.Outcomes {
		o := &v.Outcomes[i]
		row := Row{name(o.RuleText()), words(o.ValueText()), words(outcomeWord(o)), Value{}, Value{}}
		if len(o.Findings) > 0 {
			row[3], row[4] = name(o.Findings[0].Place), amount(o, &o.Findings[0])
		}
		if v.Runs > 1 {
			least, most := o.Values[0], o.Values[0]
			for _, x := range o.Values {
				least, most = min(least, x), max(most, x)
			}
			row = append(row, words(o.Format(least)), words(o.Format(most)))
		}
		t.Rows = append(t.Rows, row)
	}
	s := Section{Title: "Rules", Table: t}
	if v.Runs > 1 {
		s.Lead = Phrase{words("The " + string(v.Counts()) + " of "), count(v.Runs), words(" runs counts.")}
	}
	return s
}

// amount is what a finding grew by, in objects where the rule is about those. It
// is a column of its own, for names may be cut and numbers not.
func amount(o *gate.Outcome, f *gate.Finding) Value {
	if f.Size == 0 || o.Expr.Metric.Unit == gate.Count && f.Count != 0 {
		return countDelta(int(f.Count))
	}
	return sizeDelta(f.Size)
}

// outcomeWord is what became of a rule, in a word.
func outcomeWord(o *gate.Outcome) string {
	switch {
	case o.Doubt != "":
		return "inconclusive"
	case !o.Broken:
		return "passed"
	case o.Severity == gate.Failure:
		return "FAILED"
	}
	return "warned"
}

// ignoredTable shows what was left out of the judgement, and why.
func ignoredTable(v *gate.Verdict) Section {
	t := &Table{Whole: true, Columns: []Column{{Title: "ignored"}, {Title: "state"}, {Title: "size"}, {Title: "at most", Drop: 2}, {Title: "until", Drop: 1}, {Title: "reason"}}}
	for i := range v.Ignored {
		g := &v.Ignored[i]
		row := Row{name(g.What()), words(g.State.String()), sizeDelta(int64(g.Size)), Value{}, words(untilText(g)), name(g.Reason)}
		if g.Max > 0 {
			row[3] = size(g.Max)
		}
		t.Rows = append(t.Rows, row)
	}
	return Section{Title: "Ignored", Table: t}
}

func untilText(g *gate.Ignored) string {
	if g.Until.IsZero() {
		return "for ever"
	}
	return g.Until.Format(time.DateOnly)
}

// headline is the verdict as one line of text, harmless but unescaped.
func (j *judged) headline() string { return gate.Plain(j.Headline(), shown) }

// text writes a finding as one line of text, harmless but unescaped.
func findingText(f *gate.Finding) string { return gate.Plain(f.Pieces(), shown) }

// explain says more of a finding, a line a piece.
func explain(f *gate.Finding) []string {
	lines := []string{findingText(f)}
	l := f.Line
	if l == nil {
		return lines
	}
	lines = append(lines, "path: "+shown(l.Path))
	grew := "grew from " + human.Count(l.CountBefore) + " to " + human.Count(l.CountAfter) + " objects"
	if l.Exclusive > 0 { // a profile does not know it
		grew += "; mending this place alone frees " + human.Bytes(l.Exclusive)
	}
	lines = append(lines, grew)
	switch {
	case l.Location != "" && f.Allocates:
		lines = append(lines, "allocated at "+shown(l.Location))
	case l.Location != "":
		lines = append(lines, "defined at "+shown(l.Location))
	}
	for _, c := range l.CoOwners {
		lines = append(lines, human.Bytes(c.Size)+" of it held by "+shown(c.Owner)+" as well")
	}
	return append(lines, "fingerprint: "+l.Fingerprint)
}
