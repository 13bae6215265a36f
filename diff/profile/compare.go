package profile

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"github.com/heapdiff/heapdiff/parse/pprof"
)

// Opener loads a profile.
type Opener func(ctx context.Context) (*pprof.Profile, error)

// Options say how to compare.
type Options struct {
	// SampleIndex is which value is compared, by name or number; empty is what go
	// tool pprof would choose.
	SampleIndex string
	// Sites is for how many sites the ways that lead to them are looked for; 0
	// means as many as are worth it.
	Sites int
	// Progress is told what is being done; it may be nil.
	Progress func(phase string)
}

// MixedError says that two files have nothing that could be compared.
type MixedError struct {
	What          string // what differs
	Before, After string // what is on each side, with the file
	Try           string
}

// Error is one line.
func (e *MixedError) Error() string {
	return fmt.Sprintf("%s cannot be compared: %s; %s", e.What, e.Before, e.After)
}

// Hint says what to do about it.
func (e *MixedError) Hint() string { return e.Try }

// Compare compares two profiles. The earlier one is loaded, reduced to its sums
// and dropped before the later one is loaded. Errors are the openers', or a
// *MixedError.
func Compare(ctx context.Context, before, after Opener, o Options) (*Result, error) {
	c := &comparison{options: o, catalog: newCatalog(), result: &Result{}}
	if c.options.Progress == nil {
		c.options.Progress = func(string) {}
	}
	if err := c.reduce(ctx, before); err != nil {
		return nil, err
	}
	runtime.GC() // the samples of before are room for those of after
	p, err := after(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.fits(p); err != nil {
		return nil, err
	}
	return c.compare(ctx, p)
}

// Summarise says what is in one profile: a Result that is Single.
func Summarise(ctx context.Context, p *pprof.Profile, o Options) (*Result, error) {
	c := &comparison{options: o, catalog: newCatalog(), result: &Result{Single: true}, before: &reduced{}}
	if c.options.Progress == nil {
		c.options.Progress = func(string) {}
	}
	index, err := p.SampleIndex(o.SampleIndex)
	if err != nil {
		return nil, err
	}
	c.before.value, c.before.nature = p.SampleTypes[index], p.Nature()
	c.before.side.Rate = p.Period
	return c.compare(ctx, p)
}

// comparison is the work on one result.
type comparison struct {
	options Options
	catalog *catalog
	before  *reduced
	after   *pass
	result  *Result

	stamp  []uint32 // identity -> the last stack it was met in
	stamps uint32
}

// reduced is what is kept of the earlier profile.
type reduced struct {
	side      Side
	nature    pprof.Nature
	value     pprof.ValueType
	flat, cum []int64
	rows      []row
	total     int64
	count     int64
	system    map[string]uint64
	warnings  []string
}

func (c *comparison) reduce(ctx context.Context, open Opener) error {
	p, err := open(ctx)
	if err != nil {
		return err
	}
	index, err := p.SampleIndex(c.options.SampleIndex)
	if err != nil {
		return err
	}
	c.options.Progress("stacks of " + p.File)
	w := newPass(p, index, c.catalog)
	if err := w.run(ctx); err != nil {
		return err
	}
	c.before = &reduced{
		side: sideOf(p), nature: p.Nature(), value: p.SampleTypes[index], flat: w.flat, cum: w.cum, rows: w.rows,
		total: w.total, count: w.count, system: system(p), warnings: p.Warnings,
	}
	return nil
}

func sideOf(p *pprof.Profile) Side {
	return Side{
		File: p.File, Types: p.SampleTypes, Samples: p.NumSamples(), Functions: len(p.Functions),
		Rate: p.Period, Period: p.PeriodType, Time: p.TimeNanos, Duration: p.DurationNanos,
	}
}

// system says where the system put files of its own, which is another place for
// each process.
func system(p *pprof.Profile) map[string]uint64 {
	starts := map[string]uint64{}
	for _, m := range p.Mappings {
		if m.File == "[vdso]" || strings.Contains(m.File, "/ld-linux") || strings.Contains(m.File, "/libc") {
			if _, twice := starts[m.File]; !twice {
				starts[m.File] = m.Start
			}
		}
	}
	return starts
}

// fits says whether the later profile is of the same kind as the earlier one.
func (c *comparison) fits(p *pprof.Profile) error {
	b := c.before
	of := func(file, what string) string { return file + " is " + what }
	types := func(list []pprof.ValueType) string {
		var names []string
		for _, t := range list {
			names = append(names, t.Type+" in "+t.Unit)
		}
		return strings.Join(names, ", ")
	}
	if b.nature != p.Nature() {
		return &MixedError{
			What: "profiles of different kinds", Before: of(b.side.File, "a "+string(b.nature)), After: of(p.File, "a "+string(p.Nature())),
			Try: "give two heap profiles, or two goroutine profiles; --goroutines takes the latter beside heaps",
		}
	}
	index := p.TypeNamed(b.value.Type)
	switch {
	case index < 0 || p.SampleTypes[index].Unit != b.value.Unit:
		return &MixedError{
			What:   "profiles of different sample types",
			Before: of(b.side.File, "of "+types(b.side.Types)), After: of(p.File, "of "+types(p.SampleTypes)),
			Try: "take both the same way, or choose a type that both have with --sample-index",
		}
	case b.side.Rate != p.Period || b.side.Period.Unit != p.PeriodType.Unit:
		period := func(n int64, t pprof.ValueType) string {
			return strings.TrimSpace(fmt.Sprintf("sampled every %d %s", n, t.Unit))
		}
		return &MixedError{
			What:   "profiles of different periods",
			Before: of(b.side.File, period(b.side.Rate, b.side.Period)), After: of(p.File, period(p.Period, p.PeriodType)),
			Try: "take both with the same rate (runtime.MemProfileRate in Go)",
		}
	}
	return nil
}

func (c *comparison) compare(ctx context.Context, p *pprof.Profile) (*Result, error) {
	index := max(p.TypeNamed(c.before.value.Type), 0)
	c.options.Progress("stacks of " + p.File)
	c.after = newPass(p, index, c.catalog)
	if err := c.after.run(ctx); err != nil {
		return nil, err
	}
	r := c.result
	r.Nature, r.Value, r.Counts = p.Nature(), c.before.value, c.after.cols.count >= 0
	r.Accumulates = accumulates(p.Nature(), r.Value.Type)
	r.Before, r.After = c.before.side, sideOf(p)
	r.Sampling = Sampling{Rate: p.Rate(), Exact: p.Rate() == 1}
	r.Total.Before, r.Total.After = c.before.total, c.after.total
	r.Total.BeforeCount, r.Total.AfterCount = c.before.count, c.after.count
	c.options.Progress("sites")
	sums := c.join()
	c.functions()
	sites := c.sites(sums)
	if err := c.contexts(ctx, sites); err != nil {
		return nil, err
	}
	c.groups(sums)
	c.finish(sites)
	r.Warnings = append(append(r.Warnings, c.before.warnings...), p.Warnings...)
	c.warn()
	if err := c.reconcile(); err != nil {
		return nil, err
	}
	return r, nil
}

// accumulates says whether values never become smaller while a process runs.
func accumulates(n pprof.Nature, name string) bool {
	return n == pprof.Contention || strings.HasPrefix(name, "alloc_")
}

// functions puts the rows together that go tool pprof shows.
func (c *comparison) functions() {
	b, a := c.before, c.after
	for i := range c.catalog.class {
		f := c.catalog.class[i]
		if i < len(b.flat) {
			f.FlatBefore, f.CumBefore = b.flat[i], b.cum[i]
		}
		f.FlatAfter, f.CumAfter = a.flat[i], a.cum[i]
		if f.FlatBefore == 0 && f.CumBefore == 0 && f.FlatAfter == 0 && f.CumAfter == 0 {
			continue
		}
		c.result.Functions = append(c.result.Functions, f)
	}
	sortFunctions(c.result.Functions)
}

// reconcile makes sure that nothing is missing or counted twice.
func (c *comparison) reconcile() error {
	r := c.result
	for _, list := range []struct {
		what    string
		amounts []Amount
	}{{"sites", amountsOf(r.Sites)}, {"packages", groupAmounts(r.Packages)}, {"kinds", groupAmounts(r.Kinds)}} {
		var before, after int64
		for _, a := range list.amounts {
			before += a.Before
			after += a.After
		}
		if before != r.Total.Before || after != r.Total.After {
			return fmt.Errorf("internal error: %s do not add up: %d and %d of %d and %d; please report it", list.what, before, after, r.Total.Before, r.Total.After)
		}
	}
	return nil
}

func amountsOf(sites []Site) []Amount {
	list := make([]Amount, len(sites))
	for i := range sites {
		list[i] = sites[i].Amount
	}
	return list
}

func groupAmounts(groups []Group) []Amount {
	list := make([]Amount, len(groups))
	for i := range groups {
		list[i] = groups[i].Amount
	}
	return list
}

func (c *comparison) warn() {
	r := c.result
	add := func(format string, args ...any) { r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...)) }
	if !r.Single && r.Before.Time > 0 && r.After.Time > 0 && r.Before.Time > r.After.Time {
		add("the files seem to be in the wrong order: the first was taken after the second")
	}
	if r.Nature == pprof.Heap && r.Sampling.Rate == 0 {
		add("the profile does not say how it was sampled, so that it is not known how sure its numbers are")
	}
}
