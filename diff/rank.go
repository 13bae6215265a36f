package diff

import (
	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/graph"
)

// share divides growth among the places that gained it.
func (c *comparison) share() {
	var id growth.Identity
	if c.result.Match.Mode == Identity {
		id = &identity{c}
	}
	o := *c.options.Ranking
	o.Jobs = c.options.Jobs
	c.shares, c.wrong = growth.Share(c.before.tree, c.signed, c.after.Graph, id, o)
}

// rank ranks growth by signatures, if that was asked for.
func (c *comparison) rank() error {
	if c.signed == nil {
		return nil
	}
	if c.wrong == nil {
		c.result.Ranking = c.shares.Rank(c.after, c.scripts)
	}
	return c.wrong
}

// identity tells the ranking which objects were there before.
type identity struct{ c *comparison }

func (i *identity) Before(id uint64, now graph.NodeType) (sig growth.Signature, self uint64, ok bool) {
	objects := i.c.before.objects
	if !isObjectID(id) && i.c.met.renumbered() {
		return 0, 0, false
	}
	was, row, ok := objects.find(id)
	if !ok || !sameType(i.c.before.sums.types[was.class], now) {
		return 0, 0, false
	}
	return objects.sigs.At(row), was.self, true
}

// Forget drops the signatures, which only the ranking asks for.
func (i *identity) Forget() {
	if i.c.last {
		i.c.before.objects.sigs = growth.Signatures{}
	}
}

// storedSize is what sums, texts of classes, and fingerprints take, about.
const storedSize = 4 << 20

// Size returns how many bytes of memory the reduction takes, about.
func (r *Reduction) Size() uint64 {
	switch {
	case r.witness == nil:
		return storedSize
	case r.objects == nil:
		return storedSize + r.witness.ids.size() + r.witness.size()
	}
	return storedSize + r.objects.size() + r.witness.size()
}
