package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/heapdiff/heapdiff/diff/growth"
)

// others are the places of libraries and of the engine: a line for all of a
// group, or each if everything was asked for.
func others(lines []*growth.Line, o Options) Section {
	s := Section{Title: "In libraries and the runtime", Fold: Long, Sheet: foreignSheet(lines)}
	if o.All {
		for _, l := range lines {
			s.Findings = append(s.Findings, Finding{
				Amount: sizeDelta(int64(l.Share)), What: tagged(l), Details: []Phrase{append(append(mending(l), dot), identified(l)[2:]...)},
			})
		}
		return s
	}
	for _, g := range foreignGroups(lines) {
		p := Phrase{words(string(g.tier) + "  "), count(g.places), plural(g.places, " place", " places"), words(" in "), g.of}
		s.Findings = append(s.Findings, Finding{Amount: sizeDelta(int64(g.share)), What: p})
	}
	return s
}

// foreignSheet has a row for each place of libraries and of the engine.
func foreignSheet(lines []*growth.Line) *Table {
	t := &Table{
		Things: [2]string{"place", "places"},
		Columns: []Column{
			{Title: "place"}, {Title: "share", Adds: true}, {Title: "objects more", Drop: 4, Adds: true}, {Title: "whose"}, {Title: "kind", Drop: 4}, {Title: "defined at", Drop: 5},
		},
	}
	for _, l := range lines {
		t.Rows = append(t.Rows, Row{
			name(l.Path), sizeDelta(int64(l.Share)), signed(CountDelta, int64(l.CountAfter)-int64(l.CountBefore)),
			words(string(l.Tier)), words(string(l.Kind)), name(l.Location),
		})
	}
	return t
}

// foreignGroup is all that grew in one package, in the platform or in the engine.
type foreignGroup struct {
	tier   growth.Tier
	of     Value
	places int
	share  uint64
}

// foreignGroups adds lines up by whose they are: packages first, each by its
// name, and the largest before the others.
func foreignGroups(lines []*growth.Line) []foreignGroup {
	var groups []foreignGroup
	at := map[Value]int{}
	for _, l := range lines {
		of := words("the engine's code and shapes")
		if l.Tier == growth.Library {
			if of = words("the platform's modules"); packageOf(l) != "" {
				of = name(packageOf(l))
			}
		}
		i, ok := at[of]
		if !ok {
			i = len(groups)
			at[of] = i
			groups = append(groups, foreignGroup{tier: l.Tier, of: of})
		}
		groups[i].places++
		groups[i].share += l.Share
	}
	slices.SortStableFunc(groups, func(a, b foreignGroup) int {
		return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(b.of.Kind, a.of.Kind), cmp.Compare(b.share, a.share), cmp.Compare(a.of.Text, b.of.Text))
	})
	return groups
}

// packageOf returns the package of node_modules that a line is in, or "".
func packageOf(l *growth.Line) string {
	if of := packageIn(l.Location); of != "" {
		return of
	}
	for _, step := range slices.Backward(l.Steps) {
		if of := packageIn(step.Where); of != "" {
			return of
		}
	}
	return ""
}

func packageIn(where string) string {
	where = strings.ReplaceAll(where, `\`, "/")
	at := strings.LastIndex(where, "node_modules/")
	if at < 0 {
		return ""
	}
	parts := strings.SplitN(where[at+len("node_modules/"):], "/", 3)
	if strings.HasPrefix(parts[0], "@") && len(parts) > 2 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}
