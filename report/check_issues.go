package report

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/heapdiff/heapdiff/gate"
)

// issue is one thing that CI should show beside the source.
type issue struct {
	level   level
	rule    string // the metric, "ignore" or doubtRule
	message string // one line, harmless but unescaped
	finding *gate.Finding
	ignored *gate.Ignored // nil if nothing covers it
	print   string        // the same in every run
	source  source
	located bool
}

// level is how bad an issue is.
type level uint8

const (
	suppressed level = iota // covered by an ignore
	warned
	failed
)

// doubtRule is the rule that a comparison breaks from which nothing follows.
const doubtRule = "comparison"

// mostFindings is how many findings of a rule are told: the first are what
// breaks it.
const mostFindings = 20

// issues lists what CI should show, worst first; a place that breaks several
// rules is told once.
func (j *judged) issues() []issue {
	var list []issue
	seen := map[string]bool{}
	add := func(i issue, f *gate.Finding, what string) {
		if f != nil {
			i.finding, i.message = f, i.message+": "+findingText(f)
			i.print = printOf(f.Line)
			i.source, i.located = sourceOf(f.Where, j.root)
		}
		if i.print == "" {
			sum := sha256.Sum256([]byte(what))
			i.print = hex.EncodeToString(sum[:])[:12]
		}
		if !seen[i.print] {
			seen[i.print] = true
			list = append(list, i)
		}
	}
	doubtful := warned
	if j.Strict {
		doubtful = failed
	}
	for _, doubt := range j.Doubts {
		add(issue{level: doubtful, rule: doubtRule, message: shown(doubt)}, nil, doubtRule+"\n"+doubt)
	}
	for _, severity := range []gate.Severity{gate.Failure, gate.Warning} {
		for n := range j.Outcomes {
			o := &j.Outcomes[n]
			if o.Severity != severity || !o.Broken && o.Doubt == "" {
				continue
			}
			i := issue{level: failed, rule: o.Expr.Metric.Name, message: shown(o.Subject()) + " " + o.ValueText() + " " + string(o.Expr.Op) + " " + o.LimitText()}
			if severity == gate.Warning {
				i.level = warned
			} else if o.Doubt != "" {
				i.level = doubtful
			}
			if o.Doubt != "" {
				i.message = shown(o.Subject()) + ": " + shown(o.Doubt)
			}
			if len(o.Findings) == 0 || o.Doubt != "" {
				add(i, nil, o.RuleText())
				continue
			}
			for k := range o.Findings[:min(len(o.Findings), mostFindings)] {
				f := &o.Findings[k]
				add(i, f, o.Expr.Metric.Name+"\n"+f.Place)
			}
		}
	}
	for n := range j.Verdict.Ignored {
		g := &j.Verdict.Ignored[n]
		i := issue{level: failed, rule: "ignore", ignored: g}
		switch g.State {
		case gate.Active:
			i.level, i.message = suppressed, "ignored ("+shown(g.Reason)+")"
		case gate.Expired:
			i.message = "the ignore is over (" + untilText(g) + ": " + shown(g.Reason) + ")"
		case gate.Outgrown:
			i.message = "the ignore is outgrown (" + shown(g.Reason) + ")"
		default:
			continue
		}
		for k := range g.Findings[:min(len(g.Findings), mostFindings)] {
			add(i, &g.Findings[k], g.What()+"\n"+g.Findings[k].Place)
		}
	}
	slices.SortStableFunc(list, func(a, b issue) int { return int(b.level) - int(a.level) })
	return list
}

// snapshot is the file that an issue is about if its source is not known.
func (j *judged) snapshot() string { return shortFile(j.facts.After.File) }
