package report

import (
	"time"

	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
)

// tracked is ranked, with what V8 saw being allocated.
func tracked() *diff.Result {
	r := ranked()
	handle := []growth.Call{
		{Function: "remember", Where: "/srv/app/cache.js:20:11"},
		{Function: "handle", Where: "/srv/app/server.js:31:3"},
		{Function: "serve", Where: "/srv/app/server.js:12:5"},
		{Function: "(anonymous)", Where: "/srv/app/server.js:50:1"},
		{Function: "main", Where: "/srv/app/server.js:60:1"},
		{Function: "Module._compile", Where: "node:internal/modules/cjs/loader:1554:14"},
	}
	parse := []growth.Call{{Function: "parse", Where: "/srv/app/server.js:29:10"}, handle[1]}
	r.Ranking.Lines[0].Allocated = []growth.Allocation{
		{Calls: handle, Count: 20000, Size: 800000},
		{Calls: append(handle[:4:4], growth.Call{Function: "retry", Where: "/srv/app/server.js:70:1"}), Count: 100, Size: 4000},
		{Calls: parse, Count: 1, Size: 40},
	}
	r.Allocated = &diff.Allocated{
		Total: diff.Made{Count: 520102, Size: 41600080, AliveCount: 20103, AliveSize: 804096},
		Sites: []diff.AllocatedAt{
			{Calls: handle, Made: diff.Made{Count: 20100, Size: 804000, AliveCount: 20100, AliveSize: 804000}},
			{Calls: parse, Made: diff.Made{Count: 500001, Size: 40796040, AliveCount: 2, AliveSize: 80}},
			{Made: diff.Made{Count: 1, Size: 40, AliveCount: 1, AliveSize: 16}},
		},
		Times: []diff.AllocatedWhen{
			{To: 60 * time.Millisecond, Count: 5000, Size: 200000},
			{From: 60 * time.Millisecond, To: 1500 * time.Millisecond, Count: 15103, Size: 604096},
		},
	}
	return r
}
