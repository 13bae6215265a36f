package raw_test

import (
	"slices"
	"testing"

	"github.com/heapdiff/heapdiff/internal/raw"
)

type cell struct {
	node   uint64
	states [3]struct{ seen bool }
}

func cellOf(n, i int) cell {
	c := cell{node: uint64(n)<<32 + uint64(i)}
	c.states[i%3].seen = true
	return c
}

// TestSlice holds that what is written stays, whatever the sizes: memory of other
// slices lies beside.
func TestSlice(t *testing.T) {
	var all [][]cell
	for n := range 200 {
		s := raw.Slice[cell](n)
		if len(s) != n {
			t.Fatalf("%d values are %d", n, len(s))
		}
		for i := range s {
			s[i] = cellOf(n, i)
		}
		all = append(all, s)
	}
	for n, s := range all {
		for i, c := range s {
			if c != cellOf(n, i) {
				t.Fatalf("%d of %d is %v", i, n, c)
			}
		}
	}
}

func TestRoom(t *testing.T) {
	s := raw.Room[uint16](1 << 20)
	if len(s) != 0 || cap(s) < 1<<20 {
		t.Errorf("%d of %d", len(s), cap(s))
	}
	if s = append(s, 1, 2); !slices.Equal(s, []uint16{1, 2}) {
		t.Errorf("%v", s)
	}
}

// TestPointers holds that what the collector has to follow is refused.
func TestPointers(t *testing.T) {
	for name, make := range map[string]func(){
		"string":  func() { raw.Slice[string](1) },
		"slice":   func() { raw.Slice[[]byte](1) },
		"pointer": func() { raw.Slice[*int](1) },
		"struct":  func() { raw.Slice[struct{ name [2]string }](1) },
		"func":    func() { raw.Slice[func()](1) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it was made")
				}
			}()
			make()
		})
	}
}
