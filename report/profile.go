package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/parse/pprof"
)

// Profile makes the report of two profiles, or of one: what grew and where it is
// allocated, then the tables that let one check it. A profile has no references,
// so nothing is called retained here: what functions and all they called have is
// cumulative.
func Profile(r *profile.Result, o Options) *Document {
	m := measure{r}
	d := &Document{
		Title:    shortFile(r.Before.File) + " → " + shortFile(r.After.File),
		Headline: m.headline(),
		Facts:    m.facts(),
		Sections: []Section{m.sites(o), m.kinds(), m.packages(), m.functions(o)},
		Warnings: r.Warnings,
		Options:  o,
		data:     newProfileJSON(r, o),
		subject:  r,
	}
	if r.Single {
		d.Title = shortFile(r.After.File)
	}
	return d
}

// Profiles is Profile with a comparison of goroutines of the same process, which
// may be nil.
func Profiles(heap, goroutines *profile.Result, o Options) *Document {
	d := Profile(heap, o)
	if goroutines == nil {
		return d
	}
	m := measure{goroutines}
	sites, kinds := m.sites(o), m.kinds()
	sites.Title, kinds.Title = "Goroutines: where they wait", "Goroutines: "+strings.ToLower(kinds.Title[:1])+kinds.Title[1:]
	sites.Lead, sites.Places = m.headline(), false
	d.Sections = append(d.Sections[:1:1], append([]Section{sites, kinds}, d.Sections[1:]...)...)
	d.Warnings = append(d.Warnings, goroutines.Warnings...)
	return d
}

// measure writes the values of one result in their unit.
type measure struct{ r *profile.Result }

func (m measure) value(n int64) Value {
	switch m.r.Value.Unit {
	case "bytes":
		return signed(Size, n)
	case "nanoseconds":
		return words(human.Duration(time.Duration(n)))
	}
	return count(int(n))
}

func (m measure) delta(n int64) Value {
	switch m.r.Value.Unit {
	case "bytes":
		return sizeDelta(n)
	case "nanoseconds":
		if n > 0 {
			return words("+" + human.Duration(time.Duration(n)))
		}
		return words(human.Duration(time.Duration(n)))
	}
	return countDelta(int(n))
}

// things is what is counted, in words: "goroutines", "objects".
func (m measure) things() string {
	switch {
	case m.r.Nature == pprof.Goroutines:
		return "goroutines"
	case strings.Contains(m.r.Value.Type, "object"):
		return "objects"
	}
	return m.r.Value.Type
}

func (m measure) headline() Phrase {
	r, t := m.r, &m.r.Total
	of := words(" of " + m.r.Value.Type)
	if m.r.Value.Unit == "count" {
		things := m.things()
		if n := t.Growth(); n == 1 || n == -1 || (n == 0 || r.Single) && t.After == 1 {
			things = strings.TrimSuffix(things, "s")
		}
		of = words(" " + things)
	}
	if r.Single {
		return Phrase{m.value(t.After), of}
	}
	if t.Growth() == 0 {
		return Phrase{words("No growth: "), m.value(t.After), of, words(" before and after")}
	}
	p := Phrase{m.delta(t.Growth()), of}
	p = append(p, m.plusMinus(t)...)
	relative := ", " + human.DeltaPercent(float64(t.Before), float64(t.After))
	if t.Before <= 0 {
		relative = ""
	}
	return append(p, words("  ("), m.value(t.Before), words(" → "), m.value(t.After), words(relative+")"))
}

func (m measure) plusMinus(a *profile.Amount) Phrase {
	if a.Error == 0 || m.r.Single {
		return nil
	}
	return Phrase{words(" ± "), m.value(a.Error)}
}

func (m measure) facts() []Phrase {
	r := m.r
	files := Phrase{name(r.Before.File), words(" → "), name(r.After.File)}
	if r.Single {
		files = Phrase{name(r.After.File)}
	}
	what := Phrase{words(strings.ToUpper(string(r.Nature[0])) + string(r.Nature[1:]) + ", "), name(r.Value.Type)}
	if r.Value.Unit != "count" {
		what = append(what, words(" in "), name(r.Value.Unit))
	}
	if others := m.otherTypes(); others != "" {
		what = append(what, words("; --sample-index shows "), name(others))
	}
	facts := []Phrase{append(files, append(Phrase{words(": ")}, what...)...)}
	if r.Sampling.Exact && r.Nature == pprof.References {
		facts = append(facts, Phrase{words("Every object was counted; stacks are the ways by which references lead to it.")})
	}
	if r.Accumulates && !r.Single {
		added := "These values only grow while a process runs: shown is what was added in between"
		if r.Nature == pprof.Heap {
			added += ", whether it is still there or not"
		}
		facts = append(facts, Phrase{words(added + ".")})
	}
	if r.Sampling.Rate > 1 {
		facts = append(facts, m.sampled())
	}
	return facts
}

