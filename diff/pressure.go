package diff

import "strings"

// Pressure is what a heap has of what is scarce outside of it.
type Pressure struct {
	External uint64 // bytes that lie outside the JavaScript heap and that it keeps: buffers, texts
	Heap     uint64 // bytes of the JavaScript heap itself
	Handles  int    // sockets, servers, files, workers that are open or that nobody has let go of
}

// Pressure returns that of both heaps.
func (r *Result) Pressure() (before, after Pressure) {
	for i := range r.Classes {
		c := &r.Classes[i]
		switch {
		case strings.HasPrefix(c.Class, "system / JSArrayBufferData"), strings.HasPrefix(c.Class, "system / ExternalStringData"):
			before.External += c.BeforeSize
			after.External += c.AfterSize
		case isHandle(c.Class):
			before.Handles += c.BeforeCount
			after.Handles += c.AfterCount
		}
	}
	before.Heap, after.Heap = r.Before.Size-min(before.External, r.Before.Size), r.After.Size-min(after.External, r.After.Size)
	return before, after
}

// isHandle knows the classes whose objects stand for one handle each: what they
// consist of, such as the native side of a socket, does not count again.
func isHandle(class string) bool {
	switch class {
	case "Socket", "TLSSocket", "Server", "ChildProcess", "FSWatcher", "StatWatcher", "FileHandle", "ReadStream", "WriteStream",
		"MessagePort", "Worker", "ClientHttp2Session", "ServerHttp2Session", "WebSocket", "EventSource", "RTCPeerConnection":
		return true
	}
	return false
}
