package main

import (
	"fmt"
	"strings"
)

// shape is a peculiar part of a heap: its nodes stand one after the other and
// all hang off the first.
type shape struct {
	name  string
	size  int // default
	nodes func(size int) int
	edges func(size int) int
	// emit yields the nodes; the first has the ordinal base.
	emit func(base, size int, yield func(*node) bool) bool
}

var shapes = []shape{
	{
		name:  "ordinary",
		nodes: func(int) int { return 0 },
		edges: func(int) int { return 0 },
		emit:  func(int, int, func(*node) bool) bool { return true },
	},
	{
		name: "list", size: 300_000,
		nodes: func(size int) int { return 2 * size },
		edges: func(size int) int { return 4*size - 1 },
		emit:  emitList,
	},
	{
		name: "shared", size: 300_000,
		nodes: func(size int) int { return 2*size + 2 },
		edges: func(size int) int { return 5*size + 2 + 1 },
		emit:  emitShared,
	},
	{
		name: "promises", size: 100_000,
		nodes: func(size int) int { return 3 * size },
		edges: func(size int) int { return 6*size - 1 },
		emit:  emitPromises,
	},
	{
		name: "closures", size: 300_000,
		nodes: func(size int) int { return 2 * size },
		edges: func(size int) int { return 5*size - 2 },
		emit:  emitClosures,
	},
	{
		name: "array", size: 10_000_000,
		nodes: func(size int) int { return 1 + arrayObjects(size) },
		edges: func(size int) int { return 1 + size + arrayObjects(size) },
		emit:  emitArray,
	},
	{
		name: "map", size: 1_000_000,
		nodes: func(size int) int { return 2 + size },
		edges: func(size int) int { return 3 + 2*size },
		emit:  emitMap,
	},
}

func findShape(name string) (shape, error) {
	var known []string
	for _, s := range shapes {
		if s.name == name {
			return s, nil
		}
		known = append(known, s.name)
	}
	return shape{}, fmt.Errorf("no shape %q; there are %s", name, strings.Join(known, ", "))
}

var layout = edge{eInternal, sMap, oMap} // every heap object's first edge

// emitList: for each link a ListNode and, behind it, its payload.
func emitList(base, size int, yield func(*node) bool) bool {
	for i := range size {
		at := base + 2*i
		link := node{kind: nObject, name: sListNode, self: 24, edges: []edge{layout, {eProperty, sPayload, at + 1}}}
		if i < size-1 {
			link.edges = append(link.edges, edge{eProperty, sNext, at + 2})
		}
		payload := node{kind: nObject, name: sItem, self: 40, edges: []edge{layout}}
		if !yield(&link) || !yield(&payload) {
			return false
		}
	}
	return true
}

// emitShared: an owner, an array of all payloads, the list.
func emitShared(base, size int, yield func(*node) bool) bool {
	list := base + 2
	owner := node{kind: nObject, name: sObject, self: 32, edges: []edge{layout, {eProperty, sLines, base + 1}, {eProperty, sNext, list}}}
	array := node{
		kind: nObject, name: sArray, self: 16 + 8*size, edges: []edge{layout},
		count: size, element: func(i int) int { return list + 2*i + 1 },
	}
	return yield(&owner) && yield(&array) && emitList(list, size, yield)
}

// emitPromises: for each link a promise, its reaction, and the handler of that.
func emitPromises(base, size int, yield func(*node) bool) bool {
	for i := range size {
		at := base + 3*i
		promise := node{kind: nObject, name: sPromise, self: 40, edges: []edge{layout, {eInternal, sReactions, at + 1}}}
		reaction := node{kind: nObject, name: sReaction, self: 32, edges: []edge{layout, {eInternal, sHandle, at + 2}}}
		if i < size-1 {
			reaction.edges = append(reaction.edges, edge{eInternal, sPayload, at + 3})
		}
		handler := node{kind: nClosure, name: sHandler, self: 64, edges: []edge{layout}}
		if !yield(&promise) || !yield(&reaction) || !yield(&handler) {
			return false
		}
	}
	return true
}

// emitClosures: for each function a closure and its context, which holds the
// next closure and is the outer scope of the next context.
func emitClosures(base, size int, yield func(*node) bool) bool {
	for i := range size {
		at := base + 2*i
		closure := node{kind: nClosure, name: sHandler, self: 64, edges: []edge{layout, {eInternal, sContext, at + 1}}}
		context := node{kind: nObject, name: sContext, self: 40, edges: []edge{layout}}
		if i < size-1 {
			context.edges = append(context.edges, edge{eContext, sHandle, at + 2}, edge{eInternal, sPrevious, at + 3})
		}
		if !yield(&closure) || !yield(&context) {
			return false
		}
	}
	return true
}

func arrayObjects(size int) int { return (size + 9) / 10 }

// emitArray: an array, then the objects that it holds in no order.
func emitArray(base, size int, yield func(*node) bool) bool {
	objects := arrayObjects(size)
	array := node{
		kind: nObject, name: sArray, self: 16 + 8*size, edges: []edge{layout}, count: size,
		element: func(i int) int { // each once in the first round, then anywhere
			if i < objects {
				return base + 1 + i
			}
			return base + 1 + int(mix(uint64(i))%uint64(objects))
		},
	}
	return yield(&array) && emitObjects(objects, yield)
}

// emitMap: a Map, its table, the objects.
func emitMap(base, size int, yield func(*node) bool) bool {
	object := node{kind: nObject, name: sMapObject, self: 32, edges: []edge{layout, {eInternal, sTable, base + 1}}}
	table := node{
		kind: nArray, name: sNone, self: 16 + 24*size, edges: []edge{layout},
		count: size, element: func(i int) int { return base + 2 + i },
	}
	return yield(&object) && yield(&table) && emitObjects(size, yield)
}

func emitObjects(count int, yield func(*node) bool) bool {
	object := node{kind: nObject, name: sItem, self: 40, edges: []edge{layout}}
	for range count {
		if !yield(&object) {
			return false
		}
	}
	return true
}
