package gate

import (
	"fmt"
	"math"

	"github.com/heapdiff/heapdiff/internal/human"
)

// Severity is what follows when a rule is broken.
type Severity uint8

const (
	// Warning is said and changes nothing.
	Warning Severity = iota
	// Failure fails the gate.
	Failure
)

// Rule is an expression and what follows if it holds.
type Rule struct {
	Expr     Expr
	Severity Severity
	// Default marks the rule that counts when nobody gave one: a place of the
	// program's own that grew by more than max(1 MiB, 2 % of the heap before), and
	// by 10 objects or in place.
	Default bool
}

// The limits of the rule that counts when nobody gave one.
const (
	defaultBytes   = 1 << 20
	defaultPercent = 2
	defaultCount   = 10
)

// DefaultRule is the rule that counts when nobody gave one.
func DefaultRule() Rule { return defaultRule("leak.max > 1MiB") }

// defaultRuleOf is the one for facts: where things are counted and not weighed,
// one about their number.
func defaultRuleOf(f *Facts) Rule {
	if f.Profiled != nil && f.Profiled.Counted != "" {
		return defaultRule("count > 10")
	}
	return DefaultRule()
}

func defaultRule(text string) Rule {
	e, err := Parse(text)
	if err != nil {
		panic(err) // the text is constant
	}
	return Rule{Expr: e, Severity: Failure, Default: true}
}

// Noise is what is too small to be judged.
type Noise struct {
	MinBytes uint64 // of a place that grew
	MinCount int    // more objects at a place that grew; does not apply to growth in place
	// WithinError judges growth in profiles that may be an accident of sampling.
	WithinError bool
}

// DefaultNoise is what nobody wants to hear of.
func DefaultNoise() Noise { return Noise{MinBytes: 16 << 10, MinCount: defaultCount} }

// reading is the value of a rule in one comparison.
type reading struct {
	measure
	limit  float64 // in the unit of the metric
	broken bool

	missing, near string // a class that the rule names and that is not there, and what was probably meant
	// doubt says why the value means little, or nothing.
	doubt string
}

// read measures a rule.
func (r *Rule) read(v *view) reading {
	if r.Default {
		return r.readDefault(v)
	}
	e := &r.Expr
	x := reading{measure: e.Metric.measure(v, e.Scope)}
	x.missing, x.near = v.missing(e.Scope)
	x.limit = e.Limit.Number
	if e.Limit.Percent && e.Metric.Unit != Percent {
		x.limit = x.base * e.Limit.Number / 100
	}
	if x.unknown != "" || x.unsure != "" {
		return x
	}
	x.broken = e.Op.holds(x.value, x.limit)
	if aboutLines[e.Metric.Name] && e.Scope.Kind == Everything {
		x.doubt = x.blind(v)
	}
	return x
}

func (r *Rule) readDefault(v *view) reading {
	if r.Expr.Metric.Unit == Count {
		return r.readDefaultCount(v)
	}
	x := reading{limit: max(defaultBytes, v.heapBefore()*defaultPercent/100)}
	x.measure = v.overLines(Scope{}, share)
	for i := range x.findings {
		if f := &x.findings[i]; f.Count >= defaultCount || f.Line.InPlace || v.Profiled != nil {
			x.value = float64(f.Size)
			x.findings = x.findings[i:]
			break
		}
	}
	x.broken = x.value > x.limit
	x.doubt = x.blind(v)
	return x
}

// readDefaultCount looks for the place that gained most things.
func (r *Rule) readDefaultCount(v *view) reading {
	x := reading{measure: v.gainedAt(Scope{})}
	before := 0.0
	for _, row := range v.Kinds {
		before += float64(row.BeforeCount)
	}
	x.limit, x.value = max(defaultCount, before*defaultPercent/100), 0
	if len(x.findings) > 0 {
		x.value = float64(x.findings[0].Count)
	}
	x.broken = x.value > x.limit
	return x
}

// aboutLines are the metrics that see nothing of growth that hangs at no place.
var aboutLines = map[string]bool{"growth": true, "leak.max": true, "exclusive.max": true}

// leastCoverage is how much of what came must be attributed for a verdict about
// places to mean something.
const leastCoverage = 0.5

// blind says that a rule may hold only because growth could not be attributed.
func (x *reading) blind(v *view) string {
	r := &v.Reconciliation
	if x.broken || r.Coverage >= leastCoverage || float64(r.Unattributed) <= math.Max(x.limit, float64(v.noise.MinBytes)) || r.Growth <= 0 || float64(r.Growth) <= x.limit {
		return ""
	}
	return fmt.Sprintf("only %s of what came hangs at places that accumulate, and %s do not",
		human.Percent(r.Coverage, 1), human.Bytes(r.Unattributed))
}

// format writes a value in the unit of the metric.
func (m *Metric) format(value float64) string {
	switch {
	case math.IsInf(value, 0):
		return "infinite"
	case m.Unit == Percent:
		return human.Percent(value, 100)
	case m.Unit == Count:
		return human.Count(int64(math.Round(value)))
	}
	return human.Bytes(int64(math.Round(value)))
}
