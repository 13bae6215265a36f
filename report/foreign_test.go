package report

import (
	"fmt"
	"testing"

	"github.com/heapdiff/heapdiff/diff/growth"
)

// Packages have groups of their own, whatever they keep and wherever they lie.
func TestForeignGroups(t *testing.T) {
	lines := []*growth.Line{
		{Tier: growth.Runtime, Share: 9000},
		{Tier: growth.Library, Share: 10, Location: "node:net:1:2"},
		{Tier: growth.Library, Share: 20, Location: "/srv/node_modules/@scope/pool/lib/a.js:1:2"},
		{Tier: growth.Library, Share: 5, Location: `C:\srv\node_modules\lru\index.js:1:2`},
		{Tier: growth.Library, Share: 30, Steps: []growth.Step{{Where: "/srv/node_modules/a/node_modules/lru/x.js:1:1"}, {}}},
	}
	got := ""
	for _, g := range foreignGroups(lines) {
		got += fmt.Sprintf("%s %s %d %d\n", g.tier, g.of.Text, g.places, g.share)
	}
	const want = `LIBRARY lru 2 35
LIBRARY @scope/pool 1 20
LIBRARY the platform's modules 1 10
RUNTIME the engine's code and shapes 1 9000
`
	if got != want {
		t.Errorf("groups are\n%swant\n%s", got, want)
	}
}
