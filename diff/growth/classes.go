package growth

import (
	"bytes"
	"fmt"

	"github.com/heapdiff/heapdiff/graph"
)

// classer names the class of each node in a way that is the same in every run
// of a program: objects and native nodes by constructor, closures by name,
// values by their type alone.
type classer struct {
	g      *graph.Graph
	labels *labels
	mask   *masker
	cache  cache
	byType [256]uint32 // type -> label + 1, of types that need no name
	text   []byte      // of the closure at hand
	actual uint32      // name of the edge from a second copy of a text to the first; 0 if there is none
}

func newClasser(g *graph.Graph, m *masker) *classer {
	c := &classer{g: g, labels: newLabels(labelsOf(g)), mask: m, cache: newCache(g.Strings.Len())}
	c.labels.put("", "", system) // the root's
	c.labels.rest = c.labels.put("(other)", "(other)", builtin)
	for id := range g.Strings.Len() {
		if string(g.Strings.Bytes(graph.StringID(id))) == "actual" {
			c.actual = uint32(id)
			break
		}
	}
	return c
}

// Ways in which nodes use names.
const (
	asObject = iota + 1
	asDetached
	asFunction
	asHidden
	asSynthetic
	asArray
)

// of returns the class of n.
func (c *classer) of(n graph.NodeID) uint32 {
	g := c.g
	t := g.Type[n]
	way := uint32(asObject)
	switch t {
	case graph.Object, graph.Native, graph.Frame:
		if g.Flags[n]&graph.RenamedDetached != 0 {
			way = asDetached
		}
	case graph.Closure:
		way = asFunction
	case graph.Hidden:
		way = asHidden
	case graph.Synthetic:
		way = asSynthetic
	case graph.Array:
		way = asArray
	case graph.String:
		if c.actual != 0 && c.isSecondCopy(n) {
			return c.labels.put("(thin string)", "(string)", folded)
		}
		fallthrough
	default:
		if id := c.byType[t]; id != 0 {
			return id - 1
		}
		id := c.typed(t)
		c.byType[t] = id + 1
		return id
	}
	name := g.Name[n]
	if id := c.cache.find(way, uint32(name)); id != 0 {
		return id - 1
	}
	return c.cache.put(way, uint32(name), c.make(way, g.Strings.Bytes(name)))
}

// isSecondCopy reports whether a text has become a pointer to its first copy:
// nothing that a program would count, and gone when the collector passes by.
func (c *classer) isSecondCopy(n graph.NodeID) bool {
	from, to := c.g.Edges(n)
	for e := from; e < to; e++ {
		if c.g.Label(e) == c.actual && c.g.Links[e].Type() == graph.InternalEdge {
			return true
		}
	}
	return false
}

// make returns the label of a name used in a way.
func (c *classer) make(way uint32, name []byte) uint32 {
	switch way {
	case asDetached:
		text := "Detached " + string(c.plain(name))
		return c.labels.put(text, text, 0)
	case asFunction:
		return c.closure(name)
	case asHidden:
		return c.internals(name)
	case asSynthetic:
		text := string(c.plain(name))
		flags := system
		switch text {
		case "(Handle scope)", "(Stack roots)", "(Strong roots)":
			flags |= transient
		case "(Internalized strings)":
			flags |= forgetful
		}
		return c.labels.put(text, text, flags)
	case asArray:
		return c.array(name)
	}
	return c.object(name)
}

var (
	systemPrefix = []byte("system / ")
	contextName  = []byte("system / Context")
	nativeGlobal = []byte("system / NativeContext")
	bufferData   = []byte("system / JSArrayBufferData")
	generator    = []byte("Generator")
)

// object names an object or a native node. Newer engines write their internals
// as native nodes when they are asked to expose them.
func (c *classer) object(name []byte) uint32 {
	switch {
	case bytes.HasPrefix(name, bufferData):
		return c.labels.put("ArrayBuffer data", "ArrayBuffer data", buffer)
	case bytes.HasPrefix(name, contextName):
		return c.labels.put("(context)", "(context)", folded|contexty)
	case bytes.HasPrefix(name, systemPrefix):
		return c.internals(name)
	}
	for _, part := range blinkParts {
		if bytes.HasPrefix(name, part) {
			return c.labels.put("(blink)", "(blink)", folded)
		}
	}
	text := string(c.plain(name))
	flags := labelFlags(0)
	if builtins[text] {
		flags |= builtin
	}
	if text == "Generator" { // an ES module runs as one
		flags |= scoped
	}
	if bytes.HasSuffix(name, generator) {
		flags |= runs
	}
	return c.labels.put(text, text, flags)
}

