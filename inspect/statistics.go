package inspect

import "github.com/heapdiff/heapdiff/graph"

// statistics adds up DevTools' Statistics.
func (s *subject) statistics() Statistics {
	var (
		native, hidden, code, text, arrays, typed uint64

		shared = s.shared()
	)
	array, data := s.stringIs("Array"), s.stringIs("system / JSArrayBufferData")
	for n, t := range s.Type {
		s.yield(n)
		n := graph.NodeID(n)
		size := s.Self.At(n)
		switch {
		case t == graph.Native:
			native += size
			if data[s.Name[n]] && s.Flags[n]&graph.RenamedDetached == 0 {
				typed += size
			}
		case t == graph.Code:
			code += size
		case t.IsString():
			text += size
		case t == graph.Hidden:
			hidden += size
		case array[s.Name[n]]:
			arrays += size
			if e := s.elements(n); e != graph.NoNode && !shared.Has(e) {
				arrays += s.Self.At(e)
			}
		}
	}
	total := s.TotalSelf() + s.ExtraBytes
	native += s.ExtraBytes
	return Statistics{
		Total: total, Code: code, Strings: text, JSArrays: arrays, TypedArrays: typed, System: hidden,
		OtherJS:     total - native - code - text - arrays - hidden,
		OtherNative: native - typed,
	}
}

// shared returns the nodes that more than one edge leads to.
func (s *subject) shared() graph.Bits {
	once, more := graph.NewBits(s.NumNodes()), graph.NewBits(s.NumNodes())
	for e, l := range s.Links {
		s.yield(e)
		if to := l.To(); once.Has(to) {
			more.Add(to)
		} else {
			once.Add(to)
		}
	}
	return more
}

// stringIs finds the strings that read so: nearly always one.
func (s *subject) stringIs(text string) map[graph.StringID]bool {
	found := map[graph.StringID]bool{}
	for id := range graph.StringID(s.Strings.Len()) {
		if string(s.Strings.Bytes(id)) == text {
			found[id] = true
		}
	}
	return found
}

// elements returns the backing store of an array, or graph.NoNode.
func (s *subject) elements(n graph.NodeID) graph.NodeID {
	from, to := s.Edges(n)
	for e := from; e < to; e++ {
		if s.Links[e].Type() == graph.InternalEdge && string(s.Strings.Bytes(graph.StringID(s.Label(e)))) == "elements" {
			return s.Links[e].To()
		}
	}
	return graph.NoNode
}
