package pprof_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/heapdiff/heapdiff/graph"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/pprof"
)

func read(ctx context.Context, name string, data []byte) (*pprof.Profile, error) {
	src, err := input.New(ctx, name, bytes.NewReader(data), input.Options{})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	return pprof.Read(ctx, src, pprof.Options{})
}

// files are the profiles in testdata, by name.
func files(t testing.TB, pattern string) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("../../testdata/" + pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no %s in testdata (%v)", pattern, err)
	}
	all := map[string][]byte{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(name)] = data
	}
	return all
}

// TestEqualsGoogle holds what is read against github.com/google/pprof: every
// sample's values, stack, and size of blocks.
func TestEqualsGoogle(t *testing.T) {
	for name, data := range files(t, "go-*.pb*") {
		got, err := read(t.Context(), name, data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want, err := profile.ParseData(data)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, got, want)
	}
}

func compare(t *testing.T, got *pprof.Profile, want *profile.Profile) {
	t.Helper()
	if got.Period != want.Period || got.TimeNanos != want.TimeNanos || got.DefaultType != want.DefaultSampleType ||
		got.NumSamples() != len(want.Sample) || len(got.SampleTypes) != len(want.SampleType) {
		t.Errorf("%s: header differs", got.File)
	}
	for _, name := range append(got.TypeNames(), "") {
		a, errA := got.SampleIndex(name)
		b, errB := want.SampleIndexByName(name)
		if a != b || errA != nil || errB != nil {
			t.Errorf("%s: sample index of %q is %d (%v), want %d (%v)", got.File, name, a, errA, b, errB)
		}
	}
	i := 0
	for s := range got.Samples {
		w := want.Sample[i]
		i++
		if a, b := stack(got, s), stackOf(w); a != b {
			t.Errorf("%s: sample %d is %s, want %s", got.File, i, a, b)
		}
		for v := range w.Value {
			if s.Values[v] != w.Value[v] {
				t.Errorf("%s: sample %d has values %v, want %v", got.File, i, s.Values, w.Value)
			}
		}
		size := int64(0)
		if b := w.NumLabel["bytes"]; len(b) > 0 {
			size = b[0]
		}
		if s.Size != size {
			t.Errorf("%s: sample %d has size %d, want %d", got.File, i, s.Size, size)
		}
	}
}

func stack(p *pprof.Profile, s *pprof.Sample) string {
	var b strings.Builder
	for _, l := range s.Locations {
		for _, f := range p.At(l) {
			fn := &p.Functions[f.Function]
			fmt.Fprintf(&b, "%s %s:%d|", fn.Name, fn.File, f.Line)
		}
	}
	return b.String()
}

func stackOf(s *profile.Sample) string {
	var b strings.Builder
	for _, l := range s.Location {
		for _, line := range l.Line {
			fmt.Fprintf(&b, "%s %s:%d|", line.Function.Name, line.Function.Filename, line.Line)
		}
	}
	return b.String()
}

