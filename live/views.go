package live

import (
	"fmt"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live/serve"
	"github.com/heapdiff/heapdiff/live/trend"
)

const mb = 1 << 20

func megabytes(f float64) string       { return fmt.Sprintf("%.0fMB", f/mb) }
func signedMegabytes(f float64) string { return fmt.Sprintf("%+.0fMB", f/mb) }
func megabytesPerMin(f float64) string { return fmt.Sprintf("%.1f", f/mb) }
func percent(f float64) string         { return fmt.Sprintf("%.1f%%", 100*f) }
func minutes(s *Status) string         { return fmt.Sprintf("%.1f", s.Span.Minutes()) }
func words(st *Status) map[string]string {
	text := map[string]string{}
	for _, v := range st.Verdicts {
		text[v.Name] = v.Verdict.State.String() + ": " + v.Text
	}
	return text
}

// ViewOf is what the HTTP server shows of a status.
func ViewOf(name string, st *Status, samples []Sample) *serve.View {
	s := &st.Current
	now, rates := s.Readings(), st.Rates
	health := map[string]any{
		"status": healthWord(st),
		"heap":   megabytes(now["heap"]), "external": megabytes(now["external"]), "rss": megabytes(now["rss"]),
		"heapLimit": megabytes(float64(s.HeapLimit)), "arrayBuffers": megabytes(now["arraybuffers"]),
		"ratios": map[string]string{"externalToHeap": percent(s.ExternalOfHeap()), "externalToRSS": percent(s.ExternalOfRSS())},
		"levels": st.Levels, "verdict": st.State,
	}
	tracker := map[string]any{
		"status": "ok",
		"tracker": map[string]any{
			"samples": st.Samples, "timeSpan": minutes(st),
			"current": map[string]any{
				"rss": megabytes(now["rss"]), "heap": megabytes(now["heap"]), "external": megabytes(now["external"]),
				"handles": s.HandleCount(), "requests": s.RequestCount(),
			},
			"growth": map[string]any{
				"rss": signedMegabytes(st.Growth["rss"]), "heap": signedMegabytes(st.Growth["heap"]), "external": signedMegabytes(st.Growth["external"]),
				"handles": int(st.Growth["handles"]),
			},
			"growthRate": map[string]string{
				"externalMBPerMin": megabytesPerMin(rates["external"]), "heapMBPerMin": megabytesPerMin(rates["heap"]),
				"rssMBPerMin": megabytesPerMin(rates["rss"]), "arrayBuffersMBPerMin": megabytesPerMin(rates["arraybuffers"]),
			},
		},
		"verdict": st.State, "evidence": words(st), "culprits": st.Culprits, "levels": st.Levels,
	}
	if st.ToLimit >= 0 {
		tracker["minutesToLimit"] = st.ToLimit.Minutes()
	}
	return &serve.View{
		Status: healthWord(st), Health: health, Tracker: tracker, Gauges: gauges(name, st),
		Event: eventOf(name, st), History: historyOf(name, samples),
	}
}

// healthWord is for those who look at one word only.
func healthWord(st *Status) serve.Status {
	switch worst := max(st.Levels.ExternalOfHeap, st.Levels.Handles); {
	case st.State >= trend.Leaking || worst >= trend.Serious:
		return serve.Critical
	case st.State == trend.Growing || worst == trend.Warning:
		return serve.Warning
	}
	return serve.OK
}

// mostHistory is how many points of a curve a page begins with.
const mostHistory = 240

// historyOf is what was sampled before the last one.
func historyOf(name string, samples []Sample) any {
	type curve struct {
		Name    string    `json:"name"`
		Counted bool      `json:"counted"`
		Values  []float64 `json:"values"`
	}
	h := struct {
		Name     string  `json:"name"`
		Times    []int64 `json:"times"` // in milliseconds
		Readings []curve `json:"readings"`
	}{Name: name}
	if len(samples) > 0 {
		samples = samples[:len(samples)-1]
	}
	step := max(1, (len(samples)+mostHistory-1)/mostHistory)
	var rows []map[string]float64
	for i := 0; i < len(samples); i += step {
		rows = append(rows, samples[i].Readings())
		h.Times = append(h.Times, samples[i].Time.UnixMilli())
	}
	for _, reading := range readingNames() {
		c := curve{Name: reading, Counted: counts(reading)}
		some := false
		for _, row := range rows {
			c.Values = append(c.Values, row[reading])
			some = some || row[reading] != 0
		}
		if some {
			h.Readings = append(h.Readings, c)
		}
	}
	return h
}

