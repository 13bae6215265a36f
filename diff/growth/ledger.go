package growth

import (
	"github.com/heapdiff/heapdiff/graph"
)

// Identity knows the objects of the heap before by their id. It is what makes
// the difference between an object that is new and one that was there already.
type Identity interface {
	// Before returns the signature and the bytes that the object of that id had
	// in the heap before; ok is false if there was none, or if it was an object of
	// another type than now: then one was freed and another is new.
	// Producers give ids anew to some objects (Node to those of its embedder, which
	// are even); for those it must return false, or be right.
	Before(id uint64, now graph.NodeType) (sig Signature, self uint64, ok bool)
	// Forget is called when nothing more will be asked.
	Forget()
}

// account is what happened to the objects of one signature of the heap after.
type account struct {
	count  int64  // how many more objects there are
	gain   int64  // bytes that came, less bytes that went
	grew   uint64 // bytes that stayed and became more
	shrank uint64 // bytes that stayed and became less
	fresh  uint64 // bytes of what is looked at for owners: new objects, or all if that is not known
}

// ledger compares the trees. Its sums are exact: what all accounts gain and
// what vanished is what the heap gained.
type ledger struct {
	before, after *Tree
	match         []uint32 // signature after -> signature before, or 0
	sameAs        []uint32 // place after -> place before of the same name, absent, or unasked
	edgeOf        []uint32 // edge label after -> before, or absent
	classOf       []uint32 // class label after -> before, or absent
	accounts      []account
	vanished      uint64              // bytes of signatures that exist no more
	gone          []uint64            // signature before -> bytes of it, if it exists no more
	fresh         bitset              // nodes that are new; nil if that is not known
	keysBefore    map[memberKey]keyed // of the tree before; nil until it is asked for
}

// matched matches the trees, and no more.
func matched(before, after *Tree) *ledger {
	l := &ledger{
		before: before, after: after,
		edgeOf: after.edges.translate(before.edges), classOf: after.classes.translate(before.classes),
		match: make([]uint32, len(after.sigs)), sameAs: make([]uint32, len(after.places)),
	}
	for i := range l.sameAs {
		l.sameAs[i] = unasked
	}
	l.matchTrees()
	return l
}

// newLedger matches the trees and fills the accounts.
func newLedger(before, after *Tree, g *graph.Graph, id Identity) *ledger {
	l := matched(before, after)
	l.accounts = make([]account, len(after.sigs))
	l.gone = make([]uint64, len(before.sigs))
	if id == nil {
		l.compare()
	} else {
		l.follow(g, id)
		id.Forget()
	}
	return l
}

// matchTrees matches the signatures by their labels, from the root down. What
// has no match then is matched by the end of its path, if only one has that end:
// the way there has changed, and nothing else.
func (l *ledger) matchTrees() {
	taken := make([]bool, len(l.before.sigs))
	l.match[rootSig], taken[rootSig] = rootSig, true
	var open []uint32
	for s := rootSig + 1; s < len(l.after.sigs); s++ {
		if !l.matchOne(uint32(s), taken) {
			open = append(open, uint32(s))
		}
	}
	ends := l.before.ends(func(s uint32) bool { return !taken[s] })
	mine := l.after.ends(func(s uint32) bool { return l.match[s] == 0 })
	for _, s := range open {
		if l.matchOne(s, taken) || !l.after.isNamed(s) {
			continue
		}
		end := l.after.end(s)
		if sig := ends[end]; sig != 0 && sig != ambiguous && mine[end] == s && !taken[sig] {
			l.match[s], taken[sig] = sig, true
		}
	}
}

// matchOne matches a signature whose parent is matched.
func (l *ledger) matchOne(s uint32, taken []bool) bool {
	p := l.placeBefore(l.after.sigs[s].place)
	if p == absent {
		return false
	}
	// A place that repeats an ancestor has no signature of its own.
	sig := l.before.places[p].sig
	if sig == 0 || l.before.sigs[sig].place != p || taken[sig] {
		return false
	}
	l.match[s], taken[sig] = sig, true
	return true
}

