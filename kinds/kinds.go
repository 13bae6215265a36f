// Package kinds sorts the nodes of a heap into a dozen kinds that people think
// in: strings, closures, ArrayBuffers, sockets, timers, promises, …
//
// Every node is of exactly one kind, so the kinds add up to the heap. What a
// node is follows from its type, its name and whether it is detached from its
// document:
//
//	type                          name              kind
//	──────────────────────────────────────────────────────────────────────────
//	string, concatenated, sliced                    strings
//	closure                                         closures
//	code                                            code
//	array                                           arrays
//	number, bigint, symbol                          numbers and symbols
//	hidden, object shape                            runtime internals, but see names.go
//	object                        see names.go      JS objects where no name says more
//	native, synthetic             see names.go      other native where no name says more
//
// A detached native node is detached DOM whatever its name, unless Node itself
// made it: some versions of Node mark bindings of their own as detached.
//
// Bytes are counted where the graph has them: after sizes have been moved to
// their owners, an Array holds its elements and a Map its table.
package kinds

import "github.com/heapdiff/heapdiff/graph"

// Kind is what a node is.
type Kind uint8

// The kinds, in the order in which a report shows them.
const (
	JSObjects Kind = iota
	Strings
	Arrays   // JavaScript arrays, and backing stores that several objects share
	Closures // functions, and the contexts that hold their variables
	Code
	ArrayBuffers // the bytes themselves, and the buffers and views that JavaScript sees
	Handles      // sockets, servers, pipes, processes, files, requests under way: JavaScript's and the native side
	Timers
	Promises
	Collections // Map, Set, WeakMap, WeakSet
	DetachedDOM
	OtherNative
	Numbers // heap numbers, bigints, symbols
	Runtime // hidden classes, templates, cells, roots
	Other   // types that V8 does not have
	numKinds
)

var kindNames = [numKinds]string{
	"JS objects", "strings", "arrays", "closures", "code", "ArrayBuffers", "sockets and handles", "timers",
	"promises", "Map/Set", "detached DOM", "other native", "numbers and symbols", "runtime internals", "other",
}

// String returns the name that reports show.
func (k Kind) String() string {
	if k < numKinds {
		return kindNames[k]
	}
	return kindNames[Other]
}

// All returns the kinds in the order of reports.
func All() []Kind {
	all := make([]Kind, numKinds)
	for k := range all {
		all[k] = Kind(k)
	}
	return all
}

// Kinds knows the kind of every node of one graph.
type Kinds struct {
	g       *graph.Graph
	byType  [256]Kind // node type -> kind, or one of the two below
	objects []Kind    // name -> kind of objects
	natives []Kind    // name -> kind of what is native or hidden
}

// Marks in byType: the name decides.
const (
	namedObject Kind = 0xFF - iota
	namedNative
	namedHidden
	notAsked // in objects and natives: no node of that type has the name

	embedder Kind = 1 << 6 // in natives: made by Node, and so never detached DOM
)

// New looks at the names of g once, so that [Kinds.Of] is a table look-up. The
// detachedness of nodes must have been settled.
func New(g *graph.Graph) *Kinds {
	k := &Kinds{g: g, objects: unasked(g.Strings.Len()), natives: unasked(g.Strings.Len())}
	for t := range k.byType {
		k.byType[t] = kindOfType(graph.NodeType(t))
	}
	for n, t := range g.Type {
		name := g.Name[n]
		switch k.byType[t] {
		case namedObject:
			if k.objects[name] == notAsked {
				k.objects[name] = kindOfObject(g.Strings.Bytes(name))
			}
		case namedNative, namedHidden:
			if k.natives[name] == notAsked {
				k.natives[name] = kindOfNative(g.Strings.Bytes(name))
			}
		}
	}
	return k
}

func unasked(n int) []Kind {
	out := make([]Kind, n)
	for i := range out {
		out[i] = notAsked
	}
	return out
}

// Of returns the kind of n. It allocates nothing and may be called from
// several goroutines.
func (k *Kinds) Of(n graph.NodeID) Kind {
	g := k.g
	kind := k.byType[g.Type[n]]
	switch kind {
	case namedObject:
		return k.objects[g.Name[n]]
	case namedNative:
		kind = k.natives[g.Name[n]]
		if kind&embedder != 0 {
			return kind &^ embedder
		}
		if g.Flags[n].DOMState() == graph.Detached {
			return DetachedDOM
		}
		return kind
	case namedHidden: // whatever is not known by name belongs to the runtime
		if kind = k.natives[g.Name[n]]; kind == OtherNative || kind&embedder != 0 {
			return Runtime
		}
		return kind
	}
	return kind
}

// kindOfType returns the kind of all nodes of a type, or that names decide.
func kindOfType(t graph.NodeType) Kind {
	switch t {
	case graph.Object:
		return namedObject
	case graph.Native, graph.Synthetic:
		return namedNative
	case graph.Hidden:
		return namedHidden
	case graph.String, graph.ConsString, graph.SlicedString:
		return Strings
	case graph.Array:
		return Arrays
	case graph.Closure:
		return Closures
	case graph.Code:
		return Code
	case graph.RegExp, graph.WasmObject:
		return JSObjects
	case graph.Number, graph.BigInt, graph.Symbol:
		return Numbers
	case graph.ObjectShape:
		return Runtime
	default:
		return Other
	}
}
