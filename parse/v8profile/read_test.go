package v8profile_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-json"

	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/pprof"
	"github.com/heapdiff/heapdiff/parse/v8profile"
)

func read(ctx context.Context, data []byte) (*pprof.Profile, error) {
	src, err := input.New(ctx, "x.heapprofile", bytes.NewReader(data), input.Options{})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	return v8profile.Read(ctx, src, pprof.Options{})
}

// node is a tree as V8 writes it.
type node struct {
	CallFrame struct{ FunctionName string }
	SelfSize  int64
	Children  []node
}

func (n *node) sum() int64 {
	total := n.SelfSize
	for i := range n.Children {
		total += n.Children[i].sum()
	}
	return total
}

// TestSums holds what was read against the tree in the file.
func TestSums(t *testing.T) {
	data, err := os.ReadFile("../../testdata/node20-prof-0.heapprofile")
	if err != nil {
		t.Fatal(err)
	}
	if !v8profile.Recognises(data[:64]) {
		t.Error("it is not recognised")
	}
	p, err := read(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	var tree struct{ Head node }
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	var got int64
	for s := range p.Samples {
		got += s.Values[0]
	}
	if want := tree.Head.sum(); got != want || want == 0 {
		t.Errorf("%d bytes, want %d", got, want)
	}
	if p.Rate() != 8192 { // as --heap-prof-interval asked
		t.Errorf("the rate is %d", p.Rate())
	}
}

func TestBroken(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"cut":   {`{"head":{"callFrame":{"functionName":"a"`, "corrupt or truncated"},
		"empty": {`{"head":null}`, `no "head"`},
		"deep":  {`{"head":` + strings.Repeat(`{"children":[`, 20000), "nested too deeply"},
		"type":  {`{"head":{"selfSize":"a"}}`, "corrupt"},
	} {
		if _, err := read(t.Context(), []byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	data, err := os.ReadFile("../../testdata/node20-prof-0.heapprofile")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"head":{"selfSize":1e300,"children":[null,{"selfSize":-1}]},"samples":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := read(t.Context(), data); err == nil {
			for range p.Samples {
			}
		}
	})
}
