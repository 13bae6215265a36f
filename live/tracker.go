package live

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live/trend"
)

// Tracker makes statuses of samples. It keeps those of the last hour.
type Tracker struct {
	quantities []quantity
	series     []*trend.Series
	samples    []Sample
	begin      time.Time // from which points are counted
	swollen    time.Time // of the last capture, before which resident memory says nothing
	warmup     time.Duration
	levels     trend.Tables
}

// TrackerOptions say how much has to be seen.
type TrackerOptions struct {
	Warmup    time.Duration // what is seen before says nothing
	MaxWindow time.Duration // the longest window of the leak rule; 0 is an hour
}

// kept is how long samples are.
const kept = time.Hour

// NewTracker makes one that has seen nothing.
func NewTracker(o TrackerOptions) *Tracker {
	t := &Tracker{quantities: quantities(), warmup: o.Warmup, levels: trend.DefaultLevels()}
	for i := range t.quantities {
		rule := t.quantities[i].rule()
		if o.MaxWindow > 0 {
			rule = rule.Upto(o.MaxWindow)
		}
		t.series = append(t.series, trend.NewSeries(rule))
	}
	return t
}

// Status is how a program does. It refers to nothing of the tracker.
type Status struct {
	State    trend.State        `json:"state"`
	Time     time.Time          `json:"time"`
	Samples  int                `json:"samples"`
	Span     time.Duration      `json:"span"` // from the first to the last
	Current  Sample             `json:"current"`
	Growth   map[string]float64 `json:"growth"` // reading -> last less first
	Rates    map[string]float64 `json:"rates"`  // the same per minute; none if too little time has passed
	Verdicts []SeriesVerdict    `json:"verdicts"`
	Levels   StatusLevels       `json:"levels"`
	ToLimit  time.Duration      `json:"toLimit"` // of what is growing, the soonest; negative if none is
	Culprits []string           `json:"culprits"`
}

// Seen says how much was.
func (st *Status) Seen() string {
	if st.Samples == 1 {
		return "1 sample"
	}
	return human.Count(st.Samples) + " samples in " + human.Duration(st.Span)
}

// SeriesVerdict is how one quantity does.
type SeriesVerdict struct {
	Name    string        `json:"name"`
	What    string        `json:"what"`
	Counted bool          `json:"counted"`
	Text    string        `json:"text"` // the evidence in words
	Verdict trend.Verdict `json:"verdict"`
}

// StatusLevels are the places in the fixed tables: a classification, not the
// verdict.
type StatusLevels struct {
	ExternalOfHeap trend.Level `json:"externalOfHeap"`
	Handles        trend.Level `json:"handles"`
	Growth         trend.Level `json:"growth"` // of the fastest of heap, external and rss
	Descriptors    trend.Level `json:"descriptors"`
}

// Add takes the next sample and says how the program does now.
func (t *Tracker) Add(s Sample) *Status {
	if n := len(t.samples); n > 0 {
		last := &t.samples[n-1]
		if s.Mark == "" && (s.PID != last.PID || s.Start != last.Start) {
			s.Mark = Restart
		}
	}
	switch {
	case s.Mark.all() || t.begin.IsZero():
		t.rebase(s.Time)
	case s.Mark != "":
		t.swollen = s.Time
		for i := range t.quantities {
			if t.quantities[i].process {
				t.series[i].Reset()
			}
		}
	}
	now := s.Time.Sub(t.begin)
	t.samples = append(t.samples, s)
	old := 0
	for t.samples[old].Time.Before(s.Time.Add(-kept)) {
		old++
	}
	t.samples = append(t.samples[:0], t.samples[old:]...)
	st := &Status{Time: s.Time, Samples: len(t.samples), Current: s, ToLimit: -1}
	st.grow(t.samples, t.swollen)
	for i := range t.quantities {
		q := &t.quantities[i]
		if v, ok := q.value(&s); ok && now >= t.warmup {
			t.series[i].Add(trend.Point{At: now, Value: v})
		}
		v := trend.Verdict{ToLimit: -1}
		switch {
		case t.series[i].Len() > 0:
			v = t.series[i].Judge(now, q.limit(&s))
		case q.name != "heap" || s.HeapUsed == 0 || now < t.warmup:
			continue
		}
		text := evidence(q, v, t.series[i])
		if q.name == "heap" && v.Evidence == nil {
			text += "; --gc every=10s forces collections"
		}
		st.Verdicts = append(st.Verdicts, SeriesVerdict{q.name, q.what, q.counted, text, v})
		st.State = max(st.State, v.State)
		if v.State >= trend.Growing && v.ToLimit >= 0 && (st.ToLimit < 0 || v.ToLimit < st.ToLimit) {
			st.ToLimit = v.ToLimit
		}
	}
	if st.State == trend.Stable && t.heapUnknown(&s, st) {
		st.State = trend.Unknown
	}
	st.classify(t.levels)
	st.Culprits = culprits(&t.samples[0], &s, st)
	return st
}

