package growth

import "github.com/heapdiff/heapdiff/graph"

// source is a settled node whose edges are followed.
type source struct {
	sig    uint32
	flags  labelFlags // of its class
	manner manner
}

// step is what an edge means: one that leaves an object of a signature, has a
// name, and leads to something of a class. Most edges are like one of those
// before them, so that steps are remembered.
type step struct {
	sig      uint32
	hangsAt  uint32     // sig, or that of the engine's own data
	from     labelFlags // of the class of what it leaves
	name     uint32
	class    uint32
	edge     uint32 // label
	place    uint32 // or absent, as long as nobody asked
	state    Signature
	edgeType graph.EdgeType
	named    bool // by a programmer
	inside   bool // it leads to internals of what it leaves
	engine   bool // it leads to the engine's own data, or to internals of them
	aside    bool // it is not counted
}

const recents = 1 << 10 // steps that are remembered

// step returns what an edge means. It is valid until the next is asked for.
func (b *builder) step(from *source, t graph.EdgeType, name, class uint32) *step {
	s := &b.recent[stepHash(from.sig, name, class)]
	if from.manner != (manner{}) {
		s = &b.peculiar
	} else if s.sig == from.sig && s.name == name && s.class == class && s.edgeType == t && s.from == from.flags {
		return s
	}
	flags, leaves := b.classes.flags[class], from.flags
	inside := isInside(leaves, flags) && from.sig != rootSig
	edge := b.edgeLabel(t, name, leaves, flags, from.manner)
	how := b.edges.flags[edge]
	*s = step{
		sig: from.sig, hangsAt: b.hangsAt(from.sig, flags), from: from.flags, name: name, class: class, edge: edge, place: absent, edgeType: t, state: claimed,
		named: how&named != 0, inside: inside, aside: how&(late|proto) != 0,
		engine: flags&runtime != 0 || inside && b.isEngine(from.sig),
	}
	switch {
	case (flags|leaves)&runtime != 0 || how&late != 0:
		s.state = waitData
	case leaves&transient != 0 && flags&(scoped|contexty|system) == 0:
		s.state = waitLocal
	case (flags|leaves)&transient != 0:
		s.state = waitStack
	case (flags|leaves)&system != 0:
		s.state = waitRoot
	case flags&contexty != 0 && leaves&contexty == 0 && b.sigs[from.sig].many:
		s.state = waitScope
	case how&slow != 0:
		s.state = waitProto
	}
	return s
}

// isInside reports whether what an edge leads to is part of what it leaves, by the
// flags of their classes: internals, and the values that the engine's own data keep.
func isInside(source, target labelFlags) bool {
	return target&folded != 0 || source&runtime != 0 && target&leaf != 0
}

func stepHash(sig, name, class uint32) uint32 {
	h := uint64(sig)*0x9E3779B97F4A7C15 ^ uint64(name)*0xC2B2AE3D27D4EB4F ^ uint64(class)*0x165667B19E3779F9
	return uint32(h >> (64 - 10))
}

// placeOfStep returns the place that a step leads to, or absent if there are too many.
func (b *builder) placeOfStep(s *step) uint32 {
	if s.place == absent {
		s.place = b.place(s.hangsAt, s.edge, s.class)
	}
	return s.place
}

// forgetSteps forgets what edges mean: places have been joined.
func (b *builder) forgetSteps() {
	for i := range b.recent {
		b.recent[i].sig = absent
	}
}