// placeBefore returns the place of the tree before that matches one of the tree
// after, or absent.
func (l *ledger) placeBefore(place uint32) uint32 {
	if was := l.sameBefore(place); was != absent {
		return was
	}
	return l.keys(&l.after.places[place]).place
}

// unasked stands for a place that was not looked up yet.
const unasked = absent - 1

// sameBefore returns the place of the same name, or absent.
func (l *ledger) sameBefore(place uint32) uint32 {
	if was := l.sameAs[place]; was != unasked {
		return was
	}
	p := &l.after.places[place]
	parent, edge, class := l.match[p.parent], l.edgeOf[p.edge], l.classOf[p.class]
	if parent == 0 {
		return absent // for now: it may be matched still
	}
	was := absent
	if edge != absent && class != absent {
		was = l.before.lookup(parent, edge, class)
	}
	l.sameAs[place] = was
	return was
}

// heldBefore returns how many edges led to a place of the tree after.
func (l *ledger) heldBefore(place uint32) int64 {
	if was := l.sameBefore(place); was != absent {
		return int64(l.before.places[was].held)
	}
	return l.keys(&l.after.places[place]).held
}

// compare fills the accounts from the sums of the signatures alone.
func (l *ledger) compare() {
	seen := make([]bool, len(l.before.sigs))
	for s := rootSig; s < len(l.after.sigs); s++ {
		node, acct := &l.after.sigs[s], &l.accounts[s]
		var was sigNode
		if m := l.match[s]; m != 0 {
			was = l.before.sigs[m]
			seen[m] = true
		}
		acct.count = int64(node.count) - int64(was.count)
		acct.gain = int64(node.self) - int64(was.self)
		acct.fresh = node.self
		acct.settle()
	}
	for s := rootSig; s < len(l.before.sigs); s++ {
		if !seen[s] {
			l.gone[s] = l.before.sigs[s].self
			l.vanished += l.gone[s]
		}
	}
}

// follow fills the accounts object by object.
func (l *ledger) follow(g *graph.Graph, id Identity) {
	type rest struct {
		count uint32
		self  uint64
	}
	left := make([]rest, len(l.before.sigs)) // signature before -> what is not found again
	for s := range left {
		left[s] = rest{l.before.sigs[s].count, l.before.sigs[s].self}
	}
	l.fresh = newBitset(g.NumNodes())
	for node := range graph.NodeID(g.NumNodes()) {
		sig := l.after.sig(node)
		acct := &l.accounts[sig.Row()]
		self := g.Self.At(node)
		was, size, ok := id.Before(g.ID.At(node), g.Type[node])
		if ok { // an id may stand for one object only, whatever a file says
			from := &left[min(was.Row(), uint32(len(left)-1))]
			ok = int(was.Row()) < len(left) && from.self >= size && (was.Internal() || from.count > 0)
		}
		if !ok {
			l.fresh.set(node)
			acct.gain += int64(self)
			acct.fresh += self
			if !sig.Internal() {
				acct.count++
			}
			continue
		}
		from := &left[was.Row()]
		from.self -= size
		if !was.Internal() {
			from.count--
		}
		if self >= size {
			acct.grew += self - size
		} else {
			acct.shrank += size - self
		}
	}
	for s := rootSig; s < len(l.after.sigs); s++ {
		acct := &l.accounts[s]
		if m := l.match[s]; m != 0 {
			acct.count -= int64(left[m].count)
			acct.gain -= int64(left[m].self)
			left[m] = rest{}
		}
		acct.settle()
	}
	for s, r := range left {
		l.gone[s] = r.self
		l.vanished += r.self
	}
}

// settle calls it growth in place when there are as many objects as before.
func (a *account) settle() {
	if a.count != 0 {
		return
	}
	if a.gain >= 0 {
		a.grew += uint64(a.gain)
	} else {
		a.shrank += uint64(-a.gain)
	}
	a.gain = 0
}
