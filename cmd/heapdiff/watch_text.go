package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live"
	"github.com/heapdiff/heapdiff/live/trend"
)

// statusLine is a sample in a line.
func statusLine(st *live.Status) string {
	s := &st.Current
	parts := []string{s.Time.Format("15:04:05"), fmt.Sprintf("%-8s", st.State), "rss " + human.Bytes(s.RSS)}
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
	fmt.Fprintf(&b, "%s: %s, after %d samples in %s\n", name, strings.ToUpper(st.State.String()), st.Samples, human.Duration(st.Span))
	if st.ToLimit >= 0 {
		fmt.Fprintf(&b, "  time to the limit: %s\n", human.Duration(st.ToLimit))
	}
	for _, v := range st.Verdicts {
		fmt.Fprintf(&b, "  %-12s %-8s %s\n", v.Name, v.Verdict.State, v.Text)
	}
	s := &st.Current
	if s.HeapUsed > 0 && s.External > 0 {
		fmt.Fprintf(&b, "  external/heap %.1f%%: %s (normal: < 50%%)\n", 100*s.ExternalOfHeap(), st.Levels.ExternalOfHeap)
	}
	if s.Handles != nil {
		fmt.Fprintf(&b, "  handles %d: %s (normal: < 100)\n", s.HandleCount(), st.Levels.Handles)
	}
	if len(st.Rates) > 0 {
		fmt.Fprintf(&b, "  growth in a minute: rss %s, heap %s, external %s: %s (normal: < 10 MB)\n",
			human.DeltaBytes(int64(st.Rates["rss"])), human.DeltaBytes(int64(st.Rates["heap"])), human.DeltaBytes(int64(st.Rates["external"])), st.Levels.Growth)
	}
	if s.Loop > 0 {
		fmt.Fprintf(&b, "  load: the event loop is busy %.0f%% of the time\n", 100*s.Loop)
	}
	for _, c := range st.Culprits {
		fmt.Fprintf(&b, "  likely culprit: %s\n", c)
	}
	return b.String()
}

// printableLines keeps line ends and makes the rest harmless.
func printableLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = printable(lines[i])
	}
	return strings.Join(lines, "\n")
}

// writeScreen draws the status over the one before.
func writeScreen(out io.Writer, name string, st *live.Status, samples []live.Sample, width int) error {
	var b strings.Builder
	b.WriteString("\x1b[H\x1b[J")
	color := map[trend.State]string{trend.Growing: "\x1b[33m", trend.Leaking: "\x1b[31m", trend.Critical: "\x1b[1;31m", trend.Stable: "\x1b[32m"}[st.State]
	fmt.Fprintf(&b, "%s  %s%s\x1b[0m  %s\n\n", printable(name), color, st.State, st.Time.Format("15:04:05"))
	cells := max(10, min(60, width-36))
	first, last := samples[0].Readings(), st.Current.Readings()
	for _, reading := range []string{"rss", "heap", "external", "handles", "goroutines", "files"} {
		if last[reading] == 0 && first[reading] == 0 {
			continue
		}
		values := make([]float64, len(samples))
		for i := range samples {
			values[i] = samples[i].Readings()[reading]
		}
		shown := human.Bytes(int64(last[reading]))
		if reading == "handles" || reading == "files" || reading == "goroutines" {
			shown = human.Count(int64(last[reading]))
		}
		fmt.Fprintf(&b, "%-11s %12s  %s\n", reading, shown, sparkline(values, cells))
	}
	b.WriteString("\n" + printableLines(summary(name, st)))
	_, err := io.WriteString(out, b.String())
	return err
}

// sparkline draws values in so many cells, the mean of each cell's between the
// least and the most of all.
func sparkline(values []float64, cells int) string {
	const bars = "▁▂▃▄▅▆▇█"
	runes := []rune(bars)
	cells = min(cells, len(values))
	if cells == 0 {
		return ""
	}
	means := make([]float64, cells)
	for i := range means {
		from, to := i*len(values)/cells, (i+1)*len(values)/cells
		for _, v := range values[from:to] {
			means[i] += v / float64(to-from)
		}
	}
	low, high := means[0], means[0]
	for _, v := range means {
		low, high = min(low, v), max(high, v)
	}
	line := make([]rune, cells)
	for i, v := range means {
		at := 0
		if high > low {
			at = min(len(runes)-1, int((v-low)/(high-low)*float64(len(runes))))
		}
		line[i] = runes[at]
	}
	return string(line)
}
