package live

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/heapdiff/heapdiff/live/trend"
)

// GCLog is what a log of collections tells: of node --trace-gc, or of Go with
// GODEBUG=gctrace=1. Other lines in it are left out.
type GCLog struct {
	Runtime   Kind          `json:"runtime"`
	Span      time.Duration `json:"span"` // of the log
	Minor     GCPauses      `json:"minor"`
	Major     GCPauses      `json:"major"`
	Start     uint64        `json:"start"` // bytes that the first major collection left
	End       uint64        `json:"end"`
	Failures  int           `json:"failures"`  // collections because there was no room left to allocate in the old generation
	LastShare float64       `json:"lastShare"` // of the time that the program itself ran, as told last; 0 if it is not told
	Verdict   trend.Verdict `json:"verdict"`
	Text      string        `json:"text"` // the evidence in words
}

// GCPauses are the times that collections stopped the program.
type GCPauses struct {
	Count  int           `json:"count"`
	Total  time.Duration `json:"total"`
	Median time.Duration `json:"median"`
	Max    time.Duration `json:"max"`
}

// A line of V8 and one of Go:
//
//	[4711:0x5f0]  1234 ms: Mark-Compact 105.2 (140.1) -> 98.3 (141.0) MB, 12.34 / 0.00 ms  (average mu = 0.989, current mu = 0.95) allocation failure; …
//	gc 7 @1.234s 2%: 0.026+0.39+0.10 ms clock, 0.21+0.88/0.52/0+0.84 ms cpu, 4->4->2 MB, 5 MB goal, …
var (
	v8Line = regexp.MustCompile(`^\[\d+:[^\]]*\]\s+(\d+) ms: (.*?)(\d+(?:\.\d+)?) \([\d.]+\) -> (\d+(?:\.\d+)?) \([\d.]+\) MB,(?: pooled: [\d.]+ MB,)? ([\d.]+) / [\d.]+ ms(.*)`)
	v8Mu   = regexp.MustCompile(`current mu = ([\d.]+)`)
	goLine = regexp.MustCompile(`^gc \d+ @([\d.]+)s \d+%: ([\d.]+)\+[\d.]+\+([\d.]+) ms clock, .* (\d+)->(\d+)->(\d+) MB, `)
)

// GCLogError says that there is nothing in a log.
type GCLogError struct{}

func (GCLogError) Error() string { return "holds no line of node --trace-gc or of GODEBUG=gctrace=1" }

// Hint is what to try.
func (GCLogError) Hint() string { return "node --trace-gc app.js > gc.log" }

// ReadGCLog reads a log and judges the heap that major collections left.
func ReadGCLog(r io.Reader) (*GCLog, error) {
	g := &gcReader{series: trend.NewSeries(trend.Bytes())}
	lines := bufio.NewReaderSize(r, 1<<16)
	for {
		line, err := lines.ReadSlice('\n')
		long := false // such a line is of something else; none is held whole
		for err == bufio.ErrBufferFull {
			long = true
			_, err = lines.ReadSlice('\n')
		}
		if !long {
			g.line(strings.TrimRight(string(line), "\r\n"))
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("log of collections: %w", err)
		}
	}
	if g.log.Runtime == "" {
		return nil, GCLogError{}
	}
	l := &g.log
	l.Minor, l.Major = pauses(g.minor), pauses(g.major)
	l.Span = g.last - g.first
	l.Verdict = g.worst
	q := quantities()[0]
	l.Text = evidence(&q, l.Verdict, g.series)
	return l, nil
}

type gcReader struct {
	log          GCLog
	series       *trend.Series
	minor, major []time.Duration
	first, last  time.Duration
	worst        trend.Verdict // the last, or one that was worse before
}

func (g *gcReader) line(text string) {
	// Others, such as docker, put their own text before it.
	for _, mark := range []string{"[", "gc "} {
		if i := strings.Index(text, mark); i >= 0 {
			if m := v8Line.FindStringSubmatch(text[i:]); m != nil {
				g.v8(m)
				return
			}
			if m := goLine.FindStringSubmatch(text[i:]); m != nil {
				g.gone(m)
				return
			}
		}
	}
}

func (g *gcReader) v8(m []string) {
	at, _ := strconv.ParseFloat(m[1], 64)
	left, _ := strconv.ParseFloat(m[4], 64)
	pause, _ := strconv.ParseFloat(m[5], 64)
	took := time.Duration(pause * float64(time.Millisecond))
	now := g.seen(Node, time.Duration(at)*time.Millisecond)
	if mu := v8Mu.FindStringSubmatch(m[6]); mu != nil {
		g.log.LastShare, _ = strconv.ParseFloat(mu[1], 64)
	}
	if strings.Contains(m[2], "Scavenge") || strings.Contains(m[2], "Minor") {
		g.minor = append(g.minor, took)
		return
	}
	if strings.Contains(m[6], "allocation failure") || strings.Contains(m[6], "last resort") {
		g.log.Failures++
	}
	g.collected(now, left, took)
}

func (g *gcReader) gone(m []string) {
	at, _ := strconv.ParseFloat(m[1], 64)
	sweep, _ := strconv.ParseFloat(m[2], 64)
	mark, _ := strconv.ParseFloat(m[3], 64)
	left, _ := strconv.ParseFloat(m[6], 64)
	now := g.seen(Go, time.Duration(at*float64(time.Second)))
	g.collected(now, left, time.Duration((sweep+mark)*float64(time.Millisecond)))
}

// seen notes when the log begins and ends.
func (g *gcReader) seen(runtime Kind, at time.Duration) time.Duration {
	if g.log.Runtime == "" {
		g.first = at
	}
	if at < g.last { // another process writes into the same log, or this one was restarted
		g.series.Reset()
		g.first, g.log.Start = at, 0
	}
	g.log.Runtime, g.last = runtime, at
	return at
}

func (g *gcReader) collected(at time.Duration, left float64, pause time.Duration) {
	g.major = append(g.major, pause)
	bytes := left * (1 << 20)
	if g.log.Start == 0 {
		g.log.Start = size(bytes)
	}
	g.log.End = size(bytes)
	g.series.Add(trend.Point{At: at, Value: bytes})
	if v := g.series.Judge(at, 0); v.State >= g.worst.State || g.worst.State < trend.Leaking {
		g.worst = v
	}
}

func pauses(list []time.Duration) GCPauses {
	if len(list) == 0 {
		return GCPauses{}
	}
	p := GCPauses{Count: len(list)}
	slices.Sort(list)
	for _, d := range list {
		p.Total += d
	}
	p.Median, p.Max = list[len(list)/2], list[len(list)-1]
	return p
}
