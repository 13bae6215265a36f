package parse_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
	"github.com/klauspost/compress/zstd"
)

// oracle is what Chrome DevTools computed for one snapshot, node by node.
type oracle struct {
	Snapshot struct {
		NodeCount int    `json:"node_count"`
		EdgeCount int    `json:"edge_count"`
		Extra     uint64 `json:"extra_native_bytes"`
	} `json:"snapshot"`
	NodeDigest string `json:"node_digest"`
	ByNodeType map[string]struct {
		Count int    `json:"count"`
		Raw   uint64 `json:"raw_self_size"`
		Self  uint64 `json:"self_size"`
	} `json:"by_node_type"`
	Detachedness struct {
		Unknown  int `json:"unknown"`
		Attached int `json:"attached"`
		Detached int `json:"detached"`
	} `json:"detachedness"`
	Distances  map[string]int `json:"distances"`
	Interfaces []struct {
		Name       string   `json:"name"`
		Properties []string `json:"properties"`
		Count      int      `json:"count"`
	} `json:"interface_definitions"`
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

func snapshots(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../testdata/*.heapsnapshot.zst")
	if err != nil || len(files) < 16 {
		t.Fatalf("%d snapshots in testdata, %v", len(files), err)
	}
	return files
}

func load(t testing.TB, file string, o parse.Options) *parse.Heap {
	t.Helper()
	src, err := input.Open(t.Context(), file, input.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	h, err := parse.Load(t.Context(), src, o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// Every number of every node is the one that DevTools computes.
func TestEveryNodeEqualsDevTools(t *testing.T) {
	for _, file := range snapshots(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".heapsnapshot.zst"), func(t *testing.T) {
			want := readOracle(t, strings.Replace(file, ".heapsnapshot.", ".oracle.json.", 1))
			for _, jobs := range []int{1, 4} {
				h := load(t, file, parse.Options{Jobs: jobs, KeepRaw: true})
				distances := h.Distances()
				if got := digest(h, distances); got != want.NodeDigest {
					t.Errorf("jobs %d: the digest of the nodes is %s, want %s", jobs, got, want.NodeDigest)
				}
				if err := h.Check(); err != nil {
					t.Error(err)
				}
				checkCounts(t, h, want)
				checkTypes(t, h, want)
				checkDistances(t, distances, want)
				checkInterfaces(t, h, want)
			}
		})
	}
}

// digest is the SHA-256 over "id self retained distance dominator\n" of every node.
func digest(h *parse.Heap, distances []int32) string {
	sum := sha256.New()
	w := bufio.NewWriterSize(sum, 1<<16)
	var line []byte
	for n := range graph.NodeID(h.NumNodes()) {
		line = strconv.AppendUint(line[:0], h.ID.At(n), 10)
		line = strconv.AppendUint(append(line, ' '), h.Self.At(n), 10)
		line = strconv.AppendUint(append(line, ' '), h.Dominators.Retained(n), 10)
		line = strconv.AppendInt(append(line, ' '), int64(distances[n]), 10)
		line = strconv.AppendUint(append(line, ' '), h.ID.At(h.Dominators.Idom(n)), 10)
		w.Write(append(line, '\n'))
	}
	w.Flush()
	return hex.EncodeToString(sum.Sum(nil))
}

func checkCounts(t *testing.T, h *parse.Heap, want *oracle) {
	t.Helper()
	if h.NumNodes() != want.Snapshot.NodeCount || h.NumEdges() != want.Snapshot.EdgeCount || h.ExtraBytes != want.Snapshot.Extra {
		t.Errorf("%d nodes, %d edges, %d bytes outside; want %+v", h.NumNodes(), h.NumEdges(), h.ExtraBytes, want.Snapshot)
	}
	got := want.Detachedness
	got.Unknown, got.Attached, got.Detached = 0, 0, 0
	for _, f := range h.Flags {
		switch f.DOMState() {
		case graph.Attached:
			got.Attached++
		case graph.Detached:
			got.Detached++
		default:
			got.Unknown++
		}
	}
	if got != want.Detachedness {
		t.Errorf("detachedness %+v, want %+v", got, want.Detachedness)
	}
}

func checkTypes(t *testing.T, h *parse.Heap, want *oracle) {
	t.Helper()
	type sums struct {
		count     int
		raw, self uint64
	}
	got := map[string]sums{}
	for n := range graph.NodeID(h.NumNodes()) {
		s := got[h.TypeName(n)]
		s.count++
		s.raw += h.RawSelf.At(n)
		s.self += h.Self.At(n)
		got[h.TypeName(n)] = s
	}
	if len(got) != len(want.ByNodeType) {
		t.Errorf("%d types, want %d", len(got), len(want.ByNodeType))
	}
	for name, w := range want.ByNodeType {
		if g := got[name]; g != (sums{w.Count, w.Raw, w.Self}) {
			t.Errorf("%s: %+v, want %+v", name, g, w)
		}
	}
}

func checkDistances(t *testing.T, distances []int32, want *oracle) {
	t.Helper()
	got := map[string]int{}
	for _, d := range distances {
		got[fmt.Sprint(d)]++
	}
	if !reflect.DeepEqual(got, want.Distances) {
		t.Errorf("distances %v, want %v", got, want.Distances)
	}
}

func checkInterfaces(t *testing.T, h *parse.Heap, want *oracle) {
	t.Helper()
	got := h.Interfaces()
	if len(got) != len(want.Interfaces) {
		t.Errorf("%d interfaces, want %d", len(got), len(want.Interfaces))
		return
	}
	for i, w := range want.Interfaces {
		if g := got[i]; g.Name != w.Name || g.Count != w.Count || !reflect.DeepEqual(g.Properties, w.Properties) {
			t.Errorf("interface %d is %+v, want %+v", i, g, w)
		}
	}
}
