package graph

import "strconv"

// NodeID is the row of a node, in the order of the file: 0 … NumNodes-1.
type NodeID uint32

// EdgeID is the row of an edge, in the order of the file: 0 … NumEdges-1.
type EdgeID uint32

// StringID is the index of a string in [Strings].
type StringID uint32

// ClassID is the index of a class in [Graph.Classes].
type ClassID uint32

// NoNode stands where there is no node.
const NoNode = ^NodeID(0)

// MaxNodes is the number of nodes that a Link can point to. V8 numbers the
// entries of a snapshot with 28 bits, so it cannot write more.
const MaxNodes = 1 << 28

// NodeType says what a node is. The first ones are V8's; types that a file
// names and this list does not are numbered from FirstUnknownType on and their
// names stand in [Graph.TypeNames].
type NodeType uint8

// The node types of V8 snapshots, in the order of V8's own table.
const (
	Hidden NodeType = iota
	Array
	String
	Object
	Code
	Closure
	RegExp
	Number
	Native
	Synthetic
	ConsString
	SlicedString
	Symbol
	BigInt
	ObjectShape
	WasmObject
	Frame // a frame in its calling context: graphs that come from profiles
	FirstUnknownType
)

var nodeTypeNames = [...]string{
	"hidden", "array", "string", "object", "code", "closure", "regexp", "number", "native", "synthetic",
	"concatenated string", "sliced string", "symbol", "bigint", "object shape", "wasm object", "frame",
}

// NodeTypeNames returns the names of the known types, indexed by NodeType.
func NodeTypeNames() []string { return append([]string(nil), nodeTypeNames[:]...) }

// IsString reports whether nodes of this type are named by their own value,
// which is secret until somebody asks for it.
func (t NodeType) IsString() bool { return t == String || t == ConsString || t == SlicedString }

// EdgeType says how a node refers to another.
type EdgeType uint8

// The edge types of V8 snapshots, in the order of V8's own table.
const (
	ContextEdge EdgeType = iota
	ElementEdge
	PropertyEdge
	InternalEdge
	HiddenEdge
	ShortcutEdge
	WeakEdge
	UnknownEdge // any type that a file names and this list does not
)

var edgeTypeNames = [...]string{"context", "element", "property", "internal", "hidden", "shortcut", "weak", "unknown"}

// String returns the name of the type as snapshots write it.
func (t EdgeType) String() string {
	if int(t) < len(edgeTypeNames) {
		return edgeTypeNames[t]
	}
	return "EdgeType(" + strconv.Itoa(int(t)) + ")"
}

// Indexed reports whether labels of this type are numbers and not strings.
func (t EdgeType) Indexed() bool { return t == ElementEdge || t == HiddenEdge }

// Link is the end of an edge: its target, its type and whether it retains.
//
//	 31      30…28   27…0
//	┌───────┬──────┬────────┐
//	│ loose │ type │ target │
//	└───────┴──────┴────────┘
type Link uint32

const (
	linkTarget Link = 1<<28 - 1
	linkLoose  Link = 1 << 31
)

// MakeLink packs an edge to the node to. It retains, unless it is weak, until
// [Link.Loosened].
func MakeLink(to NodeID, t EdgeType) Link {
	l := Link(to)&linkTarget | Link(t)<<28
	if t == WeakEdge {
		l |= linkLoose
	}
	return l
}

// To returns the target.
func (l Link) To() NodeID { return NodeID(l & linkTarget) }

// Type returns the type of the edge.
func (l Link) Type() EdgeType { return EdgeType(l>>28) & 7 }

// Loose reports whether the edge has been found not to keep its target alive.
func (l Link) Loose() bool { return l&linkLoose != 0 }

// Loosened returns the same link, marked as one that does not retain.
func (l Link) Loosened() Link { return l | linkLoose }

// Flags are the properties of a node that need a bit or two.
type Flags uint8

// The lowest two bits are the detachedness of a node from its document.
const (
	Attached Flags = 1
	Detached Flags = 2
	domState Flags = 3
	// RenamedDetached marks a node whose name is shown with "Detached " before it.
	RenamedDetached Flags = 4
	// Owned marks what the roots of the page or program reach: see [Graph.OwnerRoots].
	Owned Flags = 8
)

// DOMState returns 0 (unknown), Attached or Detached.
func (f Flags) DOMState() Flags { return f & domState }

// WithDOMState returns f with another detachedness.
func (f Flags) WithDOMState(s Flags) Flags { return f&^domState | s&domState }
