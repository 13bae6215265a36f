package report

import (
	"strings"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/inspect"
)

// hostile are names that heaps of people who mean harm have in them.
var hostile = []string{
	`</script><img src=x onerror=alert(1)>`,
	"\x1b]0;owned\x07\x1b[31mred\x1b[0m\r\nsecond line",
	"a|b||c\\|d",
	"`tick` ``two`` **bold** [link](javascript:alert(1))",
	"@everyone closes #123 and GH-7, http://evil.example/",
	strings.Repeat("LongName", 38),
	"user\u202egnp.exe\u2066hidden\u200b",
	"שלום עולם",
	"漢字クラス名と絵文字🎉",
	"e\u0301\u0301\u0301 combining",
	"broken \xff utf-8",
	"",
}

func path(edgesAndClasses ...string) diff.Path {
	var p diff.Path
	for i := 0; i+1 < len(edgesAndClasses); i += 2 {
		p.Steps = append(p.Steps, diff.Step{Edge: edgesAndClasses[i], Class: edgesAndClasses[i+1], ID: uint64(2*i + 1)})
	}
	return p
}

// grown is an ordinary comparison: a cache that leaks. It adds up.
func grown() *diff.Result {
	leak := path("global", "Object", "indexerState", "Object", "cache", "Map")
	leak.Steps[2].Where = "/srv/app/cache.js:12:7"
	r := &diff.Result{
		Match: diff.Match{
			Mode: diff.Identity, Agreement: 0.9987, Shared: 44104,
			Reason: "99.9% of the 44,104 ids that both heaps have name the same object",
		},
		Before: diff.Side{File: "before.heapsnapshot.zst", Format: "V8 heap snapshot", Nodes: 51204, Edges: 214077, Extra: 4096},
		After:  diff.Side{File: "after.heapsnapshot.zst", Format: "V8 heap snapshot", Nodes: 151877, Edges: 455120, Extra: 8192},
		Kinds: []diff.KindRow{
			{Kind: "JS objects", BeforeCount: 65, AfterCount: 20065, BeforeSize: 2760, AfterSize: 802760},
			{Kind: "Map/Set", BeforeCount: 40, AfterCount: 40, BeforeSize: 9000, AfterSize: 1057000},
			{Kind: "code", BeforeCount: 700, AfterCount: 650, BeforeSize: 512000, AfterSize: 500000},
		},
		Growers: []diff.Grower{
			{
				ID: 4711, Class: "Map", BeforeRetained: 12600, AfterRetained: 5904200, Delta: 5891600, Holders: 1, Path: leak,
				Holds: []diff.Held{{Class: "CachedRecord", Count: 20000, Size: 800000}, {Class: "Object", Count: 20000, Size: 1120000}, {Class: "(string)", Count: 20000, Size: 640000}},
			},
			{
				ID: 90001, Class: "Array", New: true, AfterRetained: 4096, Delta: 4096, Holders: 2,
				Path: path("global", "Object", "http server", "Server", "context:pending", "Array"),
			},
		},
		InPlace: []diff.InPlace{
			{ID: 4711, Class: "Map", BeforeSize: 9000, AfterSize: 1057000, Path: leak, BeforeLength: 64, AfterLength: 20064},
			{ID: 5001, Class: "(sliced string)", BeforeSize: 20, AfterSize: 30, BeforeLength: -1, AfterLength: -1},
		},
		Warnings: []string{"the file before.heapsnapshot.zst was written by another version of V8"},
	}
	r.Classes = []diff.ClassRow{
		{
			Class: "CachedRecord", Key: "12,12,7,CachedRecord", Where: "/srv/app/cache.js:12:7",
			AddedCount: 20000, CountDelta: 20000, AddedSize: 800000, SizeDelta: 800000,
			BeforeCount: 64, AfterCount: 20064, BeforeSize: 2560, AfterSize: 802560,
			BeforeRetained: 12000, AfterRetained: 4856200, RetainedDelta: 4844200,
		},
		{
			Class: "Map", Key: ",Map", InPlaceDelta: 1048000, BeforeCount: 40, AfterCount: 40,
			BeforeSize: 9000, AfterSize: 1057000, BeforeRetained: 60000, AfterRetained: 5951600, RetainedDelta: 5891600,
		},
		{
			Class: "(compiled code)", Key: ",(compiled code)", RemovedCount: 50, CountDelta: -50, RemovedSize: 12000, SizeDelta: -12000,
			BeforeCount: 700, AfterCount: 650, BeforeSize: 512000, AfterSize: 500000,
			BeforeRetained: 612000, AfterRetained: 600000, RetainedDelta: -12000,
		},
		{Class: "Server", Key: ",Server", BeforeCount: 1, AfterCount: 1, BeforeSize: 200, AfterSize: 200, BeforeRetained: 9, AfterRetained: 9},
	}
	settle(r)
	return r
}

