package live

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live/goproc"
	"github.com/heapdiff/heapdiff/live/trend"
	"github.com/heapdiff/heapdiff/report"
)

func say(s string) report.Value   { return report.Value{Kind: report.Words, Text: s} }
func named(s string) report.Value { return report.Value{Kind: report.Name, Text: s} }
func bytesOf(n uint64) report.Value {
	return report.Value{Kind: report.Size, Number: n}
}

func countOf(n int) report.Value {
	return report.Value{Kind: report.Count, Number: uint64(max(n, 0))}
}

func line(values ...report.Value) report.Phrase { return values }

// Document is the diagnosis as a report.
func (d *Diagnosis) Document(o report.Options) *report.Document {
	s := &d.Status.Current
	doc := &report.Document{
		Title:    d.Name,
		Headline: line(named(d.Pattern.Title)),
		Facts:    []report.Phrase{line(named(d.Name), say(" · "), named(d.Target), say(" · "), named(strings.TrimSpace(string(d.Kind)+" "+s.Version)))},
		Warnings: d.Notes,
		Options:  o,
	}
	doc.Sections = append(doc.Sections, d.memory(), d.ratios(), d.handles(), d.sockets())
	doc.Sections = append(doc.Sections, d.collections()...)
	doc.Sections = append(doc.Sections, d.sitesSection(), goroutines("Goroutines that nothing can wake", d.Leaked), goroutines("Goroutines", d.Groups))
	doc.Sections = append(append(doc.Sections, d.patterns()...), d.actions())
	return doc
}

func table(title string, columns []string, rows []report.Row) report.Section {
	t := &report.Table{Rows: rows, Things: [2]string{"line", "lines"}}
	for i, c := range columns {
		t.Columns = append(t.Columns, report.Column{Title: c, Drop: max(0, i-1)})
	}
	return report.Section{Title: title, Table: t}
}

func (d *Diagnosis) memory() report.Section {
	s := &d.Status.Current
	var rows []report.Row
	add := func(what string, n uint64) {
		if n > 0 {
			rows = append(rows, report.Row{say(what), bytesOf(n)})
		}
	}
	add("heap, used", s.HeapUsed)
	add("heap, total", s.HeapTotal)
	add("heap, limit", s.HeapLimit)
	add("external memory", s.External)
	add("of it, ArrayBuffers", s.ArrayBuffers)
	add("stacks", s.Stacks)
	add("resident", s.RSS)
	if s.HeapUsed > 0 {
		add("resident, neither heap nor external", s.Native())
	}
	limit := "limit of the machine"
	if s.Container {
		limit = "limit of the container"
	}
	add(limit, s.MemoryLimit)
	add("of it, in use", s.Memory)
	for _, space := range s.Spaces {
		if space.Used >= 1<<20 {
			rows = append(rows, report.Row{named(space.Name), bytesOf(space.Used)})
		}
	}
	section := table("Memory", []string{"what", "size"}, rows)
	section.Table.Whole = true
	return section
}

func (d *Diagnosis) ratios() report.Section {
	s, l := &d.Status.Current, d.Status.Levels
	var rows []report.Row
	add := func(what, value string, level trend.Level, normal string) {
		rows = append(rows, report.Row{say(what), say(value), say(strings.ToUpper(level.String())), say(normal)})
	}
	if s.HeapUsed > 0 && s.External > 0 {
		add("external / heap", percent(s.ExternalOfHeap()), l.ExternalOfHeap, "< 50% or 64 MiB")
		ofRSS := trend.Normal
		if s.ExternalOfRSS() > 1 {
			ofRSS = trend.Serious
		}
		add("external / resident", percent(s.ExternalOfRSS()), ofRSS, "< 100%")
	}
	if s.HeapLimit > 0 {
		share := ratio(s.HeapUsed, s.HeapLimit)
		add("heap / its limit", percent(share), trend.Levels{0.7, 0.85, 0.95}.Of(share), "< 70%")
	}
	if s.Handles != nil {
		add("active handles", human.Count(s.HandleCount()), l.Handles, "< 100")
	}
	if s.Files > 0 {
		add("open descriptors", human.Count(s.Files), l.Descriptors, "< 1,000")
	}
	section := table("Ratios", []string{"what", "now", "level", "normal"}, rows)
	section.Table.Whole = true
	return section
}

func (d *Diagnosis) handles() report.Section {
	s := &d.Status.Current
	var rows []report.Row
	for _, kind := range byCount(s.Handles) {
		rows = append(rows, report.Row{named(kind), countOf(s.Handles[kind])})
	}
	for _, kind := range byCount(s.Requests) {
		rows = append(rows, report.Row{named("request: " + kind), countOf(s.Requests[kind])})
	}
	for _, kind := range byCount(s.DOM) {
		rows = append(rows, report.Row{named(kind), countOf(s.DOM[kind])})
	}
	for _, kind := range byCount(s.Kinds) {
		rows = append(rows, report.Row{named("descriptor: " + kind), countOf(s.Kinds[kind])})
	}
	section := table("Handles and descriptors", []string{"type", "count"}, rows)
	if s.Handles["Socket"] > 100 {
		section.Lead = line(named(HandleWords(s, "Socket")))
	}
	return section
}

func byCount(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
}

