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
		Sections: m.stacks(s, o),
		Warnings: r.Warnings,
		Options:  o,
		data:     newSiteExplainedJSON(r, s, o),
	}
}

// mostWays is how many of the ways to a site are told, unless all are asked for.
const mostWays = 8

// stacks are those by which a site grew, each with all its calls, the leaf first.
func (m measure) stacks(s *profile.Site, o Options) []Section {
	var list []Section
	more := 0
	for i := range s.Stacks {
		stack := &s.Stacks[i]
		if stack.After <= stack.Before {
			continue
		}
		if len(list) == mostWays && !o.All {
			more++
			continue
		}
		t := &Table{Whole: true, Columns: []Column{{Title: "call"}, {Title: "at"}}}
		for _, frame := range stack.Frames {
			at := frame.File
			if frame.Line > 0 {
				at += ":" + strconv.FormatInt(frame.Line, 10)
			}
			t.Rows = append(t.Rows, Row{name(frame.Function), name(at)})
		}
		list = append(list, Section{
			Title: "Way " + strconv.Itoa(len(list)+1), Lead: Phrase{m.delta(stack.After - stack.Before), words(" by this way; where it ends in several calls, the largest is shown")}, Table: t,
		})
	}
	if more > 0 {
		list[len(list)-1].Tail = Phrase{count(more), plural(more, " more way", " more ways"), words("; --all shows every one")}
	}
	if len(list) == 0 {
		return []Section{{Title: "Ways", Empty: "By no way did it grow."}}
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
