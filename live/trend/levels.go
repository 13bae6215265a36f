package trend

// Level is how a number stands in a fixed table: a classification to read, not
// the detector.
type Level uint8

// The levels, the worst last.
const (
	Normal Level = iota
	Warning
	Serious
	Imminence
)

var levelNames = [...]string{"normal", "warning", "critical", "imminent"}

// String is one word in lower case.
func (l Level) String() string { return levelNames[l] }

// MarshalText writes the word.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// Levels are the lower ends of warning, critical and imminent. An end that is
// zero is never reached.
type Levels [3]float64

// Of finds the level of a value.
func (l Levels) Of(value float64) Level {
	level := Normal
	for i, end := range l {
		if end > 0 && (value > end || i == 0 && value >= end) {
			level = Level(i + 1)
		}
	}
	return level
}

// The tables that are used unless others are given.
func DefaultLevels() Tables {
	return Tables{
		ExternalOfHeap: Levels{0.5, 2, 6},
		Handles:        Levels{100, 500, 0},
		MBPerMinute:    Levels{10, 50, 500},
		Descriptors:    Levels{1000, 0, 0},
	}
}

// Tables are all of them.
type Tables struct {
	ExternalOfHeap Levels // external memory over used heap
	Handles        Levels // active handles
	MBPerMinute    Levels // growth
	Descriptors    Levels // open files
}
