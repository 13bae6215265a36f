package growth

import (
	"testing"

	"github.com/heapdiff/heapdiff/advice"
)

// TestListenersAndOthers holds what functions and the like are taken for: what holds
// them comes first, then whether they settle promises.
func TestListenersAndOthers(t *testing.T) {
	for name, c := range map[string]struct {
		evidence
		want Kind
	}{
		"listeners of an emitter that see promises": {
			evidence{owner: "app.js: server._events.tick", class: "()", located: true, held: map[string]uint64{"()": 100, "Promise": 50}, total: 200}, Listeners,
		},
		"resolvers of the engine": {
			evidence{owner: "app.js: waiting", class: "()", held: map[string]uint64{"()": 100, "Promise": 5, "(string)": 900}, total: 1005}, Promises,
		},
		"a program's functions around them": {
			evidence{owner: "app.js: waiting", class: "()", located: true, held: map[string]uint64{"()": 200, "Promise": 50}, total: 250}, Promises,
		},
		"functions that see a promise among much else": {
			evidence{owner: "app.js: jobs", class: "()", located: true, held: map[string]uint64{"()": 200, "Promise": 50, "Buffer": 9_000}, total: 9_250}, Closures,
		},
		"functions that see none": {
			evidence{owner: "app.js: jobs", class: "()", held: map[string]uint64{"()": 200}, total: 200}, Closures,
		},
		"what a library calls a subscriber": {
			evidence{owner: "app.js: subject.observers", class: "SafeSubscriber", container: "Array"}, Listeners,
		},
		"what is called a listener": {
			evidence{owner: "app.js: listeners", class: "onChange()", located: true}, Listeners,
		},
	} {
		if got := c.kind(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestRequestsKept tells requests that are kept from connections that are open.
func TestRequestsKept(t *testing.T) {
	for class, want := range map[string]advice.Pattern{"IncomingMessage": advice.RequestsKept, "Socket": advice.SocketsOpen} {
		e := evidence{owner: "app.js: seen", class: class, container: "Array"}
		if got := e.pattern(e.kind(), false); got != want {
			t.Errorf("%s: %s, want %s", class, got, want)
		}
	}
}
