package rules_test

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/parse/v8snapshot/rules"
)

// twin applies the rules to the heap as they are told, without a thought for
// speed: names are strings, sets are maps, nothing is looked up in advance.
type twin struct {
	*heap
	shown []string // node -> name after the first rule
	state []graph.Flags
	moved []uint64 // node -> self size after moving
}

func newTwin(h *heap) *twin {
	w := &twin{heap: h, shown: slices.Clone(h.names), state: slices.Clone(h.states), moved: slices.Clone(h.self)}
	w.spread()
	w.move()
	return w
}

// spread is the rule of detachedness.
func (w *twin) spread() {
	if !w.hasDOM {
		for n := range w.types {
			if w.types[n] == graph.Native && strings.HasPrefix(w.names[n], "Detached ") {
				w.state[n] = graph.Detached
			}
		}
		return
	}
	visited := map[int]bool{}
	var stacks [3][]int
	process := func(n int, s graph.Flags) {
		if visited[n] {
			return
		}
		visited[n] = true
		if w.types[n] != graph.Native {
			return
		}
		w.state[n] = s
		if s == graph.Detached {
			w.shown[n] = "Detached " + w.names[n]
		}
		stacks[s] = append(stacks[s], n)
	}
	for n, s := range w.states {
		if s != 0 {
			process(n, s)
		}
	}
	for _, s := range []graph.Flags{graph.Attached, graph.Detached} {
		for len(stacks[s]) > 0 {
			n := stacks[s][len(stacks[s])-1]
			stacks[s] = stacks[s][:len(stacks[s])-1]
			if s == graph.Detached && w.state[n] == graph.Attached {
				continue
			}
			for _, e := range w.edges[n] {
				if e.typ != graph.HiddenEdge && e.typ != graph.WeakEdge {
					process(int(e.to), s)
				}
			}
		}
	}
}

func (w *twin) userRoots() []int {
	var roots []int
	for _, e := range w.edges[0] {
		n := int(e.to)
		if (w.types[n] != graph.Synthetic || w.shown[n] == "(Document DOM trees)") && !slices.Contains(roots, n) {
			roots = append(roots, n)
		}
	}
	return roots
}

// move is the rule of shallow sizes: a candidate's owners are the nodes from
// which a path of candidates leads to it.
func (w *twin) move() {
	if len(w.userRoots()) == 0 {
		return
	}
	candidate := func(n int) bool {
		return w.types[n] == graph.Hidden || w.types[n] == graph.Array ||
			w.types[n] == graph.Native && w.shown[n] == "system / ExternalStringData"
	}
	owners := make([]map[int]bool, len(w.types))
	for n := range w.types {
		owners[n] = map[int]bool{}
	}
	for owner := range w.types {
		if candidate(owner) {
			continue
		}
		queue := []int{owner}
		for len(queue) > 0 {
			n := queue[0]
			queue = queue[1:]
			for _, e := range w.edges[n] {
				if to := int(e.to); e.typ != graph.WeakEdge && candidate(to) && !owners[to][owner] {
					owners[to][owner] = true
					queue = append(queue, to)
				}
			}
		}
	}
	for n := range w.types {
		if candidate(n) && len(owners[n]) == 1 {
			for owner := range owners[n] {
				if owner != 0 && w.types[owner] != graph.Synthetic {
					w.moved[owner] += w.self[n]
					w.moved[n] -= w.self[n]
				}
			}
		}
	}
}

var weakMapEntry = regexp.MustCompile(`^\d+(?P<pair> / part of key \([^\n\r\x{2028}\x{2029}]*? @\d+\) -> value \([^\n\r\x{2028}\x{2029}]*? @\d+\) pair in WeakMap \(table @(\d+)\))$`)

func entryOf(e edge) (pair, table string) {
	if e.typ != graph.InternalEdge {
		return "", ""
	}
	if m := weakMapEntry.FindStringSubmatch(e.name); m != nil {
		return m[1], m[2]
	}
	return "", ""
}

// distances is the rule of distances.
func (w *twin) distances() []int32 {
	distance := make([]int32, len(w.types))
	for n := range distance {
		distance[n] = -5
	}
	pending := map[string]bool{}
	search := func(queue []int) {
		for len(queue) > 0 {
			n := queue[0]
			queue = queue[1:]
			for _, e := range w.edges[n] {
				if e.typ == graph.WeakEdge || distance[e.to] != -5 || w.filtered(n, e, pending) {
					continue
				}
				distance[e.to] = distance[n] + 1
				queue = append(queue, int(e.to))
			}
		}
	}
	users := w.userRoots()
	for _, n := range users {
		distance[n] = 1
	}
	search(users)
	if distance[0] == -5 {
		distance[0] = 0
		if len(users) > 0 {
			distance[0] = 100_000_000
		}
		search([]int{0})
	}
	return distance
}

func (w *twin) filtered(n int, e edge, pending map[string]bool) bool {
	name := e.name
	if e.typ.Indexed() {
		name = strconv.Itoa(int(e.index))
	}
	if w.types[n] == graph.Hidden && w.shown[n] == "system / NativeContext" && name == "sloppy_function_map" {
		return true
	}
	if w.types[n] == graph.Array && w.shown[n] == "(map descriptors)" {
		digits := name[:len(name)-len(strings.TrimLeft(name, "0123456789"))]
		if i, err := strconv.Atoi(digits); err == nil && i >= 2 && i%3 == 1 {
			return true
		}
	}
	pair, _ := entryOf(e)
	if pair == "" {
		return false
	}
	if pending[pair] {
		delete(pending, pair)
		return false
	}
	pending[pair] = true
	return true
}

