package live

import (
	"fmt"
	"strings"
	"time"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live/trend"
	"github.com/heapdiff/heapdiff/report"
)

// Watched is a program that was watched, for a report.
type Watched struct {
	Name    string
	Status  *Status
	Samples []Sample
	Fate    string // of a program that was gone at the end, such as "ended at 12:00:00"
}

// WatchDocument is what was seen of programs over time, as a report.
func WatchDocument(list []Watched, o report.Options) *report.Document {
	doc := &report.Document{Title: list[0].Name, Options: o}
	worst := trend.Unknown
	for _, w := range list {
		worst = max(worst, w.Status.State)
		doc.Facts = append(doc.Facts, line(named(w.Name), say(fmt.Sprintf(" · %s, until %s", w.Status.Seen(), w.Status.Time.UTC().Format(time.RFC3339)))))
		if w.Fate != "" {
			doc.Warnings = append(doc.Warnings, w.Name+" "+w.Fate+" and was not back at the end: what is said of it is from before")
		}
		doc.Sections = append(doc.Sections, w.sections(len(list) > 1)...)
	}
	if len(list) > 1 {
		doc.Title = fmt.Sprintf("%d programs", len(list))
		doc.Headline = line(say(fmt.Sprintf("The worst of %d programs is %s", len(list), worst)))
		return doc
	}
	st := list[0].Status
	doc.Headline = line(named(list[0].Name), say(" is "+strings.ToUpper(st.State.String())))
	if st.ToLimit >= 0 {
		doc.Headline = append(doc.Headline, say(", at its limit in "+human.Duration(st.ToLimit)))
	}
	return doc
}

// sections of one program; of several, each section names it.
func (w *Watched) sections(several bool) []report.Section {
	title := func(what string) string {
		if several {
			return w.Name + ": " + strings.ToLower(what[:1]) + what[1:]
		}
		return what
	}
	st := w.Status
	var found []report.Row
	for _, text := range st.Culprits {
		found = append(found, report.Row{named(text)})
	}
	culprits := table(title("Likely culprits"), []string{"what grew most"}, found)
	verdicts := table(title("Verdicts and evidence"), []string{"what", "state", "in a minute", "at least", "at most", "within", "points", "test", "full in"}, w.evidence())
	verdicts.Lead = line(say("What counts is what major collections leave, by Theil and Sen's slope with its 99 % interval, and Mann and Kendall's test."))
	verdicts.Table.Whole = true
	diagnosis := Diagnosis{Status: st}
	ratios := diagnosis.ratios()
	ratios.Title = title(ratios.Title)
	sockets := diagnosis.sockets()
	sockets.Title = title(sockets.Title)
	return []report.Section{culprits, {Title: title("Curves"), Curves: w.curves()}, verdicts, ratios, sockets}
}

// evidence is a row for each quantity.
func (w *Watched) evidence() []report.Row {
	var rows []report.Row
	for _, v := range w.Status.Verdicts {
		row := report.Row{say(v.Name), say(v.Verdict.State.String()), {}, {}, {}, {}, {}, {}, {}}
		if e := v.Verdict.Evidence; e != nil {
			slope := func(f float64) report.Value { return say(slopeText(f, v.Counted)) }
			row[2], row[3], row[4] = slope(e.Slope), slope(e.Low), slope(e.High)
			row[5], row[6], row[7] = say(human.Duration(e.Window)), countOf(e.Points), say(testText(e))
		} else {
			row[2] = say(v.Text)
		}
		if v.Verdict.State >= trend.Growing && v.Verdict.ToLimit >= 0 {
			row[8] = say(human.Duration(v.Verdict.ToLimit))
		}
		rows = append(rows, row)
	}
	return rows
}

// mostPoints is how many a curve has.
const mostPoints = 240

func (w *Watched) curves() []report.Curve {
	var list []report.Curve
	step := max(1, (len(w.Samples)+mostPoints-1)/mostPoints)
	for _, name := range readingNames() {
		value := func(f float64) report.Value {
			if counts(name) {
				return countOf(int(f))
			}
			return bytesOf(uint64(f))
		}
		c := report.Curve{Name: name}
		low, high := 0.0, 0.0
		for i := range w.Samples {
			v := w.Samples[i].Readings()[name]
			if i == 0 {
				low, high = v, v
				c.First = value(v)
			}
			low, high = min(low, v), max(high, v)
			c.Last = value(v)
			if i%step == 0 {
				c.Points = append(c.Points, v)
			}
		}
		c.Low, c.High = value(low), value(high)
		if high == 0 {
			continue
		}
		if rate, ok := w.Status.Rates[name]; ok {
			if counts(name) {
				c.Rate = fmt.Sprintf("%+.1f/min", rate)
			} else {
				c.Rate = human.DeltaBytes(int64(rate)) + "/min"
			}
		}
		list = append(list, c)
	}
	return list
}
