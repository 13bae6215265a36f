package profile

import "strings"

// kind is what is allocated, as far as frames tell. The first one that any
// frame between the leaf and the site speaks of counts.
type kind uint8

const (
	otherKind kind = iota
	sockets
	goroutines
	timers
	pools
	jsonKind
	protobuf
	mapsKind
	stringsKind
	buffers
	slicesKind
	large // no frame says what it is, but one block is 32 KiB or more
	numKinds
)

var kindNames = [numKinds]string{
	"other objects", "sockets and connections", "goroutine stacks", "timers and tickers", "sync.Pool", "JSON", "protobuf",
	"maps", "strings", "buffers and bodies", "slices", "large blocks (slices, maps, buffers)",
}

// largeBlock is what only slices, maps and buffers reach, in bytes. Go leaves
// the frames of its own runtime out of heap profiles, and with them the
// difference between growslice and map growth.
const largeBlock = 32 << 10

// kindRules say what functions whose names begin so allocate.
var kindRules = []struct {
	prefix string
	kind   kind
}{
	{"net.newFD", sockets},
	{"net.(*netFD)", sockets},
	{"net.(*conn)", sockets},
	{"net.dial", sockets},
	{"net.(*sysDialer)", sockets},
	{"net/http.(*Transport)", sockets},
	{"net/http.(*persistConn)", sockets},
	{"net/http.(*Server)", sockets},
	{"net/http.(*conn)", sockets},
	{"net/http.newBufio", sockets},
	{"net/http.(*http2", sockets},
	{"crypto/tls.", sockets},
	{"google.golang.org/grpc", sockets},
	{"database/sql.", sockets},
	{"runtime.malg", goroutines},
	{"runtime.newproc", goroutines},
	{"runtime.allgadd", goroutines},
	{"time.NewTimer", timers},
	{"time.NewTicker", timers},
	{"time.newTimer", timers},
	{"time.AfterFunc", timers},
	{"time.After", timers},
	{"sync.(*Pool)", pools},
	{"encoding/json.", jsonKind},
	{"encoding/json/", jsonKind},
	{"github.com/goccy/go-json", jsonKind},
	{"github.com/json-iterator/", jsonKind},
	{"github.com/bytedance/sonic", jsonKind},
	{"google.golang.org/protobuf/", protobuf},
	{"github.com/golang/protobuf/", protobuf},
	{"github.com/gogo/protobuf/", protobuf},
	{"runtime.mapassign", mapsKind},
	{"runtime.makemap", mapsKind},
	{"runtime.hashGrow", mapsKind},
	{"internal/runtime/maps.", mapsKind},
	{"maps.", mapsKind},
	{"sync.(*Map)", mapsKind},
	{"internal/sync.(*HashTrieMap", mapsKind},
	{"runtime.concatstring", stringsKind},
	{"runtime.rawstring", stringsKind},
	{"runtime.slicebytetostring", stringsKind},
	{"runtime.stringtoslice", stringsKind},
	{"strings.", stringsKind},
	{"strconv.", stringsKind},
	{"fmt.Sprint", stringsKind},
	{"bytes.", buffers},
	{"bufio.", buffers},
	{"io.ReadAll", buffers},
	{"os.ReadFile", buffers},
	{"hashbrown::", mapsKind},
	{"std::_Rb_tree", mapsKind},
	{"std::_Hashtable", mapsKind},
	{"std::__cxx11::basic_string", stringsKind},
	{"alloc::string::", stringsKind},
	{"alloc::raw_vec::", slicesKind},
	{"std::vector", slicesKind},
	{"runtime.growslice", slicesKind},
	{"runtime.makeslice", slicesKind},
	{"slices.", slicesKind},
}

// stepRules say what a step of a way of references is, which goref writes as
// "name. (type)": what it contains, the surest first.
var stepRules = []struct {
	text string
	kind kind
}{
	{"(*net.", sockets},
	{"(net.", sockets},
	{"(*net/http.", sockets},
	{"(*crypto/tls.", sockets},
	{"(*database/sql.", sockets},
	{"(*time.Timer", timers},
	{"(*time.Ticker", timers},
	{"(*sync.Pool", pools},
	{"(sync.Pool", pools},
	{"(*bytes.Buffer", buffers},
	{"(bytes.Buffer", buffers},
	{"(*bufio.", buffers},
	{"([]uint8", buffers},
	{"(string)", stringsKind},
	{"$mapval.", mapsKind},
	{"$mapkey.", mapsKind},
	{"(map[", mapsKind},
	{"(sync.Map", mapsKind},
	{"([]", slicesKind},
	{"+]. (", slicesKind},
}

func kindOfStep(step string) kind {
	for i := range stepRules {
		if strings.Contains(step, stepRules[i].text) {
			return stepRules[i].kind
		}
	}
	return otherKind
}

func kindOf(function string) kind {
	for i := range kindRules {
		if strings.HasPrefix(function, kindRules[i].prefix) {
			return kindRules[i].kind
		}
	}
	return otherKind
}

// waitRules say what a goroutine waits for whose stack has such a frame, the
// surest first.
var waitRules = []struct{ prefix, wait string }{
	{"(IO wait", "network or file"},
	{"(chan receive", "channel receive"},
	{"(chan send", "channel send"},
	{"(select (no cases)", "select without cases"},
	{"(select", "select"},
	{"(sync.Mutex", "lock"},
	{"(sync.RWMutex", "lock"},
	{"(sync.WaitGroup", "WaitGroup"},
	{"(sync.Cond", "Cond"},
	{"(semacquire", "semaphore"},
	{"(sleep", "sleep"},
	{"(syscall", "system call"},
	{"(running", "running"},
	{"(runnable", "running"},
	{"internal/poll.(*pollDesc)", "network or file"},
	{"runtime.netpollblock", "network or file"},
	{"internal/poll.runtime_pollWait", "network or file"},
	{"time.Sleep", "sleep"},
	{"runtime.timeSleep", "sleep"},
	{"runtime.selectgo", "select"},
	{"runtime.selectnb", "select"},
	{"runtime.block", "select without cases"},
	{"runtime.chanrecv", "channel receive"},
	{"runtime.chansend", "channel send"},
	{"sync.(*Mutex)", "lock"},
	{"sync.(*RWMutex)", "lock"},
	{"internal/sync.(*Mutex)", "lock"},
	{"sync.(*WaitGroup)", "WaitGroup"},
	{"sync.(*Cond)", "Cond"},
	{"sync.runtime_Semacquire", "semaphore"},
	{"runtime.semacquire", "semaphore"},
	{"syscall.", "system call"},
	{"os/signal.", "signal"},
}

func waitOf(function string) int {
	for i := range waitRules {
		if strings.HasPrefix(function, waitRules[i].prefix) {
			return i + 1
		}
	}
	return 0
}

// firstOf is the first row that says the same as a row does: goroutines that wait
// for the same are one, whatever told it.
func firstOf(wait uint8) uint8 {
	for i := range wait {
		if waitRules[i].wait == waitRules[wait-1].wait {
			return i + 1
		}
	}
	return 0
}

// isAllocator says whether a function allocates for whoever called it.
func isAllocator(function string) bool {
	switch function {
	case "runtime.mallocgc", "runtime.newobject", "runtime.growslice", "runtime.makeslice", "runtime.makeslice64", "runtime.newarray",
		"runtime.persistentalloc", "runtime.systemstack", "malloc", "calloc", "realloc", "operator new":
		return true
	}
	return false
}
