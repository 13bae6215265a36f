package main

import (
	"fmt"
	"strings"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live"
	"github.com/heapdiff/heapdiff/live/trend"
)

// statusLine is a sample in a line.
func statusLine(st *live.Status) string {
	s := &st.Current
	parts := []string{s.Time.Format("15:04:05"), fmt.Sprintf("%-8s", st.State)}
	if s.RSS > 0 { // of a page it is not known
		parts = append(parts, "rss "+human.Bytes(s.RSS))
	}
	if s.HeapUsed > 0 {
		heap := "heap " + human.Bytes(s.HeapUsed)
		if s.Live != nil {
			heap += " (" + human.Bytes(s.Live.Heap) + " live)"
		}
		parts = append(parts, heap)
	}
	if s.External > 0 {
		parts = append(parts, fmt.Sprintf("external %s (%.0f%% of heap)", human.Bytes(s.External), 100*s.ExternalOfHeap()))
	}
	if s.Handles != nil {
		parts = append(parts, fmt.Sprintf("handles %d", s.HandleCount()))
	}
	if s.Goroutines > 0 {
		parts = append(parts, fmt.Sprintf("goroutines %d", s.Goroutines))
	}
	if s.DOM != nil {
		parts = append(parts, fmt.Sprintf("nodes %d", s.DOM["Node"]))
	}
	if s.Files > 0 {
		parts = append(parts, fmt.Sprintf("files %d", s.Files))
	}
	if s.Mark != "" {
		parts = append(parts, s.Mark.Words())
	}
	return strings.Join(parts, "  ")
}

// summary is a status with its evidence.
func summary(name string, st *live.Status) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s, after %s\n", name, strings.ToUpper(st.State.String()), st.Seen())
	if st.ToLimit >= 0 {
		fmt.Fprintf(&b, "  time to the limit: %s\n", human.Duration(st.ToLimit))
	}
	if len(st.Rates) > 0 {
		fmt.Fprintf(&b, "  growth in a minute: %s: %s (normal: < 10 MB)\n", ratesText(st), st.Levels.Growth)
	}
	for _, v := range st.Verdicts {
		fmt.Fprintf(&b, "  %-12s %-8s %s\n", v.Name, v.Verdict.State, v.Text)
	}
	s := &st.Current
	if s.HeapUsed > 0 && s.External > 0 {
		fmt.Fprintf(&b, "  external/heap %.1f%%: %s (normal: < 50%% or 64 MiB)\n", 100*s.ExternalOfHeap(), st.Levels.ExternalOfHeap)
	}
	if s.Handles != nil {
		fmt.Fprintf(&b, "  handles %d: %s (normal: < 100)\n", s.HandleCount(), st.Levels.Handles)
	}
	if s.Loop > 0 {
		fmt.Fprintf(&b, "  load: the event loop is busy %.0f%% of the time\n", 100*s.Loop)
	}
	for _, c := range st.Culprits {
		fmt.Fprintf(&b, "  likely culprit: %s\n", c)
	}
	return b.String()
}

// ratesText is the growth of memory in a minute; in a warning, of what rises only.
func ratesText(st *live.Status) string {
	var parts []string
	for _, reading := range []string{"rss", "heap", "external"} {
		if rate := st.Rates[reading]; rate > 0 || st.Levels.Growth == trend.Normal {
			parts = append(parts, reading+" "+human.DeltaBytes(int64(rate)))
		}
	}
	return strings.Join(parts, ", ")
}

// printableLines keeps line ends and makes the rest harmless.
func printableLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = printable(lines[i])
	}
	return strings.Join(lines, "\n")
}