// sampled explains the ± and what it was computed from.
func (m measure) sampled() Phrase {
	p := Phrase{words("One block is sampled every "), size(uint64(m.r.Sampling.Rate)), words(" on average")}
	if m.r.Single {
		return append(p, words("."))
	}
	p = append(p, words("; ± is three standard deviations, and what is within it may be no growth. "))
	switch m.r.Process {
	case profile.SameProcess:
		return append(p, words("Both profiles are of one process: only what came and went can be off."))
	case profile.OtherProcess:
		return append(p, words("The profiles are of two processes."))
	}
	return append(p, words("Whether the profiles are of one process is not known."))
}

func (m measure) otherTypes() string {
	var names []string
	for _, t := range m.r.After.Types {
		if t.Type != m.r.Value.Type {
			names = append(names, t.Type)
		}
	}
	return strings.Join(names, ", ")
}

// mostDoubtful is how many places are told that may be no growth, if there are
// no others.
const mostDoubtful = 3

var inDoubt = Phrase{words("The whole grew by more than sampling can explain, but no place did by itself: any of these may be no growth.")}

// doubtful are the sites that grew most, where none did by more than sampling can
// explain and yet all of them together.
func (m measure) doubtful() (list []*profile.Site) {
	r := m.r
	if r.Single || r.Total.Growth() <= 0 || r.Total.Noise() {
		return nil
	}
	for i := range r.Sites {
		s := &r.Sites[i]
		switch {
		case m.tells(s):
			return nil
		case s.Growth() > 0 && len(list) < mostDoubtful:
			list = append(list, s)
		}
	}
	return list
}

func (m measure) sites(o Options) Section {
	r := m.r
	s := Section{Title: "What grew, and where it is allocated", Places: true, Empty: "Nothing grew by more than sampling can explain."}
	switch {
	case r.Nature == pprof.Goroutines:
		s.Title, s.Empty = "Which goroutines became more, and where they wait", "There are no more goroutines than before."
	case r.Nature == pprof.References:
		s.Title = "What grew, and who holds it"
	case r.Nature == pprof.Contention:
		s.Title = "Where more was waited"
	case r.Nature == pprof.CPU:
		s.Title = "Where more time was spent"
	case r.Accumulates:
		s.Title = "What was allocated in between, and where"
	case r.Value.Unit != "bytes" && r.Nature != pprof.Heap:
		s.Title = "What grew, and where"
	}
	if r.Single {
		s.Title = strings.NewReplacer("What grew, and where it is allocated", "What there is most of, and where it is allocated",
			"Which goroutines became more, and where they wait", "Where goroutines wait", "Where more", "Where most", "What grew, and who holds it", "What there is most of, and who holds it").Replace(s.Title)
		s.Empty = "There is nothing in it."
	}
	if r.Sampling.Rate <= 1 && !r.Single && r.Nature != pprof.Goroutines {
		s.Empty = "Nothing grew."
	}
	var noise, small, shrank int
	came := m.came()
	tell := func(site *profile.Site) {
		f := m.site(site)
		f.Gist = m.gist(site, came)
		s.Findings = append(s.Findings, f)
	}
	for i := range r.Sites {
		site := &r.Sites[i]
		switch {
		case r.Single && site.After == 0, site.Growth() == 0:
			continue
		case o.All:
		case site.Noise() && !r.Single:
			noise++
			continue
		case site.Growth() < 0:
			shrank++
			continue
		case isSmall(site.Growth(), r.Total.Growth()) && r.Value.Unit == "bytes":
			small++
			continue
		}
		tell(site)
	}
	if doubtful := m.doubtful(); len(doubtful) > 0 && !o.All {
		s.Lead = inDoubt
		for _, site := range doubtful {
			tell(site)
			noise--
		}
	}
	var tail []string
	if noise > 0 {
		tail = append(tail, fmt.Sprintf("%d changed by no more than sampling can explain", noise))
	}
	if shrank > 0 {
		tail = append(tail, fmt.Sprintf("%d became smaller", shrank))
	}
	if small > 0 {
		tail = append(tail, fmt.Sprintf("%d grew by less than half a percent of the growth", small))
	}
	if len(tail) > 0 {
		s.Tail = Phrase{words("Left out: " + strings.Join(tail, ", ") + ".")}
	}
	return s
}

