package profile

import (
	"strings"

	"github.com/heapdiff/heapdiff/parse/pprof"
)

// Correlate tells the sites of a comparison of heaps which goroutines of the same
// process became more there: those that stand in the site's function or were
// created by it, and else those that wait in a function of its package. Stacks
// that the runtime allocated are of those that became more at all.
func Correlate(heap, goroutines *Result) {
	for i := range heap.Sites {
		s := &heap.Sites[i]
		var g *Site
		switch {
		case s.Growth() <= 0:
		case s.Origin != Runtime:
			g = standing(s, goroutines.Sites)
		case s.IsStacks() && len(goroutines.Sites) > 0 && goroutines.Sites[0].Growth() > 0:
			g = &goroutines.Sites[0]
		}
		if g != nil {
			s.Goroutines, s.Waiting = g.Growth(), g.Function+" ("+g.Kind+")"
		}
	}
}

// standing finds the goroutines that belong to a site, those that grew most.
func standing(s *Site, goroutines []Site) *Site {
	var near *Site
	for i := range goroutines {
		g := &goroutines[i]
		if g.Growth() <= 0 {
			continue
		}
		if passes(g, s.Function) {
			return g
		}
		if near == nil && g.Package == s.Package {
			near = g
		}
	}
	return near
}

func passes(g *Site, function string) bool {
	for _, stack := range g.Stacks {
		for _, f := range stack.Frames {
			if strings.TrimPrefix(f.Function, pprof.CreatedBy) == function {
				return true
			}
		}
	}
	return false
}
