package diff_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/parse"
)

// moment is the heap of a process that makes 100 objects a step and frees every
// tenth of the step before. Processes give one id to different things.
func moment(process, step int) diff.Opener {
	s := newSnapshot()
	list := s.add(object, "Array", 5, 32)
	s.has(1, "list", list)
	for i := range 100 * (step + 1) {
		if i%10 == 5 && i < 100*step {
			continue
		}
		s.has(list, fmt.Sprint(i), s.add(object, fmt.Sprint("Entry", (i+process)%7), uint64(101+2*i), 100))
	}
	name := fmt.Sprintf("p%dt%d", process, step)
	open := s.open()
	return func(ctx context.Context, o parse.Options) (*parse.Heap, error) {
		h, err := open(ctx, o)
		if err == nil {
			h.File = name
		}
		return h, err
	}
}

// TestOrder: heaps in the wrong order, one heap twice and heaps that are no
// series are said, whichever way they are compared.
func TestOrder(t *testing.T) {
	const shuffled = "the files are not in the order they were taken in: p0t2 was taken after p0t1"
	for _, test := range []struct {
		steps []int // 10 and above are of another process
		mode  diff.Mode
		want  string
	}{
		{[]int{0, 1}, "", ""},
		{[]int{0, 1}, diff.Structure, ""},
		{[]int{0, 1, 2, 3}, "", ""},
		{[]int{1, 0}, "", "the files seem to be in the wrong order: p0t1 was taken after p0t0"},
		{[]int{1, 0}, diff.Identity, "the files seem to be in the wrong order: p0t1 was taken after p0t0"},
		{[]int{1, 0}, diff.Structure, "the files seem to be in the wrong order: p0t1 was taken after p0t0"},
		{[]int{0, 0}, "", "p0t0 is given twice"},
		{[]int{0, 10}, "", ""},
		{[]int{10, 0}, "", ""},
		{[]int{0, 2, 1, 3}, "", shuffled},
		{[]int{0, 2, 1, 3}, diff.Structure, shuffled},
		{[]int{3, 2, 1}, "", "the files are not in the order they were taken in: p0t3 was taken after p0t2, p0t2 was taken after p0t1"},
		{[]int{0, 1, 1}, "", "p0t1 is given twice"},
		{[]int{0, 1, 11}, "", "the heaps of a series are of one process, and these are not: p0t1 and p1t1; what differs between runs looks like warm-up"},
		{[]int{0, 1, 11}, diff.Structure, ""},
	} {
		var heaps []diff.Opener
		for _, step := range test.steps {
			heaps = append(heaps, moment(step/10, step%10))
		}
		r, err := diff.Series(context.Background(), heaps, diff.Options{Match: test.mode})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(r.Doubts, "\n"); got != test.want {
			t.Errorf("%v %s: doubts\n%s, want\n%s", test.steps, test.mode, got, test.want)
		}
		if got := strings.Join(r.Warnings, "\n"); !strings.HasPrefix(got, test.want) || strings.Count(got, " order ") > 2 {
			t.Errorf("%v %s: warnings are\n%s", test.steps, test.mode, got)
		}
		if got := strings.Join(r.Warnings, "\n"); test.want == shuffled && !strings.Contains(got, "their ids say that the order is p0t0, p0t1, p0t2, p0t3") {
			t.Errorf("%v %s: the order is not in\n%s", test.steps, test.mode, got)
		}
	}
}

// TestAppendOnly: a program that frees nothing has in its earlier heap no object
// that the later one has not.
func TestAppendOnly(t *testing.T) {
	heap := func(objects int) diff.Opener {
		s := newSnapshot()
		for i := range objects {
			s.has(1, fmt.Sprint(i), s.add(object, "Entry", uint64(101+2*i), 100))
		}
		return s.open()
	}
	for _, test := range []struct{ before, after, doubts int }{{50, 80, 0}, {80, 50, 1}} {
		r, err := diff.Compare(context.Background(), heap(test.before), heap(test.after), diff.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Doubts) != test.doubts || r.Match.Mode != diff.Identity {
			t.Errorf("%+v: %q", test, r.Doubts)
		}
	}
}
