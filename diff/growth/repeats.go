package growth

// signature returns the signature of what hangs at a place: a new one, or that
// of an ancestor if the path repeats itself.
func (b *builder) signature(at uint32) uint32 {
	p := b.places[at]
	up := &b.sigs[p.parent]
	if up.depth >= maxDepth || len(b.sigs) >= maxSigs {
		return p.parent
	}
	if up.class == p.class && (up.edge == p.edge || b.classes.flags[p.class]&builtin == 0) {
		return p.parent // a list or a tree of one class
	}
	if same := b.repeats(p.parent, p.edge, p.class); same != 0 {
		return same
	}
	many := up.many || b.edges.flags[p.edge]&entry != 0
	b.sigs = append(doubled(b.sigs), sigNode{parent: p.parent, place: at, edge: p.edge, class: p.class, depth: up.depth + 1, many: many})
	b.met = append(b.met, metClass{p.class, b.classes.flags[p.class]})
	b.names = append(b.names, nameList{})
	return uint32(len(b.sigs) - 1)
}

// repeats finds the ancestor that the new step would repeat, with all steps
// between: … a b c a b [c] is the first c.
func (b *builder) repeats(parent, edge, class uint32) uint32 {
	for period, a := 2, b.sigs[parent].parent; period <= 4 && a > rootSig; period, a = period+1, b.sigs[a].parent {
		if b.sigs[a].edge != edge || b.sigs[a].class != class {
			continue
		}
		x, y := parent, b.sigs[a].parent
		same := true
		for i := 1; i < period && same; i++ {
			same = y > rootSig && b.sigs[x].edge == b.sigs[y].edge && b.sigs[x].class == b.sigs[y].class
			x, y = b.sigs[x].parent, b.sigs[y].parent
		}
		if same {
			return a
		}
	}
	return 0
}
