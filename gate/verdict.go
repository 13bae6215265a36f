package gate

// Status is what a verdict comes to.
type Status uint8

const (
	// Pass means that no rule is broken.
	Pass Status = iota
	// Warn means that only rules that warn are broken.
	Warn
	// Inconclusive means that no rule is broken, but one may be.
	Inconclusive
	// Fail means that a rule is broken.
	Fail
)

func (s Status) String() string { return []string{"PASS", "WARN", "INCONCLUSIVE", "FAIL"}[s] }

// Verdict is what the gate found. It is plain data; names in it are hostile.
type Verdict struct {
	Status   Status
	Outcomes []Outcome // one a rule, in the order given
	Ignored  []Ignored // one an ignore
	Doubts   []string  // why nothing can be concluded, whatever the rules say; they quote names of files
	Warnings []string  // what else a reader must know of; they may quote names

	Runs      int // how many comparisons were judged
	Chosen    int // the comparison that the findings are from
	Aggregate Aggregate
	Strict    bool // inconclusive is no pass
}

// Outcome is what became of a rule.
type Outcome struct {
	Rule
	Value    float64   // bytes, a count or percent
	Limit    float64   // in the same unit
	Values   []float64 // in each comparison
	Broken   bool
	Doubt    string // why the rule cannot be judged; empty if it can
	Findings []Finding

	missing, near string // a class that the rule names and that is not there
	unsure        string // why it was not judged
}

// ValueText is the value in the unit of the metric.
func (o *Outcome) ValueText() string { return o.Expr.Metric.format(o.Value) }

// Format writes a number in the unit of the metric.
func (o *Outcome) Format(value float64) string { return o.Expr.Metric.format(value) }

// Counts is which of several comparisons counts.
func (v *Verdict) Counts() Aggregate {
	if v.Aggregate == "" {
		return Median
	}
	return v.Aggregate
}

// LimitText is what the value is compared with, as the user wrote it if that
// says it all.
func (o *Outcome) LimitText() string {
	if o.Expr.Limit.Percent && o.Expr.Metric.Unit != Percent {
		return o.Expr.Limit.Text + " of " + o.Expr.Metric.Of + " (" + o.Expr.Metric.format(o.Limit) + ")"
	}
	if o.Default {
		return o.Expr.Metric.format(o.Limit)
	}
	return o.Expr.Limit.Text
}

// Subject is the metric and what it is narrowed to, as in the rule.
func (o *Outcome) Subject() string {
	switch {
	case o.Default && o.Expr.Metric.Unit == Count:
		return "count"
	case o.Default:
		return "growth"
	}
	if o.Expr.Scope.Kind == Everything {
		return o.Expr.Metric.Name
	}
	return o.Expr.Scope.String() + " " + o.Expr.Metric.Name
}

// RuleText is the rule as the user wrote it.
func (o *Outcome) RuleText() string {
	switch {
	case o.Default && o.Expr.Metric.Unit == Count:
		return "count > max(10, 2%) (by default)"
	case o.Default:
		return "growth > max(1 MiB, 2%) (by default)"
	}
	return o.Expr.Text
}

// Exit codes of the gate.
const (
	ExitPassed = 0
	ExitFailed = 1
	ExitDoubt  = 3
)

// ExitCode is what the program should end with.
func (v *Verdict) ExitCode() int {
	switch {
	case v.Status == Fail:
		return ExitFailed
	case v.Status == Inconclusive && v.Strict:
		return ExitDoubt
	}
	return ExitPassed
}
