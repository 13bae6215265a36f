package report

import (
	"github.com/heapdiff/heapdiff/advice"
	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
)

// ranked is grown with the places that grew: a cache, a list of listeners that
// holds some of the same objects, one that grew in place, and what is not the
// program's own. It adds up to the growth of the heap, 1,836,000 bytes.
func ranked() *diff.Result {
	r := grown()
	cache := growth.Line{
		Fingerprint: "3a37636b782b", Tier: growth.Growth, Kind: growth.Collection,
		Path: "global.indexerState.cache (Map) → [*] CachedRecord", Owner: "global.indexerState.cache",
		Steps: []growth.Step{
			{Class: "global"},
			{Edge: ".indexerState", Class: "Object"},
			{Edge: ".cache", Class: "Map", Where: "/srv/app/cache.js:3:9"},
		},
		Class: "CachedRecord", Location: "/srv/app/cache.js:12:7", Located: "()",
		CountBefore: 64, CountAfter: 20064, SizeBefore: 2560, SizeAfter: 802560,
		Share: 1648000, Exclusive: 1448000, Own: 1048000,
		CoOwners: []growth.CoOwner{{Fingerprint: "0b1c2d3e4f50", Owner: "global.listeners", Size: 200000}},
		Children: []growth.Child{
			{Path: "[*] CachedRecord", Class: "CachedRecord", Count: 20000, Size: 800000},
			{Path: "[*] CachedRecord.tags (Array)", Class: "Array", Count: 20000, Size: 1120000},
		},
		SampleIDs:    []uint64{90001, 90003, 90005, 90007, 90009},
		Dominators:   []growth.Step{{Edge: ".cache", Class: "Map"}, {Edge: ".indexerState", Class: "Object"}},
		PerIteration: growth.Rate{Count: 50, Size: 4120},
		Advice:       advice.CacheWithoutBound,
	}
	listeners := growth.Line{
		Fingerprint: "0b1c2d3e4f50", Tier: growth.Growth, Kind: growth.Listeners,
		Path: "global.listeners (Array) → [*] ()", Owner: "global.listeners",
		Steps: []growth.Step{{Class: "global"}, {Edge: ".listeners", Class: "Array"}},
		Class: "()", Location: "/srv/app/server.js:40:18", CountBefore: 0, CountAfter: 5000, SizeAfter: 300000,
		Share: 150000, Exclusive: 50000, Own: 10000,
		CoOwners:     []growth.CoOwner{{Fingerprint: "3a37636b782b", Owner: "global.indexerState.cache", Size: 200000}},
		SampleIDs:    []uint64{91001},
		PerIteration: growth.Rate{Count: 12.5, Size: 375},
		Advice:       advice.ListenersKept,
	}
	inPlace := growth.Line{
		Fingerprint: "77aa00bb11cc", Tier: growth.Growth, Kind: growth.Strings, InPlace: true,
		Path: "… audit() → context:log (string)", Owner: "log", Class: "(concatenated string)",
		CountBefore: 1, CountAfter: 1, SizeBefore: 20, SizeAfter: 40020,
		Share: 40000, Exclusive: 40000, Own: 40000, PerIteration: growth.Rate{Size: 100},
	}
	library := growth.Line{
		Fingerprint: "5c5c5c5c5c5c", Tier: growth.Library, Kind: growth.Collection,
		Path: "… lru() → context:entries (Map) → [*] Entry", Owner: "entries", Class: "Entry",
		Location: "/srv/app/node_modules/lru/index.js:3:1", CountBefore: 10, CountAfter: 60, SizeBefore: 800, SizeAfter: 4800,
		Share: 4000, Exclusive: 4000,
	}
	engine := growth.Line{
		Fingerprint: "100d30aff6a4", Tier: growth.Runtime, Kind: growth.Engine,
		Path: "… feature() → context:report (report()) → (shared) (code)", Owner: "report", Class: "(code)",
		CountBefore: 2, CountAfter: 29, SizeBefore: 80, SizeAfter: 1800, Share: 1720, Exclusive: 489,
	}
	r.Ranking = &growth.Ranking{
		Lines:  []growth.Line{cache, listeners, inPlace, library, engine},
		Hidden: growth.Hidden{Lines: 3, Size: 1280},
	}
	rec := &r.Ranking.Reconciliation
	rec.Growth, rec.InPlace, rec.Freed = r.Growth(), inPlace.Share, 12000
	rec.Accumulated = cache.Share + listeners.Share + library.Share + engine.Share + r.Ranking.Hidden.Size
	rec.Unattributed = uint64(rec.Growth) + rec.Freed - rec.Accumulated - rec.InPlace
	rec.Coverage = float64(rec.Accumulated+rec.InPlace) / float64(rec.Accumulated+rec.InPlace+rec.Unattributed)
	return r
}

