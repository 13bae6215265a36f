package advice

// Level is how much a number is a reason to worry.
type Level int

// The levels, in order.
const (
	Normal Level = iota
	Warning
	Critical
	Imminent // the process is about to run out of memory
)

var levelNames = [...]string{"normal", "warning", "critical", "imminent"}

// String returns the name that reports show.
func (l Level) String() string {
	if l < Normal || int(l) >= len(levelNames) {
		return levelNames[Normal]
	}
	return levelNames[l]
}

// threshold is a bound and what lies above it.
type threshold struct {
	above float64
	level Level
}

// level returns the highest level whose bound value exceeds. At a bound the
// lower level holds, except that the first is reached with it.
func level(table []threshold, value float64) Level {
	out := Normal
	for i, t := range table {
		if value > t.above || i == 0 && value == t.above {
			out = t.level
		}
	}
	return out
}

var (
	externalThresholds = []threshold{{0.5, Warning}, {2, Critical}, {6, Imminent}}
	handleThresholds   = []threshold{{100, Warning}, {500, Critical}}
)

// External judges memory outside the JavaScript heap, such as the bytes of
// buffers, against the heap: below half of it is normal, up to twice is a
// warning, more is critical, and above six times the end is near.
func External(external, heap uint64) Level {
	switch {
	case external == 0:
		return Normal
	case heap == 0:
		return Imminent
	}
	return level(externalThresholds, float64(external)/float64(heap))
}

// Handles judges how many sockets, timers and other handles are open: below 100
// is normal, up to 500 a warning, more is critical.
func Handles(n int) Level { return level(handleThresholds, float64(n)) }
