package gate

import (
	"errors"
	"slices"

	"github.com/heapdiff/heapdiff/diff"
)

// FactsOf takes what rules are about from a comparison, which must have been
// ranked with all lines.
func FactsOf(r *diff.Result) (*Facts, error) {
	if r.Ranking == nil {
		return nil, errors.New("gate: the comparison was not ranked")
	}
	return &Facts{
		Before: r.Before, After: r.After, Kinds: r.Kinds, Classes: r.Classes,
		Lines: slices.Clone(r.Ranking.Lines), Reconciliation: r.Ranking.Reconciliation, Doubts: r.Doubts,
	}, nil
}

// Needs reports whether a rule is about a metric.
func (g *Gate) Needs(metric string) bool {
	return slices.ContainsFunc(g.Rules, func(r Rule) bool { return r.Expr.Metric.Name == metric })
}
