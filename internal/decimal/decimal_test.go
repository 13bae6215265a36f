package decimal

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// slowly reads numbers as [Batch.Read] does, to the first thing that is not of
// the plain form, and says where each of them ends: behind its comma.
func slowly(text []byte) (numbers []uint32, after []int) {
	for i := 0; ; i++ {
		start := i
		for i < len(text) && '0' <= text[i] && text[i] <= '9' {
			i++
		}
		v, err := strconv.ParseUint(string(text[start:i]), 10, 32)
		if err != nil {
			return numbers, after
		}
		if i < len(text) && text[i] == '\n' {
			i++
		}
		if i == len(text) || text[i] != ',' {
			return numbers, after
		}
		numbers, after = append(numbers, uint32(v)), append(after, i+1)
	}
}

// check reads all of text in batches, with the instructions of each kind of processor,
// and compares. It returns where they stopped.
func check(t *testing.T, b *Batch, text []byte, per int) int {
	t.Helper()
	at := checkOne(t, b, text, per)
	if wide {
		wide = false
		defer func() { wide = true }()
		if narrow := checkOne(t, b, text, per); narrow != at {
			t.Fatalf("the wide stop at %d, the others at %d", at, narrow)
		}
	}
	return at
}

func checkOne(t *testing.T, b *Batch, text []byte, per int) int {
	t.Helper()
	want, after := slowly(text)
	at, n := 0, 0
	for {
		numbers := b.Read(text[at:], per)
		if len(numbers)%per != 0 {
			t.Fatalf("%d numbers are no records of %d", len(numbers), per)
		}
		if len(numbers) == 0 {
			return at
		}
		if len(numbers) > len(want)-n {
			t.Fatalf("%d numbers from byte %d, there are %d", len(numbers), at, len(want)-n)
		}
		if !slices.Equal(numbers, want[n:n+len(numbers)]) {
			t.Fatalf("from byte %d: %d, want %d", at, numbers, want[n:n+len(numbers)])
		}
		for i := range numbers {
			if got := at + b.After(i+1); got != after[n+i] {
				t.Fatalf("number %d ends at byte %d, want %d", n+i, got, after[n+i])
			}
		}
		at += b.After(len(numbers))
		n += len(numbers)
	}
}

// list is a list of n random numbers as V8 writes records of per numbers.
func list(n, per, digits int, r *rand.Rand) []byte {
	var text []byte
	for i := range n {
		limit := int64(1)
		for range 1 + r.IntN(digits) {
			limit *= 10
		}
		text = strconv.AppendInt(text, r.Int64N(min(limit, 1<<32)), 10)
		if (i+1)%per == 0 {
			text = append(text, '\n')
		}
		text = append(text, ',')
	}
	return text
}

func random(t testing.TB) *rand.Rand {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// All of a plain list is read, but for its end and the largest numbers.
func TestLists(t *testing.T) {
	r := random(t)
	var b Batch
	for _, per := range []int{1, 3, 5, 7, 16} {
		for digits := 1; digits <= 9; digits++ {
			for _, n := range []int{0, 1, 10, 100, 5000} {
				text := list(n*per, per, digits, r)
				at := check(t, &b, text, per)
				if rest := len(text) - at; vectors && rest > blockSize+overread+per*(digits+2) {
					t.Errorf("%d records of %d numbers of up to %d digits: %d of %d bytes are left", n, per, digits, rest, len(text))
				}
			}
			check(t, &b, list(5000, per, 10, r), per)
		}
	}
}

// What is not of the plain form is left to others, wherever it stands.
func TestOtherForms(t *testing.T) {
	r := random(t)
	var b Batch
	for _, odd := range []string{
		"", ",", "\n", "\n,", ",\n", "\n\n,", "1\n", "1\n2", "1\n,2", " ", "-1", "+1", "1.5", "1e3", "x", "\x00", "\x80", "\xff", "/", ":", "]",
		"00000000", "000000001", "4294967295", "4294967296", "4199999999", "4200000000", "99999999", "100000000",
		"9999999999", "99999999999999999", "18446744073709551616", strings.Repeat("9", 100), strings.Repeat("0", 5000),
	} {
		for range 200 {
			text := list(300, 3, 6, r)
			at := r.IntN(len(text))
			if r.IntN(2) == 0 {
				at = bytes.IndexByte(text[at:], ',') + at + 1 // in place of a number
			}
			check(t, &b, slices.Concat(text[:at], []byte(odd), text[at:]), 3)
			check(t, &b, slices.Concat(text[:at], []byte(odd), text[min(at+1, len(text)):]), 3)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(strings.Repeat("1,12,123\n,4,45678,901234567\n,", 9)), uint8(3))
	f.Add([]byte(strings.Repeat("9,1,1,0,5,0,0\n,", 9)), uint8(7))
	f.Add([]byte(strings.Repeat("4294967295,0000000000000000,", 9)), uint8(1))
	f.Fuzz(func(t *testing.T, text []byte, per uint8) {
		if per > 0 {
			check(t, new(Batch), text, int(per))
		}
	})
}

// sections are the arrays of nodes and edges of a real snapshot, many times over.
func sections(t testing.TB) map[string][]byte {
	t.Helper()
	file, err := os.Open("../../testdata/node20-after.heapsnapshot.zst")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := zstd.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	all, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]byte{}
	for _, name := range []string{"nodes", "edges"} {
		_, rest, _ := bytes.Cut(all, fmt.Appendf(nil, "%q:[", name))
		array, _, ok := bytes.Cut(rest, []byte("]"))
		if !ok {
			t.Fatalf("no %s", name)
		}
		found[name] = append(slices.Clip(array), ',')
	}
	return found
}

func TestRealLists(t *testing.T) {
	for name, text := range sections(t) {
		per := map[string]int{"nodes": 7, "edges": 3}[name]
		at := check(t, new(Batch), text, per)
		if rest := len(text) - at; vectors && rest > 2*blockSize {
			t.Errorf("of the %s %d of %d bytes are left", name, rest, len(text))
		}
	}
}

// BenchmarkRead shows MB/s of real nodes and edges, beside those of a loop over bytes.
func BenchmarkRead(b *testing.B) {
	for name, text := range sections(b) {
		per := map[string]int{"nodes": 7, "edges": 3}[name]
		vectors := func(b *testing.B) {
			if !vectors {
				b.Skip("this processor has none")
			}
			b.SetBytes(int64(len(text)))
			batch := new(Batch)
			for b.Loop() {
				for rest := text; ; {
					n := len(batch.Read(rest, per))
					if n == 0 {
						break
					}
					rest = rest[batch.After(n):]
				}
			}
		}
		b.Run(name+"/vectors", vectors)
		if wide {
			b.Run(name+"/AVX2", func(b *testing.B) {
				wide = false
				defer func() { wide = true }()
				vectors(b)
			})
		}
		b.Run(name+"/bytes", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			var numbers [1024]uint32
			for b.Loop() {
				n, v := 0, uint32(0)
				for _, c := range text {
					if d := c - '0'; d <= 9 {
						v = v*10 + uint32(d)
					} else if c == ',' {
						numbers[n%len(numbers)] = v
						n, v = n+1, 0
					}
				}
			}
		})
	}
}
