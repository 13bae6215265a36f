package growth

import "github.com/heapdiff/heapdiff/graph"

// bitset is a set of nodes.
type bitset []uint64

func newBitset(nodes int) bitset { return make(bitset, (nodes+63)/64) }

func (b bitset) has(n graph.NodeID) bool { return b[n>>6]&(1<<(n&63)) != 0 }
func (b bitset) set(n graph.NodeID)      { b[n>>6] |= 1 << (n & 63) }
func (b bitset) clear(n graph.NodeID)    { b[n>>6] &^= 1 << (n & 63) }