func eventOf(name string, st *Status) any {
	type reading struct {
		Name    string  `json:"name"`
		Value   float64 `json:"value"`
		Counted bool    `json:"counted"`
	}
	type verdict struct {
		Name  string      `json:"name"`
		What  string      `json:"what"`
		State trend.State `json:"state"`
		Text  string      `json:"text"`
	}
	event := struct {
		Name     string      `json:"name"`
		Time     int64       `json:"time"` // in milliseconds
		State    trend.State `json:"state"`
		Note     string      `json:"note"`
		Readings []reading   `json:"readings"`
		Verdicts []verdict   `json:"verdicts"`
		Culprits []string    `json:"culprits"`
	}{Name: name, Time: st.Time.UnixMilli(), State: st.State, Culprits: st.Culprits, Note: noteOf(st)}
	now := st.Current.Readings()
	for _, name := range readingNames() {
		if now[name] != 0 || st.Growth[name] != 0 {
			event.Readings = append(event.Readings, reading{name, now[name], counts(name)})
		}
	}
	for _, v := range st.Verdicts {
		event.Verdicts = append(event.Verdicts, verdict{v.Name, v.What, v.Verdict.State, v.Text})
	}
	return event
}

// noteOf says the rest in a sentence.
func noteOf(st *Status) string {
	note := "after " + st.Seen()
	if st.ToLimit >= 0 {
		note += ", at its limit in " + human.Duration(st.ToLimit)
	}
	s := &st.Current
	if s.HeapUsed > 0 && s.External > 0 {
		note += fmt.Sprintf("; external memory is %s of the heap (%s)", percent(s.ExternalOfHeap()), st.Levels.ExternalOfHeap)
	}
	if s.Handles != nil {
		note += fmt.Sprintf("; %s handles (%s)", human.Count(s.HandleCount()), st.Levels.Handles)
	}
	if s.Loop > 0 {
		note += fmt.Sprintf("; the event loop is busy %.0f%% of the time", 100*s.Loop)
	}
	return note
}

func gauges(name string, st *Status) []serve.Gauge {
	label := map[string]string{"target": name}
	var list []serve.Gauge
	now := st.Current.Readings()
	for _, reading := range readingNames() {
		unit := "_bytes"
		if counts(reading) {
			unit = ""
		}
		list = append(list, serve.Gauge{Name: reading + unit, Help: "The program's " + reading + ".", Labels: label, Value: now[reading]})
		if rate, ok := st.Rates[reading]; ok {
			list = append(list, serve.Gauge{Name: reading + unit + "_per_minute", Help: "Growth of " + reading + " in a minute.", Labels: label, Value: rate})
		}
	}
	list = append(list,
		serve.Gauge{Name: "state", Help: "0 unknown, 1 stable, 2 growing, 3 leaking, 4 critical.", Labels: label, Value: float64(st.State)},
		serve.Gauge{Name: "event_loop_utilization", Help: "Share of time that the event loop was busy.", Labels: label, Value: st.Current.Loop},
	)
	if st.ToLimit >= 0 {
		list = append(list, serve.Gauge{Name: "seconds_to_limit", Help: "Until the limit is reached at the present rate.", Labels: label, Value: st.ToLimit.Seconds()})
	}
	for kind, n := range st.Current.Handles {
		list = append(list, serve.Gauge{Name: "handles_by_type", Help: "Active handles.", Labels: map[string]string{"target": name, "type": kind}, Value: float64(n)})
	}
	return list
}
