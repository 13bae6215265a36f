package report

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	diffprofile "github.com/heapdiff/heapdiff/diff/profile"
	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/pprof"
)

func openProfile(name string) diffprofile.Opener {
	return func(ctx context.Context) (*pprof.Profile, error) {
		src, err := input.Open(ctx, "../testdata/"+name, input.Options{})
		if err != nil {
			return nil, err
		}
		defer src.Close()
		return pprof.Read(ctx, src, pprof.Options{})
	}
}

func compared(t testing.TB, before, after string) *diffprofile.Result {
	t.Helper()
	r, err := diffprofile.Compare(t.Context(), openProfile(before), openProfile(after), diffprofile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestProfileGolden holds the reports of real profiles; none speaks of retaining.
func TestProfileGolden(t *testing.T) {
	o := Options{Tool: "heapdiff 1.2.3"}
	heap := compared(t, "go-feed-heap-0.pb.gz", "go-feed-heap-1.pb.gz")
	goroutines := compared(t, "go-feed-goroutine-0.dump.gz", "go-feed-goroutine-1.dump.gz")
	diffprofile.Correlate(heap, goroutines)
	for name, d := range map[string]*Document{
		"profile": Profiles(heap, goroutines, o), "profile-allocs": Profile(compared(t, "go-feed-allocs-0.pb.gz", "go-feed-allocs-1.pb.gz"), o),
		"profile-delay": Profile(compared(t, "go-feed-block-0.pb.gz", "go-feed-block-1.pb.gz"), o),
	} {
		for _, f := range Formats() {
			text := write(t, f, d)
			if bytes.Contains(text, []byte("etained")) && f.Name != "html" {
				t.Errorf("%s.%s speaks of retaining", name, f.Name)
			}
			if f.Name == "text" || f.Name == "md" {
				golden(t, name+"."+f.Name, text)
			}
		}
	}
}

// TestDoubtful: growth that is sure as a whole and at no place is told all the
// same, with what is doubtful about it.
func TestDoubtful(t *testing.T) {
	r := compared(t, "go-feed-heap-0.pb.gz", "go-feed-heap-1.pb.gz")
	for i := range r.Sites {
		r.Sites[i].Error = r.Total.Growth()
	}
	s := Profile(r, Options{}).Sections[0]
	if n := len(s.Findings); n == 0 || n > mostDoubtful || len(s.Lead) == 0 {
		t.Errorf("%d findings, %v", len(s.Findings), s.Lead)
	}
	r.Total.Error = r.Total.Growth()
	if s := Profile(r, Options{}).Sections[0]; len(s.Findings) != 0 || len(s.Lead) != 0 {
		t.Errorf("%d findings of noise", len(s.Findings))
	}
}

// TestProfileWords: no profile is told in words of another kind.
func TestProfileWords(t *testing.T) {
	r := compared(t, "go-feed-goroutine-0.pb.gz", "go-feed-goroutine-1.pb.gz")
	titled := func(want string) {
		t.Helper()
		if got := Profile(r, Options{}).Sections[0].Title; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	titled("Which goroutines became more, and where they wait")
	r.Total.After = r.Total.Before + 1
	if h := (measure{r}).headline(); h[1].Text != " goroutine" {
		t.Errorf("one more is told as %q", h[1].Text)
	}
	r.Nature = pprof.CPU
	titled("Where more time was spent")
	r.Single = true
	titled("Where most time was spent")
	r.Nature = pprof.Contention
	titled("Where most was waited")
}

// TestExplainSite tells the ways to a site that grew, and how many there are.
func TestExplainSite(t *testing.T) {
	r := compared(t, "go-cache-heap-0.pb.gz", "go-cache-heap-1.pb.gz")
	s := r.Sites[0]
	way := s.Stacks[0]
	s.Stacks = nil
	for range mostWays + 3 {
		s.Stacks = append(s.Stacks, way)
	}
	for all, want := range map[bool]int{false: mostWays, true: mostWays + 3} {
		d := ExplainSite(r, &s, Options{All: all})
		if n := len(d.Sections); n != want || len(d.Sections[0].Table.Rows) != len(way.Frames) || (len(d.Sections[n-1].Tail) > 0) == all {
			t.Errorf("%d ways, %v", n, d.Sections[n-1])
		}
	}
	s.Stacks = nil
	if d := ExplainSite(r, &s, Options{}); len(d.Sections) != 1 || d.Sections[0].Empty == "" {
		t.Errorf("%v", d.Sections)
	}
}

// TestProfileHostile shows that names in a profile are harmless in each format.
func TestProfileHostile(t *testing.T) {
	r := compared(t, "go-feed-heap-0.pb.gz", "go-feed-heap-1.pb.gz")
	evil := hostile[0] + hostile[1]
	for i := range r.Sites {
		s := &r.Sites[i]
		s.Function, s.Place, s.Via = evil, evil, evil
		s.Leaves = append(s.Leaves, diffprofile.Part{Name: evil})
		s.Contexts = append(s.Contexts, diffprofile.Part{Name: evil})
		s.Stacks = []diffprofile.Stack{{After: 1, Frames: []diffprofile.Frame{{Function: evil, File: evil}, {Function: evil, File: evil}}}}
	}
	r.Functions[0].Name, r.Packages[0].Name, r.After.File = evil, evil, evil
	for _, f := range Formats() {
		text := string(write(t, f, Profile(r, Options{All: true}))) + string(write(t, f, ExplainSite(r, &r.Sites[0], Options{})))
		if strings.Contains(text, "\x1b") || f.Name == "html" && strings.Contains(text, "<img src=x") {
			t.Errorf("%s lets through what is hostile", f.Name)
		}
	}
}

// TestProfileSchema holds docs/profile-schema.md and what is written together.
func TestProfileSchema(t *testing.T) {
	r := compared(t, "go-cache-heap-0.pb.gz", "go-cache-heap-1.pb.gz")
	d := Profile(r, Options{})
	d.Warnings, d.data.(*profileJSON).Warnings = []string{"x"}, []string{"x"}
	for schema, d := range map[string]*Document{profileSchema: d, siteSchema: ExplainSite(r, &r.Sites[0], Options{})} {
		described := schemas(t, "../docs/profile-schema.md")[schema]
		written := map[string]map[string]bool{}
		collectReport(t, written, schema, d)
		for field, types := range written {
			for typ := range types {
				if said := described[field]; !strings.Contains(said, typ) {
					t.Errorf("%s: %s is written as %s, described as %q", schema, field, typ, said)
				}
			}
		}
		for field := range described {
			if written[field] == nil {
				t.Errorf("%s: %s is described but not written", schema, field)
			}
		}
	}
}

// TestPprof opens what --pprof writes: its sum is the growth, what was there
// before is labelled, and go tool pprof reads it.
func TestPprof(t *testing.T) {
	r := compared(t, "go-cache-heap-0.pb.gz", "go-cache-heap-1.pb.gz")
	var b bytes.Buffer
	if err := Pprof(&b, ProfileStacks(r), r.Value.Unit, r.After.Time, true); err != nil {
		t.Fatal(err)
	}
	p, err := profile.ParseData(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.CheckValid(); err != nil {
		t.Error(err)
	}
	var growth, base, want int64
	for _, s := range p.Sample {
		growth += s.Value[3]
		if base += s.Value[1]; s.DiffBaseSample() != (s.Value[1] > 0) {
			t.Errorf("a sample of %v is labelled %v", s.Value, s.Label)
		}
	}
	for i := range r.Sites {
		want += max(r.Sites[i].Growth(), 0)
	}
	if growth != want || base != r.Total.Before {
		t.Errorf("growth %d of %d, base %d of %d", growth, want, base, r.Total.Before)
	}
	file := filepath.Join(t.TempDir(), "growth.pb.gz")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "tool", "pprof", "-top", "-symbolize=none", "-sample_index=growth_space", file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Type: growth_space") || !strings.Contains(string(out), "example.com/shop/cache.newSession") {
		t.Errorf("go tool pprof: %v\n%s", err, out)
	}
}
