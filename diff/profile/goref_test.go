package profile_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"testing"

	diffprofile "github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/pprof"
)

// gorefFile writes a profile byte by byte as goref does: a name is a string, a
// function and a location of one number, which begins behind the strings of the
// two sample types; values come before locations, and only lists of more than
// two are packed; there are no addresses, no period, and one mapping that is none.
type gorefFile struct {
	out     []byte
	strings []string
}

func (g *gorefFile) number(to []byte, field int, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(to, uint64(field)<<3), v)
}

func (g *gorefFile) message(field int, body []byte) {
	g.out = binary.AppendUvarint(g.out, uint64(field)<<3|2)
	g.out = append(binary.AppendUvarint(g.out, uint64(len(body))), body...)
}

func (g *gorefFile) text(s string) uint64 {
	if i := slices.Index(g.strings, s); i >= 0 {
		return uint64(i)
	}
	g.strings = append(g.strings, s)
	return uint64(len(g.strings) - 1)
}

// gorefBytes writes ways, such as "main.cache > $mapval. (*main.entry)", each
// with the bytes of its objects of 16 bytes.
func gorefBytes(t *testing.T, sizes map[string]int64) []byte {
	t.Helper()
	g := &gorefFile{strings: []string{""}}
	for _, typ := range [][2]string{{"inuse_objects", "count"}, {"inuse_space", "bytes"}} {
		g.message(1, g.number(g.number(nil, 1, g.text(typ[0])), 2, g.text(typ[1])))
	}
	for _, way := range slices.Sorted(maps.Keys(sizes)) {
		body := g.number(g.number(nil, 2, uint64(sizes[way]/16)), 2, uint64(sizes[way]))
		var ids []uint64
		for _, step := range strings.Split(way, " > ") {
			ids = append(ids, g.text(step))
		}
		slices.Reverse(ids) // the innermost first
		if len(ids) > 2 {
			var packed []byte
			for _, id := range ids {
				packed = binary.AppendUvarint(packed, id)
			}
			body = append(binary.AppendUvarint(append(body, 1<<3|2), uint64(len(packed))), packed...)
		} else {
			for _, id := range ids {
				body = g.number(body, 1, id)
			}
		}
		g.message(2, body)
	}
	for id := uint64(5); id < uint64(len(g.strings)); id++ {
		line := g.number(nil, 1, id)
		body := append(binary.AppendUvarint(append(g.number(nil, 1, id), 4<<3|2), uint64(len(line))), line...)
		g.message(4, body)
		g.message(5, g.number(g.number(nil, 1, id), 2, id))
	}
	dash := g.text("-")
	g.message(3, g.number(g.number(g.number(g.number(nil, 1, 1), 3, 0xff), 5, dash), 7, 0))
	for _, s := range g.strings {
		g.message(6, []byte(s))
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(g.out); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func references(t *testing.T, sizes map[string]int64) diffprofile.Opener {
	t.Helper()
	data := gorefBytes(t, sizes)
	return func(ctx context.Context) (*pprof.Profile, error) {
		src, err := input.New(ctx, "ref.pb.gz", bytes.NewReader(data), input.Options{})
		if err != nil {
			return nil, err
		}
		defer src.Close()
		return pprof.Read(ctx, src, pprof.Options{})
	}
}

// TestReferences: profiles of references have no sampling error, every way is a
// retainer, and the smallest growth is growth.
func TestReferences(t *testing.T) {
	const (
		cache  = "example.com/shop/cache.sessions (map[string]*cache.session)"
		entry  = "$mapval. (*cache.session)"
		body   = "body. ([]uint8)"
		config = "main.config (*main.config)"
	)
	before := references(t, map[string]int64{cache + " > " + entry: 160, cache + " > " + entry + " > " + body: 4096, config: 4096})
	after := references(t, map[string]int64{cache + " > " + entry: 176, cache + " > " + entry + " > " + body: 8192, config: 4096})
	r, err := diffprofile.Compare(t.Context(), before, after, diffprofile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Nature != pprof.References || !r.Sampling.Exact || r.Total.Growth() != 4112 || r.Total.Error != 0 {
		t.Fatalf("a %s, %+v, %+v", r.Nature, r.Sampling, r.Total)
	}
	s := &r.Sites[0]
	if s.Function != cache || s.Growth() != 4112 || s.Noise() || s.Kind != "buffers and bodies" || s.AfterCount-s.BeforeCount != 257 {
		t.Errorf("first is %s (%s) with %d, %d objects", s.Function, s.Kind, s.Growth(), s.AfterCount-s.BeforeCount)
	}
	want := []diffprofile.Part{{Name: cache + " → " + entry + " → " + body, Growth: 4096}, {Name: cache + " → " + entry, Growth: 16}}
	if !slices.Equal(s.Contexts, want) {
		t.Errorf("held by %v, want %v", s.Contexts, want)
	}
}

// TestReferencesOfCalls: where goref has only the calls that lead to a frame,
// the program's own function holds; a variable of a library's holds itself.
func TestReferencesOfCalls(t *testing.T) {
	const transport = "net/http.DefaultTransport"
	before := references(t, map[string]int64{"runtime.goexit > runtime.main > main.main": 16, transport + " > idleConn. (map[string]string)": 16, transport + " > $sub_objects$": 16})
	after := references(t, map[string]int64{"runtime.goexit > runtime.main > main.main": 4096, transport + " > idleConn. (map[string]string)": 1024, transport + " > $sub_objects$": 1024})
	r, err := diffprofile.Compare(t.Context(), before, after, diffprofile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, s := range r.Sites {
		got[s.Function] = s.Growth()
	}
	if want := map[string]int64{"main.main": 4080, transport: 2016}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