// heapUnknown says whether a heap that there is was not collected often enough to
// say that all is well.
func (t *Tracker) heapUnknown(s *Sample, st *Status) bool {
	if s.HeapUsed == 0 {
		return false
	}
	for _, v := range st.Verdicts {
		if v.Name == "heap" {
			return v.Verdict.State == trend.Unknown
		}
	}
	return true
}

// rebase forgets what was before.
func (t *Tracker) rebase(now time.Time) {
	t.begin, t.samples = now, nil
	for _, s := range t.series {
		s.Reset()
	}
}

// Samples are those kept, the oldest first.
func (t *Tracker) Samples() []Sample { return slices.Clone(t.samples) }

// grow compares the last sample with the first; resident memory with what it was
// after the last capture.
func (st *Status) grow(samples []Sample, swollen time.Time) {
	first, last := &samples[0], &samples[len(samples)-1]
	st.Span = last.Time.Sub(first.Time)
	st.Growth, st.Rates = map[string]float64{}, map[string]float64{}
	after := last.Readings()
	for _, name := range readingNames() {
		from := first
		if name == "rss" || name == "native" {
			for i := range samples {
				if from = &samples[i]; !from.Time.Before(swollen) {
					break
				}
			}
		}
		st.Growth[name] = after[name] - from.Readings()[name]
		if span := last.Time.Sub(from.Time); span >= leastSpan {
			st.Rates[name] = st.Growth[name] / span.Minutes()
		}
	}
}

// leastSpan is the time below which a rate says nothing.
const leastSpan = 30 * time.Second

func (st *Status) classify(l trend.Tables) {
	s := &st.Current
	if s.External >= much { // a small program may have more outside of its heap than in it
		st.Levels.ExternalOfHeap = l.ExternalOfHeap.Of(s.ExternalOfHeap())
	}
	st.Levels.Handles = l.Handles.Of(float64(s.HandleCount()))
	st.Levels.Descriptors = l.Descriptors.Of(float64(s.Files))
	fastest := max(st.Rates["heap"], st.Rates["external"], st.Rates["rss"])
	st.Levels.Growth = l.MBPerMinute.Of(fastest / (1 << 20))
}

// evidence says why in words.
func evidence(q *quantity, v trend.Verdict, of *trend.Series) string {
	e := v.Evidence
	if e == nil {
		return "too little was seen" + lacking(q, of)
	}
	unit := func(f float64) string { return slopeText(f, q.counted) }
	text := fmt.Sprintf("%s/min (%s to %s) over %s, %d points, %s", unit(e.Slope), unit(e.Low), unit(e.High), human.Duration(e.Window), e.Points, testText(e))
	if v.State >= trend.Growing && v.ToLimit >= 0 {
		text += ", full in " + human.Duration(v.ToLimit)
	}
	return text
}

// lacking says how much more has to be seen.
func lacking(q *quantity, of *trend.Series) string {
	points, span := of.Lacks()
	var needs []string
	switch {
	case points == 1 && q.left:
		needs = append(needs, "1 more major collection")
	case points > 1 && q.left:
		needs = append(needs, fmt.Sprintf("%d more major collections", points))
	case points > 0 && span == 0: // else they come by then
		needs = append(needs, "more samples")
	}
	if span > 0 {
		needs = append(needs, human.Duration((span+time.Second-1).Truncate(time.Second))+" more")
	}
	if len(needs) == 0 {
		return ""
	}
	return ": needs " + strings.Join(needs, " and ")
}

func slopeText(perMinute float64, counted bool) string {
	if counted {
		return fmt.Sprintf("%+.1f", perMinute)
	}
	return human.DeltaBytes(int64(perMinute))
}

// testText says how sure the trend is.
func testText(e *trend.Evidence) string {
	if e.Exact {
		return fmt.Sprintf("p %.2g", e.P)
	}
	return fmt.Sprintf("z %.1f", e.Z)
}

