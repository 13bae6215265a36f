package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

func printFile(w io.Writer, path string, printer func(io.Writer, []summary) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	samples, err := readSamples(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return printer(w, summarize(samples))
}

// printTools writes a line a tool. Ratios are against the first tool of each
// work, so 15.0 says: took 15 times as long.
func printTools(w io.Writer, sums []summary) error {
	var b strings.Builder
	b.WriteString("| work | tool | runs | wall s | × | CPU s | × | peak MiB | × |\n")
	b.WriteString("|---|---|--:|--:|--:|--:|--:|--:|--:|\n")
	var first summary
	for _, s := range sums {
		if s.work != first.work {
			first = s
		}
		if s.runs == 0 {
			fmt.Fprintf(&b, "| %s | %s | 0 | %s | | | | | |\n", s.work, s.tool, s.status)
			continue
		}
		fmt.Fprintf(&b, "| %s | %s | %d%s | %.2f | %s | %.2f | %s | %d | %s |\n",
			s.work, s.tool, s.runs, failures(s),
			s.wall.Seconds(), ratio(int64(s.wall), int64(first.wall)),
			s.cpu.Seconds(), ratio(int64(s.cpu), int64(first.cpu)),
			s.peak>>20, ratio(s.peak, first.peak))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func failures(s summary) string {
	if s.status == "ok" {
		return ""
	}
	return " (then: " + s.status + ")"
}

func ratio(value, base int64) string {
	if base <= 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f", float64(value)/float64(base))
}

// ordinary is the end of the name of a work that a shape is compared with:
// a heap of as many edges without the shape's peculiarity.
const ordinary = " (ordinary)"

// printShapes writes a line a shape and tool, with how many times as long an
// edge takes as in the ordinary heap of the same size.
func printShapes(w io.Writer, sums []summary) error {
	type key struct{ work, tool string }
	twins := map[key]summary{}
	for _, s := range sums {
		if name, ok := strings.CutSuffix(s.work, ordinary); ok {
			twins[key{name, s.tool}] = s
		}
	}
	var b strings.Builder
	b.WriteString("| shape | tool | edges | wall s | peak MiB | ns an edge | × ordinary |\n")
	b.WriteString("|---|---|--:|--:|--:|--:|--:|\n")
	for _, s := range sums {
		if strings.HasSuffix(s.work, ordinary) {
			continue
		}
		if s.runs == 0 {
			fmt.Fprintf(&b, "| %s | %s | %d | %s | | | |\n", s.work, s.tool, s.edges, s.status)
			continue
		}
		each := perEdge(s)
		times := "–"
		if twin := perEdge(twins[key{s.work, s.tool}]); twin > 0 {
			times = fmt.Sprintf("%.2f", each/twin)
		}
		fmt.Fprintf(&b, "| %s | %s | %d%s | %.2f | %d | %.0f | %s |\n",
			s.work, s.tool, s.edges, failures(s), s.wall.Seconds(), s.peak>>20, each, times)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// perEdge returns nanoseconds, or 0 if there was no good run.
func perEdge(s summary) float64 {
	if s.edges == 0 {
		return 0
	}
	return float64(s.wall) / float64(s.edges)
}