// TestGraph holds the tree of calling contexts against the samples: a node's
// retained size is what all samples below it have, and a function's retained
// size, nested frames counted once, is its cumulative value.
func TestGraph(t *testing.T) {
	for name, data := range files(t, "go-*.pb*") {
		p, err := read(t.Context(), name, data)
		if err != nil {
			t.Fatal(err)
		}
		index, err := p.SampleIndex("")
		if err != nil {
			t.Fatal(err)
		}
		g, err := p.Graph(index, pprof.Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := g.Check(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		d := graph.Dominate(g)
		d.Weigh(&g.Self)
		flat, cum := map[string]int64{}, map[string]int64{}
		for s := range p.Samples {
			seen := map[string]bool{}
			leaf := true
			for _, l := range s.Locations {
				for _, f := range p.At(l) {
					fn := p.Functions[f.Function].Name
					if leaf {
						flat[fn] += s.Values[index]
						leaf = false
					}
					if !seen[fn] {
						seen[fn] = true
						cum[fn] += s.Values[index]
					}
				}
			}
		}
		tree := d.Tree()
		inside := map[graph.ClassID]int{}
		tree.Walk(func(n graph.NodeID) {
			class := g.ClassOf(n)
			if inside[class] == 0 {
				cum[g.Classes[class].Name] -= int64(d.Retained(n))
			}
			inside[class]++
			flat[g.Classes[class].Name] -= int64(g.Self.At(n))
		}, func(n graph.NodeID) { inside[g.ClassOf(n)]-- })
		delete(cum, "(root)")
		for fn, left := range cum {
			if left != 0 || flat[fn] != 0 {
				t.Errorf("%s: %s: cumulative is off by %d, flat by %d", name, fn, left, flat[fn])
			}
		}
	}
}

// TestDump reads what Go prints of its goroutines, with who created them.
func TestDump(t *testing.T) {
	p, err := read(t.Context(), "dump", files(t, "go-feed-goroutine-1.dump.gz")["go-feed-goroutine-1.dump.gz"])
	if err != nil {
		t.Fatal(err)
	}
	if p.Nature() != pprof.Goroutines {
		t.Errorf("it is a %s", p.Nature())
	}
	waiting := 0
	for s := range p.Samples {
		if text := stack(p, s); strings.Contains(text, "feed.(*subscriber).wait") && strings.Contains(text, "created by example.com/shop/feed.Subscribe ") {
			waiting++
		}
	}
	if waiting != 440 {
		t.Errorf("%d goroutines wait, want 440", waiting)
	}
}

func TestBroken(t *testing.T) {
	whole := files(t, "go-catalog-plain-1.pb")["go-catalog-plain-1.pb"]
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"truncated":      {whole[:len(whole)-100], "truncated at byte"},
		"truncated gzip": {gzipped(t, whole)[:2000], "truncated"},
		"html":           {[]byte("<html>not found</html>"), "not a profile at byte 0"},
		"no samples":     {[]byte{0x48, 1}, "no sample types"},
		"huge varint":    {append(append([]byte{}, whole...), 0x48, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1), "a number that does not end"},
		"huge length":    {append(append([]byte{}, whole...), 0x32, 0xff, 0xff, 0xff, 0xff, 0x7f), "a length that cannot be"},
		"long length":    {append(append([]byte{}, whole...), 0x32, 0xff, 0xff, 0xff, 0x0f), "truncated at byte"},
		"two in one":     {append(append([]byte{}, whole...), whole...), "two profiles in one file"},
		"group":          {append(append([]byte{}, whole...), 0xa3, 1), "type that is not used"},
		"text":           {[]byte("heap profile: 1: nonsense"), "corrupt"},
		"dump":           {[]byte("goroutine 1 [running]:\n\n"), "no goroutine has a stack"},
	} {
		_, err := read(t.Context(), name, test.data)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

// TestReferences breaks references one by one: to locations, functions, strings.
func TestReferences(t *testing.T) {
	base := func() *profile.Profile {
		fn := &profile.Function{ID: 1, Name: "main.main"}
		l := &profile.Location{ID: 1, Line: []profile.Line{{Function: fn}}}
		return &profile.Profile{
			SampleType: []*profile.ValueType{{Type: "space", Unit: "bytes"}},
			Function:   []*profile.Function{fn}, Location: []*profile.Location{l},
			Sample: []*profile.Sample{{Location: []*profile.Location{l}, Value: []int64{1}}},
		}
	}
	for _, test := range []struct {
		want  string
		spoil func(*profile.Profile)
	}{
		{"location 1 is not there", func(p *profile.Profile) { p.Location = nil }},
		{"function 1, which is not there", func(p *profile.Profile) { p.Function = nil }},
		{"2 values for 1 sample types", func(p *profile.Profile) { p.Sample[0].Value = []int64{1, 2} }},
		{"the id 0", func(p *profile.Profile) { p.Location[0].ID = 0 }},
	} {
		p := base()
		test.spoil(p)
		var b bytes.Buffer
		if err := p.WriteUncompressed(&b); err != nil {
			t.Fatal(err)
		}
		if _, err := read(t.Context(), "p", b.Bytes()); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v, want %q", err, test.want)
		}
	}
}

// TestFrames reads what other producers write: no symbols, inlined frames, ids
// that are addresses, frames to leave out.
func TestFrames(t *testing.T) {
	m := &profile.Mapping{ID: 1, Start: 0x1000, Limit: 0x9000, Offset: 0x200, File: "/opt/libleak.so"}
	alloc := &profile.Function{ID: 7, Name: "je_malloc"}
	outer, inner := &profile.Function{ID: 8, Name: "outer"}, &profile.Function{ID: 9, Name: "inner"}
	bare := &profile.Location{ID: 0xffff_0000_1500, Address: 0x1500, Mapping: m}
	leaf := &profile.Location{ID: 0xffff_0000_1600, Address: 0x1600, Mapping: m, Line: []profile.Line{{Function: alloc}}}
	both := &profile.Location{ID: 0xffff_0000_1700, Address: 0x1700, Mapping: m, Line: []profile.Line{{Function: inner, Line: 3}, {Function: outer, Line: 9}}}
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "objects", Unit: "count"}, {Type: "space", Unit: "bytes"}},
		Mapping:    []*profile.Mapping{m}, Function: []*profile.Function{alloc, outer, inner}, Location: []*profile.Location{bare, leaf, both},
		Sample:     []*profile.Sample{{Location: []*profile.Location{leaf, both, bare}, Value: []int64{1, 64}}},
		DropFrames: "je_.*",
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := read(t.Context(), "p", b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for s := range got.Samples {
		if text := stack(got, s); text != "inner :3|outer :9|libleak.so+0x700 :0|" {
			t.Errorf("the stack is %s", text)
		}
	}
	if got.Nature() != pprof.Heap {
		t.Errorf("it is a %s", got.Nature())
	}
}

func TestRecognises(t *testing.T) {
	for name, data := range files(t, "go-*.*") {
		src, err := input.New(t.Context(), name, bytes.NewReader(data), input.Options{})
		if err != nil {
			t.Fatal(err)
		}
		start, _ := src.Peek(64)
		if !pprof.Recognises(start) {
			t.Errorf("%s is not recognised: % x", name, start)
		}
		src.Close()
	}
	for _, text := range []string{"", "{", `{"a": 1}`, "<html>", "hello", "\x00\x00", "\x7fELF\x02\x01\x01", "PK\x03\x04", "\x89PNG\r\n", "\n\n\n text", "goroutine of words"} {
		if pprof.Recognises([]byte(text)) {
			t.Errorf("%q is taken for a profile", text)
		}
	}
}

func gzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func FuzzRead(f *testing.F) {
	seeds := files(f, "go-*.*")
	maps.Copy(seeds, files(f, "producers/*.gz"))
	for _, data := range seeds {
		if plain, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
			if data, err = io.ReadAll(plain); err != nil {
				f.Fatal(err)
			}
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := read(t.Context(), "fuzz", data)
		if err != nil {
			return
		}
		for s := range p.Samples {
			_ = stack(p, s)
		}
		for i := range p.SampleTypes {
			g, err := p.Graph(i, pprof.Options{})
			if err != nil {
				continue
			}
			if err := g.Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
