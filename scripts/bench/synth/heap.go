package main

import "iter"

// nodeType and edgeType are V8's, in the order of meta below.
type (
	nodeType uint8
	edgeType uint8
)

const (
	nHidden nodeType = iota
	nArray
	nString
	nObject
	nCode
	nClosure
	nRegexp
	nNumber
	nNative
	nSynthetic
)

const (
	eContext edgeType = iota
	eElement
	eProperty
	eInternal
	eHidden
	eShortcut
	eWeak
)

// edge leads to the node with the ordinal to. label is a name, or for element
// and hidden edges an index.
type edge struct {
	kind  edgeType
	label int
	to    int
}

// node is one row. Its ordinal is its place in the sequence; its edges are valid
// until the next node is produced.
type node struct {
	kind  nodeType
	name  int // index into names, or len(names)+n for the text of string n
	self  int // bytes
	edges []edge

	// after edges come elements 0 to count-1; element tells where one leads.
	count   int
	element func(i int) int
}

// heap is a whole snapshot, produced node by node. all may be run more than once
// and yields the same each time.
type heap struct {
	all   iter.Seq[*node]
	texts int // string nodes with a text of their own
}

// Names are indexes into the table of strings.
const (
	sDummy = iota
	sNone
	sGCRoots
	sGlobal
	sMap // of the hidden kind: V8's word for an object's layout
	sElements
	sApp
	sRecords
	sArray
	sOrder
	sCustomer
	sLine
	sHandler
	sContext
	sID
	sCustomerField
	sLines
	sTotal
	sHandle
	sNumber
	sNext
	sPayload
	sListNode
	sItem
	sPromise
	sReaction
	sReactions
	sPrevious
	sMapObject
	sTable
	sSpecial
	sObject
	sPeer
)

var names = []string{
	"<dummy>", "", "(GC roots)", "global", "map", "elements", "app", "records", "Array", "Order", "Customer",
	"OrderLine", "handle", "system / Context", "id", "customer", "lines", "total", "handle", "heap number", "next",
	"payload", "ListNode", "Item", "Promise", "PromiseReaction", "reactions_or_result", "previous", "Map", "table",
	"special", "Object", "peer",
}
