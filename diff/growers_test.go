package diff_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/heapdiff/heapdiff/diff"
)

// TestSharedGrowth: objects in two lists are in the retained size of neither,
// and are divided between both; who has few of them is not blamed.
func TestSharedGrowth(t *testing.T) {
	heap := func(sessions int) *snapshot {
		s := newSnapshot()
		all, live, few := s.add(object, "Array", 5, 32), s.add(object, "Array", 7, 32), s.add(object, "Array", 9, 32)
		s.has(1, "all", all)
		s.has(1, "live", live)
		s.has(1, "few", few)
		for i := range sessions {
			n := s.add(object, "Session", uint64(101+2*i), 200)
			s.has(all, fmt.Sprint(i), n)
			s.has(live, fmt.Sprint(i), n)
			if i%10 == 0 {
				s.has(few, fmt.Sprint(i), n)
			}
		}
		return s
	}
	r := grew(t, heap(10), heap(110))
	if len(r.Growers) != 2 {
		t.Fatalf("%d growers: %+v", len(r.Growers), r.Growers)
	}
	for _, where := range []string{"global.all", "global.live"} {
		g := at(r, where)
		if g == nil || g.Delta != 100*200/2 || g.Holders != 2 || holds(g, "Session") != 100 || g.AfterRetained != 32 {
			t.Errorf("%s: %+v", where, g)
		}
	}
}

// TestThroughOthers: what each of the leaked objects shares with the outside is
// counted for who holds the leaked objects.
func TestThroughOthers(t *testing.T) {
	heap := func(sockets int) *snapshot {
		s := newSnapshot()
		pool := s.add(object, "Array", 5, 32)
		s.has(1, "pool", pool)
		for i := range sockets {
			socket := s.add(object, "Socket", uint64(101+4*i), 300)
			handle := s.add(object, "TCP", uint64(103+4*i), 100)
			s.has(pool, fmt.Sprint(i), socket)
			s.has(socket, "handle", handle)
			s.edge(0, 5, fmt.Sprint(i), handle) // the runtime holds it, too
		}
		return s
	}
	r := grew(t, heap(10), heap(60))
	g := at(r, "global.pool")
	if g == nil || g.Delta != 50*400 || holds(g, "Socket") != 50 || holds(g, "TCP") != 50 {
		t.Errorf("%+v", r.Growers)
	}
}

// TestChains: a list that grew at either end hangs at its owner.
func TestChains(t *testing.T) {
	for _, end := range []string{"head", "tail"} {
		heap := func(items int) *snapshot {
			s := newSnapshot()
			queue := s.add(object, "Queue", 5, 64)
			s.has(1, "queue", queue)
			above := queue
			for i := range items {
				number := i
				if end == "head" { // the newest is the first
					number = items - 1 - i
				}
				n := s.add(object, "Item", uint64(101+2*number), 100)
				s.has(above, map[bool]string{true: "first", false: "next"}[above == queue], n)
				above = n
			}
			return s
		}
		r := grew(t, heap(50), heap(400))
		if len(r.Growers) != 1 {
			t.Fatalf("%s: %d growers: %+v", end, len(r.Growers), r.Growers)
		}
		g := at(r, "global.queue")
		if g == nil || g.Delta != 350*100 || holds(g, "Item") != 350 || end == "tail" && g.Holds[0].Size != 350*100 {
			t.Errorf("%s: %+v", end, r.Growers)
		}
	}
}

// TestGlobals: a program that keeps making global variables is told so, and one
// that puts a list into one is told of the list.
func TestGlobals(t *testing.T) {
	heap := func(n int) *snapshot {
		s := newSnapshot()
		for i := range n {
			s.has(1, fmt.Sprintf("leaked%d", i), s.add(object, "Thing", uint64(101+2*i), 100))
		}
		return s
	}
	r := grew(t, heap(5), heap(105))
	if len(r.Growers) != 1 || place(r.Growers[0].Path) != "global" || holds(&r.Growers[0], "Thing") != 100 {
		t.Errorf("%+v", r.Growers)
	}
}