func (d *Diagnosis) sockets() report.Section {
	var rows []report.Row
	for _, s := range d.Status.Current.Sockets {
		rows = append(rows, report.Row{named(cmp.Or(s.Peer, "(no address)")), say(s.State), countOf(s.Count)})
	}
	return table("Sockets by peer", []string{"peer", "state", "count"}, rows)
}

func (d *Diagnosis) collections() []report.Section {
	var rows []report.Row
	for _, c := range d.Biggest {
		for _, top := range c.Top {
			if top.Size < 2 {
				continue
			}
			size := human.Count(uint64(top.Size)) + " " + c.Unit
			if c.Unit == "bytes" {
				size = human.Bytes(uint64(top.Size))
			}
			rows = append(rows, report.Row{named(top.Name), say(size), countOf(top.Count), say(fmt.Sprintf("of %s of class %s", human.Count(c.Count), c.Class))})
		}
	}
	section := table("Largest collections", []string{"name", "size", "how many", ""}, rows)
	section.Table.Whole = true
	return []report.Section{section}
}

// sitesSection is where Go's memory in use was allocated.
func (d *Diagnosis) sitesSection() report.Section {
	section := report.Section{Title: "Memory in use, by where it was allocated"}
	for _, s := range d.Sites {
		section.Findings = append(section.Findings, stackFinding(bytesOf(s.Bytes), s.Stack))
	}
	return section
}

func goroutines(title string, groups []goproc.Group) report.Section {
	section := report.Section{Title: title}
	for _, g := range groups {
		section.Findings = append(section.Findings, stackFinding(countOf(g.Count), ownStack(g.Stack)))
	}
	return section
}

// ownStack begins where the program's own code waits, if it can be told.
func ownStack(stack []string) []string {
	for i, frame := range stack {
		name, _, _ := strings.Cut(frame, " ")
		if first, _, _ := strings.Cut(name, "/"); strings.Contains(first, ".") && strings.Contains(name, "/") || strings.HasPrefix(name, "main.") {
			return stack[i:]
		}
	}
	if len(stack) == 0 {
		return []string{"(runtime)"}
	}
	return stack
}

func stackFinding(amount report.Value, stack []string) report.Finding {
	f := report.Finding{Amount: amount}
	for i, frame := range stack[:min(3, len(stack))] {
		if i == 0 {
			f.What = line(named(frame))
			continue
		}
		f.Details = append(f.Details, line(say("from "), named(frame)))
	}
	return f
}

// patterns are what it looks like, the first of them the headline.
func (d *Diagnosis) patterns() []report.Section {
	var list []report.Section
	for i, p := range append([]Pattern{d.Pattern}, d.Also...) {
		section := report.Section{Title: "Class of leak: " + p.Class, Lead: line(say(p.Cause))}
		if i > 0 {
			section.Title = "Also: " + p.Class
			section.Lead = line(named(p.Title), say(": "+p.Cause))
		}
		add := func(what string, list []string) {
			for _, text := range list {
				section.Findings = append(section.Findings, report.Finding{Amount: say(what), What: line(say(text))})
			}
		}
		add("source", p.Sources)
		add("fix", p.Fixes)
		list = append(list, section)
	}
	return list
}

func (d *Diagnosis) actions() report.Section {
	section := report.Section{Title: "What to do now"}
	for _, a := range d.Actions {
		section.Findings = append(section.Findings, report.Finding{Amount: say("$"), What: line(named(a.Command)), Details: []report.Phrase{line(say(a.What))}})
	}
	return section
}

// Document is what a log of collections tells, as a report.
func (l *GCLog) Document(name string, o report.Options) *report.Document {
	rows := []report.Row{
		{say("minor collections"), countOf(l.Minor.Count), say(human.Duration(l.Minor.Median)), say(human.Duration(l.Minor.Max)), say(human.Duration(l.Minor.Total))},
		{say("major collections"), countOf(l.Major.Count), say(human.Duration(l.Major.Median)), say(human.Duration(l.Major.Max)), say(human.Duration(l.Major.Total))},
	}
	pauses := table("Pauses", []string{"what", "count", "median", "longest", "all"}, rows)
	pauses.Table.Whole = true
	heap := report.Section{Title: "Heap that major collections left", Findings: []report.Finding{
		{Amount: bytesOf(l.Start), What: line(say("after the first"))},
		{Amount: bytesOf(l.End), What: line(say("after the last"))},
		{Amount: say(l.Verdict.State.String()), What: line(say(l.Text))},
	}}
	doc := &report.Document{
		Title:    name,
		Headline: line(say("The heap is " + l.Verdict.State.String())),
		Facts:    []report.Phrase{line(named(name), say(fmt.Sprintf(" · %s · %s · %s collections", l.Runtime, human.Duration(l.Span), human.Count(l.Minor.Count+l.Major.Count))))},
		Sections: []report.Section{heap, pauses},
		Options:  o,
	}
	if l.Failures > 0 && l.Runtime == Node {
		doc.Warnings = append(doc.Warnings, fmt.Sprintf("%s major collections because there was no room to allocate", human.Count(l.Failures)))
	}
	if l.LastShare > 0 && l.LastShare < 0.5 {
		doc.Warnings = append(doc.Warnings, "the program itself ran only "+percent(l.LastShare)+" of the time at the end: collections take the rest")
	}
	return doc
}
