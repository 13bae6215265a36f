package main

import (
	"fmt"
	"strings"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live"
	"github.com/heapdiff/heapdiff/live/trend"
)

// The screen is a second one beside what the terminal shows, without a cursor: what
// was there before comes back at the end.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l"
	leaveScreen = "\x1b[?25h\x1b[?1049l"
)

// shownReadings are the curves of a screen; many targets have the first ones only.
var shownReadings = []string{"rss", "heap", "external", "arraybuffers", "native", "handles", "timers", "goroutines", "files", "nodes", "listeners"}

// screenText is the screen: each line is written over the one before, so that
// nothing flickers, and cut where the terminal ends.
func screenText(subjects []*subject, notes []string, footer string, width, height int) string {
	if width <= 0 {
		width = 100
	}
	if height <= 0 {
		height = 40
	}
	var lines []string
	for _, s := range subjects {
		lines = append(lines, s.screen(width, len(subjects) == 1)...)
	}
	if len(notes) > 0 {
		room := max(height-len(lines)-2, min(4, len(notes)))
		lines = append(lines[:min(len(lines), max(0, height-room-2))], "")
		lines = append(lines, notes[max(0, len(notes)-room):]...)
	}
	lines = lines[:min(len(lines), height-1)]
	var b strings.Builder
	b.WriteString("\x1b[H")
	for _, line := range lines {
		b.WriteString(cutCells(line, width))
		b.WriteString("\x1b[0m\x1b[K\r\n")
	}
	b.WriteString("\x1b[J" + cutCells("\x1b[2mCtrl-C ends"+footer, width) + "\x1b[0m")
	return b.String()
}

// screen is the part of one target: all of it if it is alone, else the curves.
func (s *subject) screen(width int, alone bool) []string {
	name := printable(s.name)
	st := s.last
	if st == nil {
		return []string{"\x1b[1m" + name + "\x1b[0m  waiting for the first sample", ""}
	}
	ink := map[trend.State]string{trend.Growing: "\x1b[33m", trend.Leaking: "\x1b[1;31m", trend.Critical: "\x1b[1;37;41m", trend.Stable: "\x1b[32m"}[st.State]
	lines := []string{fmt.Sprintf("\x1b[1m%s\x1b[0m  %s %s \x1b[0m  %s, %s samples in %s", name, ink, strings.ToUpper(st.State.String()),
		st.Time.Format("15:04:05"), human.Count(st.Samples), human.Duration(st.Span)), ""}
	first, last := s.samples[0].Readings(), st.Current.Readings()
	cells := max(10, min(60, width-44))
	for _, reading := range shownReadings {
		if last[reading] == 0 && first[reading] == 0 || !alone && len(lines) > 5 {
			continue
		}
		values := make([]float64, len(s.samples))
		for i := range s.samples {
			values[i] = s.samples[i].Readings()[reading]
		}
		lines = append(lines, fmt.Sprintf("%-12s %10s  %s  %s", reading, readingText(reading, last[reading]), sparkline(values, cells), rateText(reading, st)))
	}
	lines = append(lines, "")
	if !alone {
		return append(lines, culpritLines(st)...)
	}
	rest := strings.Split(strings.TrimRight(printableLines(summary(s.name, st)), "\n"), "\n")
	return append(lines, rest[1:]...) // its first line stands above
}

func culpritLines(st *live.Status) []string {
	var lines []string
	for _, c := range st.Culprits {
		lines = append(lines, "  "+printable(c))
	}
	if len(lines) > 0 {
		lines = append(lines, "")
	}
	return lines
}

func readingText(reading string, value float64) string {
	if live.IsCount(reading) {
		return human.Count(int64(value))
	}
	return human.Bytes(int64(value))
}

// rateText is the growth in a minute, once there is one to speak of.
func rateText(reading string, st *live.Status) string {
	rate, ok := st.Rates[reading]
	switch {
	case !ok:
		return ""
	case live.IsCount(reading):
		if rate > -0.05 && rate < 0.05 {
			return ""
		}
		return fmt.Sprintf("%+.1f/min", rate)
	}
	if rate > -1024 && rate < 1024 {
		return ""
	}
	return human.DeltaBytes(int64(rate)) + "/min"
}

// cutCells cuts a line after so many cells; sequences take none.
func cutCells(line string, width int) string {
	cells, inside := 0, false
	for i, r := range line {
		switch {
		case r == '\x1b':
			inside = true
		case inside:
			inside = r == '[' || r < '@'
		default:
			if cells++; cells > width {
				return line[:i]
			}
		}
	}
	return line
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
