package live

import (
	"fmt"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/live/trend"
)

// Pattern is a way in which programs leak: what it looks like, why, and what to do.
type Pattern struct {
	Class   string   `json:"class"` // buffer, resource, object, goroutine, none, or unknown if it could not be looked into
	Title   string   `json:"title"`
	Cause   string   `json:"cause"`
	Sources []string `json:"sources"`
	Fixes   []string `json:"fixes"`

	// fits says why it does, in a few words, or nothing.
	fits func(*Diagnosis, trend.Tables) string
}

const (
	much        = 64 << 20 // external memory that is worth a thought whatever the heap is
	manyTimers  = 500
	manyWaiting = 1000   // goroutines
	manyEntries = 50_000 // of one collection
	manyEars    = 100    // listeners of one emitter
	nearlyFull  = 0.7    // of the heap's limit
	manyGone    = 10     // contexts that should be
)

// patterns are tried in their order.
func patterns() []Pattern {
	return []Pattern{
		{
			Class: "buffer", Title: "Buffer leak",
			Cause:   "buffers are kept by something small in the heap, so that V8 sees no reason to collect",
			Sources: []string{"responses of type arraybuffer that are kept", "bulk requests and their bodies", "streams that are neither read to their end nor destroyed"},
			Fixes:   []string{"let go of response.data once it is used", "stream instead of collecting whole bodies", "stream.destroy() in a finally block"},
			fits: func(d *Diagnosis, l trend.Tables) string {
				s := &d.Status.Current
				if s.External < much || l.ExternalOfHeap.Of(s.ExternalOfHeap()) < trend.Warning {
					return ""
				}
				return fmt.Sprintf("external memory is %s, %s of the heap", human.Bytes(s.External), percent(s.ExternalOfHeap()))
			},
		},
		{
			Class: "resource", Title: "Resource leak",
			Cause:   "connections, streams or timers are opened and never closed",
			Sources: []string{"agents with keepAlive and no limit", "sockets without a timeout", "intervals that are never cleared", "files opened in a loop"},
			Fixes:   []string{"new http.Agent({ keepAlive: true, maxSockets: 50, maxFreeSockets: 10, timeout: 30000 })", "socket.setTimeout and destroy", "clearInterval, stream.destroy()"},
			fits: func(d *Diagnosis, l trend.Tables) string {
				s := &d.Status.Current
				switch {
				case l.Handles.Of(float64(s.HandleCount())) >= trend.Serious:
					return HandleWords(s, byCount(s.Handles)[0])
				case s.Handles["Timer"] > manyTimers:
					return human.Count(s.Handles["Timer"]) + " timers are waiting"
				case l.Descriptors.Of(float64(s.Files)) >= trend.Warning:
					return human.Count(s.Files) + " descriptors are open"
				}
				return ""
			},
		},
		{
			Class: "goroutine", Title: "Goroutine leak",
			Cause:   "goroutines wait for a channel, a lock or a connection that never comes",
			Sources: []string{"sends to a channel nobody reads", "requests without a deadline", "tickers that are not stopped"},
			Fixes:   []string{"give each a context and select on its Done", "buffer the channel by one where only the first answer counts"},
			fits: func(d *Diagnosis, _ trend.Tables) string {
				switch {
				case len(d.Leaked) > 0:
					return "nothing can wake " + human.Count(d.Leaked[0].Count) + " that wait at the same place"
				case len(d.Groups) > 0 && d.Groups[0].Count > manyWaiting:
					return human.Count(d.Groups[0].Count) + " wait at the same place"
				}
				return ""
			},
		},
		{
			Class: "object", Title: "Object leak",
			Cause:   "objects are put somewhere and never taken out",
			Sources: []string{"caches without a limit", "listeners that are not removed", "closures that keep more than they need"},
			Fixes:   []string{"a cache with a largest size and age", "removeListener, AbortSignal, once", "two snapshots, and heapdiff between them, name the holder"},
			fits:    func(d *Diagnosis, _ trend.Tables) string { return d.fullOfObjects() },
		},
	}
}

// fullOfObjects says what there is too much of in the heap.
func (d *Diagnosis) fullOfObjects() string {
	s := &d.Status.Current
	if share := ratio(s.HeapUsed, s.HeapLimit); share > nearlyFull {
		return "the heap is " + percent(share) + " full"
	}
	if s.DetachedContexts > manyGone {
		return human.Count(s.DetachedContexts) + " contexts are kept that are gone"
	}
	for _, c := range d.Biggest {
		for _, top := range c.Top {
			if most := map[string]float64{"entries": manyEntries, "elements": manyEntries, "listeners": manyEars}[c.Unit]; most > 0 && top.Size >= most {
				return fmt.Sprintf("a %s has %s %s", top.Name, human.Count(uint64(top.Size)), c.Unit)
			}
		}
	}
	return ""
}

// judge names the pattern, and the others that fit, too.
func (d *Diagnosis) judge() {
	levels := trend.DefaultLevels()
	for _, p := range patterns() {
		why := p.fits(d, levels)
		if why == "" {
			continue
		}
		p.Title += ": " + why
		if d.Pattern.Class == "" {
			d.Pattern = p
		} else {
			d.Also = append(d.Also, p)
		}
	}
	switch {
	case d.Pattern.Class != "":
	case d.Outside:
		d.Pattern = Pattern{
			Class: "unknown", Title: "It could not be looked into; from outside nothing stands out",
			Cause: "what is in its heap does not show from outside",
			Fixes: []string{"heapdiff watch tells within an hour whether its resident memory grows"},
		}
	case d.Partial:
		d.Pattern = Pattern{
			Class: "unknown", Title: "Nothing stands out in what was looked at, which was not all",
			Cause: "what keeps memory may be in what was left out: see the warnings",
			Fixes: []string{"heapdiff watch tells within an hour whether it grows"},
		}
	default:
		d.Pattern = Pattern{
			Class: "none", Title: "Nothing stands out at one look",
			Cause: "a leak that is slow shows only over time",
			Fixes: []string{"heapdiff watch tells within an hour whether it grows"},
		}
	}
}
