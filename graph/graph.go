package graph

import (
	"fmt"
	"slices"
)

// Graph is one heap as columns. The producer fills it once; readers share it.
type Graph struct {
	Strings   Strings
	TypeNames []string // NodeType -> name, the known ones first

	Type      []NodeType // node -> type
	Name      []StringID // node -> name
	ID        Wide       // node -> the producer's number for the object
	Self      Wide       // node -> bytes of its own (moved to the owner where the producer's rules say so)
	Class     Narrow     // node -> ClassID; empty until classified
	Flags     []Flags    // node -> detachedness and ownership
	FirstEdge []EdgeID   // node -> its first edge; one entry more than nodes
	Links     []Link     // edge -> target, type, whether it retains
	Labels    Labels     // edge -> what it is called

	Classes   []Class
	Locations Locations

	Root NodeID
	// OwnerRoots are the nodes that belong to the program under inspection, such
	// as a page's global object. What they reach is Owned, and no edge from
	// outside (but the root's own) retains it.
	OwnerRoots []NodeID
	// ExtraBytes is memory the producer counted but did not give to any node.
	ExtraBytes uint64
	// HasDOMStates says that the producer wrote the detachedness of nodes.
	HasDOMStates bool
	// RawSelf are the self sizes as the file has them; empty unless asked for.
	RawSelf Wide
	// Traces are the stacks that allocated the objects; nil unless the producer
	// kept track of them.
	Traces *Traces
}

// NumNodes returns the number of nodes.
func (g *Graph) NumNodes() int { return len(g.Type) }

// NumEdges returns the number of edges.
func (g *Graph) NumEdges() int { return len(g.Links) }

// Edges returns the range of edges that leave n.
func (g *Graph) Edges(n NodeID) (from, to EdgeID) { return g.FirstEdge[n], g.FirstEdge[n+1] }

// ClassOf returns the class of n.
func (g *Graph) ClassOf(n NodeID) ClassID { return ClassID(g.Class.At(uint32(n))) }

// Label returns what e is called: a StringID, or an index where its type is
// [EdgeType.Indexed].
func (g *Graph) Label(e EdgeID) uint32 { return g.Labels.Of(e, g.Links[e]) }

// TypeName returns the name of the type of n.
func (g *Graph) TypeName(n NodeID) string { return g.TypeNames[g.Type[n]] }

// NodeName returns the name of n as the producer's tools show it. For strings
// it is the value.
func (g *Graph) NodeName(n NodeID) string {
	name := g.Strings.String(g.Name[n])
	if g.Flags[n]&RenamedDetached != 0 {
		return "Detached " + name
	}
	return name
}

// TotalSelf returns the sum of all self sizes, in bytes.
func (g *Graph) TotalSelf() uint64 { return g.Self.Sum() }

// Wide is a column of numbers that nearly always fit 32 bits: the high halves
// exist only when one of them does not.
type Wide struct {
	Lo []uint32
	Hi []uint32 // nil if all are zero
}

// At returns number n.
func (w *Wide) At(n NodeID) uint64 {
	v := uint64(w.Lo[n])
	if w.Hi != nil {
		v |= uint64(w.Hi[n]) << 32
	}
	return v
}

// Set stores number n.
func (w *Wide) Set(n NodeID, v uint64) {
	w.Lo[n] = uint32(v)
	if hi := uint32(v >> 32); w.Hi != nil {
		w.Hi[n] = hi
	} else if hi != 0 {
		w.Hi = make([]uint32, len(w.Lo))
		w.Hi[n] = hi
	}
}

// Sum adds all numbers up.
func (w *Wide) Sum() uint64 {
	var sum uint64
	for _, v := range w.Lo {
		sum += uint64(v)
	}
	for _, v := range w.Hi {
		sum += uint64(v) << 32
	}
	return sum
}

// Class is what a node is counted as.
type Class struct {
	// Key names the class in comparisons: "script,line,column,name" for objects
	// whose constructor has a location, ",name" for all others.
	Key string
	// Name is what a person reads; classes of different keys may share it.
	Name string
	// Location is where the constructor stands; Located says whether it is known.
	Location Location
	Located  bool
}

// Check reports the first broken promise of the columns: lengths that differ,
// edges that point nowhere, names that do not exist.
func (g *Graph) Check() error {
	n := g.NumNodes()
	if n == 0 {
		return fmt.Errorf("graph: no nodes")
	}
	if n > MaxNodes {
		return fmt.Errorf("graph: %d nodes, at most %d can be held", n, MaxNodes)
	}
	if len(g.Name) != n || len(g.ID.Lo) != n || len(g.Self.Lo) != n || len(g.Flags) != n || len(g.FirstEdge) != n+1 {
		return fmt.Errorf("graph: columns differ in length")
	}
	if int(g.Root) >= n {
		return fmt.Errorf("graph: root %d of %d nodes", g.Root, n)
	}
	if !slices.IsSorted(g.FirstEdge) || int(g.FirstEdge[n]) != len(g.Links) {
		return fmt.Errorf("graph: edges do not add up: %d listed, %d held", g.FirstEdge[n], len(g.Links))
	}
	for e, l := range g.Links {
		if int(l.To()) >= n {
			return fmt.Errorf("graph: edge %d points to node %d of %d", e, l.To(), n)
		}
	}
	for i, s := range g.Name {
		if int(s) >= g.Strings.Len() {
			return fmt.Errorf("graph: node %d is named by string %d of %d", i, s, g.Strings.Len())
		}
	}
	return nil
}

// MakeKey returns the key of a class from its name and location.
func (c *Class) MakeKey() string {
	if !c.Located {
		return "," + c.Name
	}
	l := c.Location
	return fmt.Sprintf("%d,%d,%d,%s", l.Script, l.Line, l.Column, c.Name)
}
