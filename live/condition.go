package live

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live/trend"
)

// Condition is what --fail-on says, in the way the gate's rules do: metric, operator,
// value. A metric is
//
//	external > 2GiB          a reading; handles and the like are counted
//	rss/min > 10MB           its growth in a minute
//	external/heap > 200%     one reading as a share of another, or of a limit:
//	heap/limit, memory/limit, files/limit
//	to-limit < 30m           when the limit is reached at the present rate
//
// A state alone (growing, leaking, critical) means that or worse.
type Condition struct {
	Text   string
	state  trend.State
	metric string
	unit   unit
	op     string
	limit  float64
}

// unit is what a value is measured in.
type unit uint8

const (
	inBytes unit = iota
	inThings
	inShare
	inTime
)

// operators as the gate knows them, the longer ones first.
var operators = [...]struct {
	text  string
	holds func(value, limit float64) bool
}{
	{">=", func(v, l float64) bool { return v >= l }},
	{"<=", func(v, l float64) bool { return v <= l }},
	{"==", func(v, l float64) bool { return v == l }},
	{"!=", func(v, l float64) bool { return v != l }},
	{">", func(v, l float64) bool { return v > l }},
	{"<", func(v, l float64) bool { return v < l }},
}

// shares are what may stand below the line, besides a reading.
var shares = map[string]func(*Sample) float64{
	"heap/limit":   func(s *Sample) float64 { return ratio(s.HeapUsed, s.HeapLimit) },
	"memory/limit": func(s *Sample) float64 { return ratio(s.Memory, s.MemoryLimit) },
	"files/limit":  func(s *Sample) float64 { return ratio(uint64(s.Files), uint64(s.FilesLimit)) },
}

const (
	toLimit   = "to-limit"
	perMinute = "/min"
)

// ParseCondition reads one.
func ParseCondition(text string) (Condition, error) {
	c := Condition{Text: strings.TrimSpace(text)}
	for state := trend.Growing; state <= trend.Critical; state++ {
		if c.Text == state.String() {
			c.state = state
			return c, nil
		}
	}
	at := strings.IndexAny(c.Text, "<>=!")
	if at < 0 {
		return c, fmt.Errorf("%q: neither growing, leaking or critical nor a comparison such as external > 2GiB", text)
	}
	c.metric = strings.TrimSpace(c.Text[:at])
	value, found := "", false
	for _, o := range operators {
		if value, found = strings.CutPrefix(c.Text[at:], o.text); found {
			c.op = o.text
			break
		}
	}
	if !found {
		return c, fmt.Errorf("%q: there is no such operator; there are >, >=, <, <=, == and !=", text)
	}
	var ok bool
	if c.unit, ok = unitOf(c.metric); !ok {
		return c, fmt.Errorf("%q: there is no reading %q; there are %s, each also with /min or as a share of another, and heap/limit, memory/limit, files/limit and to-limit",
			text, c.metric, strings.Join(readingNames(), ", "))
	}
	var err error
	if c.limit, err = c.unit.parse(strings.TrimSpace(value)); err != nil {
		return c, fmt.Errorf("%q: %w", text, err)
	}
	return c, nil
}

// unitOf says in what a metric is measured, if there is such a metric.
func unitOf(metric string) (unit, bool) {
	if metric == toLimit {
		return inTime, true
	}
	if shares[metric] != nil {
		return inShare, true
	}
	name := strings.TrimSuffix(metric, perMinute)
	if above, below, share := strings.Cut(name, "/"); share {
		return inShare, name == metric && isReading(above) && isReading(below)
	}
	if counts(name) {
		return inThings, true
	}
	return inBytes, isReading(name)
}

func isReading(name string) bool { return slices.Contains(readingNames(), name) }

func (u unit) parse(text string) (float64, error) {
	switch u {
	case inThings:
		return number(text, "a number")
	case inShare:
		percent, ok := strings.CutSuffix(text, "%")
		n, err := number(strings.TrimSpace(percent), "a share such as 200%")
		if ok {
			n /= 100
		}
		return n, err
	case inTime:
		d, err := time.ParseDuration(text)
		if err != nil {
			return 0, fmt.Errorf("%q is no time such as 30m", text)
		}
		return d.Minutes(), nil
	}
	n, err := human.ParseSize(text)
	return float64(n), err
}

func number(text, what string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) {
		return 0, fmt.Errorf("%q is not %s", text, what)
	}
	return n, nil
}

func (u unit) format(v float64) string {
	switch u {
	case inThings:
		return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
	case inShare:
		return percent(v)
	case inTime:
		return human.Duration(time.Duration(v * float64(time.Minute)))
	}
	return human.Bytes(int64(v))
}

// Holds says whether it does, which is a failure, and in which words.
func (c *Condition) Holds(st *Status) (string, bool) {
	if c.metric == "" {
		return fmt.Sprintf("%s: the program is %s", c.Text, st.State), st.State >= c.state
	}
	value, known := c.value(st)
	if !known {
		return c.Text + ": it is not known", false
	}
	shown := c.unit.format(value)
	if strings.HasSuffix(c.metric, perMinute) {
		shown += perMinute
	}
	for _, o := range operators {
		if o.text == c.op {
			return fmt.Sprintf("%s: it is %s", c.Text, shown), o.holds(value, c.limit)
		}
	}
	return c.Text, false
}

// Undecided says whether it may hold, had it been watched for longer.
func (c *Condition) Undecided(st *Status) bool {
	return c.metric == "" && c.state > trend.Growing && st.State == trend.Growing
}

// value of the metric; a rate is not known at first, nor a limit everywhere.
func (c *Condition) value(st *Status) (float64, bool) {
	now := st.Current.Readings()
	if c.metric == toLimit {
		return st.ToLimit.Minutes(), st.ToLimit >= 0
	}
	if share := shares[c.metric]; share != nil {
		v := share(&st.Current)
		return v, v > 0
	}
	if name, rate := strings.CutSuffix(c.metric, perMinute); rate {
		v, ok := st.Rates[name]
		return v, ok
	}
	if above, below, share := strings.Cut(c.metric, "/"); share {
		return now[above] / max(now[below], 1), now[below] > 0
	}
	return now[c.metric], true
}
