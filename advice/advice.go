// Package advice says what a finding means: the pattern behind it, its usual
// causes, how to mend it, with code, and from where on a number is a reason to
// worry.
//
// It is a table and knows nothing of heaps: whoever finds something names the
// pattern, and whoever writes a report looks the pattern up with [Of].
package advice

// Pattern names one way in which programs come to keep what they should not.
type Pattern string

// The patterns.
const (
	None              Pattern = ""
	BuffersKept       Pattern = "buffers-kept"
	SocketsOpen       Pattern = "sockets-open"
	AgentWithoutLimit Pattern = "agent-without-limit"
	RequestsKept      Pattern = "requests-kept"
	CacheWithoutBound Pattern = "cache-without-bound"
	MapByRequest      Pattern = "map-by-request"
	ListenersKept     Pattern = "listeners-kept"
	ClosuresHold      Pattern = "closures-hold-scope"
	TimersRunning     Pattern = "timers-running"
	PromisesPending   Pattern = "promises-pending"
	DetachedDOM       Pattern = "detached-dom"
	StringsKept       Pattern = "strings-kept"
	StringsCut        Pattern = "strings-cut"
	StringBuilt       Pattern = "string-built"
	ArrayOnlyPushed   Pattern = "array-only-pushed"
	KeysOfObject      Pattern = "object-as-dictionary"
	ListNeverCut      Pattern = "list-never-cut"
	WeakRefsKept      Pattern = "weakrefs-kept"
	ObjectsKept       Pattern = "objects-kept"
	GrewInPlace       Pattern = "grew-in-place"
	EngineData        Pattern = "engine-data"
)

// Advice is what to say of a pattern. Texts are plain, in English, without
// names out of any heap.
type Advice struct {
	Pattern Pattern
	Title   string   // what it is, in a few words
	Cause   string   // why memory is kept, in one or two sentences
	Look    []string // where the cause is usually found
	Fix     string   // what to do, in one or two sentences
	Code    string   // the fix in JavaScript; may be empty
}

// Of returns what to say of a pattern, and whether there is anything.
func Of(p Pattern) (Advice, bool) {
	for _, a := range table {
		if a.Pattern == p {
			return a, true
		}
	}
	return Advice{}, false
}
