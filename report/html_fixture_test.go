package report

import (
	"fmt"
	"strings"

	"github.com/heapdiff/heapdiff/advice"
	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
)

// spot is a line of a ranking: the names of its path from the root, and what is
// there more of.
func spot(fingerprint string, tier growth.Tier, kind growth.Kind, count, size uint64, class string, names ...string) growth.Line {
	l := growth.Line{
		Fingerprint: fingerprint, Tier: tier, Kind: kind,
		Owner: strings.Join(names, "."), Class: class,
		CountAfter: count, SizeAfter: size, Share: size, Exclusive: size,
		SampleIDs: []uint64{90001, 90003},
	}
	l.Path = l.Owner + " (Array) → [*] " + class
	for i, n := range names {
		edge := "." + n
		if i == 0 {
			edge = n
		}
		l.Steps = append(l.Steps, growth.Step{Edge: edge, Class: "Object"})
	}
	l.Children = []growth.Child{{Path: "[*] " + class, Class: class, Count: count, Size: size}}
	return l
}

// several is a comparison with places of many kinds.
func several() *diff.Result {
	r := grown()
	cache := spot("9f3a1c000001", growth.Growth, growth.Collection, 20000, 3670016, "CachedRecord", "global", "indexerState", "cache")
	cache.Path = "global.indexerState.cache (Map) → [*] CachedRecord"
	cache.Location, cache.Advice = "/srv/app/cache.js:12:7", advice.CacheWithoutBound
	cache.Steps[2] = growth.Step{Edge: ".cache", Class: "Map", Where: "/srv/app/cache.js:3:21", Count: 1, Retained: 5904200}
	cache.CountBefore, cache.CountAfter = 64, 20064
	cache.PerIteration = growth.Rate{Count: 50, Size: 9175.04}
	cache.Own = 912384
	cache.Exclusive = 1835008
	cache.CoOwners = []growth.CoOwner{{Fingerprint: "9f3a1c000002", Owner: "global.indexerState.recent", Size: 1835008}}
	cache.Children = append(cache.Children,
		growth.Child{Path: "[*] CachedRecord.tags", Class: "Array", Count: 40000, Size: 1843200},
		growth.Child{Path: "[*] CachedRecord.meta", Class: "{owner, related}", Count: 20000, Size: 960000},
	)
	cache.Dominators = []growth.Step{{Class: "Map"}, {Edge: ".indexerState", Class: "Object"}, {Class: "global"}}
	recent := spot("9f3a1c000002", growth.Growth, growth.Arrays, 20000, 1835008, "CachedRecord", "global", "indexerState", "recent")
	recent.Exclusive = 4096
	recent.CoOwners = []growth.CoOwner{{Fingerprint: "9f3a1c000001", Owner: "global.indexerState.cache", Size: 1835008}}
	listeners := spot("9f3a1c000003", growth.Growth, growth.Listeners, 400, 131072, "onUpdate()", "server", "bus", "_events", "update")
	sockets := spot("9f3a1c000004", growth.Growth, growth.Sockets, 12, 98304, "Socket", "server", "pool", "idle")
	grownString := spot("9f3a1c000005", growth.Growth, growth.Strings, 1, 65536, "(string)", "server", "log")
	grownString.InPlace, grownString.SizeBefore = true, 1024
	buffers := spot("9f3a1c000006", growth.Growth, growth.Buffers, 9, 40000, "ArrayBuffer", "server", "uploads")
	library := spot("9f3a1c000007", growth.Library, growth.Collection, 100, 30000, "Entry", "lru-cache", "map")
	runtime := spot("9f3a1c000008", growth.Runtime, growth.Engine, 50, 12000, "(compiled code)", "(code)")
	r.Ranking = &growth.Ranking{
		Lines:  []growth.Line{cache, recent, listeners, sockets, grownString, buffers, library, runtime},
		Hidden: growth.Hidden{Lines: 3, Size: 2048},
	}
	reconcile(r.Ranking, 150000, 12000)
	r.Ranking.Ways = waysOf(r.Ranking)
	return r
}

// waysOf makes the tree of ways from the steps of lines, with what went in one of
// its own.
func waysOf(k *growth.Ranking) []growth.Way {
	rec := &k.Reconciliation
	ways := []growth.Way{{Above: -1, Up: rec.Accumulated + rec.InPlace + rec.Unattributed, Down: rec.Freed}}
	rows := map[[3]any]int{}
	for _, l := range k.Lines {
		at := 0
		for _, s := range l.Steps {
			step := [3]any{at, s.Edge, s.Class}
			row, ok := rows[step]
			if !ok {
				row = len(ways)
				rows[step] = row
				ways = append(ways, growth.Way{Above: at, Edge: s.Edge, Class: s.Class})
			}
			ways[row].Up += l.Share
			at = row
		}
		if ways[at].Fingerprint == "" {
			ways[at].Fingerprint = l.Fingerprint
		}
	}
	if rec.Freed > 0 {
		ways = append(ways, growth.Way{Above: 0, Edge: "global", Class: "Object", Down: rec.Freed}, growth.Way{Above: len(ways), Edge: ".gone", Class: "Map", Down: rec.Freed})
	}
	return ways
}

// reconcile makes the sums of a ranking from its parts.
func reconcile(k *growth.Ranking, unattributed, freed uint64) {
	rec := &k.Reconciliation
	rec.Accumulated, rec.InPlace = k.Hidden.Size, 0
	for _, l := range k.Lines {
		if l.InPlace {
			rec.InPlace += l.Share
		} else {
			rec.Accumulated += l.Share
		}
	}
	told := rec.Accumulated + rec.InPlace
	rec.Unattributed, rec.Freed = unattributed, freed
	rec.Growth = int64(told + unattributed - freed)
	rec.Coverage = float64(told) / float64(max(1, told+unattributed))
}

