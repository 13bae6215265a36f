package gate

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/kinds"
	"github.com/heapdiff/heapdiff/parse/pprof"
)

// Profiled is what is different where a comparison is of profiles: values are
// estimated from samples, and a profile knows who allocated and not who holds.
type Profiled struct {
	// Counted is what values count, such as goroutines; empty if they are bytes.
	Counted string

	// Three standard deviations of growth: of all, and of kinds by name.
	whole int64
	kinds map[string]int64
	sites map[string]profiledSite // by fingerprint
}

// goroutines is what profiles of them count.
const goroutines = "goroutines"

// profiledSite is what a line does not say of a site.
type profiledSite struct {
	err    int64 // three standard deviations of its growth
	things string
}

// FactsOfProfiles takes what rules are about from two profiles. A site that
// allocates is a line, a function a class: its size is what it allocated itself,
// what it retains is what all it called did.
func FactsOfProfiles(r *profile.Result) (*Facts, error) {
	f := &Facts{Profiled: &Profiled{sites: map[string]profiledSite{}, kinds: map[string]int64{}}, Before: profileSide(&r.Before), After: profileSide(&r.After)}
	switch {
	case r.Value.Unit == "bytes":
		f.Before.Size, f.After.Size = uint64(max(r.Total.Before, 0)), uint64(max(r.Total.After, 0))
		f.Profiled.whole = r.Total.Error
	case r.Value.Unit == "count" && r.Nature == pprof.Goroutines:
		f.Profiled.Counted = goroutines
	case r.Value.Unit == "count":
		f.Profiled.Counted = "objects"
	default:
		return nil, fmt.Errorf("%s is a %s of %s in %s: the gate is about memory and what is counted", r.After.File, r.Nature, r.Value.Type, r.Value.Unit)
	}
	for i := range r.Sites {
		f.addSite(r, &r.Sites[i])
	}
	f.addFunctions(r)
	f.addKinds(r)
	growth := int64(f.After.Size) - int64(f.Before.Size)
	f.Reconciliation.Growth, f.Reconciliation.Coverage = growth, 1 // every byte has a site
	f.Doubts = profileDoubts(r)
	return f, nil
}

func profileSide(s *profile.Side) diff.Side { return diff.Side{File: s.File, Format: "profile"} }

// Swapped adds the doubt that the profiles are in the wrong order.
func (f *Facts) Swapped() {
	f.Doubts = append(f.Doubts, fmt.Sprintf("the files are in the wrong order: %s was taken after %s", f.Before.File, f.After.File))
}

// profileDoubts say why nothing can be concluded.
func profileDoubts(r *profile.Result) []string {
	before, after := &r.Before, &r.After
	switch {
	case before.File == after.File:
		return []string{before.File + " is given twice"}
	case before.Time == 0: // nobody knows
	case before.Time == after.Time && before.Samples == after.Samples && r.Total.Before == r.Total.After:
		return []string{fmt.Sprintf("%s and %s are the same profile", before.File, after.File)}
	}
	return nil
}

// tiers say whose a site is.
var tiers = map[profile.Origin]growth.Tier{profile.Own: growth.Growth, profile.Dependency: growth.Library, profile.Runtime: growth.Runtime}

// addSite adds a site that has more than before.
func (f *Facts) addSite(r *profile.Result, s *profile.Site) {
	if s.Growth() <= 0 {
		return
	}
	l := growth.Line{
		Fingerprint: s.Fingerprint, Tier: tiers[s.Origin], Kind: lineKind(s.Kind), Class: s.Function,
		Owner: s.Function, Path: s.Function, Location: s.Place,
		CountBefore: uint64(max(s.BeforeCount, 0)), CountAfter: uint64(max(s.AfterCount, 0)),
	}
	if s.Via != "" {
		l.Path += " → " + s.Via
	}
	things := pluralOf(s.Kind)
	if f.Profiled.Counted != "" {
		things = f.Profiled.Counted
		l.CountBefore, l.CountAfter = uint64(max(s.Before, 0)), uint64(max(s.After, 0))
	} else {
		l.SizeBefore, l.SizeAfter = uint64(max(s.Before, 0)), uint64(max(s.After, 0))
		l.Share = uint64(s.Growth())
	}
	f.Profiled.sites[s.Fingerprint] = profiledSite{s.Error, things}
	f.Lines = append(f.Lines, l)
}

// pluralOf is what is counted of a kind: JSON and sync.Pool are no plural.
func pluralOf(kind string) string {
	if !strings.HasSuffix(kind, "s") {
		return "objects"
	}
	return strings.TrimPrefix(kind, "other ")
}

// addFunctions makes classes of functions.
func (f *Facts) addFunctions(r *profile.Result) {
	counts := map[string][2]int{}
	for i := range r.Sites {
		s := &r.Sites[i]
		n := counts[s.Function]
		if f.Profiled.Counted != "" {
			counts[s.Function] = [2]int{n[0] + int(s.Before), n[1] + int(s.After)}
		} else {
			counts[s.Function] = [2]int{n[0] + int(s.BeforeCount), n[1] + int(s.AfterCount)}
		}
	}
	for i := range r.Functions {
		fn := &r.Functions[i]
		n := counts[fn.Name]
		row := diff.ClassRow{Class: fn.Name, BeforeCount: n[0], AfterCount: n[1], CountDelta: n[1] - n[0]}
		if f.Profiled.Counted == "" {
			row.BeforeSize, row.AfterSize, row.SizeDelta = uint64(max(fn.FlatBefore, 0)), uint64(max(fn.FlatAfter, 0)), fn.Flat()
			row.BeforeRetained, row.AfterRetained, row.RetainedDelta = uint64(max(fn.CumBefore, 0)), uint64(max(fn.CumAfter, 0)), fn.Cum()
		}
		f.Classes = append(f.Classes, row)
	}
}

