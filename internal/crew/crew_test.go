package crew_test

import (
	"sync/atomic"
	"testing"

	"github.com/heapdiff/heapdiff/internal/crew"
)

func TestCrew(t *testing.T) {
	var c crew.Crew
	var sum atomic.Int64
	for i := range int64(100) {
		c.Go(func() { sum.Add(i) })
	}
	c.Wait()
	if sum.Load() != 4950 {
		t.Errorf("the sum is %d", sum.Load())
	}
}

// TestBroken holds that a panic comes back to who waits, after all other work.
func TestBroken(t *testing.T) {
	var c crew.Crew
	var done atomic.Bool
	c.Go(func() { panic("no such thing") })
	c.Go(func() { done.Store(true) })
	b := broken(c.Wait)
	if b == nil || b.Error() != "no such thing" || len(b.Trace) == 0 || !done.Load() {
		t.Errorf("%v, %t", b, done.Load())
	}
}

func TestBoth(t *testing.T) {
	for jobs := range 3 {
		var here, beside atomic.Bool
		crew.Both(jobs, func() { here.Store(true) }, func() { beside.Store(true) })
		if !here.Load() || !beside.Load() {
			t.Errorf("%d jobs: %t, %t", jobs, here.Load(), beside.Load())
		}
	}
	if b := broken(func() { crew.Both(2, func() {}, func() { panic(7) }) }); b == nil || b.Cause != 7 {
		t.Errorf("%v", b)
	}
}

func broken(f func()) (b *crew.Broken) {
	defer func() { b, _ = recover().(*crew.Broken) }()
	f()
	return nil
}

// TestHalves holds that each number is met once.
func TestHalves(t *testing.T) {
	for _, jobs := range []int{0, 1} {
		for n := range 5 {
			var met [2][]int
			crew.Halves(jobs, n, func(half, from, to int) {
				for i := from; i < to; i++ {
					met[half] = append(met[half], i)
				}
			})
			for i, was := range append(met[0], met[1]...) {
				if was != i {
					t.Errorf("of %d with %d jobs: %v", n, jobs, met)
				}
			}
			if len(met[0])+len(met[1]) != n {
				t.Errorf("of %d with %d jobs: %v", n, jobs, met)
			}
		}
	}
}
