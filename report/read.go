package report

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-json"

	"github.com/heapdiff/heapdiff/advice"
	"github.com/heapdiff/heapdiff/diff/growth"
)

// errNoReport is what cannot be read back.
var errNoReport = errors.New("not a JSON report of a comparison")

// ErrProfiles is a report that does not have what there is to explain.
var ErrProfiles = errors.New("a JSON report of profiles, which has no stacks")

// ReadGrowth reads the places that grew back from a JSON report.
func ReadGrowth(r io.Reader) ([]Explained, error) {
	var report struct {
		Schema         string `json:"schema"`
		Before, After  sideJSON
		Growth         []growthJSON        `json:"growth"`
		Reconciliation *reconciliationJSON `json:"reconciliation"`
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &report); err != nil {
		return nil, fmt.Errorf("%w (%s)", errNoReport, strings.TrimSpace(err.Error()))
	}
	if report.Schema == profileSchema {
		return nil, ErrProfiles
	}
	if !strings.HasPrefix(report.Schema, "heapdiff/") || report.Reconciliation == nil {
		return nil, errNoReport
	}
	list := make([]Explained, len(report.Growth))
	for i := range list {
		list[i] = Explained{
			Line: report.Growth[i].line(), Before: report.Before.File, After: report.After.File, Growth: report.Reconciliation.Growth,
		}
	}
	return list, nil
}

// line is the opposite of newLineJSON.
func (g *growthJSON) line() *growth.Line {
	l := &growth.Line{
		Fingerprint: g.Fingerprint, Tier: g.Tier, Kind: g.Kind, Payload: g.Payload, InPlace: g.InPlace,
		Holders: g.Holders, HolderID: g.HolderID,
		Path: g.Path, Owner: g.Owner, Class: g.Class, Location: g.Location, Located: g.Located,
		CountBefore: g.CountBefore, CountAfter: g.CountAfter, SizeBefore: g.SizeBefore, SizeAfter: g.SizeAfter,
		Share: g.Share, Exclusive: g.Exclusive, Own: g.Own,
		SampleIDs: g.SampleIDs, Counts: g.Counts, Sizes: g.Sizes,
	}
	if g.Advice != nil {
		l.Advice = advice.Pattern(g.Advice.Pattern)
	}
	if g.PerIteration != nil {
		l.PerIteration = growth.Rate(*g.PerIteration)
	}
	for _, c := range g.CoOwners {
		l.CoOwners = append(l.CoOwners, growth.CoOwner(c))
	}
	for _, c := range g.Children {
		l.Children = append(l.Children, growth.Child(c))
	}
	for _, s := range g.Steps {
		l.Steps = append(l.Steps, growth.Step{Edge: s.Edge, Class: s.Class, Where: s.Where})
	}
	for _, s := range g.Dominators {
		l.Dominators = append(l.Dominators, growth.Step{Edge: s.Edge, Class: s.Class, Where: s.Where})
	}
	return l
}
