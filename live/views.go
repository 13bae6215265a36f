package live

import (
	"fmt"

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
func ViewOf(name string, st *Status) *serve.View {
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
				"handles": s.HandleCount(), "requests": s.Requests,
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
	return &serve.View{Health: health, Tracker: tracker, Event: eventOf(name, st), Gauges: gauges(name, st)}
}

// healthWord is for those who look at one word only.
func healthWord(st *Status) string {
	switch worst := max(st.Levels.ExternalOfHeap, st.Levels.Handles); {
	case st.State >= trend.Leaking || worst >= trend.Serious:
		return "critical"
	case st.State == trend.Growing || worst == trend.Warning:
		return "warning"
	}
	return "ok"
}

func eventOf(name string, st *Status) any {
	type reading struct {
		Name    string  `json:"name"`
		Value   float64 `json:"value"`
		Counted bool    `json:"counted"`
	}
	type verdict struct {
		What  string      `json:"what"`
		State trend.State `json:"state"`
		Text  string      `json:"text"`
	}
	event := struct {
		Name     string      `json:"name"`
		State    trend.State `json:"state"`
		Note     string      `json:"note"`
		Readings []reading   `json:"readings"`
		Verdicts []verdict   `json:"verdicts"`
		Culprits []string    `json:"culprits"`
	}{Name: name, State: st.State, Culprits: st.Culprits, Note: fmt.Sprintf("%d samples in %s minutes", st.Samples, minutes(st))}
	now := st.Current.Readings()
	for _, name := range readingNames() {
		if now[name] != 0 || st.Growth[name] != 0 {
			event.Readings = append(event.Readings, reading{name, now[name], counts(name)})
		}
	}
	for _, v := range st.Verdicts {
		event.Verdicts = append(event.Verdicts, verdict{v.What, v.Verdict.State, v.Text})
	}
	return event
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
