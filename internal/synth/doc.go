// Package synth writes synthetic .heapsnapshot files of any size, for tests and
// benchmarks: an ordinary heap with the shares of a real Node server's, heaps
// that are hard on algorithms, and pairs of which the second has a leak.
//
// Nothing is kept in memory but a plan: a heap is a list of segments, a segment
// is a block of nodes repeated any number of times, and an edge says which node
// of which block it leads to. So all ordinals and counts are arithmetic, and the
// file is written in one pass at several hundred MB/s:
//
//	segment   hubs       │ shape    │ ordinary          │ chunks     │ …
//	blocks    1          │ 300,000  │ 1,000,000         │ 1,000      │
//	block     root, maps │ ListNode │ Customer, Orders, │ Array of   │
//	          prototypes │ Item     │ strings, closures │ 1,000      │
//
// The same options give the same bytes. The two files of a pair share the ids
// of everything that lives in both, as snapshots of one process do.
package synth
