package profile

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/heapdiff/heapdiff/parse/pprof"
)

// sums are the amounts that rows add up to.
type sums struct {
	site  []account
	kind  [numKinds]account
	kinds []map[kind]int64 // site -> kind -> growth, or value if there is one profile
}

// account is an amount and how sure its growth is.
type account struct {
	Amount
	variance float64
}

func (a *account) add(before, after *row, v float64) {
	a.Before += before.value
	a.After += after.value
	a.BeforeCount += before.count
	a.AfterCount += after.count
	a.variance += v
}

// pairs goes through the rows of both profiles, stack by stack; a stack that
// one of them lacks has a row of zeros there.
func (c *comparison) pairs(visit func(before, after *row)) {
	b, a := c.before.rows, c.after.rows
	for i, j := 0, 0; i < len(b) || j < len(a); {
		switch {
		case j == len(a) || i < len(b) && b[i].compare(&a[j]) < 0:
			visit(&b[i], &row{site: b[i].site, kind: b[i].kind})
			i++
		case i == len(b) || a[j].compare(&b[i]) < 0:
			visit(&row{site: a[j].site, kind: a[j].kind}, &a[j])
			j++
		default:
			visit(&b[i], &a[j])
			i++
			j++
		}
	}
}

// join adds up what the stacks of both profiles have.
func (c *comparison) join() *sums {
	r := c.result
	var e evidence
	if !r.Single {
		c.pairs(func(before, after *row) { e.add(before, after, r.Sampling.Rate) })
	}
	r.Process = UnknownProcess
	if !r.Single {
		r.Process = e.process(c.before.system, system(c.after.p))
	}
	s := &sums{site: make([]account, len(c.catalog.site)), kinds: make([]map[kind]int64, len(c.catalog.site))}
	rate := float64(r.Sampling.Rate)
	counts := r.Value.Unit == "count"
	total := 0.0
	c.pairs(func(before, after *row) {
		v := deltaVariance(before, after, rate, counts, r.Process == SameProcess)
		total += v
		s.site[after.site].add(before, after, v)
		s.kind[after.kind].add(before, after, v)
		if s.kinds[after.site] == nil {
			s.kinds[after.site] = map[kind]int64{}
		}
		s.kinds[after.site][after.kind] += after.value - before.value
	})
	r.Total.Error = c.errorOf(total)
	return s
}

// errorOf is three standard deviations, where that means anything.
func (c *comparison) errorOf(variance float64) int64 { return threeSigma(variance) }

// draft is a site in the making.
type draft struct {
	Site
	row uint32
}

// sites makes the sites that have any value, in their order.
func (c *comparison) sites(s *sums) []draft {
	var list []draft
	for i := range s.site {
		a := &s.site[i]
		if a.Before == 0 && a.After == 0 {
			continue
		}
		key := c.catalog.site[i]
		id := &c.catalog.ident[key.ident]
		d := draft{row: uint32(i)}
		d.Amount = a.Amount
		d.Error = c.errorOf(a.variance)
		d.Origin, d.Function, d.Place, d.Package = id.origin, id.name, id.file, c.catalog.pkg[id.pkg]
		if key.via > 0 {
			d.Via = c.catalog.pkg[key.via-1]
		}
		d.Kind = c.kindOfSite(s.kinds[i], key)
		d.Fingerprint = fingerprint(id.key, d.Via, key.wait)
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b draft) int { return compareSites(&a.Site, &b.Site) })
	return list
}

// kindOfSite is the kind that most of a site is.
func (c *comparison) kindOfSite(kinds map[kind]int64, key siteKey) string {
	if c.result.Nature == pprof.Goroutines {
		return waitName(key.wait)
	}
	best, most := otherKind, int64(-1)
	for k := range numKinds {
		if v, ok := kinds[k]; ok && v > most {
			best, most = k, v
		}
	}
	return kindNames[best]
}

func waitName(wait uint8) string {
	if wait == 0 {
		return "running, or not known"
	}
	return waitRules[wait-1].wait
}

// fingerprint names a site in every build. What most of it is is no part of it:
// another sample may say otherwise.
func fingerprint(identity, via string, wait uint8) string {
	waits := ""
	if wait > 0 {
		waits = waitName(wait)
	}
	sum := sha256.Sum256([]byte(identity + "\n" + via + "\n" + waits))
	return hex.EncodeToString(sum[:6])
}

var originOrder = map[Origin]int{Own: 0, Dependency: 1, Runtime: 2}

// compareSites puts what is sure before noise, own code before that of others,
// and much before little.
func compareSites(a, b *Site) int {
	return cmp.Or(
		compareBool(a.Noise(), b.Noise()),
		cmp.Compare(originOrder[a.Origin], originOrder[b.Origin]),
		cmp.Compare(b.Growth(), a.Growth()),
		cmp.Compare(b.After, a.After),
		cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.Function, b.Function))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// groups adds sites up by package, and samples by kind.
func (c *comparison) groups(s *sums) {
	byPackage := map[uint32]*account{}
	origin := map[uint32]Origin{}
	byWait := map[string]*account{}
	for i := range s.site {
		a := &s.site[i]
		id := &c.catalog.ident[c.catalog.site[i].ident]
		merge(byPackage, id.pkg, a)
		origin[id.pkg] = id.origin
		merge(byWait, waitName(c.catalog.site[i].wait), a)
	}
	for pkg, a := range byPackage {
		c.result.Packages = c.addGroup(c.result.Packages, c.catalog.pkg[pkg], origin[pkg], a)
	}
	if c.result.Nature == pprof.Goroutines {
		for wait, a := range byWait {
			c.result.Kinds = c.addGroup(c.result.Kinds, wait, "", a)
		}
	} else {
		for k := range s.kind {
			c.result.Kinds = c.addGroup(c.result.Kinds, kindNames[k], "", &s.kind[k])
		}
	}
	sortGroups(c.result.Packages)
	sortGroups(c.result.Kinds)
}

func merge[K comparable](into map[K]*account, key K, a *account) {
	if into[key] == nil {
		into[key] = &account{}
	}
	to := into[key]
	to.Before += a.Before
	to.After += a.After
	to.BeforeCount += a.BeforeCount
	to.AfterCount += a.AfterCount
	to.variance += a.variance
}

func (c *comparison) addGroup(list []Group, name string, origin Origin, a *account) []Group {
	if a.Before == 0 && a.After == 0 {
		return list
	}
	g := Group{Amount: a.Amount, Name: name, Origin: origin}
	g.Error = c.errorOf(a.variance)
	return append(list, g)
}

func sortGroups(list []Group) {
	slices.SortFunc(list, func(a, b Group) int {
		return cmp.Or(cmp.Compare(originOrder[a.Origin], originOrder[b.Origin]),
			cmp.Compare(b.Growth(), a.Growth()), cmp.Compare(b.After, a.After), cmp.Compare(a.Name, b.Name))
	})
}

func sortFunctions(list []Function) {
	slices.SortFunc(list, func(a, b Function) int {
		return cmp.Or(cmp.Compare(b.Flat(), a.Flat()), cmp.Compare(b.Cum(), a.Cum()), cmp.Compare(b.CumAfter, a.CumAfter), cmp.Compare(a.Name, b.Name))
	})
}