// rankedSeries is ranked as a series of four heaps: the cache leaks, the listeners
// stop, the string comes and goes.
func rankedSeries() *diff.Result {
	r := ranked()
	between := r.Before
	for _, file := range []string{"t1.heapsnapshot.zst", "t2.heapsnapshot.zst"} {
		between.File = file
		r.Between = append(r.Between, between)
	}
	l := r.Ranking.Lines
	l[0].Tier, l[0].Counts, l[0].Sizes = growth.Leak, []uint64{64, 6731, 13398, 20064}, []uint64{2560, 269240, 535920, 802560}
	l[1].Tier, l[1].Counts, l[1].Sizes = growth.WarmUp, []uint64{0, 4900, 5000, 5000}, []uint64{0, 294000, 300000, 300000}
	l[2].Tier, l[2].Counts, l[2].Sizes = growth.Churn, []uint64{1, 1, 1, 1}, []uint64{20, 80020, 20, 40020}
	return r
}

// calm is ranked without a place of the program's own.
func calm() *diff.Result {
	r := ranked()
	lines := r.Ranking.Lines
	r.Ranking.Lines = lines[3:]
	rec := &r.Ranking.Reconciliation
	for _, l := range lines[:3] {
		rec.Unattributed += l.Share
	}
	rec.Accumulated -= lines[0].Share + lines[1].Share
	rec.InPlace = 0
	rec.Coverage = float64(rec.Accumulated) / float64(rec.Accumulated+rec.Unattributed)
	return r
}

// nastyPlaces has every hostile name everywhere in the places that grew.
func nastyPlaces() *diff.Result {
	r := nasty()
	r.Ranking = &growth.Ranking{}
	var sites []diff.AllocatedAt
	for i, name := range hostile {
		l := growth.Line{
			Fingerprint: "3a37636b782b", Tier: []growth.Tier{growth.Leak, growth.Churn, growth.Library, growth.Runtime}[i%4],
			Kind: growth.Objects, InPlace: i%3 == 0,
			Path: name + " → [*] " + name, Owner: name, Class: name, Location: name + ":1:2", Located: name + "!",
			CountAfter: uint64(i), SizeAfter: 1 << i, Share: 1 << i,
			CoOwners:   []growth.CoOwner{{Fingerprint: "3a37636b782b", Owner: name, Size: 1}},
			Children:   []growth.Child{{Path: name, Class: name, Count: 1, Size: 1}},
			Steps:      []growth.Step{{Edge: name, Class: name, Where: name}},
			Dominators: []growth.Step{{Edge: name, Class: name, Where: name}},
			Counts:     []uint64{0, 1, uint64(i)}, Sizes: []uint64{0, 1, 1 << i},
			Allocated: []growth.Allocation{{Calls: []growth.Call{{Function: name, Where: name}, {Function: name}}, Count: 1, Size: 1}},
		}
		r.Ranking.Lines = append(r.Ranking.Lines, l)
		sites = append(sites, diff.AllocatedAt{Calls: l.Allocated[0].Calls, Made: diff.Made{Count: 1, Size: 1, AliveCount: 1, AliveSize: 1}})
	}
	many := uint64(len(sites))
	r.Allocated = &diff.Allocated{SinceTracking: true, Sites: sites, Total: diff.Made{Count: many, Size: many, AliveCount: many, AliveSize: many}}
	return r
}

// explained is a place of rankedSeries.
func explained(place int) *Explained {
	r := rankedSeries()
	return &Explained{Line: &r.Ranking.Lines[place], Before: r.Before.File, After: r.After.File, Growth: r.Growth()}
}