func (m measure) site(s *profile.Site) Finding {
	r := m.r
	f := Finding{Amount: m.delta(s.Growth()), What: Phrase{name(s.Function)}}
	if r.Single {
		f.Amount = m.value(s.After)
	}
	if s.Via != "" {
		f.What = append(f.What, words(" → "), name(s.Via))
	}
	if m.hasKinds() {
		f.What = append(f.What, words(": "+s.Kind))
	}
	first := Phrase{words(originWords[s.Origin])}
	if s.Place != "" {
		first = append(first, words(", "), name(s.Place))
	}
	if s.Error > 0 && !r.Single {
		first = append(Phrase{words("± "), m.value(s.Error), dot}, first...)
	}
	if !r.Single && s.Before != 0 {
		first = append(Phrase{words("was "), m.value(s.Before), words(", is "), m.value(s.After), dot}, first...)
	}
	if r.Counts {
		more := int(s.AfterCount - s.BeforeCount)
		things := plural(more, " object", " objects")
		if r.Nature == pprof.Contention {
			things = plural(more, " contention", " contentions")
		}
		first = append(first, dot, countDelta(more), things)
	}
	if !r.Single {
		first = append(first, dot, words(s.Fingerprint))
	}
	f.Details = append(f.Details, first)
	at := "in "
	switch r.Nature {
	case pprof.Heap:
		at = "allocated at "
	case pprof.References:
		at = "of "
	}
	// The leaf of a goroutine is how it waits, which the kind tells.
	if p := m.parts(at, s.Leaves, s.Function); p != nil && r.Nature != pprof.Goroutines {
		f.Details = append(f.Details, p)
	}
	if len(s.Contexts) > 0 && s.Contexts[0].Name != s.Function {
		f.Details = append(f.Details, m.reachedBy(s.Contexts[:min(len(s.Contexts), 2)]))
	}
	if by, ok := strings.CutPrefix(s.Entry, pprof.CreatedBy); ok {
		f.Details = append(f.Details, Phrase{words(pprof.CreatedBy), name(by)})
	} else if s.Entry != "" && s.Entry != s.Function {
		f.Details = append(f.Details, Phrase{words("started as "), name(s.Entry)})
	}
	if s.Goroutines > 0 {
		f.Details = append(f.Details, Phrase{countDelta(int(s.Goroutines)), words(" goroutines wait in "), name(s.Waiting)})
	} else if s.IsStacks() && s.Growth() > 0 && !r.Single {
		f.Details = append(f.Details, Phrase{words("a pair of goroutine profiles says which: /debug/pprof/goroutine")})
	}
	return f
}

// parts lists shares of a site, unless they say no more than its name.
func (m measure) parts(lead string, list []profile.Part, known string) Phrase {
	if len(list) == 0 || len(list) == 1 && list[0].Name == known {
		return nil
	}
	p := Phrase{words(lead)}
	for i, part := range list {
		if i > 0 && part.Growth <= 0 {
			break
		}
		if i > 0 {
			p = append(p, dot)
		}
		p = append(p, name(part.Name))
		if len(list) > 1 {
			p = append(p, words(" ("), m.delta(part.Growth), words(")"))
		}
	}
	return p
}

var originWords = map[profile.Origin]string{
	profile.Own: "own code", profile.Dependency: "a dependency", profile.Runtime: "runtime and standard library",
}

// amounts are the columns of before, after, growth and ±.
func (m measure) amountColumns(title string) []Column {
	adds := m.r.Value.Unit != "nanoseconds"
	columns := []Column{
		{Title: title},
		{Title: "before", Drop: 2, Adds: adds},
		{Title: "after", Drop: 1, Adds: adds},
		{Title: "growth", Adds: adds},
		{Title: "±", Drop: 3},
	}
	if m.r.Single {
		return []Column{{Title: title}, {Title: m.r.Value.Type, Adds: adds}, {Title: "share", Drop: 1}}
	}
	if m.r.Sampling.Rate <= 1 {
		columns = columns[:4]
	}
	return columns
}

