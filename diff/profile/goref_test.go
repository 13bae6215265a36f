package profile_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	diffprofile "github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/pprof"
)

// references writes a profile as goref does: each name is a location and a
// function, there are no addresses, and one mapping that is none.
func references(t *testing.T, sizes map[string]int64) diffprofile.Opener {
	t.Helper()
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "inuse_objects", Unit: "count"}, {Type: "inuse_space", Unit: "bytes"}},
		Mapping:    []*profile.Mapping{{ID: 1, Limit: 0xff, File: "-"}},
	}
	known := map[string]*profile.Location{}
	for way, size := range sizes {
		s := &profile.Sample{Value: []int64{size / 16, size}}
		steps := strings.Split(way, " > ")
		for i := len(steps) - 1; i >= 0; i-- {
			l := known[steps[i]]
			if l == nil {
				id := uint64(len(known)) + 5
				f := &profile.Function{ID: id, Name: steps[i]}
				l = &profile.Location{ID: id, Line: []profile.Line{{Function: f}}}
				known[steps[i]] = l
				p.Function, p.Location = append(p.Function, f), append(p.Location, l)
			}
			s.Location = append(s.Location, l)
		}
		p.Sample = append(p.Sample, s)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context) (*pprof.Profile, error) {
		src, err := input.New(ctx, "ref.pb.gz", bytes.NewReader(b.Bytes()), input.Options{})
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
	const cache, entry = "example.com/shop/cache.sessions (map[string]*cache.session)", "$mapval. (*cache.session)"
	before := references(t, map[string]int64{cache + " > " + entry: 160, "main.config (*main.config)": 4096})
	after := references(t, map[string]int64{cache + " > " + entry: 176, "main.config (*main.config)": 4096})
	r, err := diffprofile.Compare(t.Context(), before, after, diffprofile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Nature != pprof.References || !r.Sampling.Exact || r.Total.Growth() != 16 || r.Total.Error != 0 {
		t.Fatalf("a %s, %+v, %+v", r.Nature, r.Sampling, r.Total)
	}
	s := &r.Sites[0]
	if s.Function != cache || s.Growth() != 16 || s.Noise() || len(s.Contexts) == 0 || s.Contexts[0].Name != cache+" → "+entry {
		t.Errorf("first is %s with %d by %v", s.Function, s.Growth(), s.Contexts)
	}
}
