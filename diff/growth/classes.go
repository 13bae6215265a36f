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
	g       *graph.Graph
	labels  *labels
	mask    *masker
	objects []uint32                  // name of an object or native node -> label + 1
	methods []uint32                  // name of a closure -> label + 1
	others  map[graph.StringID]uint32 // names of hidden and synthetic nodes, and renamed ones
	byType  [256]uint32               // type -> label + 1, of types that need no name

	arrayName  graph.StringID // of the last array, whose label is arrayLabel
	arrayLabel uint32
}

func newClasser(g *graph.Graph, m *masker) *classer {
	strings := g.Strings.Len()
	c := &classer{
		g: g, labels: newLabels(), mask: m, objects: make([]uint32, strings),
		methods: make([]uint32, strings), others: map[graph.StringID]uint32{},
	}
	c.labels.put("", "", system) // the root's
	c.arrayName = graph.StringID(strings)
	return c
}

// of returns the class of n.
func (c *classer) of(n graph.NodeID) uint32 {
	g := c.g
	t := g.Type[n]
	switch t {
	case graph.Object, graph.Native:
		name := g.Name[n]
		if g.Flags[n]&graph.RenamedDetached != 0 {
			return c.named(name, c.others, func(text []byte) uint32 {
				return c.labels.put("Detached "+string(c.plain(text)), "Detached "+string(c.plain(text)), 0)
			})
		}
		if id := c.objects[name]; id != 0 {
			return id - 1
		}
		id := c.object(g.Strings.Bytes(name))
		c.objects[name] = id + 1
		return id
	case graph.Closure:
		name := g.Name[n]
		if id := c.methods[name]; id != 0 {
			return id - 1
		}
		id := c.closure(g.Strings.Bytes(name))
		c.methods[name] = id + 1
		return id
	case graph.Hidden, graph.Synthetic:
		return c.named(g.Name[n], c.others, func(text []byte) uint32 {
			if t == graph.Synthetic {
				text := string(c.plain(text))
				return c.labels.put(text, text, system)
			}
			return c.internals(text)
		})
	case graph.Array:
		if name := g.Name[n]; name != c.arrayName {
			c.arrayName, c.arrayLabel = name, c.array(g.Strings.Bytes(name))
		}
		return c.arrayLabel
	}
	if id := c.byType[t]; id != 0 {
		return id - 1
	}
	id := c.typed(t)
	c.byType[t] = id + 1
	return id
}

func (c *classer) named(name graph.StringID, known map[graph.StringID]uint32, make func([]byte) uint32) uint32 {
	if id, ok := known[name]; ok {
		return id
	}
	id := make(c.g.Strings.Bytes(name))
	known[name] = id
	return id
}

var (
	systemPrefix = []byte("system / ")
	contextName  = []byte("system / Context")
	nativeGlobal = []byte("system / NativeContext")
	bufferData   = []byte("system / JSArrayBufferData")
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
	text := string(c.plain(name))
	flags := labelFlags(0)
	if builtins[text] {
		flags |= builtin
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
	if text == "system / PropertyArray" {
		flags |= shadow
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

// closure names a function.
func (c *classer) closure(name []byte) uint32 {
	text := string(c.plain(name)) + "()"
	flags := callable
	if text == "()" {
		flags |= builtin
	}
	return c.labels.put(text, text, flags)
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
