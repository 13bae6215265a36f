package live

import (
	"github.com/heapdiff/heapdiff/live/trend"
)

// quantity is something of a sample that may leak.
type quantity struct {
	name    string // in reports and expressions
	what    string // in words
	counted bool   // a number of things; else bytes
	process bool   // of the process as the system sees it, which a capture swells
	left    bool   // by major collections: other samples say nothing
	// value of a sample; not all samples have one.
	value func(*Sample) (float64, bool)
	// limit is where it cannot grow beyond; 0 is none.
	limit func(*Sample) float64
}

func (q *quantity) rule() trend.Rule {
	if q.counted {
		return trend.Count()
	}
	return trend.Bytes()
}

// quantities are all that are tracked. Memory is what a major collection left,
// where that is told: before one, a heap that is well grows as well as one that
// leaks.
func quantities() []quantity {
	return []quantity{
		{name: "heap", what: "heap after collections", left: true, limit: heapLimit, value: func(s *Sample) (float64, bool) {
			if s.Live == nil {
				return 0, false
			}
			return float64(s.Live.Heap), true
		}},
		{name: "external", what: "external memory", left: true, limit: memoryLimit(func(s *Sample) uint64 { return s.External }), value: func(s *Sample) (float64, bool) {
			if s.Live == nil || s.Live.External == 0 {
				return 0, false
			}
			return float64(s.Live.External), true
		}},
		{name: "arraybuffers", what: "memory of ArrayBuffers", left: true, limit: memoryLimit(func(s *Sample) uint64 { return s.ArrayBuffers }), value: func(s *Sample) (float64, bool) {
			return float64(s.ArrayBuffers), s.Live != nil
		}},
		{name: "native", what: "memory that is neither heap nor buffers", process: true, limit: memoryLimit((*Sample).Native), value: func(s *Sample) (float64, bool) {
			return float64(s.Native()), s.HeapUsed > 0 && s.RSS > 0
		}},
		{name: "rss", what: "resident memory", process: true, limit: memoryLimit(func(s *Sample) uint64 { return s.RSS }), value: func(s *Sample) (float64, bool) {
			return float64(s.RSS), s.HeapUsed == 0 && s.RSS > 0
		}},
		{name: "handles", what: "active handles", counted: true, limit: unlimited, value: func(s *Sample) (float64, bool) {
			return float64(s.HandleCount()), s.Handles != nil
		}},
		{name: "timers", what: "timers", counted: true, limit: unlimited, value: func(s *Sample) (float64, bool) {
			return float64(s.Handles["Timer"]), s.Handles != nil
		}},
		{name: "files", what: "open descriptors", counted: true, limit: func(s *Sample) float64 { return float64(s.FilesLimit) }, value: func(s *Sample) (float64, bool) {
			return float64(s.Files), s.Files > 0
		}},
		{name: "nodes", what: "elements of the page", counted: true, left: true, limit: unlimited, value: func(s *Sample) (float64, bool) {
			return float64(s.DOM["Node"]), s.DOM != nil && s.Live != nil
		}},
		{name: "listeners", what: "listeners of the page", counted: true, left: true, limit: unlimited, value: func(s *Sample) (float64, bool) {
			return float64(s.DOM["EventListener"]), s.DOM != nil && s.Live != nil
		}},
		{name: "goroutines", what: "goroutines", counted: true, limit: unlimited, value: func(s *Sample) (float64, bool) {
			return float64(s.Goroutines), s.Goroutines > 0
		}},
	}
}

func unlimited(*Sample) float64 { return 0 }

// heapLimit is V8's own, or what the machine leaves, whichever is nearer.
func heapLimit(s *Sample) float64 {
	machine := memoryLimit(func(s *Sample) uint64 { return s.HeapUsed })(s)
	if own := float64(s.HeapLimit); own > 0 && (machine == 0 || own < machine) {
		return own
	}
	return machine
}

// memoryLimit is how far something can grow until all memory is used.
func memoryLimit(of func(*Sample) uint64) func(*Sample) float64 {
	return func(s *Sample) float64 {
		if s.MemoryLimit == 0 {
			return 0
		}
		return float64(of(s)) + float64(s.MemoryLimit-min(s.Memory, s.MemoryLimit))
	}
}

// Readings are the numbers of a sample by the names that expressions use.
func (s *Sample) Readings() map[string]float64 {
	r := map[string]float64{
		"rss": float64(s.RSS), "heap": float64(s.HeapUsed), "external": float64(s.External), "arraybuffers": float64(s.ArrayBuffers),
		"native": float64(s.Native()), "handles": float64(s.HandleCount()), "timers": float64(s.Handles["Timer"]),
		"files": float64(s.Files), "goroutines": float64(s.Goroutines), "requests": float64(s.RequestCount()),
		"nodes": float64(s.DOM["Node"]), "listeners": float64(s.DOM["EventListener"]),
	}
	return r
}

// readingNames are the names, in the order they are shown.
func readingNames() []string {
	return []string{"rss", "heap", "external", "arraybuffers", "native", "handles", "timers", "files", "goroutines", "requests", "nodes", "listeners"}
}

// IsCount says whether a reading is a number of things, not bytes.
func IsCount(name string) bool { return counts(name) }

// counts says whether a reading is a number of things, not bytes.
func counts(name string) bool {
	switch name {
	case "handles", "timers", "files", "goroutines", "requests", "nodes", "listeners":
		return true
	}
	return false
}