// profileKinds are the kinds of profiles under the names that rules know.
var profileKinds = map[string]struct {
	heap string
	line growth.Kind
}{
	"sockets and connections":              {kinds.Handles.String(), growth.Sockets},
	"timers and tickers":                   {kinds.Timers.String(), growth.Timers},
	"maps":                                 {kinds.Collections.String(), growth.Collection},
	"strings":                              {kinds.Strings.String(), growth.Strings},
	"buffers and bodies":                   {kinds.ArrayBuffers.String(), growth.Buffers},
	"slices":                               {kinds.Arrays.String(), growth.Arrays},
	"large blocks (slices, maps, buffers)": {kinds.Arrays.String(), growth.Arrays},
}

func lineKind(kind string) growth.Kind {
	if k, ok := profileKinds[kind]; ok {
		return k.line
	}
	return growth.Objects
}

func (f *Facts) addKinds(r *profile.Result) {
	at := map[string]int{}
	for i := range r.Kinds {
		g := &r.Kinds[i]
		name := g.Name
		if k, ok := profileKinds[name]; ok {
			name = k.heap
		}
		row, ok := at[name]
		if !ok {
			row = len(f.Kinds)
			at[name] = row
			f.Kinds = append(f.Kinds, diff.KindRow{Kind: name})
		}
		k := &f.Kinds[row]
		f.Profiled.kinds[name] = int64(math.Ceil(math.Hypot(float64(f.Profiled.kinds[name]), float64(g.Error))))
		if f.Profiled.Counted != "" {
			k.BeforeCount, k.AfterCount = k.BeforeCount+int(g.Before), k.AfterCount+int(g.After)
			continue
		}
		k.BeforeCount, k.AfterCount = k.BeforeCount+int(g.BeforeCount), k.AfterCount+int(g.AfterCount)
		k.BeforeSize, k.AfterSize = k.BeforeSize+uint64(max(g.Before, 0)), k.AfterSize+uint64(max(g.After, 0))
	}
}

// unknownOfProfiles are metrics that a profile does not tell.
var unknownOfProfiles = map[string]bool{
	"exclusive.max": true, "external.ratio": true, "strings.wasted": true, "detached": true, "listeners": true, "unattributed": true,
	"sockets": true, "handles": true, "timers": true, "arraybuffer": true,
}

// FitsProfiles says which rule cannot be judged of profiles like these, and why.
func (g *Gate) FitsProfiles(f *Facts) error {
	for i := range g.Rules {
		e := &g.Rules[i].Expr
		switch counted := f.Profiled.Counted; {
		case g.Rules[i].Default:
		case unknownOfProfiles[e.Metric.Name]:
			return fmt.Errorf("%s: a profile does not tell %s; it tells %s", e.Text, e.Metric.Name, strings.Join(metricsOfProfiles(), ", "))
		case counted != "" && e.Metric.Unit != Count:
			return fmt.Errorf("%s: the values of this profile count %s and are no bytes: write a rule about count or leak.count", e.Text, counted)
		}
	}
	return nil
}

func metricsOfProfiles() []string {
	var names []string
	for _, name := range metricNames() {
		if !unknownOfProfiles[name] {
			names = append(names, name)
		}
	}
	return names
}

// foreign says that goroutines became more where no rule looks: in code that is
// not the program's own, though it was the program that had them started.
func (g *Gate) foreign(f *Facts) []string {
	if f.Profiled == nil || f.Profiled.Counted != goroutines || slices.ContainsFunc(g.Rules, func(r Rule) bool { return r.Expr.Scope.Kind != Everything }) {
		return nil
	}
	var more uint64
	var most *growth.Line
	gained := func(l *growth.Line) uint64 { return l.CountAfter - min(l.CountBefore, l.CountAfter) }
	for i := range f.Lines {
		l := &f.Lines[i]
		if l.Tier == growth.Growth {
			continue
		}
		if more += gained(l); most == nil || gained(l) > gained(most) {
			most = l
		}
	}
	if more <= defaultCount {
		return nil
	}
	return []string{fmt.Sprintf("%s more goroutines run code that is not the program's own, and no rule counts them; %s:count > %d would",
		human.Count(int64(more)), Scope{Class, most.Class}, defaultCount)}
}

// withinError reports whether the growth of a line may be no more than an
// accident of sampling.
func (f *Facts) withinError(l *growth.Line) bool {
	grew := int64(l.Share)
	if f.Profiled == nil {
		return false
	}
	if f.Profiled.Counted != "" {
		grew = gained(l)
	}
	return grew <= f.Profiled.sites[l.Fingerprint].err
}

// unsureOf leaves growth that no line explains out of the judgement if it is
// within its error, three standard deviations.
func (v *view) unsureOf(m measure, err int64) measure {
	if v.Profiled != nil && !v.noise.WithinError && err > 0 && max(m.value, -m.value) <= float64(err) {
		m.unsure = "within the sampling error of ± " + human.Bytes(err)
	}
	return m
}

// wholeError is the error of all there is, which that of no part exceeds.
func (v *view) wholeError() int64 {
	if v.Profiled == nil {
		return 0
	}
	return v.Profiled.whole
}

// kindError is the error of a kind of package kinds.
func (v *view) kindError(name string) int64 {
	if v.Profiled == nil {
		return 0
	}
	return v.Profiled.kinds[name]
}
