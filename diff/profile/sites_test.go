package profile_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/pprof/profile"

	diffprofile "github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/pprof"
)

// stacked is a profile of one value, of one stack; the leaf is first.
func stacked(t *testing.T, typ, unit string, value int64, stack ...string) diffprofile.Opener {
	t.Helper()
	p := &profile.Profile{SampleType: []*profile.ValueType{{Type: typ, Unit: unit}}, PeriodType: &profile.ValueType{Type: typ, Unit: unit}, Period: 1}
	s := &profile.Sample{Value: []int64{value}}
	for i, name := range stack {
		f := &profile.Function{ID: uint64(i) + 1, Name: name, Filename: "src.go"}
		l := &profile.Location{ID: uint64(i) + 1, Line: []profile.Line{{Function: f, Line: 1}}}
		p.Function, p.Location, s.Location = append(p.Function, f), append(p.Location, l), append(s.Location, l)
	}
	p.Sample = []*profile.Sample{s}
	var b bytes.Buffer
	if err := p.WriteUncompressed(&b); err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context) (*pprof.Profile, error) {
		src, err := input.New(ctx, "stack.pb", bytes.NewReader(b.Bytes()), input.Options{})
		if err != nil {
			return nil, err
		}
		defer src.Close()
		return pprof.Read(ctx, src, pprof.Options{})
	}
}

// TestSites: a site is the program's own function nearest to the leaf; of a
// goroutine that has none it is the function that it runs. What a pool has made
// is the pool's.
func TestSites(t *testing.T) {
	for _, test := range []struct {
		typ, unit, site, kind string
		stack                 []string
	}{
		{"inuse_space", "bytes", "main.fetch", "buffers and bodies", []string{"io.ReadAll", "main.fetch", "main.main"}},
		{"inuse_space", "bytes", "main.newBuffer", "sync.Pool", []string{"main.newBuffer", "sync.(*Pool).Get", "main.main"}},
		{"inuse_space", "bytes", "main.newBuffer", "strings", []string{"strings.Repeat", "main.newBuffer", "sync.(*Pool).Get", "main.main"}},
		{"inuse_space", "bytes", "bufio.NewReaderSize", "buffers and bodies", []string{"bufio.NewReaderSize", "net/textproto.NewReader"}},
		{"goroutine", "count", "main.wait", "channel receive", []string{"runtime.gopark", "runtime.chanrecv", "runtime.chanrecv1", "main.wait", "main.start"}},
		{"goroutine", "count", "net/http.(*persistConn).readLoop", "select", []string{"runtime.gopark", "runtime.selectgo", "net/http.(*persistConn).readLoop"}},
	} {
		r, err := diffprofile.Compare(t.Context(), stacked(t, test.typ, test.unit, 100, test.stack...), stacked(t, test.typ, test.unit, 900, test.stack...), diffprofile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if s := &r.Sites[0]; len(r.Sites) != 1 || s.Function != test.site || s.Kind != test.kind || s.Growth() != 800 {
			t.Errorf("%v: %s (%s) with %d, want %s (%s)", test.stack, s.Function, s.Kind, s.Growth(), test.site, test.kind)
		}
	}
}