// interfaces is the rule of plain objects' names.
func (w *twin) interfaces() []rules.Interface {
	var (
		found []rules.Interface
		plain int
	)
	for n := range w.types {
		if !w.isPlain(n) {
			continue
		}
		plain++
		text, properties := "{", []string(nil)
		for _, e := range w.edges[n] {
			if e.typ != graph.PropertyEdge || e.name == "__proto__" {
				continue
			}
			name := e.name
			if strings.ContainsAny(name, `,'"{}`) {
				name = strconv.Quote(name)
			}
			if len(text) > 1 && len(text)+len(name) > 120 {
				break
			}
			if len(text) > 1 {
				text += ", "
			}
			text += name
			properties = append(properties, e.name)
		}
		if len(properties) == 0 {
			continue
		}
		text += "}"
		at := slices.IndexFunc(found, func(i rules.Interface) bool { return i.Name == text })
		if at < 0 {
			at = len(found)
			found = append(found, rules.Interface{Name: text, Properties: properties})
		}
		found[at].Count++
	}
	found = slices.DeleteFunc(found, func(i rules.Interface) bool { return i.Count < 2 || i.Count < plain/1000 })
	slices.SortStableFunc(found, func(a, b rules.Interface) int { return b.Count - a.Count })
	return found
}

func (w *twin) isPlain(n int) bool { return w.types[n] == graph.Object && w.shown[n] == "Object" }

// key is the rule of classes.
func (w *twin) key(n int, interfaces []rules.Interface) string {
	name := w.shown[n]
	switch w.types[n] {
	case graph.Hidden:
		name = "(system)"
	case graph.Code:
		name = "(compiled code)"
	case graph.Closure:
		name = "Function"
	case graph.Object, graph.Native:
		if m := regexp.MustCompile(`^((?:Detached )?<[^ ]*) `).FindStringSubmatch(name); m != nil {
			name = m[1] + ">"
		}
	default:
		name = "(" + graph.NodeTypeNames()[w.types[n]] + ")"
	}
	if w.isPlain(n) {
		most := 0
		for _, i := range interfaces {
			left := []string{}
			for _, e := range w.edges[n] {
				if e.typ == graph.PropertyEdge {
					left = append(left, e.name)
				}
			}
			all := true
			for _, p := range i.Properties { // each property of the object stands for one
				at := slices.Index(left, p)
				if all = all && at >= 0; all {
					left = slices.Delete(left, at, at+1)
				}
			}
			if all && len(i.Properties) > most {
				name, most = i.Name, len(i.Properties)
			}
		}
	}
	if at, ok := w.located[graph.NodeID(n)]; ok && w.types[n] == graph.Object {
		return fmt.Sprintf("%d,%d,%d,%s", at.Script, at.Line, at.Column, name)
	}
	return "," + name
}

func TestRulesOfRandomHeaps(t *testing.T) {
	for seed := range uint64(20_000) {
		h := randomHeap(seed)
		w := newTwin(h)
		g := h.graph()
		if err := g.Check(); err != nil {
			t.Fatal(err)
		}
		rules.Prepare(g, 0)
		rules.Weigh(g, rules.Options{KeepRaw: true})
		classes := rules.Classify(g)
		interfaces := classes.Interfaces()
		if want := w.interfaces(); !reflect.DeepEqual(interfaces, want) {
			t.Fatalf("seed %d: interfaces %v, want %v", seed, interfaces, want)
		}
		classes.Settle()
		distances, want := rules.Distances(g), w.distances()
		for n := range h.types {
			i := graph.NodeID(n)
			if g.Flags[i].DOMState() != w.state[n] || g.NodeName(i) != w.shown[n] {
				t.Fatalf("seed %d, node %d: %q in state %d, want %q in %d", seed, n, g.NodeName(i), g.Flags[i].DOMState(), w.shown[n], w.state[n])
			}
			if g.Self.At(i) != w.moved[n] || g.RawSelf.At(i) != h.self[n] {
				t.Fatalf("seed %d, node %d: size %d, raw %d, want %d, %d", seed, n, g.Self.At(i), g.RawSelf.At(i), w.moved[n], h.self[n])
			}
			if distances[n] != want[n] {
				t.Fatalf("seed %d, node %d: distance %d, want %d", seed, n, distances[n], want[n])
			}
			if got, want := g.Classes[g.ClassOf(i)].Key, w.key(n, interfaces); got != want {
				t.Fatalf("seed %d, node %d: class %q, want %q", seed, n, got, want)
			}
			checkLoose(t, seed, h, g, n)
		}
		checkOwners(t, seed, w, g)
	}
}

// checkLoose holds that weak edges and those from a WeakMap's own table are loose.
func checkLoose(t *testing.T, seed uint64, h *heap, g *graph.Graph, n int) {
	t.Helper()
	from, _ := g.Edges(graph.NodeID(n))
	for k, e := range h.edges[n] {
		_, table := entryOf(e)
		want := e.typ == graph.WeakEdge || table == strconv.FormatUint(id(n), 10)
		if got := g.Links[from+graph.EdgeID(k)].Loose(); got != want {
			t.Fatalf("seed %d, node %d: edge %q loose: %v, want %v", seed, n, e.name, got, want)
		}
	}
}

func checkOwners(t *testing.T, seed uint64, w *twin, g *graph.Graph) {
	t.Helper()
	var want []graph.NodeID
	for _, e := range w.edges[0] {
		if e.typ == graph.ShortcutEdge || e.typ == graph.ElementEdge && w.shown[e.to] == "(Document DOM trees)" {
			want = append(want, e.to)
		}
	}
	if !slices.Equal(g.OwnerRoots, want) {
		t.Fatalf("seed %d: owner roots %v, want %v", seed, g.OwnerRoots, want)
	}
}
