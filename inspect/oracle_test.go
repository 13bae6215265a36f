package inspect_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/inspect"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/klauspost/compress/zstd"
)

// oracle is what Chrome DevTools computed for one snapshot.
type oracle struct {
	Snapshot struct {
		ExtraNativeBytes uint64 `json:"extra_native_bytes"`
	} `json:"snapshot"`
	StatisticsPane map[string]uint64 `json:"statistics_pane"`
	Aggregates     []oracleClass     `json:"aggregates"`
	TopRetained    []oracleNode      `json:"top_retained"`
	Retainers      map[string]*struct {
		Object     oracleNode   `json:"object"`
		Retainers  []oracleEdge `json:"retainers"`
		FirstChain []oracleEdge `json:"first_chain"`
	} `json:"retainers"`
	Total struct {
		Classes int `json:"classes"`
		Lost    int `json:"nodes_lost_to_equal_class_keys"`
	} `json:"aggregates_total"`
}

type oracleClass struct {
	Key      string `json:"class_key"`
	Name     string `json:"name"`
	Count    int    `json:"count"`
	Size     uint64 `json:"self_size"`
	Retained uint64 `json:"retained_size"`
	Distance int    `json:"distance"`
}

type oracleNode struct {
	ID        uint64 `json:"id"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Self      uint64 `json:"self_size"`
	Retained  uint64 `json:"retained_size"`
	Distance  int    `json:"distance"`
	Dominator uint64 `json:"dominator_id"`
}

type oracleEdge struct {
	Edge     string `json:"edge"`
	Type     string `json:"edge_type"`
	ID       uint64 `json:"id"`
	Distance int    `json:"distance"`
	Self     uint64 `json:"self_size"`
	Retained uint64 `json:"retained_size"`
}

// shown is a distance as DevTools shows it, -1 for its dash.
func shown(d int) int {
	if d < 0 || d >= 100_000_000 {
		return -1
	}
	return d
}

// eachOracle runs a test for each snapshot that DevTools' numbers are kept of.
func eachOracle(t *testing.T, test func(t *testing.T, h *parse.Heap, want *oracle)) {
	files, err := filepath.Glob("../testdata/*.heapsnapshot.zst")
	if err != nil || len(files) < 16 {
		t.Fatalf("%d snapshots in testdata, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".heapsnapshot.zst"), func(t *testing.T) {
			test(t, load(t, file), readOracle(t, strings.Replace(file, ".heapsnapshot.", ".oracle.json.", 1)))
		})
	}
}

func load(t testing.TB, file string) *parse.Heap {
	t.Helper()
	src, err := input.Open(t.Context(), file, input.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	h, err := parse.Load(t.Context(), src, parse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func readOracle(t *testing.T, file string) *oracle {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var o oracle
	if err := json.NewDecoder(z).Decode(&o); err != nil {
		t.Fatal(err)
	}
	return &o
}

func TestSummaryEqualsDevTools(t *testing.T) {
	eachOracle(t, func(t *testing.T, h *parse.Heap, want *oracle) {
		s := inspect.Summarise(h, inspect.Options{Largest: 1000})
		checkStatistics(t, s, want)
		checkClasses(t, s.Classes, want)
		checkLargest(t, s.Largest, want)
		var kinds uint64
		for _, k := range s.Kinds {
			kinds += k.Size
		}
		if kinds != s.Size {
			t.Errorf("the kinds add up to %d of %d bytes", kinds, s.Size)
		}
	})
}

func checkStatistics(t *testing.T, s *inspect.Summary, want *oracle) {
	t.Helper()
	got := map[string]uint64{
		"Total": s.Statistics.Total, "Code": s.Statistics.Code, "Strings": s.Statistics.Strings,
		"JS arrays": s.Statistics.JSArrays, "Typed arrays": s.Statistics.TypedArrays,
		"System objects": s.Statistics.System, "Other JS objects": s.Statistics.OtherJS,
		"Other non-JS objects": s.Statistics.OtherNative,
	}
	if len(want.StatisticsPane) != len(got) {
		t.Errorf("DevTools has %d figures, we have %d", len(want.StatisticsPane), len(got))
	}
	for name, value := range want.StatisticsPane {
		if got[name] != value {
			t.Errorf("%s: %d, DevTools says %d", name, got[name], value)
		}
	}
	if total := s.Size + s.Extra; total != s.Statistics.Total || s.Extra != want.Snapshot.ExtraNativeBytes {
		t.Errorf("size %d and extra %d, total %d", s.Size, s.Extra, s.Statistics.Total)
	}
}

// The classes are equal row by row, so their order is, too.
func checkClasses(t *testing.T, got []inspect.Class, want *oracle) {
	t.Helper()
	if want.Total.Lost != 0 {
		t.Fatal("classes of equal keys: DevTools' own table is incomplete")
	}
	if len(got) != len(want.Aggregates) || len(got) != want.Total.Classes {
		t.Errorf("%d classes, DevTools has %d", len(got), len(want.Aggregates))
	}
	wrong := 0
	for i := range min(len(got), len(want.Aggregates)) {
		w, g := &want.Aggregates[i], &got[i]
		if g.Key != w.Key || g.Class != w.Name || g.Count != w.Count || g.Size != w.Size || g.Retained != w.Retained || g.Distance != shown(w.Distance) {
			t.Errorf("row %d:\n got %+v\nwant %+v", i, *g, *w)
			if wrong++; wrong == 5 {
				return
			}
		}
	}
}

// The largest objects are DevTools' but for those that are left out.
func checkLargest(t *testing.T, got []inspect.Object, want *oracle) {
	t.Helper()
	byID := map[uint64]*inspect.Object{}
	for i := range got {
		byID[got[i].ID] = &got[i]
		if i > 0 && got[i].Retained > got[i-1].Retained {
			t.Errorf("object %d retains more than the one before it", i)
		}
	}
	compared := 0
	for _, w := range want.TopRetained {
		g := byID[w.ID]
		if g == nil {
			switch w.Type {
			case "synthetic", "array", "hidden", "code", "object shape":
				continue
			}
			if strings.HasPrefix(w.Name, "system / ") { // variables of closures, what else is hidden
				continue
			}
			t.Errorf("@%d, a %s that retains %d bytes, is missing", w.ID, w.Type, w.Retained)
			continue
		}
		compared++
		if g.Size != w.Self || g.Retained != w.Retained || g.Distance != shown(w.Distance) {
			t.Errorf("got %+v, want %+v", g, w)
		}
	}
	if compared < 10 {
		t.Errorf("only %d objects are among DevTools' %d largest", compared, len(want.TopRetained))
	}
}

func TestRetainersEqualDevTools(t *testing.T) {
	asked := 0
	defer func() {
		if asked < 40 {
			t.Errorf("DevTools was asked about %d objects only", asked)
		}
	}()
	eachOracle(t, func(t *testing.T, h *parse.Heap, want *oracle) {
		asked += len(want.Retainers)
		for i, id := range slices.Sorted(maps.Keys(want.Retainers)) {
			w := want.Retainers[id]
			r, err := inspect.FindRetainers(h, "@"+id, inspect.Options{})
			if err != nil {
				t.Error(err)
				continue
			}
			if len(r.Object) != 1 || r.Count != 1 {
				t.Fatalf("@%s: %d objects", id, len(r.Object))
			}
			o := r.Object[0]
			if o.Object.Retained != w.Object.Retained || o.Object.Size != w.Object.Self || o.Dominators[0].ID != w.Object.Dominator {
				t.Errorf("@%s: got %+v below @%d, want %+v", id, o.Object, o.Dominators[0].ID, w.Object)
			}
			checkDirect(t, id, o.Direct, w.Retainers)
			if i == 0 { // the whole heap is studied for each step
				checkChain(t, h, id, w.FirstChain)
			}
			checkPaths(t, id, o.Paths)
		}
	})
}

func checkDirect(t *testing.T, id string, got []inspect.Retainer, want []oracleEdge) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("@%s: %d retainers, DevTools lists %d", id, len(got), len(want))
		return
	}
	for i, w := range want {
		if g := got[i]; !same(g, w) {
			t.Errorf("@%s, retainer %d: got %+v, want %+v", id, i, g, w)
		}
	}
}

func same(g inspect.Retainer, w oracleEdge) bool {
	edge, cut := strings.CutSuffix(w.Edge, "…")
	return (g.Edge == w.Edge || cut && strings.HasPrefix(g.Edge, edge)) && g.EdgeType == w.Type &&
		g.From.ID == w.ID && g.From.Size == w.Self && g.From.Retained == w.Retained && g.From.Distance == shown(w.Distance)
}

// checkChain follows the first retainer of the first retainer, as the pane does.
func checkChain(t *testing.T, h *parse.Heap, id string, chain []oracleEdge) {
	t.Helper()
	for i, w := range chain {
		r, err := inspect.FindRetainers(h, "@"+id, inspect.Options{Direct: 1, Paths: 1})
		if err != nil {
			t.Fatal(err)
		}
		direct := r.Object[0].Direct
		if len(direct) != 1 || !same(direct[0], w) {
			t.Errorf("step %d of the chain: got %+v, want %+v", i, direct, w)
			return
		}
		id = fmt.Sprint(w.ID)
	}
}

func checkPaths(t *testing.T, id string, ways [][]inspect.Step) {
	t.Helper()
	if len(ways) == 0 {
		t.Errorf("@%s: no path", id)
	}
	for _, way := range ways {
		if len(way) == 0 || way[0].Edge != "" || fmt.Sprint(way[len(way)-1].ID) != id {
			t.Errorf("@%s: the path is %+v", id, way)
		}
	}
}
