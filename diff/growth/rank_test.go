package growth

import (
	"github.com/heapdiff/heapdiff/parse"
	"github.com/heapdiff/heapdiff/paths"
)

// Rank is [Share], and what it says, in one step.
func Rank(before, after *Tree, h *parse.Heap, id Identity, o Options) (*Ranking, error) {
	s, err := Share(before, after, h.Graph, id, o)
	if err != nil {
		return nil, err
	}
	return s.Rank(h, paths.FindScripts(h.Graph)), nil
}
