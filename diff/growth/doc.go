// Package growth says what really grew between heaps: not that there are 5,000
// more Arrays, but that global.listeners holds 5,000 more Sessions, 1.1 MiB of
// them, of which nothing is freed by mending it alone as sessions.byToken holds
// them too.
//
//	heap before ─ Build ─▶ Tree ─┐
//	heap after  ─ Build ─▶ Tree ─┴─ Share ─▶ Shares ─ Rank ─▶ Ranking
//
// [Build] reduces a heap to its signatures: the ways from the root to its
// objects, with what varies (indices, keys, numbers in names) taken out. [Share]
// matches two such trees, and calls a place an accumulation point if it did not
// become more itself while what it holds did. The bytes that came are divided
// among the points by reachability, shared ones in equal parts, and everything
// adds up to the growth of the heap, to the byte, or Share returns an error. All of
// that needs no dominators, and can be done beside them. [Shares.Rank] writes the
// lines, and [Ranking.Judge] judges series of more than two heaps.
//
// # One heap at a time
//
// A tree refers to its graph until [Tree.Release]; what is left is small (some
// 40 bytes for each of some ten thousand signatures). To compare by identity
// (see [Identity]) the column [Tree.Sig] of the earlier heap must be kept, by
// object id, before the release:
//
//	before := growth.Build(h1.Graph, o)
//	table := …                                  // id -> before.Sig.At(n), h1.Self.At(n)
//	before.Release()                            // h1 can go
//	after := growth.Build(h2.Graph, o)
//	s, err := growth.Share(before, after, h2.Graph, table, o)   // or nil for table: structure
//	r := s.Rank(h2, paths.FindScripts(h2.Graph))
//	after.Release()
//
// Build needs the edges that do not retain to be loose and the detachedness of
// nodes to be settled, as they are after parse.Load; BuildBeside waits for the
// first where it has to. It reads nodes, edges and
// strings, and changes nothing.
//
// # Identity and structure
//
// With an Identity, what came is known object by object: what an earlier heap
// had is never growth, wherever it hangs now. Without, signatures are compared
// by their sums; in what way objects hang together is all that is known, so
// that two runs of a program without a leak show nothing as long as its heap
// has the same shape. Ties between ways of the same length are decided by the
// names on them and not by the order of the file, which differs from run to run.
//
// # Series
//
// Of N heaps, in order, build a tree of each and release it; rank the first
// against the last, and let [Ranking.Judge] look at all trees: what grew in
// every step is a LEAK, what grew and stopped WARM-UP, what went up and down CHURN.
package growth
