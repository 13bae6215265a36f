package report

import (
	"strconv"

	"github.com/heapdiff/heapdiff/diff/profile"
)

const siteSchema = "heapdiff/explain-site/1"

// ExplainSite makes the report of one site of two profiles: all that is known of
// it, and the stacks that grew.
func ExplainSite(r *profile.Result, s *profile.Site, o Options) *Document {
	m := measure{r}
	f := m.site(s)
	return &Document{
		Title:    s.Fingerprint + " in " + shortFile(r.After.File),
		Headline: append(Phrase{f.Amount, words("  ")}, f.What...),
		Facts:    append([]Phrase{{name(r.Before.File), words(" → "), name(r.After.File)}}, f.Details...),
		Sections: []Section{m.stacks(s)},
		Warnings: r.Warnings,
		Options:  o,
		data:     newSiteExplainedJSON(r, s, o),
	}
}

// stacks are those of a site that grew, each with all its calls.
func (m measure) stacks(s *profile.Site) Section {
	list := Section{Title: "By way of", Empty: "No stack of it grew."}
	for i := range s.Stacks {
		stack := &s.Stacks[i]
		if stack.After <= stack.Before {
			continue
		}
		f := Finding{Amount: m.delta(stack.After - stack.Before)}
		for k, frame := range stack.Frames {
			call := Phrase{name(frame.Function)}
			switch {
			case frame.Line > 0:
				call = append(call, words("  "), name(frame.File+":"+strconv.FormatInt(frame.Line, 10)))
			case frame.File != "":
				call = append(call, words("  "), name(frame.File))
			}
			if k == 0 {
				f.What = call
				continue
			}
			f.Details = append(f.Details, call)
		}
		list.Findings = append(list.Findings, f)
	}
	return list
}

type siteExplainedJSON struct {
	Schema string        `json:"schema"`
	Tool   string        `json:"tool"`
	Before string        `json:"before"`
	After  string        `json:"after"`
	Value  valueTypeJSON `json:"value"`
	Site   siteJSON      `json:"site"`
	Stacks []stackJSON   `json:"stacks"`
}

type stackJSON struct {
	Before int64           `json:"before"`
	After  int64           `json:"after"`
	Frames []stackCallJSON `json:"frames"`
}

type stackCallJSON struct {
	Function string `json:"function"`
	File     string `json:"file"`
	Line     int64  `json:"line"`
}

func newSiteExplainedJSON(r *profile.Result, s *profile.Site, o Options) *siteExplainedJSON {
	j := &siteExplainedJSON{
		Schema: siteSchema, Tool: o.Tool, Before: r.Before.File, After: r.After.File, Value: valueTypeJSON(r.Value), Site: newSiteJSON(s), Stacks: []stackJSON{},
	}
	for _, stack := range s.Stacks {
		of := stackJSON{Before: stack.Before, After: stack.After, Frames: []stackCallJSON{}}
		for _, f := range stack.Frames {
			of.Frames = append(of.Frames, stackCallJSON(f))
		}
		j.Stacks = append(j.Stacks, of)
	}
	return j
}