// settle makes the sums of a result from its parts.
func settle(r *diff.Result) {
	r.Totals = diff.ClassRow{}
	for _, c := range r.Classes {
		t := &r.Totals
		t.AddedCount += c.AddedCount
		t.RemovedCount += c.RemovedCount
		t.CountDelta += c.CountDelta
		t.AddedSize += c.AddedSize
		t.RemovedSize += c.RemovedSize
		t.SizeDelta += c.SizeDelta + c.InPlaceDelta
		t.InPlaceDelta += c.InPlaceDelta
		t.BeforeCount += c.BeforeCount
		t.AfterCount += c.AfterCount
		t.BeforeSize += c.BeforeSize
		t.AfterSize += c.AfterSize
	}
	r.Before.Size, r.After.Size = r.Totals.BeforeSize, r.Totals.AfterSize
	r.Totals.BeforeRetained, r.Totals.AfterRetained = r.Before.Size, r.After.Size
	r.Totals.RetainedDelta = r.Growth()
}

// shrunk is a heap that became smaller, and what makes negative numbers.
func shrunk() *diff.Result {
	r := grown()
	r.Before, r.After = r.After, r.Before
	r.Match = diff.Match{Mode: diff.Structure, Forced: true, Agreement: 0.21, Shared: 39000, Reason: "the ids of two processes mean nothing to each other"}
	r.Growers, r.InPlace, r.Warnings = nil, nil, nil
	for i := range r.Kinds {
		k := &r.Kinds[i]
		k.BeforeCount, k.AfterCount = k.AfterCount, k.BeforeCount
		k.BeforeSize, k.AfterSize = k.AfterSize, k.BeforeSize
	}
	for i := range r.Classes {
		c := &r.Classes[i]
		c.AddedCount, c.RemovedCount, c.CountDelta = c.RemovedCount, c.AddedCount, -c.CountDelta
		c.AddedSize, c.RemovedSize, c.SizeDelta, c.InPlaceDelta = c.RemovedSize, c.AddedSize, -c.SizeDelta, -c.InPlaceDelta
		c.BeforeCount, c.AfterCount = c.AfterCount, c.BeforeCount
		c.BeforeSize, c.AfterSize = c.AfterSize, c.BeforeSize
		c.BeforeRetained, c.AfterRetained, c.RetainedDelta = c.AfterRetained, c.BeforeRetained, -c.RetainedDelta
	}
	settle(r)
	return r
}

// nothing is two heaps with nothing in them.
func nothing() *diff.Result {
	return &diff.Result{
		Match:  diff.Match{Mode: diff.Structure, Reason: "the heaps share no ids"},
		Before: diff.Side{File: "a.heapsnapshot", Format: "V8 heap snapshot", Nodes: 1},
		After:  diff.Side{File: "b.heapsnapshot", Format: "V8 heap snapshot", Nodes: 1},
	}
}

