package pprof_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/parse/pprof"
)

// flatOf adds up the values of a sample type by the function at the leaf.
func flatOf(t *testing.T, p *pprof.Profile, name string) map[string]int64 {
	t.Helper()
	index, err := p.SampleIndex(name)
	if err != nil {
		t.Fatal(err)
	}
	flat := map[string]int64{}
	for s := range p.Samples {
		frames := p.At(s.Locations[0])
		flat[p.Functions[frames[0].Function].Shown()] += s.Values[index]
	}
	return flat
}

func total(flat map[string]int64) (sum int64) {
	for _, v := range flat {
		sum += v
	}
	return sum
}

// TestJemalloc holds what is read of jemalloc's dumps, of a C++ and a Rust
// program, against what jeprof said of them.
func TestJemalloc(t *testing.T) {
	for program, rate := range map[string]int64{"jemalloc": 65536, "rust": 16384} {
		list := files(t, "producers/"+program+"-*.heap.gz")
		var sums []int64
		for _, name := range []string{program + "-0.heap.gz", program + "-1.heap.gz"} {
			p, err := read(t.Context(), name, list[name])
			if err != nil {
				t.Fatal(err)
			}
			if p.Nature() != pprof.Heap || p.Rate() != rate {
				t.Errorf("%s: a %s with rate %d", name, p.Nature(), p.Rate())
			}
			sums = append(sums, total(flatOf(t, p, "")))
		}
		text, err := os.ReadFile("../../testdata/producers/" + program + ".jeprof.txt")
		if err != nil {
			t.Fatal(err)
		}
		m := regexp.MustCompile(`Total: (\d+) B`).FindSubmatch(text)
		if m == nil {
			t.Fatalf("no total in %s", text)
		}
		want, err := strconv.ParseInt(string(m[1]), 10, 64)
		// jeprof rounds once a stack, and so do we, to other sides.
		if got := sums[1] - sums[0]; err != nil || got < want-20 || got > want+20 {
			t.Errorf("%s grew by %d, of jeprof %d (%v)", program, got, want, err)
		}
	}
}

// TestJeprof reads names that stand before a dump.
func TestJeprof(t *testing.T) {
	dump := "heap_v2/1\n  t*: 3: 600 [0: 0]\n@ 0x2001 0x1001\n  t*: 3: 600 [0: 0]\n  t7: 3: 600 [0: 0]\nMAPPED_LIBRARIES:\n1000-3000 r-xp 00000000 fe:00 1 /srv/shop\n"
	text := "--- symbol\nbinary=./shop\n0x0000000000002000 shop::fetch()<0000000000001248>--shop::small(int)\n0x0000000000001000 main<00000000000013cc>\n---\n--- heap\n" + dump
	p, err := read(t.Context(), "raw", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for s := range p.Samples {
		if got := stack(p, s); got != "shop::small(int) :0|shop::fetch() :0|main :0|" || s.Values[1] != 600 || s.Size != 200 {
			t.Errorf("%s %v %d", got, s.Values, s.Size)
		}
	}
	for spoiled, want := range map[string]string{
		strings.TrimSuffix(text, dump):                    "behind the names is no profile",
		strings.Replace(dump, "@ 0x2001", "@ nowhere", 1): `"nowhere" is no address`,
		"heap_v2/x\n": "does not say how it was sampled",
		"heap_v2/1\n": "no stack has blocks",
		strings.Replace(dump, " 3: 600", " 9223372036854775807: 9223372036854775807", 2):                                     "add up to more than can be",
		strings.Replace(strings.Replace(dump, " 3: 600", " 9223372036854775807: 9223372036854775807", 2), "v2/1", "v2/9", 1): "line 4: more bytes or blocks than can be",
		strings.Replace(dump, " 3: 600", " 99999999999999999999: 1", 2):                                                      "out of range",
	} {
		if _, err := read(t.Context(), "spoiled", []byte(spoiled)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestRecognisesCut: a profile is told by its first bytes, wherever they end.
func TestRecognisesCut(t *testing.T) {
	for name, data := range files(t, "producers/datadog-*.pb.gz") {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		for n := 10; n < 200; n++ {
			if !pprof.Recognises(plain[:n]) {
				t.Errorf("%s is not recognised by %d bytes", name, n)
			}
		}
		p, err := read(t.Context(), name, data)
		if err != nil {
			t.Fatal(err)
		}
		if p.Nature() != pprof.Heap || total(flatOf(t, p, "")) == 0 {
			t.Errorf("%s: a %s", name, p.Nature())
		}
	}
}