// internals names a part of the engine's own data.
func (c *classer) internals(name []byte) uint32 {
	if bytes.HasPrefix(name, contextName) {
		return c.labels.put("(context)", "(context)", folded|contexty)
	}
	text := string(c.plain(name))
	flags := folded
	switch text {
	case "system / PropertyArray":
		flags |= shadow
	case "system / Cell": // of an export of a module
		return c.labels.put(text, text, folded|cell)
	case "system / JSProxy":
		return c.labels.put("Proxy", "Proxy", builtin)
	case "system / SourceTextModule", "system / SyntheticModule":
		return c.labels.put("ES module", "ES module", module|scoped)
	}
	if bytes.HasPrefix(name, nativeGlobal) {
		flags = system
	}
	for _, part := range engineParts {
		if bytes.HasPrefix(name[min(len(systemPrefix), len(name)):], part) {
			flags = runtime
		}
	}
	return c.labels.put(text, text, flags)
}

// engineParts are the internals that do not belong to the object that leads to
// them: shapes, code and what the engine learnt of it.
var engineParts = [][]byte{
	[]byte("Map"), []byte("Feedback"), []byte("Code"), []byte("SharedFunctionInfo"), []byte("ScopeInfo"), []byte("Script"),
	[]byte("Bytecode"), []byte("DescriptorArray"), []byte("Transition"), []byte("FunctionTemplate"), []byte("ObjectTemplate"), []byte("CallHandler"),
	[]byte("AllocationSite"), []byte("PrototypeInfo"), []byte("EnumCache"), []byte("WeakFixedArray"), []byte("ClosureFeedback"), []byte("Cell"),
	[]byte("LoadHandler"), []byte("StoreHandler"), []byte("DependentCode"), []byte("Uncompiled"), []byte("Interpreter"),
}

// array names an internal array. Those that hold the elements and properties of
// an object repeat edges which the object itself has.
func (c *classer) array(name []byte) uint32 {
	switch string(name) {
	case "(object elements)", "(object properties)":
		return c.labels.put("(array) ", "(array)", folded|shadow)
	}
	return c.labels.put("(array)", "(array)", folded)
}

// blinkParts are the collections of Chromium's own objects, which tell a reader
// nothing.
var blinkParts = [][]byte{
	[]byte("blink::BasicHeap"), []byte("blink::HeapVectorBacking"), []byte("blink::HeapHashTableBacking"), []byte("blink::EventTargetData"), []byte("cppgc::"),
}

// closure names a function.
func (c *classer) closure(name []byte) uint32 {
	c.text = append(append(c.text[:0], c.plain(name)...), "()"...)
	flags := scoped | runs
	if len(c.text) == len("()") {
		flags |= builtin
	}
	return c.labels.putBytes(c.text, c.text, flags)
}

// typed names what needs no name but its type.
func (c *classer) typed(t graph.NodeType) uint32 {
	name := fmt.Sprintf("(%s)", c.g.TypeNames[t])
	var flags labelFlags
	switch t {
	case graph.String, graph.ConsString, graph.SlicedString:
		// How V8 keeps a text changes while nobody touches it.
		name, flags = "(string)", leaf|text
	case graph.Number, graph.Symbol, graph.BigInt:
		flags = leaf
	case graph.Code, graph.ObjectShape:
		flags = runtime
	case graph.RegExp:
		flags = builtin
	}
	return c.labels.put(name, name, flags)
}

// plain takes the attributes off a tag, the origin off a page's object and
// numbers off a made-up name.
func (c *classer) plain(name []byte) []byte {
	if len(name) > 0 && name[0] == '<' {
		if space := bytes.IndexByte(name, ' '); space >= 0 {
			name = append(append([]byte(nil), name[:space]...), '>')
		}
		return c.mask.mask(name)
	}
	if bytes.HasPrefix(name, systemPrefix) {
		if i := bytes.Index(name[len(systemPrefix):], []byte(" / ")); i >= 0 {
			name = name[:len(systemPrefix)+i]
		}
	} else if i := bytes.LastIndex(name, []byte(" / ")); i > 0 && !bytes.HasPrefix(name, []byte("Node / ")) {
		name = name[:i]
	}
	return c.mask.mask(name)
}

// builtins are the classes of the language that programs nest in each other
// without recursion.
var builtins = map[string]bool{
	"Object": true, "Array": true, "Map": true, "Set": true, "WeakMap": true, "WeakSet": true, "Arguments": true, "Error": true,
	"ArrayBuffer": true, "Date": true, "Generator": true, "Iterator": true,
}
