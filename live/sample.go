package live

import (
	"time"

	"github.com/heapdiff/heapdiff/live/proc"
)

// Sample is what a program has at one time. Sizes are in bytes. What its kind does
// not tell is zero.
type Sample struct {
	Time    time.Time `json:"time"`
	PID     int       `json:"pid,omitempty"`
	Start   uint64    `json:"start,omitempty"` // tells a process from a later one with its number
	Version string    `json:"version,omitempty"`
	Uptime  float64   `json:"uptime,omitempty"` // seconds

	RSS          uint64  `json:"rss"`
	HeapUsed     uint64  `json:"heapUsed,omitempty"` // of all isolates
	HeapTotal    uint64  `json:"heapTotal,omitempty"`
	HeapLimit    uint64  `json:"heapLimit,omitempty"` // of the main isolate
	External     uint64  `json:"external,omitempty"`
	ArrayBuffers uint64  `json:"arrayBuffers,omitempty"`
	Live         *Left   `json:"live,omitempty"` // what a major collection since the sample before left
	Spaces       []Space `json:"spaces,omitempty"`

	Handles          map[string]int `json:"handles,omitempty"`  // active ones by type
	DOM              map[string]int `json:"dom,omitempty"`      // of a page: documents, nodes, listeners
	Requests         map[string]int `json:"requests,omitempty"` // that the system has not answered, by type
	DetachedContexts int            `json:"detachedContexts,omitempty"`
	Loop             float64        `json:"loop,omitempty"` // utilisation of the event loop since the sample before, 0 to 1
	Workers          int            `json:"workers,omitempty"`
	Goroutines       int            `json:"goroutines,omitempty"`
	Stacks           uint64         `json:"stacks,omitempty"`

	Files       int            `json:"files,omitempty"` // open descriptors
	FilesLimit  int            `json:"filesLimit,omitempty"`
	Kinds       map[string]int `json:"kinds,omitempty"`
	Sockets     []proc.Sockets `json:"sockets,omitempty"` // the most frequent ones
	Memory      uint64         `json:"memory,omitempty"`  // in use of the limit below
	MemoryLimit uint64         `json:"memoryLimit,omitempty"`
	Container   bool           `json:"container,omitempty"`

	Mark Mark `json:"mark,omitempty"`
}

// Mark is why what was sampled before says nothing, or nothing of some readings.
type Mark string

// The marks. A capture leaves the heap as it was and resident memory far larger,
// for good; so does one that somebody else took, which shows only as a standstill.
const (
	Restart    Mark = "restart"
	ClearedNow Mark = "cleared"
	Snapshot   Mark = "capture"
	Standstill Mark = "standstill"
)

// Words say what it means.
func (m Mark) Words() string {
	switch m {
	case Restart:
		return "was restarted: begins anew"
	case ClearedNow:
		return "was cleared: begins anew"
	case Snapshot:
		return "after a capture: resident memory begins anew"
	case Standstill:
		return "stood still, perhaps for somebody's snapshot: resident memory begins anew"
	}
	return string(m)
}

// all says whether it is about every reading, and not of resident memory only.
func (m Mark) all() bool { return m == Restart || m == ClearedNow }

// Left is what a major collection left.
type Left struct {
	Heap     uint64  `json:"heap"`
	External uint64  `json:"external"`
	Pause    float64 `json:"pause,omitempty"` // of all of them since the sample before, in ms
	Count    int     `json:"count"`
}

// Space is a part of V8's heap.
type Space struct {
	Name string `json:"name"`
	Used uint64 `json:"used"`
	Size uint64 `json:"size"`
}

// HandleCount is how many handles there are, timers not among them.
func (s *Sample) HandleCount() int {
	n := 0
	for kind, count := range s.Handles {
		if kind != "Timer" && kind != "Immediate" {
			n += count
		}
	}
	return n
}

// RequestCount is how many requests there are.
func (s *Sample) RequestCount() int {
	n := 0
	for _, count := range s.Requests {
		n += count
	}
	return n
}

// Native is memory of the process that is neither heap nor buffers.
func (s *Sample) Native() uint64 {
	known := s.HeapTotal + s.External + s.Stacks
	return s.RSS - min(s.RSS, known)
}

// ExternalOfHeap is external memory over used heap.
func (s *Sample) ExternalOfHeap() float64 { return ratio(s.External, s.HeapUsed) }

// ExternalOfRSS is external memory over what is resident. More than one means that
// memory was asked for and not touched yet.
func (s *Sample) ExternalOfRSS() float64 { return ratio(s.External, s.RSS) }

func ratio(a, b uint64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// mostSockets bounds the groups of a sample.
const mostSockets = 20

// outside adds what /proc tells.
func (s *Sample) outside(p *proc.Process) error {
	if p == nil {
		return nil
	}
	u, err := p.Usage()
	if err != nil {
		return err
	}
	s.PID, s.Start, s.RSS = p.PID, p.Start, u.RSS
	s.Files, s.FilesLimit, s.Kinds = max(u.Files, 0), u.FilesLimit, u.Kinds
	s.Sockets = u.Sockets[:min(len(u.Sockets), mostSockets)]
	s.Memory, s.MemoryLimit, s.Container = u.Memory, u.MemoryLimit, u.Container
	return nil
}