// TestOneLargeObject: it is named itself, if it grew or if it is new.
func TestOneLargeObject(t *testing.T) {
	heap := func(log, cache uint64) *snapshot {
		s := newSnapshot()
		state := s.add(object, "State", 5, 32)
		s.has(1, "state", state)
		s.has(state, "log", s.add(text, "secret", 7, log))
		if cache > 0 {
			s.has(state, "cache", s.add(native, "Store", 9, cache))
		}
		return s
	}
	r := grew(t, heap(1000, 0), heap(60000, 40000))
	log, cache := at(r, "global.state.log"), at(r, "global.state.cache")
	if len(r.Growers) != 2 || log == nil || log.Delta != 59000 || log.New || cache == nil || cache.Delta != 40000 || !cache.New {
		t.Fatalf("%+v", r.Growers)
	}
	if len(r.InPlace) != 1 || r.InPlace[0].ID != 7 || r.InPlace[0].BeforeSize != 1000 || r.InPlace[0].AfterSize != 60000 {
		t.Errorf("%+v", r.InPlace)
	}
}

// TestNothingGrew: what only moved to another owner, or came and went in equal
// parts, is no growth.
func TestNothingGrew(t *testing.T) {
	heap := func(owner string, first uint64) *snapshot {
		s := newSnapshot()
		a, b := s.add(object, "Array", 5, 32), s.add(object, "Array", 7, 32)
		s.has(1, "a", a)
		s.has(1, "b", b)
		list := map[string]int{"a": a, "b": b}[owner]
		for i := range 100 {
			s.has(list, fmt.Sprint(i), s.add(object, "Entry", first+uint64(2*i), 100))
		}
		return s
	}
	moved := grew(t, heap("a", 101), heap("b", 101))
	if moved.Totals.SizeDelta != 0 || moved.Totals.AddedCount != 0 || len(moved.Growers) != 0 {
		t.Errorf("moved: %+v %+v", moved.Totals, moved.Growers)
	}
	churn := grew(t, heap("a", 101), heap("a", 1001))
	if churn.Totals.SizeDelta != 0 || churn.Totals.AddedCount != 100 || churn.Totals.RemovedCount != 100 || len(churn.Growers) != 0 {
		t.Errorf("churn: %+v %+v", churn.Totals, churn.Growers)
	}
}

// TestEmbeddersObjects: Node gives its own objects new ids each time, and they
// are not new.
func TestEmbeddersObjects(t *testing.T) {
	heap := func(first uint64, n int) *snapshot {
		s := newSnapshot()
		for i := range n {
			s.edge(0, 1, fmt.Sprint(i), s.add(native, "Node / Wrap", first+uint64(2*i), 500))
		}
		return s
	}
	if r := grew(t, heap(1000, 40), heap(2000, 40)); len(r.Growers) != 0 || r.Totals.AddedCount != 40 {
		t.Errorf("%+v %+v", r.Totals, r.Growers)
	}
	r := grew(t, heap(1000, 40), heap(2000, 70))
	if len(r.Growers) != 1 || r.Growers[0].Delta != 30*500 || holds(&r.Growers[0], "Node / Wrap") != 30 {
		t.Errorf("%+v", r.Growers)
	}
}

// TestWitnesses: ids are believed if nearly all of them name the same kind of
// object, and if new ones come after the old ones.
func TestWitnesses(t *testing.T) {
	heap := func(renamed int, fresh ...uint64) *snapshot {
		s := newSnapshot()
		list := s.add(object, "Array", 5, 32)
		s.has(1, "list", list)
		for i := range 200 {
			name := "Entry"
			if i < renamed {
				name = "Other"
			}
			s.has(list, fmt.Sprint(i), s.add(object, name, uint64(101+4*i), 100))
		}
		for _, id := range fresh {
			s.has(list, "0", s.add(object, "Entry", id, 100))
		}
		return s
	}
	for _, test := range []struct {
		after *snapshot
		want  diff.Mode
	}{
		{heap(0), diff.Identity},
		{heap(2), diff.Identity},
		{heap(8), diff.Structure},
		{heap(0, 1001, 1003, 1005), diff.Identity},
		{heap(0, 103, 107, 1005), diff.Structure},
	} {
		r, err := diff.Compare(context.Background(), heap(0).open(), test.after.open(), diff.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Match.Mode != test.want {
			t.Errorf("%+v, want %s", r.Match, test.want)
		}
	}
}