func (m measure) amounts(a *profile.Amount) []Value {
	if m.r.Single {
		return []Value{m.value(a.After), {Kind: Share, Text: human.Percent(float64(a.After), float64(m.r.Total.After))}}
	}
	row := []Value{m.value(a.Before), m.value(a.After), m.delta(a.Growth()), m.value(a.Error)}
	if m.r.Sampling.Rate <= 1 {
		row = row[:3]
	}
	return row
}

// hasKinds says that what is measured is of kinds: of memory, or of waiting.
func (m measure) hasKinds() bool {
	switch m.r.Nature {
	case pprof.Contention, pprof.CPU, pprof.OtherNature:
		return false
	}
	return true
}

func (m measure) kinds() Section {
	if !m.hasKinds() {
		return Section{}
	}
	title, column := "By kind", "kind"
	if m.r.Nature == pprof.Goroutines {
		title, column = "By what they wait for", "waiting for"
	}
	t := &Table{Columns: m.amountColumns(column), Whole: true}
	for i := range m.r.Kinds {
		g := &m.r.Kinds[i]
		t.Rows = append(t.Rows, append(Row{words(g.Name)}, m.amounts(&g.Amount)...))
	}
	t.total(m.amounts(&m.r.Total))
	return Section{Title: title, Table: t}
}

func (m measure) packages() Section {
	t := &Table{Columns: m.amountColumns("package"), Things: [2]string{"package", "packages"}}
	t.Columns = append(t.Columns, Column{Title: "whose", Drop: 4})
	for i := range m.r.Packages {
		g := &m.r.Packages[i]
		t.Rows = append(t.Rows, append(append(Row{name(g.Name)}, m.amounts(&g.Amount)...), words(originWords[g.Origin])))
	}
	t.total(append(m.amounts(&m.r.Total), Value{}))
	s := Section{Title: "By package", Table: t, Fold: Long}
	if m.r.Nature == pprof.Heap {
		s.Lead = Phrase{words("What each package allocates, itself or by what it calls in the standard library.")}
	}
	return s
}

func (t *Table) total(values []Value) {
	if len(t.Rows) > 0 {
		row := append(Row{words("total")}, values...)
		t.Total = &row
	}
}

func (m measure) functions(o Options) Section {
	r := m.r
	adds := r.Value.Unit != "nanoseconds"
	t := &Table{
		Things: [2]string{"function", "functions"},
		Columns: []Column{
			{Title: "function"},
			{Title: "flat before", Drop: 4, Adds: adds},
			{Title: "flat after", Drop: 2, Adds: adds},
			{Title: "flat growth", Adds: adds},
			{Title: "cumulative before", Drop: 5},
			{Title: "cumulative after", Drop: 3},
			{Title: "cumulative growth", Drop: 1},
		},
	}
	if r.Single {
		t.Columns = []Column{{Title: "function"}, {Title: "flat", Adds: adds}, {Title: "cumulative"}}
	}
	unchanged := 0
	for i := range r.Functions {
		f := &r.Functions[i]
		if f.Flat() == 0 && f.Cum() == 0 && !o.All {
			unchanged++
			continue
		}
		shown := f.Name
		if f.Unresolved && f.Object != "" && !strings.HasPrefix(f.Name, shortFile(f.Object)) {
			shown += " " + shortFile(f.Object)
		}
		row := Row{name(shown)}
		if r.Single {
			row = append(row, m.value(f.FlatAfter), m.value(f.CumAfter))
		} else {
			row = append(row, m.value(f.FlatBefore), m.value(f.FlatAfter), m.delta(f.Flat()),
				m.value(f.CumBefore), m.value(f.CumAfter), m.delta(f.Cum()))
		}
		t.Rows = append(t.Rows, row)
	}
	s := Section{Title: "Functions", Table: t, Fold: Long, Empty: "No function changed.", Lead: Phrase{
		words("As go tool pprof -top shows them: flat is measured in the function itself, cumulative also in what it called."),
	}}
	if unchanged > 0 {
		s.Lead = append(s.Lead, words(" "+strconv.Itoa(unchanged)+" did not change."))
	}
	return s
}