// series is what five heaps show.
func series() *diff.Result {
	r := several()
	for i := range uint64(3) {
		side := r.Before
		side.File, side.Size = fmt.Sprintf("%d.heapsnapshot", i+1), 0
		for k := range r.Kinds {
			kind := &r.Kinds[k]
			n := kind.BeforeSize + i*1000
			kind.Between = append(kind.Between, n)
			side.Size += n
		}
		r.Between = append(r.Between, side)
	}
	for i := range r.Ranking.Lines {
		l := &r.Ranking.Lines[i]
		for step := range uint64(5) {
			n := step * 1000
			switch i % 4 {
			case 0:
				l.Tier = growth.Leak
			case 2:
				l.Tier, n = growth.WarmUp, min(step, 2)*1000
			case 3:
				l.Tier, n = growth.Churn, step%2*1000
			}
			l.Counts = append(l.Counts, n)
			l.Sizes = append(l.Sizes, n*uint64(i+1)*100)
		}
	}
	return r
}

// one is a single place.
func one() *diff.Result {
	r := grown()
	r.Ranking = &growth.Ranking{Lines: several().Ranking.Lines[2:3]}
	r.Warnings, r.InPlace, r.Classes = nil, nil, r.Classes[:1]
	reconcile(r.Ranking, 0, 0)
	r.Ranking.Ways = waysOf(r.Ranking)
	return r
}

// none is a heap that shrank, with nothing that grew.
func none() *diff.Result {
	r := shrunk()
	r.Ranking = &growth.Ranking{}
	reconcile(r.Ranking, 0, uint64(-r.Growth()))
	r.Ranking.Ways = waysOf(r.Ranking)
	return r
}

// meanPlaces has every hostile name in every part of a line.
func meanPlaces() *diff.Result {
	r := nasty()
	r.Ranking = &growth.Ranking{}
	for i, n := range hostile {
		l := spot(fmt.Sprintf("%012x", i+1), growth.Growth, growth.Objects, uint64(i+1), uint64(i+1)<<12, n, "global", n, n)
		l.Location = n + ":1:2"
		l.Steps = append(l.Steps, growth.Step{Edge: n, Class: n, Where: n})
		l.Dominators = l.Steps
		l.CoOwners = []growth.CoOwner{{Fingerprint: "000000000001", Owner: n, Size: 5}}
		r.Ranking.Lines = append(r.Ranking.Lines, l)
	}
	reconcile(r.Ranking, 7, 9)
	r.Ranking.Ways = waysOf(r.Ranking)
	return r
}

// large has so many places and classes.
func large(places, classes int) *diff.Result {
	r := grown()
	r.Classes, r.Ranking = nil, &growth.Ranking{}
	kinds := []growth.Kind{
		growth.Objects, growth.Collection, growth.Arrays, growth.Strings, growth.Closures, growth.Buffers,
		growth.Promises, growth.Timers, growth.Sockets, growth.DetachedDOM, growth.Engine, growth.Listeners,
	}
	for i := range places {
		class := fmt.Sprintf("Record%d", i%300)
		bytes := uint64(40_000_000)/uint64(i+3) + uint64(i%7)
		l := spot(fmt.Sprintf("%012x", i+1), growth.Growth, kinds[i%len(kinds)], uint64(10+i), bytes, class,
			"global", fmt.Sprintf("service%d", i%40), fmt.Sprintf("module%d", i%170), "state", fmt.Sprintf("list%d", i))
		l.Location = fmt.Sprintf("/srv/app/src/services/module%d.js:%d:7", i%170, i)
		for c := range 3 {
			l.Children = append(l.Children, growth.Child{
				Path: fmt.Sprintf("[*] %s.field%d", class, c), Class: "Object", Count: uint64(i), Size: bytes / uint64(c+2),
			})
		}
		if i > 0 && i%3 == 0 {
			l.Exclusive /= 2
			l.CoOwners = []growth.CoOwner{{Fingerprint: fmt.Sprintf("%012x", i), Owner: "global.other", Size: bytes / 2}}
		}
		l.Dominators = l.Steps[:3]
		r.Ranking.Lines = append(r.Ranking.Lines, l)
	}
	for i := range classes {
		n := classes - i
		r.Classes = append(r.Classes, diff.ClassRow{
			Class: fmt.Sprintf("Class%d", i), Key: fmt.Sprintf(",Class%d", i), Where: fmt.Sprintf("/srv/app/src/model%d.js:%d:1", i%90, i),
			AddedCount: n, CountDelta: n, AddedSize: uint64(n) * 64, SizeDelta: int64(n) * 64,
			AfterCount: n, AfterSize: uint64(n) * 64, AfterRetained: uint64(n) * 128, RetainedDelta: int64(n) * 128,
		})
	}
	settle(r)
	reconcile(r.Ranking, 500_000, 300_000)
	r.Ranking.Ways = waysOf(r.Ranking)
	return r
}

// pages are the pages that tests look at, by name.
func pages() map[string]*Document {
	o := Options{Tool: "heapdiff 1.2.3"}
	out := documents(o)
	out["several"] = Compare(several(), o)
	out["series"] = Compare(series(), o)
	out["one"] = Compare(one(), o)
	out["none"] = Compare(none(), o)
	out["mean"] = Compare(meanPlaces(), o)
	out["large"] = Compare(large(2000, 3000), o)
	return out
}