// culprits are what grew most, in words.
func culprits(first, last *Sample, st *Status) []string {
	list := []string{}
	if d := int64(last.ArrayBuffers) - int64(first.ArrayBuffers); d >= 4<<20 && d*25 >= int64(first.ArrayBuffers) {
		list = append(list, "ArrayBuffer "+human.DeltaBytes(d))
	} else if d := int64(last.External) - int64(first.External); last.ArrayBuffers == 0 && d >= 4<<20 && d*25 >= int64(first.External) {
		list = append(list, "external memory "+human.DeltaBytes(d))
	}
	for _, kind := range grownKinds(first.Handles, last.Handles) {
		list = append(list, HandleWords(last, kind)+fmt.Sprintf(" (%+d)", last.Handles[kind]-first.Handles[kind]))
	}
	for _, kind := range grownKinds(first.DOM, last.DOM) {
		list = append(list, fmt.Sprintf("%s of the page %s (%+d)", kind, human.Count(last.DOM[kind]), last.DOM[kind]-first.DOM[kind]))
	}
	for _, kind := range grownKinds(first.Kinds, last.Kinds) {
		if kind == "socket" && last.Handles["Socket"] > 0 {
			continue // told above
		}
		text := fmt.Sprintf("%d descriptors of kind %s (%+d)", last.Kinds[kind], kind, last.Kinds[kind]-first.Kinds[kind])
		if peer := topPeer(last); kind == "socket" && peer != "" {
			text += ", " + peer
		}
		list = append(list, text)
	}
	if d := last.Goroutines - first.Goroutines; d >= 20 && d*10 >= first.Goroutines {
		list = append(list, fmt.Sprintf("goroutines %d (%+d)", last.Goroutines, d))
	}
	for _, v := range st.Verdicts {
		if v.Name == "heap" && v.Verdict.State >= trend.Growing {
			list = append(list, "objects in the heap, "+human.DeltaBytes(int64(v.Verdict.Evidence.Slope))+"/min")
		}
	}
	return list
}

// grownKinds are those that grew by 20 and a tenth, the most first.
func grownKinds(before, after map[string]int) []string {
	var kinds []string
	for kind, n := range after {
		if d := n - before[kind]; d >= 20 && d*10 >= before[kind] {
			kinds = append(kinds, kind)
		}
	}
	slices.SortFunc(kinds, func(a, b string) int {
		return cmp.Or(cmp.Compare(after[b]-before[b], after[a]-before[a]), cmp.Compare(a, b))
	})
	return kinds
}

// HandleWords says how many handles are of a kind, and whom most sockets talk to:
// "Socket 987 of 1,033 handles, 950 to 10.0.3.7:9200".
func HandleWords(s *Sample, kind string) string {
	if kind == "Timer" || kind == "Immediate" {
		return fmt.Sprintf("%s %s", kind, human.Count(s.Handles[kind]))
	}
	text := fmt.Sprintf("%s %s of %s handles", kind, human.Count(s.Handles[kind]), human.Count(s.HandleCount()))
	if peer := topPeer(s); kind == "Socket" && peer != "" {
		text += ", " + peer
	}
	return text
}

// manySockets is how many to one peer are worth a word.
const manySockets = 10

// topPeer is whom most connections go to, or come from, if it is many.
func topPeer(s *Sample) string {
	counts := map[string]int{}
	states := map[string][]string{}
	for _, sockets := range s.Sockets { // the most frequent first
		if sockets.State == "listen" || sockets.State == "local" || sockets.State == "udp" {
			continue
		}
		counts[sockets.Peer] += sockets.Count
		if sockets.State != "established" {
			states[sockets.Peer] = append(states[sockets.Peer], fmt.Sprintf("%s in %s", human.Count(sockets.Count), sockets.State))
		}
	}
	top := ""
	// Of a connection of a program to itself, both ends are seen, of some that are
	// closing only one: that which was opened is the one to mend.
	weight := func(peer string) int {
		if incoming(peer) {
			return 9 * counts[peer]
		}
		return 10 * counts[peer]
	}
	for peer := range counts {
		if more := cmp.Compare(weight(peer), weight(top)); more > 0 || more == 0 && peer < top {
			top = peer
		}
	}
	if counts[top] < manySockets {
		return ""
	}
	text := human.Count(counts[top]) + " to " + top
	if from, port, ok := strings.Cut(top, " → :"); ok {
		text = human.Count(counts[top]) + " from " + from + " at port " + port
	}
	if len(states[top]) > 0 {
		text += ", of them " + strings.Join(states[top], ", ")
	}
	return text
}

func incoming(peer string) bool { return strings.Contains(peer, " → :") }
