package live

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live/trend"
)

// Condition is what --fail-on says: a state or worse ("leaking"), a reading against
// a limit ("external > 2GiB", "handles >= 500"), or its growth in a minute
// ("rss/min > 10MB").
type Condition struct {
	Text    string
	state   trend.State
	reading string
	rate    bool
	orEqual bool
	limit   float64
}

// ParseCondition reads one.
func ParseCondition(text string) (Condition, error) {
	c := Condition{Text: strings.TrimSpace(text)}
	for state := trend.Growing; state <= trend.Critical; state++ {
		if c.Text == state.String() {
			c.state = state
			return c, nil
		}
	}
	name, limit, found := strings.Cut(c.Text, ">")
	if !found {
		return c, fmt.Errorf("%q: neither growing, leaking or critical nor a comparison such as external > 2GiB", text)
	}
	limit, c.orEqual = strings.CutPrefix(limit, "=")
	c.reading, c.rate = strings.CutSuffix(strings.TrimSpace(name), "/min")
	if !slices.Contains(readingNames(), c.reading) {
		return c, fmt.Errorf("%q: there is no reading %q; there are %s", text, c.reading, strings.Join(readingNames(), ", "))
	}
	limit = strings.TrimSpace(limit)
	if counts(c.reading) {
		n, err := strconv.ParseFloat(limit, 64)
		if err != nil {
			return c, fmt.Errorf("%q: %q is no number", text, limit)
		}
		c.limit = n
		return c, nil
	}
	n, err := human.ParseSize(limit)
	if err != nil {
		return c, fmt.Errorf("%q: %w", text, err)
	}
	c.limit = float64(n)
	return c, nil
}

// Holds says whether it does, which is a failure, and in which words.
func (c *Condition) Holds(st *Status) (string, bool) {
	if c.reading == "" {
		return fmt.Sprintf("%s: the program is %s", c.Text, st.State), st.State >= c.state
	}
	value := st.Current.Readings()[c.reading]
	if c.rate {
		value = st.Rates[c.reading]
	}
	shown := human.Bytes(int64(value))
	if counts(c.reading) {
		shown = fmt.Sprintf("%.4g", value)
	}
	if c.rate {
		shown += "/min"
	}
	return fmt.Sprintf("%s: it is %s", c.Text, shown), value > c.limit || c.orEqual && value == c.limit
}
