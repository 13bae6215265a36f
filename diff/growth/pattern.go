package growth

import (
	"strings"

	"github.com/heapdiff/heapdiff/advice"
)

// patterns are what is usually behind a kind of growth.
var patterns = map[Kind]advice.Pattern{
	Buffers:     advice.BuffersKept,
	DetachedDOM: advice.DetachedDOM,
	Sockets:     advice.SocketsOpen,
	Timers:      advice.TimersRunning,
	Promises:    advice.PromisesPending,
	WeakRefs:    advice.WeakRefsKept,
	Listeners:   advice.ListenersKept,
	Closures:    advice.ClosuresHold,
	Strings:     advice.StringsKept,
	Collection:  advice.CacheWithoutBound,
	LinkedList:  advice.ListNeverCut,
	Arrays:      advice.ArrayOnlyPushed,
	Properties:  advice.KeysOfObject,
	Objects:     advice.ObjectsKept,
	Engine:      advice.EngineData,
}

// pattern names what is likely behind a line.
func (e *evidence) pattern(kind Kind, inPlace bool) advice.Pattern {
	switch {
	case inPlace && kind != Engine:
		return advice.GrewInPlace
	case kind == Strings && e.grows:
		return advice.StringBuilt
	case kind == Sockets && ofAgent(e.owner):
		return advice.AgentWithoutLimit
	case kind == Sockets && requestClasses[e.class]:
		return advice.RequestsKept
	case kind == Collection && ofRequests(e.owner+" "+e.class):
		return advice.MapByRequest
	}
	return patterns[kind]
}

// requestClasses are in the end what a socket carries, and not a socket.
var requestClasses = names(`IncomingMessage ServerResponse ClientRequest Http2ServerRequest Http2ServerResponse`)

// ofAgent recognises the lists of http.Agent.
func ofAgent(owner string) bool {
	for _, list := range []string{"freeSockets", "Agent.sockets", "Agent.requests", "agent.sockets", "globalAgent."} {
		if strings.Contains(owner, list) {
			return true
		}
	}
	return false
}

// ofRequests recognises what belongs to one request or one visitor.
func ofRequests(text string) bool {
	text = strings.ToLower(text)
	for _, word := range []string{"request", "session", "connection", "pending", "inflight", "visitor"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
