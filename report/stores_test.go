package report

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"

	pyroscope "github.com/grafana/pyroscope/api/gen/proto/go/google/v1"
)

// TestStores reads --pprof with the code by which Pyroscope reads what is pushed
// to it, and holds the file against what Pyroscope and Parca ask of a profile:
// ids that count from 1, nothing that refers to nothing, no value below zero.
func TestStores(t *testing.T) {
	for name, stacks := range map[string][]GrowthStack{
		"profile":  ProfileStacks(compared(t, "go-cache-heap-0.pb.gz", "go-cache-heap-1.pb.gz")),
		"snapshot": RankingStacks(ranked().Ranking),
	} {
		var b bytes.Buffer
		if err := Pprof(&b, stacks, "bytes", 1_700_000_000_000_000_000, false); err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		var p pyroscope.Profile
		if err := p.UnmarshalVT(plain); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		checkStored(t, name, &p, stacks)
	}
}

func checkStored(t *testing.T, name string, p *pyroscope.Profile, stacks []GrowthStack) {
	t.Helper()
	text := func(i int64) string {
		if i < 0 || i >= int64(len(p.StringTable)) {
			t.Fatalf("%s: string %d of %d", name, i, len(p.StringTable))
		}
		return p.StringTable[i]
	}
	if text(0) != "" || len(p.SampleType) != 2 || text(p.SampleType[1].Type) != "growth_space" || text(p.SampleType[1].Unit) != "bytes" || text(p.SampleType[0].Type) != "growth_objects" {
		t.Errorf("%s: sample types %v", name, p.SampleType)
	}
	for i, m := range p.Mapping {
		if m.Id != uint64(i+1) {
			t.Errorf("%s: mapping %d has the id %d", name, i, m.Id)
		}
	}
	for i, f := range p.Function {
		if f.Id != uint64(i+1) || text(f.Name) == "" {
			t.Errorf("%s: function %d has the id %d and the name %q", name, i, f.Id, text(f.Name))
		}
	}
	for i, l := range p.Location {
		if l.Id != uint64(i+1) || l.MappingId > uint64(len(p.Mapping)) || len(l.Line) != 1 || l.Line[0].FunctionId == 0 || l.Line[0].FunctionId > uint64(len(p.Function)) {
			t.Errorf("%s: location %d is %v", name, i, l)
		}
	}
	var got, want int64
	for i, s := range p.Sample {
		if len(s.Value) != 2 || len(s.LocationId) == 0 {
			t.Fatalf("%s: sample %d is %v", name, i, s)
		}
		for _, id := range s.LocationId {
			if id == 0 || id > uint64(len(p.Location)) {
				t.Errorf("%s: sample %d is at location %d of %d", name, i, id, len(p.Location))
			}
		}
		for _, v := range s.Value {
			if v < 0 {
				t.Errorf("%s: sample %d has values %v", name, i, s.Value)
			}
		}
		got += s.Value[1]
	}
	for _, s := range stacks {
		want += s.Growth
	}
	if got != want || got == 0 {
		t.Errorf("%s: grew by %d, want %d", name, got, want)
	}
}
