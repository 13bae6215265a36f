package gate_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
	"github.com/heapdiff/heapdiff/gate"
	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/inspect"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse"
)

var byStructure = diff.Options{Match: diff.Structure, Ranking: &growth.Options{All: true}}

func load(t testing.TB, name string) *parse.Heap {
	t.Helper()
	src, err := input.Open(t.Context(), filepath.Join("../testdata", name+".heapsnapshot.zst"), input.Options{})
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

func reduce(t testing.TB, name string) (*diff.Reduction, *parse.Heap) {
	t.Helper()
	h := load(t, name)
	r, err := diff.Reduce(t.Context(), h, byStructure)
	if err != nil {
		t.Fatal(err)
	}
	return r, h
}

func baseline(t testing.TB, name string) *gate.Baseline {
	t.Helper()
	r, h := reduce(t, name)
	s, err := r.Store()
	if err != nil {
		t.Fatal(err)
	}
	v := inspect.FindVersions(h.Graph)
	b := &gate.Baseline{Commits: []string{"0123456789abcdef"}, Wasted: 77, Heap: s}
	if v.V8 != "" {
		b.Node, b.V8 = []string{v.Node}, []string{v.V8}
	}
	return b
}

func written(t testing.TB, b *gate.Baseline) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func facts(t testing.TB, r *diff.Reduction, after string) *gate.Facts {
	t.Helper()
	result, err := r.Compare(t.Context(), load(t, after))
	if err != nil {
		t.Fatal(err)
	}
	f, err := gate.FactsOf(result)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestBaselineFile holds that what is read is what was written, that it is
// small and always the same, and that no text of the program is in it.
func TestBaselineFile(t *testing.T) {
	for _, name := range []string{"node14-before", "node20-after", "node26-before", "chromium156-after"} {
		b := baseline(t, name)
		text := written(t, b)
		if len(text) > 300<<10 {
			t.Errorf("%s: %d bytes", name, len(text))
		}
		if !bytes.Equal(text, written(t, baseline(t, name))) {
			t.Errorf("%s: not the same twice", name)
		}
		back, err := readBaseline(name, bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(back, b) {
			t.Errorf("%s: what is read is not what was written", name)
		}
		if !strings.HasPrefix(string(text), "heapdiff baseline 2\n") || !gate.IsBaseline(text) {
			t.Errorf("%s begins with %q", name, text[:20])
		}
	}
}

// TestBaselineHasNoValues holds that no value of a string gets into a file, but
// versions and the names of scripts.
func TestBaselineHasNoValues(t *testing.T) {
	h, b := load(t, "node20-after"), baseline(t, "node20-after")
	text, err := unpacked(written(t, b))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{b.V8[0]: true}
	for e, l := range h.Links {
		if ty := l.Type(); ty != graph.ElementEdge && ty != graph.HiddenEdge {
			names[h.Strings.String(graph.StringID(h.Label(graph.EdgeID(e))))] = true
		}
	}
	for _, c := range b.Heap.Classes {
		names[c.Script] = true
	}
	values := 0
	for n, ty := range h.Type {
		name := h.NodeName(graph.NodeID(n))
		if !ty.IsString() {
			names[name] = true
		}
	}
	all := strings.Join(slices.Collect(maps.Keys(names)), "\n") // the name of a root may contain that of a string
	for n, ty := range h.Type {
		name := h.NodeName(graph.NodeID(n))
		if ty != graph.String || len(name) < 12 || names[strings.TrimPrefix(name, ".")] {
			continue
		}
		if values++; bytes.Contains(text, []byte(name)) && !strings.Contains(all, name) {
			t.Errorf("the file has the text %q", name)
		}
	}
	if values < 10000 {
		t.Errorf("only %d texts", values)
	}
}

func unpacked(text []byte) ([]byte, error) {
	_, frame, _ := bytes.Cut(text, []byte("\n"))
	r, err := zstd.NewReader(nil)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return r.DecodeAll(frame, nil)
}

// TestBaselineVerdict holds that the verdict on a baseline is the one on the
// snapshot by structure, whatever the rule.
func TestBaselineVerdict(t *testing.T) {
	var g gate.Gate
	for _, m := range gate.Metrics() {
		if m.Name == "per_iteration" {
			continue
		}
		for _, op := range []string{">", "<="} {
			value := map[gate.Unit]string{gate.Bytes: "10KiB", gate.Count: "100", gate.Percent: "5"}[m.Unit]
			subject := m.Name
			if subject == "retained" {
				subject = "class:*:retained"
			}
			e, err := gate.Parse(subject + op + value)
			if err != nil {
				t.Fatal(err)
			}
			g.Rules = append(g.Rules, gate.Rule{Expr: e, Severity: gate.Failure})
		}
	}
	for _, pair := range [][2]string{{"node20-before", "node20-after"}, {"node14-before", "node14-rerun"}, {"chromium156-before", "chromium156-after"}} {
		r, _ := reduce(t, pair[0])
		want := g.Judge(facts(t, r, pair[1]))
		back, err := readBaseline("x", bytes.NewReader(written(t, baseline(t, pair[0]))))
		if err != nil {
			t.Fatal(err)
		}
		restored, err := back.Heap.Reduction("x", byStructure)
		if err != nil {
			t.Fatal(err)
		}
		got := g.Judge(facts(t, restored, pair[1]))
		for i := range got.Outcomes {
			a, b := &got.Outcomes[i], &want.Outcomes[i]
			text := a.Expr.Text
			a.Rule, b.Rule = gate.Rule{}, gate.Rule{} // has functions, which nothing is equal to
			for k := range a.Findings {               // a place in the source may be told by another script of that name
				a.Findings[k].Where, b.Findings[k].Where = "", ""
			}
			if !reflect.DeepEqual(a, b) {
				t.Errorf("%v: %s: %v, want %v", pair, text, a, b)
			}
		}
		if got.Status != want.Status || len(want.Outcomes) < 30 {
			t.Errorf("%v: %s, want %s", pair, got.Status, want.Status)
		}
	}
}

func TestMergeBaselines(t *testing.T) {
	a, b, c := baseline(t, "node20-before"), baseline(t, "node20-after"), baseline(t, "node22-after")
	merge := func(mixed bool, list ...*gate.Baseline) *gate.Baseline {
		t.Helper()
		m, err := gate.MergeBaselines(mixed, list...)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	left := written(t, merge(true, merge(false, a, b), c))
	if !bytes.Equal(left, written(t, merge(true, a, merge(true, c, b)))) || !bytes.Equal(left, written(t, merge(true, c, b, a))) {
		t.Error("the order matters")
	}
	m := merge(false, a, b)
	if m.Origin() != "2 heaps, Node "+a.Node[0]+", commit 0123456789ab" || m.Wasted != 154 {
		t.Errorf("%s, %d", m.Origin(), m.Wasted)
	}
	var mixed *gate.MixedError
	if _, err := gate.MergeBaselines(false, a, c); !errors.As(err, &mixed) || !strings.Contains(err.Error(), "V8 11 and 12") {
		t.Error(err)
	}
	masked := *b
	masked.Masks = []string{"x+"}
	if _, err := gate.MergeBaselines(true, a, &masked); !errors.As(err, &mixed) {
		t.Error(err)
	}
}

func TestFits(t *testing.T) {
	b := baseline(t, "node20-before")
	for _, c := range []struct {
		v8    string
		mixed bool
		fits  bool
	}{{b.V8[0], false, true}, {"11.0.1", false, true}, {"12.4.1", false, false}, {"12.4.1", true, true}, {"", false, true}} {
		if err := b.Fits(c.v8, nil, c.mixed); (err == nil) != c.fits {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if err := b.Fits(b.V8[0], []*regexp.Regexp{regexp.MustCompile("a+")}, true); err == nil {
		t.Error("other masks fit")
	}
}

// TestBaselineBroken holds that no damage goes unnoticed, and that nothing is
// taken for a baseline that is none.
func TestBaselineBroken(t *testing.T) {
	text := written(t, baseline(t, "node20-before"))
	var broken *gate.BaselineError
	for i := 0; i < len(text); i += len(text)/200 + 1 {
		if _, err := readBaseline("x", bytes.NewReader(text[:i])); !errors.As(err, &broken) {
			t.Errorf("cut at %d: %v", i, err)
		}
		damaged := bytes.Clone(text)
		damaged[i] ^= 0x20
		if b, err := readBaseline("x", bytes.NewReader(damaged)); err == nil && !reflect.DeepEqual(b, baseline(t, "node20-before")) {
			t.Errorf("damaged at %d: taken", i)
		}
	}
	for heaps, want := range map[uint64]string{0: "it is of no heap", 1 << 63: "it is of more heaps than there are"} {
		b := baseline(t, "node20-before")
		b.Heap.Heaps = heaps
		if _, err := readBaseline("x", bytes.NewReader(written(t, b))); !errors.As(err, &broken) || !strings.Contains(err.Error(), want) {
			t.Errorf("of %d heaps: %v", heaps, err)
		}
	}
	for text, want := range map[string]string{
		"":                           "this is no baseline",
		`{"snapshot":{}}`:            "this is no baseline",
		"heapdiff baseline 1\n":      `is of version "1"`,
		"heapdiff baseline 2\nhello": "cannot be unpacked",
	} {
		if _, err := readBaseline("x", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestBaselineOfNothing holds that a small file does not take more memory than what
// it unpacks to, nor unpack to more than it says.
func TestBaselineOfNothing(t *testing.T) {
	const size = 64 << 20
	packer, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	var unsized bytes.Buffer
	packer.Reset(&unsized)
	if _, err := packer.Write(make([]byte, 4*size)); err != nil {
		t.Fatal(err)
	}
	if err := packer.Close(); err != nil {
		t.Fatal(err)
	}
	twice := packer.EncodeAll([]byte{0}, nil)
	twice = packer.EncodeAll(make([]byte, 4*size), twice)
	manyNames := append(binary.AppendUvarint(nil, size), make([]byte, size)...)

	for name, frame := range map[string][]byte{
		"of no size": unsized.Bytes(),
		"twice":      twice,
		"many names": packer.EncodeAll(manyNames, nil),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var broken *gate.BaselineError
		if _, err := readBaseline("x", bytes.NewReader(append([]byte("heapdiff baseline 2\n"), frame...))); !errors.As(err, &broken) {
			t.Errorf("%s: %v", name, err)
		}
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 2*size {
			t.Errorf("%s: %d bytes make room for %d MiB", name, len(frame), took>>20)
		}
	}
}

// FuzzBaseline holds that whatever is in a frame is read or refused, and that
// what is read can be compared with or is refused.
func FuzzBaseline(f *testing.F) {
	if text, err := unpacked(written(f, baseline(f, "node14-before"))); err == nil {
		f.Add(text)
	}
	small := &gate.Baseline{V8: []string{"11.3"}, Heap: &diff.Stored{
		Format: "V8", Heaps: 1, Size: 5, Classes: []diff.StoredClass{{Name: "A", Count: 1, Size: 5}, {Shape: true, Properties: []string{"a"}}},
		Ways: []diff.StoredWay{{Above: -1, Retained: 5}}, Kinds: []diff.StoredKind{{Name: "strings", Count: 1, Size: 5}},
		Tree: &growth.Stored{
			Edges: []growth.StoredLabel{{Text: ".a", Named: true}}, Classes: []growth.StoredLabel{{Text: "A"}}, Self: 1,
			Places: []growth.StoredPlace{{Above: -1, Held: 1, Own: true, Count: 1, Self: 4}},
		},
	}}
	text, err := unpacked(written(f, small))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	packer, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := readBaseline("x", bytes.NewReader(append([]byte("heapdiff baseline 2\n"), packer.EncodeAll(text, nil)...)))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := b.Write(&out); err != nil {
			t.Fatal(err)
		}
		back, err := readBaseline("x", &out)
		if err != nil || !reflect.DeepEqual(back, b) {
			t.Fatalf("what is written is not what was read: %v", err)
		}
		if _, err := b.Heap.Reduction("x", byStructure); err != nil {
			return
		}
		if _, err := gate.MergeBaselines(true, b, b); err != nil {
			t.Fatal(err)
		}
	})
}

func readBaseline(name string, r io.Reader) (*gate.Baseline, error) {
	packed, err := gate.OpenBaseline(name, r)
	if err != nil {
		return nil, err
	}
	return packed.Unpack()
}
