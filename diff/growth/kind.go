package growth

import "strings"

// Kind is what accumulates at a place.
type Kind string

// The kinds, surest signs first.
const (
	Buffers     Kind = "buffers"      // ArrayBuffers: bytes outside the heap
	DetachedDOM Kind = "detached DOM" // nodes that are in no document any more
	Sockets     Kind = "sockets and handles"
	Timers      Kind = "timers"
	Promises    Kind = "promises"
	WeakRefs    Kind = "weak references"
	Listeners   Kind = "listeners"
	Closures    Kind = "closures"
	Strings     Kind = "strings"
	Collection  Kind = "Map/Set" // entries of a collection
	LinkedList  Kind = "linked list"
	Arrays      Kind = "array"      // elements
	Properties  Kind = "properties" // of an object that is used as a dictionary
	Objects     Kind = "objects"
	Engine      Kind = "runtime internals"
)

// evidence is what is known of a place.
type evidence struct {
	container, class string // of what holds, of what accumulates
	owner            string
	edge             string
	held             map[string]uint64 // class -> bytes of what accumulates, with what hangs on it
	total            uint64
	chain            bool
	engine           bool
}

// kind judges the evidence.
func (e *evidence) kind() Kind {
	part := func(match func(string) bool) float64 {
		var sum uint64
		for class, size := range e.held {
			if match(class) {
				sum += size
			}
		}
		if e.total == 0 {
			return 0
		}
		return float64(sum) / float64(e.total)
	}
	is := func(names map[string]bool) func(string) bool { return func(c string) bool { return names[c] } }
	has := func(names map[string]bool) bool { return part(is(names)) > 0 }
	switch {
	case e.engine:
		return Engine
	case strings.HasPrefix(e.class, "Detached "), part(func(c string) bool { return strings.HasPrefix(c, "Detached ") }) >= 0.3:
		return DetachedDOM
	case handleClasses[e.class], strings.HasSuffix(e.class, "Socket"):
		return Sockets
	case timerClasses[e.class] || timerClasses[e.container]:
		return Timers
	case part(is(bufferClasses)) >= 0.5:
		return Buffers
	case e.class == "WeakRef":
		return WeakRefs
	case e.class == "Promise" || isResolver(e.class) && has(promiseClasses):
		return Promises
	case isFunction(e.class) && listensBy(e.owner), strings.Contains(e.class, "EventListener"):
		return Listeners
	case isFunction(e.class):
		return Closures
	case e.chain && strings.Contains(e.class, "string)"):
		return Strings
	case strings.Contains(e.class, "string)"):
		return Strings
	case collectionClasses[e.container]:
		return Collection
	case e.chain:
		return LinkedList
	case e.container == "Array":
		return Arrays
	case strings.HasPrefix(e.edge, "."), e.container == "Object" && e.edge == "[*]":
		return Properties
	}
	return Objects
}

func isFunction(class string) bool { return strings.HasSuffix(class, "()") }
func isResolver(class string) bool {
	return class == "()" || class == "resolve()" || class == "reject()"
}

// listensBy reports whether the names of a path say that it leads to listeners.
func listensBy(owner string) bool {
	if strings.Contains(owner, "._events") || strings.Contains(owner, "kEvents") {
		return true
	}
	names := strings.Split(strings.ToLower(owner), ".")
	for _, name := range names[max(len(names)-2, 0):] {
		for _, word := range []string{"listener", "handler", "observer", "subscriber", "callback", "watcher"} {
			if strings.Contains(name, word) {
				return true
			}
		}
	}
	return false
}

var (
	bufferClasses     = names(`ArrayBuffer SharedArrayBuffer Buffer FastBuffer Uint8Array ArrayBuffer|data`)
	collectionClasses = names(`Map Set WeakMap WeakSet SafeMap SafeSet SafeWeakMap`)
	timerClasses      = names(`Timeout Immediate TimersList ImmediateList Timer`)
	promiseClasses    = names(`Promise`)
	handleClasses     = names(`Socket TLSSocket Server TCP TLSWrap Pipe UDP TTY Process ChildProcess HTTPParser ReadStream WriteStream FileHandle
		FSReqCallback FSEvent FSWatcher StatWatcher MessagePort Worker Http2Session ClientHttp2Session ServerHttp2Session Http2Stream
		WebSocket EventSource XMLHttpRequest RTCPeerConnection IncomingMessage ClientRequest ServerResponse
		Node|/|TCPSocketWrap Node|/|TCPWrap Node|/|TLSWrap Node|/|PipeWrap`)
)

// names makes a set of words; | stands for a space within one.
func names(list string) map[string]bool {
	out := map[string]bool{}
	for _, name := range strings.Fields(list) {
		out[strings.ReplaceAll(name, "|", " ")] = true
	}
	return out
}