// nasty has every hostile name everywhere, and numbers of every length.
func nasty() *diff.Result {
	r := grown()
	r.Classes, r.Growers, r.InPlace, r.Warnings = nil, nil, nil, nil
	r.Before.File, r.After.File = "dir/"+hostile[0], "dir\\"+hostile[1]
	for i, name := range hostile {
		n := uint64(1) << (4 * i)
		at := path("global", "Object", name, name, "[*]", name)
		at.Steps[1].Where = name + ":1:2"
		r.Classes = append(r.Classes, diff.ClassRow{
			Class: name, Key: "," + name, Where: name + ":1:2",
			AddedCount: int(n), CountDelta: int(n), AddedSize: n * 16, SizeDelta: int64(n * 16),
			AfterCount: int(n), AfterSize: n * 16, AfterRetained: n * 32, RetainedDelta: int64(n * 32),
		})
		r.Growers = append(r.Growers, diff.Grower{
			ID: n, Class: name, New: i%2 == 0, AfterRetained: n * 32, Delta: int64(n * 32), Holders: i, Path: at,
			Holds: []diff.Held{{Class: name, Count: int(n), Size: n * 16}},
		})
		r.InPlace = append(r.InPlace, diff.InPlace{ID: n, Class: name, AfterSize: n, BeforeLength: i, AfterLength: i + 1, Path: at})
		r.Warnings = append(r.Warnings, "there is a class called "+name)
	}
	settle(r)
	return r
}

// summary is an ordinary heap, and some hostile names in it.
func summary() *inspect.Summary {
	way := []inspect.Step{
		{Edge: "global", Class: "Object", ID: 1},
		{Edge: "indexerState", Class: "Object", ID: 3},
		{Edge: "cache", Class: "Map", ID: 4711, Where: "/srv/app/cache.js:12:7"},
	}
	s := &inspect.Summary{
		File: "after.heapsnapshot.zst", Format: "V8 heap snapshot", Nodes: 151877, Edges: 455120,
		Size: 9994240, Extra: 8192, Unreached: 3,
		Statistics: inspect.Statistics{Total: 10002432, Code: 500000, Strings: 3 << 20, JSArrays: 65536, TypedArrays: 4096, System: 100000, OtherJS: 5 << 20, OtherNative: 943024},
		Kinds: []inspect.Kind{
			{Kind: "JS objects", Count: 52000, Size: 5 << 20},
			{Kind: "strings", Count: 29000, Size: 3 << 20},
			{Kind: "code", Count: 650, Size: 1605632},
		},
		Largest: []inspect.Object{
			{ID: 4711, Class: "Map", Size: 32, Retained: 5904200, Distance: 3, Path: way},
			{ID: 11, Class: "(Global handles)", Size: 0, Retained: 1 << 20, Distance: -1},
		},
		Strings: inspect.Duplicates{
			Texts: 2, Copies: 20012, Wasted: 640320,
			Worst: []inspect.Duplicate{
				{Length: 5, Copies: 20000, Wasted: 640000, SHA: "2cf24dba"},
				{Text: "shown " + hostile[1], Length: 40, Copies: 12, Wasted: 320, SHA: "cafe0123"},
			},
		},
		Detached: []inspect.Class{{Class: "Detached <li>", Key: ",Detached <li>", Count: 500, Size: 60000, Retained: 90000, Distance: 7}},
		Warnings: []string{"3 nodes are reached by nothing"},
	}
	for i, name := range hostile {
		s.Classes = append(s.Classes, inspect.Class{Class: name, Key: "," + name, Count: i + 1, Size: uint64(i) << 10, Retained: uint64(i) << 14, Distance: i - 1})
	}
	return s
}

// retainers is one object of a hostile class.
func retainers() *inspect.Retainers {
	way := summary().Largest[0].Path
	object := inspect.Object{ID: 90001, Class: hostile[0], Size: 40, Retained: 296, Distance: 5, Path: way}
	up := inspect.Object{ID: 4711, Class: "Map", Size: 32, Retained: 5904200, Distance: 3, Path: way}
	return &inspect.Retainers{
		File: "after.heapsnapshot.zst", Target: hostile[0], Count: 20000,
		Object: []inspect.RetainedObject{{
			Object:     object,
			Paths:      [][]inspect.Step{append(way[:3:3], inspect.Step{Edge: "[*]", Class: hostile[0], ID: 90001}), way},
			Dominators: []inspect.Object{up, {ID: 1, Class: "(root)", Retained: 9994240, Distance: -1}},
			Direct:     []inspect.Retainer{{Edge: hostile[3], EdgeType: "property", From: up}},
		}},
	}
}
