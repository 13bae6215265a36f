package report

import "github.com/heapdiff/heapdiff/diff/profile"

const profileSchema = "heapdiff/profile/1"

type profileJSON struct {
	Schema      string             `json:"schema"`
	Tool        string             `json:"tool"`
	Nature      string             `json:"nature"`
	Value       valueTypeJSON      `json:"value"`
	Single      bool               `json:"single"`
	Accumulates bool               `json:"accumulates"`
	Process     string             `json:"process"`
	Rate        int64              `json:"sampling_rate"`
	Exact       bool               `json:"exact"`
	Before      profileSideJSON    `json:"before"`
	After       profileSideJSON    `json:"after"`
	Total       amountJSON         `json:"total"`
	Sites       []siteJSON         `json:"sites"`
	Kinds       []kindAmountJSON   `json:"kinds"`
	Packages    []packageJSON      `json:"packages"`
	Functions   []functionFlatJSON `json:"functions"`
	Warnings    []string           `json:"warnings"`
}

type valueTypeJSON struct {
	Type string `json:"type"`
	Unit string `json:"unit"`
}

type profileSideJSON struct {
	File      string          `json:"file"`
	Types     []valueTypeJSON `json:"sample_types"`
	Samples   int             `json:"samples"`
	Functions int             `json:"functions"`
	Period    int64           `json:"period"`
	Time      int64           `json:"time_nanos"`
	Duration  int64           `json:"duration_nanos"`
}

type amountJSON struct {
	Before      int64 `json:"before"`
	After       int64 `json:"after"`
	Growth      int64 `json:"growth"`
	Error       int64 `json:"error"`
	Noise       bool  `json:"noise"`
	BeforeCount int64 `json:"before_count"`
	AfterCount  int64 `json:"after_count"`
}

type siteJSON struct {
	Fingerprint string `json:"fingerprint"`
	Origin      string `json:"origin"`
	Function    string `json:"function"`
	Place       string `json:"place"`
	Package     string `json:"package"`
	Via         string `json:"via"`
	Kind        string `json:"kind"`
	amountJSON
	Leaves     []partJSON `json:"allocated_at"`
	Contexts   []partJSON `json:"contexts"`
	Entry      string     `json:"entry"`
	Goroutines int64      `json:"goroutines"`
	Waiting    string     `json:"waiting"`
}

type partJSON struct {
	Name   string `json:"name"`
	Growth int64  `json:"growth"`
}

type kindAmountJSON struct {
	Kind string `json:"kind"`
	amountJSON
}

type packageJSON struct {
	Package string `json:"package"`
	Origin  string `json:"origin"`
	amountJSON
}

type functionFlatJSON struct {
	Function   string `json:"function"`
	FlatBefore int64  `json:"flat_before"`
	FlatAfter  int64  `json:"flat_after"`
	Flat       int64  `json:"flat_growth"`
	CumBefore  int64  `json:"cumulative_before"`
	CumAfter   int64  `json:"cumulative_after"`
	Cum        int64  `json:"cumulative_growth"`
}

func newProfileJSON(r *profile.Result, o Options) *profileJSON {
	j := &profileJSON{
		Schema: profileSchema, Tool: o.Tool, Nature: string(r.Nature), Value: valueTypeJSON(r.Value),
		Single: r.Single, Accumulates: r.Accumulates, Process: string(r.Process), Rate: r.Sampling.Rate, Exact: r.Sampling.Exact,
		Before: newProfileSideJSON(&r.Before), After: newProfileSideJSON(&r.After), Total: newAmountJSON(&r.Total),
		Sites: []siteJSON{}, Kinds: []kindAmountJSON{}, Packages: []packageJSON{}, Functions: []functionFlatJSON{},
		Warnings: warningsJSON(r.Warnings),
	}
	for i := range r.Sites {
		j.Sites = append(j.Sites, newSiteJSON(&r.Sites[i]))
	}
	for i := range r.Kinds {
		j.Kinds = append(j.Kinds, kindAmountJSON{r.Kinds[i].Name, newAmountJSON(&r.Kinds[i].Amount)})
	}
	for i := range r.Packages {
		p := &r.Packages[i]
		j.Packages = append(j.Packages, packageJSON{p.Name, string(p.Origin), newAmountJSON(&p.Amount)})
	}
	for i := range r.Functions {
		f := &r.Functions[i]
		j.Functions = append(j.Functions, functionFlatJSON{
			f.Name, f.FlatBefore, f.FlatAfter, f.Flat(), f.CumBefore, f.CumAfter, f.Cum(),
		})
	}
	return j
}

func newSiteJSON(s *profile.Site) siteJSON {
	return siteJSON{
		s.Fingerprint, string(s.Origin), s.Function, s.Place, s.Package, s.Via, s.Kind, newAmountJSON(&s.Amount),
		newPartsJSON(s.Leaves), newPartsJSON(s.Contexts), s.Entry, s.Goroutines, s.Waiting,
	}
}

func newProfileSideJSON(s *profile.Side) profileSideJSON {
	j := profileSideJSON{
		File: s.File, Types: []valueTypeJSON{}, Samples: s.Samples, Functions: s.Functions,
		Period: s.Rate, Time: s.Time, Duration: s.Duration,
	}
	for _, t := range s.Types {
		j.Types = append(j.Types, valueTypeJSON(t))
	}
	return j
}

func newAmountJSON(a *profile.Amount) amountJSON {
	return amountJSON{a.Before, a.After, a.Growth(), a.Error, a.Noise(), a.BeforeCount, a.AfterCount}
}

func newPartsJSON(list []profile.Part) []partJSON {
	out := make([]partJSON, len(list))
	for i, p := range list {
		out[i] = partJSON(p)
	}
	return out
}
