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
	chain            bool // it leads from one of its kind to the next
	grows            bool // no more of it hangs there than before, and it leads to more
	engine           bool
	located          bool // the class that accumulates stands in a script
}

// kind judges the evidence: by what accumulates and what holds it, and not by
// what is heaviest in it. Elements that left the document are the exception, as
// whatever holds them should not.
func (e *evidence) kind() Kind {
	switch {
	case e.engine:
		return Engine
	case strings.HasPrefix(e.class, "Detached "), e.part(isDetached) >= 0.3:
		return DetachedDOM
	case handleClasses[e.class], strings.HasSuffix(e.class, "Socket"):
		return Sockets
	case timerClasses[e.class] || timerClasses[e.container]:
		return Timers
	case bufferClasses[e.class]:
		return Buffers
	case e.class == "WeakRef":
		return WeakRefs
	case isFunction(e.class) && emits(e.owner):
		return Listeners
	case e.class == "Promise" || e.settles():
		return Promises
	case isFunction(e.class) && listensBy(e.owner), isListener(e.class):
		return Listeners
	case isFunction(e.class):
		return Closures
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

// payload is the kind of what most of the bytes are, if that is another than the
// kind of the line and of interest: buffers, which lie outside the heap.
func (e *evidence) payload(kind Kind) Kind {
	if kind != Buffers && e.part(isBuffer) >= 0.5 {
		return Buffers
	}
	return ""
}

// part is how much of the bytes are of classes that match, 0 to 1.
func (e *evidence) part(match func(class string) bool) float64 {
	if e.total == 0 {
		return 0
	}
	var sum uint64
	for class, size := range e.held {
		if match(class) {
			sum += size
		}
	}
	return float64(sum) / float64(e.total)
}

func isDetached(class string) bool { return strings.HasPrefix(class, "Detached ") }
func isBuffer(class string) bool   { return bufferClasses[class] }
func isPromise(class string) bool  { return class == "Promise" }
func isFunction(class string) bool { return strings.HasSuffix(class, "()") }

// settles reports whether what accumulates are functions that settle promises: the
// engine's own stand in no script, and those of a program hold little else.
func (e *evidence) settles() bool {
	switch e.class {
	case "()", "resolve()", "reject()":
	default:
		return false
	}
	part := e.part(isPromise)
	return part >= 0.1 || part > 0 && !e.located
}

// emits reports whether a path leads to where emitters and event targets keep
// their listeners.
func emits(owner string) bool {
	return strings.Contains(owner, "._events") || strings.Contains(owner, "kEvents")
}

// isListener knows what programs and libraries call those who listen.
func isListener(class string) bool {
	for _, word := range []string{"Listener", "Subscriber", "Subscription", "Observer"} {
		if strings.HasSuffix(class, word) {
			return true
		}
	}
	return strings.Contains(class, "EventListener")
}

// listensBy reports whether the names of a path say that it leads to listeners.
func listensBy(owner string) bool {
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
