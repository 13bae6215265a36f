package live

import "github.com/heapdiff/heapdiff/live/trend"

// Pattern is a way in which programs leak: what it looks like, why, and what to do.
type Pattern struct {
	Class   string   `json:"class"` // buffer, resource, object, goroutine, none
	Title   string   `json:"title"`
	Cause   string   `json:"cause"`
	Sources []string `json:"sources"`
	Fixes   []string `json:"fixes"`

	fits func(*Sample, trend.Tables) bool
}

// much is external memory that is worth a thought whatever the heap is.
const much = 64 << 20

// patterns are tried in their order; the last always fits.
func patterns() []Pattern {
	return []Pattern{
		{
			Class: "buffer", Title: "Buffer leak: external memory is far larger than the heap",
			Cause:   "buffers are kept by something small in the heap, so that V8 sees no reason to collect",
			Sources: []string{"responses of type arraybuffer that are kept", "bulk requests and their bodies", "streams that are neither read to their end nor destroyed"},
			Fixes:   []string{"let go of response.data once it is used", "stream instead of collecting whole bodies", "stream.destroy() in a finally block"},
			fits: func(s *Sample, l trend.Tables) bool {
				return s.External >= much && l.ExternalOfHeap.Of(s.ExternalOfHeap()) >= trend.Warning
			},
		},
		{
			Class: "resource", Title: "Resource leak: too many handles or descriptors are open",
			Cause:   "connections, streams or timers are opened and never closed",
			Sources: []string{"agents with keepAlive and no limit", "sockets without a timeout", "intervals that are never cleared", "files opened in a loop"},
			Fixes:   []string{"new http.Agent({ keepAlive: true, maxSockets: 50, maxFreeSockets: 10, timeout: 30000 })", "socket.setTimeout and destroy", "clearInterval, stream.destroy()"},
			fits: func(s *Sample, l trend.Tables) bool {
				return l.Handles.Of(float64(s.HandleCount())) >= trend.Serious || s.Handles["Timer"] > 500 || l.Descriptors.Of(float64(s.Files)) >= trend.Warning
			},
		},
		{
			Class: "goroutine", Title: "Goroutine leak: thousands wait at the same place",
			Cause:   "goroutines wait for a channel, a lock or a connection that never comes",
			Sources: []string{"sends to a channel nobody reads", "requests without a deadline", "tickers that are not stopped"},
			Fixes:   []string{"give each a context and select on its Done", "buffer the channel by one where only the first answer counts"},
			fits:    func(s *Sample, _ trend.Tables) bool { return s.Goroutines > 1000 },
		},
		{
			Class: "object", Title: "Object leak: the heap is nearly full of objects",
			Cause:   "objects are put somewhere and never taken out",
			Sources: []string{"caches without a limit", "listeners that are not removed", "closures that keep more than they need"},
			Fixes:   []string{"a cache with a largest size and age", "removeListener, AbortSignal, once", "two snapshots, and heapdiff between them, name the holder"},
			fits: func(s *Sample, _ trend.Tables) bool {
				return s.HeapLimit > 0 && float64(s.HeapUsed) > 0.7*float64(s.HeapLimit) || s.DetachedContexts > 10
			},
		},
		{
			Class: "none", Title: "Nothing stands out at one look",
			Cause: "a leak that is slow shows only over time",
			Fixes: []string{"heapdiff watch tells within an hour whether it grows"},
			fits:  func(*Sample, trend.Tables) bool { return true },
		},
	}
}

func patternOf(s *Sample) Pattern {
	levels := trend.DefaultLevels()
	for _, p := range patterns() {
		if p.fits(s, levels) {
			return p
		}
	}
	return Pattern{Class: "none"}
}
