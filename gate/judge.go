package gate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/heapdiff/heapdiff/internal/human"
)

// Gate is what comparisons are judged by.
type Gate struct {
	Rules     []Rule // the default one if there are none
	Ignores   []Ignore
	Noise     Noise
	Aggregate Aggregate
	Strict    bool      // a verdict that is inconclusive is no pass
	Today     time.Time // what ignores expire by
}

// Aggregate says which of several comparisons of the same two programs counts.
type Aggregate string

const (
	// Median takes the middle one, of an even number the worse of two.
	Median Aggregate = "median"
	// Worst takes the one that breaks the rule most.
	Worst Aggregate = "worst"
	// Best takes the one that breaks it least.
	Best Aggregate = "best"
)

// Judge judges comparisons: usually one, several if the program was run again to
// tell growth from noise. There must be at least one.
func (g *Gate) Judge(runs ...*Facts) *Verdict {
	v := &Verdict{Runs: len(runs), Aggregate: g.Aggregate, Strict: g.Strict}
	views := make([]*view, len(runs))
	for i, f := range runs {
		views[i] = g.look(v, f)
		for _, doubt := range f.Doubts {
			if !slices.Contains(v.Doubts, doubt) {
				v.Doubts = append(v.Doubts, doubt)
			}
		}
	}
	rules := slices.Clone(g.Rules)
	if len(rules) == 0 {
		rules = []Rule{DefaultRule()}
	}
	for i := range rules {
		if rules[i].Default {
			rules[i] = defaultRuleOf(runs[0])
		}
		o, chosen := g.outcome(&rules[i], views)
		if i == 0 {
			v.Chosen = chosen
		}
		v.Outcomes = append(v.Outcomes, o)
		v.warn(&o)
	}
	v.Warnings = append(v.Warnings, g.foreign(runs[v.Chosen])...)
	v.Status = v.status()
	return v
}

// look applies the ignores to one comparison.
func (g *Gate) look(v *Verdict, f *Facts) *view {
	w := &view{Facts: f, noise: g.Noise, ignored: make([]bool, len(f.Lines))}
	var active []*Ignore
	for i := range g.Ignores {
		used := g.Ignores[i].apply(f, g.Today)
		v.note(i, used)
		if used.State != Active {
			continue
		}
		active = append(active, &g.Ignores[i])
		for at := range f.Lines {
			w.ignored[at] = w.ignored[at] || g.Ignores[i].covers(&f.Lines[at])
		}
	}
	w.hidden = func(class string) bool {
		return slices.ContainsFunc(active, func(i *Ignore) bool { return i.coversClass(class) })
	}
	return w
}

// note keeps of an ignore what it came to in the comparison where it covered most.
func (v *Verdict) note(i int, used Ignored) {
	if i == len(v.Ignored) {
		v.Ignored = append(v.Ignored, used)
		return
	}
	if had := &v.Ignored[i]; used.State > had.State || used.State == had.State && used.Size > had.Size {
		*had = used
	}
}

// outcome measures a rule in each comparison and takes the one that counts.
func (g *Gate) outcome(r *Rule, views []*view) (o Outcome, chosen int) {
	readings := make([]reading, len(views))
	order := make([]int, len(views)) // from the least broken to the most
	o = Outcome{Rule: *r}
	for i, v := range views {
		readings[i], order[i] = r.read(v), i
		o.Values = append(o.Values, readings[i].value)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &readings[a], &readings[b]
		if x.broken != y.broken {
			if y.broken {
				return -1
			}
			return 1
		}
		if r.Expr.lower() {
			x, y = y, x
		}
		return cmp.Compare(x.value, y.value)
	})
	switch g.Aggregate {
	case Worst:
		chosen = order[len(order)-1]
	case Best:
		chosen = order[0]
	default:
		chosen = order[len(order)/2]
	}
	x := &readings[chosen]
	o.Value, o.Limit, o.Broken, o.Findings = x.value, x.limit, x.broken, x.findings
	o.missing, o.near, o.unsure = x.missing, x.near, x.unsure
	if o.Doubt = cmp.Or(x.unknown, x.doubt); o.Doubt == "" && g.Aggregate != Worst && g.Aggregate != Best {
		o.Doubt = r.noisy(readings) // who asks for the worst or the best has decided already
	}
	return o, chosen
}

// noisy says that the comparisons differ by more than what the rule allows, and
// do not agree on it.
func (r *Rule) noisy(readings []reading) string {
	least, most := readings[0].value, readings[0].value
	broken := 0
	for i := range readings {
		least, most = min(least, readings[i].value), max(most, readings[i].value)
		if readings[i].broken {
			broken++
		}
	}
	limit := readings[0].limit
	if broken == 0 || broken == len(readings) || most-least <= max(limit, -limit) {
		return ""
	}
	m := &r.Expr.Metric
	return fmt.Sprintf("%s of %s runs break it, from %s to %s: the noise is larger than the limit",
		human.Count(broken), human.Count(len(readings)), m.format(least), m.format(most))
}

// warn says what a reader must know of an outcome.
func (v *Verdict) warn(o *Outcome) {
	if o.missing != "" {
		text := fmt.Sprintf("%s: no class is called %q", o.Expr.Text, o.missing)
		if o.near != "" {
			text += fmt.Sprintf("; did you mean %q?", o.near)
		}
		v.Warnings = append(v.Warnings, text)
	}
	if o.Expr.lower() && !o.Default {
		v.Warnings = append(v.Warnings, fmt.Sprintf(
			"%s: a rule says what fails, so this one fails when %s is small; a budget is written %s",
			o.Expr.Text, o.Subject(), o.Expr.opposite()))
	}
	if o.unsure != "" {
		v.Warnings = append(v.Warnings, o.Subject()+" "+o.ValueText()+" is "+o.unsure+" and is not judged")
	}
	if o.Doubt != "" {
		v.Warnings = append(v.Warnings, o.Subject()+": "+o.Doubt)
	}
}

// status is what outcomes and ignores come to.
func (v *Verdict) status() Status {
	status := Pass
	if len(v.Doubts) > 0 {
		status = Inconclusive
	}
	for i := range v.Outcomes {
		o := &v.Outcomes[i]
		switch {
		case o.Doubt != "" && o.Severity == Failure:
			status = max(status, Inconclusive)
		case o.Doubt != "":
			status = max(status, Warn)
		case o.Broken && o.Severity == Failure:
			status = Fail
		case o.Broken:
			status = max(status, Warn)
		}
	}
	for i := range v.Ignored {
		switch v.Ignored[i].State {
		case Outgrown, Expired:
			status = Fail
		case Unused:
			g := &v.Ignored[i]
			v.Warnings = append(v.Warnings, fmt.Sprintf("nothing that grew is %s any more: its ignore (%s) can go", g.What(), g.Reason))
		}
	}
	return status
}
