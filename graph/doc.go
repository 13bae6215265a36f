// Package graph holds one heap as columns and computes who retains what.
//
// A heap of a gigabyte has some 17 million nodes and 50 million edges. Nothing
// per node or per edge is therefore an object, a string or a slice header: a
// node is a row number ([NodeID]), an edge is a row number ([EdgeID]), and every
// property is a pointer-free slice indexed by it, which the garbage collector
// never looks into.
//
//	node │ Type Name ID Self Class Flags FirstEdge      edge │ Link            Label
//	─────┼─────────────────────────────────────────     ─────┼──────────────────────
//	  0  │  9    1   1    0    0     0       0            0  │ →1 shortcut       0
//	  1  │  3   17   3   96    4     1       2 ─────┐     1  │ →2 element        1
//	  2  │  0   18   5   16    9     0       4      └──▶  2  │ →7 property      31
//	                                                      3  │ →2 internal      32
//
// The edges of node n are the rows FirstEdge[n] up to FirstEdge[n+1]. A [Link]
// packs the target (28 bits: no producer writes more nodes), the [EdgeType] and
// whether the edge retains. A label is the index of a string for named edges
// and a number for elements.
//
// The stages that come after reading:
//
//	[Graph] ── [Dominate] ──▶ [Dominators]: immediate dominators, retained sizes
//	[Graph] ── [Distances] ─▶ steps from the roots
//	[Graph] ── [Retainers] ─▶ incoming edges, shortest paths
//
// The package knows nothing of V8 or pprof: which edges retain, which roots come
// first and what a class is called is decided by the packages that fill a Graph.
package graph
