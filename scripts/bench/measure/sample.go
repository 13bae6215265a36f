package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// cost is what one run took.
type cost struct {
	wall   time.Duration
	cpu    time.Duration // user and system
	peak   int64         // bytes
	status string        // "ok", or why the run does not count
}

// sample is one run of one tool on one work.
type sample struct {
	work, tool string
	edges      int64 // in the input; 0: unknown
	cost
}

func (s sample) String() string {
	return fmt.Sprintf("%s: %s: %.2f s wall, %.2f s CPU, %d MiB, %s",
		s.work, s.tool, s.wall.Seconds(), s.cpu.Seconds(), s.peak>>20, s.status)
}

// A line a sample, its fields separated by tabs:
//
//	work  tool  edges  wall ns  CPU ns  peak bytes  status
const format = "%s\t%s\t%d\t%d\t%d\t%d\t%s\n"

func appendSample(path string, s sample) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	status := strings.Join(strings.Fields(s.status), " ")
	_, err = fmt.Fprintf(f, format, s.work, s.tool, s.edges, s.wall, s.cpu, s.peak, status)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

func readSamples(r io.Reader) ([]sample, error) {
	var samples []sample
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		field := strings.Split(lines.Text(), "\t")
		if len(field) != 7 {
			return nil, fmt.Errorf("line %d: %d fields, not 7", n, len(field))
		}
		s := sample{work: field[0], tool: field[1]}
		s.status = field[6]
		numbers := strings.Join(field[2:6], " ")
		if _, err := fmt.Sscan(numbers, &s.edges, (*int64)(&s.wall), (*int64)(&s.cpu), &s.peak); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		samples = append(samples, s)
	}
	return samples, lines.Err()
}

// summary is the median of all good runs of one tool on one work.
type summary struct {
	work, tool string
	edges      int64
	runs       int // that went well
	cost           // each column's own median; status is the first failure, if any
}

// summarize groups the samples by work, then by tool, each in the order of its
// first run.
func summarize(samples []sample) []summary {
	type key struct{ work, tool string }
	var works []string
	tools := map[string][]string{} // work -> tools
	runs := map[key][]sample{}
	for _, s := range samples {
		k := key{s.work, s.tool}
		if !slices.Contains(works, s.work) {
			works = append(works, s.work)
		}
		if runs[k] == nil {
			tools[s.work] = append(tools[s.work], s.tool)
		}
		runs[k] = append(runs[k], s)
	}
	var all []summary
	for _, work := range works {
		for _, tool := range tools[work] {
			all = append(all, summarizeRuns(runs[key{work, tool}]))
		}
	}
	return all
}

func summarizeRuns(runs []sample) summary {
	sum := summary{work: runs[0].work, tool: runs[0].tool, edges: runs[0].edges}
	sum.status = "ok"
	var wall, cpu []time.Duration
	var peak []int64
	for _, r := range runs {
		if r.status != "ok" {
			if sum.status == "ok" {
				sum.status = r.status
			}
			continue
		}
		wall, cpu, peak = append(wall, r.wall), append(cpu, r.cpu), append(peak, r.peak)
	}
	sum.runs = len(wall)
	sum.wall, sum.cpu, sum.peak = median(wall), median(cpu), median(peak)
	return sum
}

// median returns the middle value, the mean of the two middle ones, or 0.
func median[T ~int64](values []T) T {
	if len(values) == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}
