package inspect

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/crew"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/heapdiff/heapdiff/parse/v8snapshot/rules"
	"github.com/heapdiff/heapdiff/paths"
)

const (
	pathEffort     = 2000 // nodes looked at to find other paths
	candidatePaths = 500  // paths that are read to find some that differ
	mostDominators = 100  // of a chain: a list may be as deep as it is long
)

// FindRetainers says why the target is alive: an object by its id, "@123", or
// the objects of a class that retain most, by the class's name. If nothing
// matches the error is a *NotFoundError. It settles the heap's classes.
func FindRetainers(h *parse.Heap, target string, o Options) (*Retainers, error) {
	h.Settle()
	s := newSubject(h, o)
	found, count, err := find(h, target, or(o.Objects, 3))
	if err != nil {
		return nil, err
	}
	var incoming *graph.Retainers
	crew.Both(o.Jobs, func() {
		s.distance = h.Distances()
		s.paths = paths.New(h.Graph, s.class)
	}, func() {
		incoming = graph.FindRetainers(s.Graph)
		s.scripts = paths.FindScripts(h.Graph)
	})
	r := &Retainers{File: h.File, Target: target, Count: count}
	for _, n := range found {
		r.Object = append(r.Object, s.retained(n, incoming))
	}
	return r, nil
}

// find returns the nodes that are meant, those that retain most first, and how
// many there are.
func find(h *parse.Heap, target string, limit int) (nodes []graph.NodeID, count int, err error) {
	if digits, ok := strings.CutPrefix(target, "@"); ok {
		id, err := strconv.ParseUint(digits, 10, 64)
		if err != nil {
			return nil, 0, &NotFoundError{Target: target, Try: "an id is a number, such as @1234"}
		}
		for n := range graph.NodeID(h.NumNodes()) {
			if h.ID.At(n) == id {
				return []graph.NodeID{n}, 1, nil
			}
		}
		return nil, 0, &NotFoundError{Target: target, Try: "ids differ from one process to the next; is it the snapshot that the id was seen in?"}
	}
	wanted := make([]bool, len(h.Classes))
	for i := range h.Classes {
		wanted[i] = h.Classes[i].Name == target || h.Classes[i].Key == target
	}
	// Classes first; then functions, which are all of one class, by name.
	matches := func(n graph.NodeID) bool { return wanted[h.ClassOf(n)] && h.Self.At(n) > 0 }
	if !slices.Contains(wanted, true) {
		name := strings.TrimSuffix(target, "()")
		matches = func(n graph.NodeID) bool {
			return h.Type[n] == graph.Closure && string(h.Strings.Bytes(h.Name[n])) == name && name != ""
		}
	}
	s := &subject{Heap: h}
	nodes = s.mostRetaining(limit, func(n graph.NodeID) bool { return matches(n) })
	for n := range graph.NodeID(h.NumNodes()) {
		if matches(n) {
			count++
		}
	}
	if id, err := strconv.ParseUint(target, 10, 64); count == 0 && err == nil {
		return nil, 0, &NotFoundError{Target: target, Nearest: []string{fmt.Sprint("@", id)}}
	}
	if count == 0 {
		return nil, 0, &NotFoundError{Target: target, Nearest: nearest(target, h.Classes)}
	}
	return nodes, count, nil
}

// retained finds out what keeps n alive.
func (s *subject) retained(n graph.NodeID, incoming *graph.Retainers) RetainedObject {
	r := RetainedObject{Object: s.object(n)}
	r.Object.Path = s.steps(s.paths.To(n))
	r.Paths = s.differentPaths(n, incoming)
	for d := n; d != s.Root && len(r.Dominators) < mostDominators; {
		d = s.Dominators.Idom(d)
		r.Dominators = append(r.Dominators, s.object(d))
	}
	r.Direct = s.direct(n, incoming)
	return r
}

// differentPaths returns paths to n that a person would tell apart: two that
// read the same count once.
func (s *subject) differentPaths(n graph.NodeID, incoming *graph.Retainers) [][]Step {
	limit := or(s.options.Paths, 3)
	seen := map[string]bool{}
	var out [][]Step
	all := s.paths.Ways().Paths(incoming, s.Dominators, n, pathEffort)
	for i, p := range all[:min(len(all), candidatePaths)] {
		if i > 0 && s.paths.Doubled(p) {
			continue
		}
		way := s.paths.Read(p)
		if text := signature(way); !seen[text] {
			seen[text] = true
			out = append(out, s.steps(way))
		}
		if len(out) == limit {
			break
		}
	}
	return out
}

// signature is what two paths have in common that read the same.
func signature(way []paths.Step) string {
	var b strings.Builder
	for _, step := range way {
		b.WriteString(step.Edge + "\x00" + step.Class + "\x00")
	}
	return b.String()
}

// direct lists the incoming edges as DevTools does: without weak ones and those
// of the root, nearest first.
func (s *subject) direct(n graph.NodeID, incoming *graph.Retainers) []Retainer {
	type row struct {
		edge graph.EdgeID
		from graph.NodeID
		name string
	}
	var rows []row
	for _, e := range incoming.Of(n) {
		if from := s.Source(e); from != s.Root {
			rows = append(rows, row{edge: e, from: from})
		}
	}
	limit := or(s.options.Direct, 100)
	near := func(a, b row) int { return cmp.Compare(s.distance[a.from], s.distance[b.from]) }
	slices.SortStableFunc(rows, near)
	// Names are only made for those that may be listed.
	end := min(len(rows), limit)
	for end > 0 && end < len(rows) && near(rows[end-1], rows[end]) == 0 {
		end++
	}
	rows = rows[:end]
	for i := range rows {
		rows[i].name = rules.NodeName(s.Graph, rows[i].from)
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(near(a, b), rules.CompareNames(a.name, b.name), cmp.Compare(b.edge, a.edge))
	})
	out := make([]Retainer, min(len(rows), limit))
	for i := range out {
		e := rows[i].edge
		out[i] = Retainer{Edge: s.edgeName(e), EdgeType: s.Links[e].Type().String(), From: s.object(rows[i].from)}
	}
	return out
}

// edgeName is the name of an edge as the file has it, but for entries of
// WeakMaps, which V8 names by their key and value: those may be strings.
func (s *subject) edgeName(e graph.EdgeID) string {
	if s.Links[e].Type().Indexed() {
		return strconv.FormatUint(uint64(s.Label(e)), 10)
	}
	name := s.Strings.Bytes(graph.StringID(s.Label(e)))
	if !s.options.ShowStrings && rules.NamesValues(name) {
		return "WeakMap value"
	}
	return string(name)
}
