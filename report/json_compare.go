package report

import (
	"math"

	"github.com/heapdiff/heapdiff/diff"
)

type compareJSON struct {
	Schema string    `json:"schema"`
	Tool   string    `json:"tool"`
	Match  matchJSON `json:"match"`
	Before sideJSON  `json:"before"`
	After  sideJSON  `json:"after"`

	Between        []sideJSON          `json:"between"`
	Growth         []growthJSON        `json:"growth"`
	Reconciliation *reconciliationJSON `json:"reconciliation"`

	Pressure  pressureJSON   `json:"pressure"`
	Allocated *allocatedJSON `json:"allocated"`

	Growers  []growerJSON  `json:"growers"`
	Kinds    []kindJSON    `json:"kinds"`
	Classes  []classJSON   `json:"classes"`
	InPlace  []inPlaceJSON `json:"in_place"`
	Totals   changesJSON   `json:"totals"`
	Warnings []string      `json:"warnings"`
}

type matchJSON struct {
	Mode      string  `json:"mode"`
	Forced    bool    `json:"forced"`
	Agreement float64 `json:"agreement"`
	SharedIDs int     `json:"shared_ids"`
	Reason    string  `json:"reason"`
}

type sideJSON struct {
	File     string `json:"file"`
	Format   string `json:"format"`
	Nodes    int    `json:"nodes"`
	Edges    int    `json:"edges"`
	SelfSize uint64 `json:"self_size"`
	Extra    uint64 `json:"extra_size"`
}

type growerJSON struct {
	ID             uint64     `json:"id"`
	Class          string     `json:"class"`
	New            bool       `json:"new"`
	BeforeRetained uint64     `json:"before_retained"`
	AfterRetained  uint64     `json:"after_retained"`
	Delta          int64      `json:"delta"`
	Holders        int        `json:"holders"`
	Summary        string     `json:"summary"`
	Path           []stepJSON `json:"path"`
	Holds          []heldJSON `json:"holds"`
}

type heldJSON struct {
	Class string `json:"class"`
	Count int    `json:"count"`
	Size  uint64 `json:"size"`
}

type kindJSON struct {
	Kind        string `json:"kind"`
	BeforeCount int    `json:"before_count"`
	AfterCount  int    `json:"after_count"`
	BeforeSize  uint64 `json:"before_size"`
	AfterSize   uint64 `json:"after_size"`
}

type classJSON struct {
	Class string `json:"class"`
	Key   string `json:"key"`
	Where string `json:"where"`
	changesJSON
}

type changesJSON struct {
	AddedCount     int     `json:"added_count"`
	RemovedCount   int     `json:"removed_count"`
	CountDelta     int     `json:"count_delta"`
	AddedSize      uint64  `json:"added_size"`
	RemovedSize    uint64  `json:"removed_size"`
	SizeDelta      int64   `json:"size_delta"`
	InPlaceDelta   int64   `json:"in_place_delta"`
	BeforeCount    int     `json:"before_count"`
	AfterCount     int     `json:"after_count"`
	BeforeSize     uint64  `json:"before_size"`
	AfterSize      uint64  `json:"after_size"`
	BeforeRetained *uint64 `json:"before_retained"`
	AfterRetained  *uint64 `json:"after_retained"`
	RetainedDelta  *int64  `json:"retained_delta"`
}

type inPlaceJSON struct {
	ID           uint64     `json:"id"`
	Class        string     `json:"class"`
	BeforeSize   uint64     `json:"before_size"`
	AfterSize    uint64     `json:"after_size"`
	BeforeLength *int       `json:"before_length"`
	AfterLength  *int       `json:"after_length"`
	Summary      string     `json:"summary"`
	Path         []stepJSON `json:"path"`
}

func newCompareJSON(r *diff.Result, o Options) *compareJSON {
	out := &compareJSON{
		Schema: compareSchema, Tool: o.Tool,
		Match: matchJSON{
			Mode: string(r.Match.Mode), Forced: r.Match.Forced, Agreement: finite(r.Match.Agreement),
			SharedIDs: r.Match.Shared, Reason: r.Match.Reason,
		},
		Before:  newSideJSON(&r.Before),
		After:   newSideJSON(&r.After),
		Between: []sideJSON{},

		Pressure:  newPressureJSON(r),
		Allocated: newAllocatedJSON(r.Allocated),

		Growers:  make([]growerJSON, len(r.Growers)),
		Kinds:    make([]kindJSON, len(r.Kinds)),
		Classes:  make([]classJSON, len(r.Classes)),
		InPlace:  make([]inPlaceJSON, len(r.InPlace)),
		Totals:   newChangesJSON(&r.Totals, r.Counted),
		Warnings: warningsJSON(r.Warnings),
	}
	out.Growth, out.Reconciliation = newGrowthJSON(r)
	for i := range r.Between {
		out.Between = append(out.Between, newSideJSON(&r.Between[i]))
	}
	for i := range r.Growers {
		out.Growers[i] = newGrowerJSON(&r.Growers[i])
	}
	for i, k := range r.Kinds {
		out.Kinds[i] = kindJSON{k.Kind, k.BeforeCount, k.AfterCount, k.BeforeSize, k.AfterSize}
	}
	for i := range r.Classes {
		c := &r.Classes[i]
		out.Classes[i] = classJSON{Class: c.Class, Key: c.Key, Where: c.Where, changesJSON: newChangesJSON(c, r.Counted)}
	}
	for i := range r.InPlace {
		g := &r.InPlace[i]
		out.InPlace[i] = inPlaceJSON{
			ID: g.ID, Class: g.Class, BeforeSize: g.BeforeSize, AfterSize: g.AfterSize,
			BeforeLength: length(g.BeforeLength), AfterLength: length(g.AfterLength),
			Summary: holder(g.Path.Steps, g.Class), Path: stepsJSON(g.Path.Steps),
		}
	}
	return out
}

func newSideJSON(s *diff.Side) sideJSON {
	return sideJSON{File: s.File, Format: s.Format, Nodes: s.Nodes, Edges: s.Edges, SelfSize: s.Size, Extra: s.Extra}
}

func newGrowerJSON(g *diff.Grower) growerJSON {
	out := growerJSON{
		ID: g.ID, Class: g.Class, New: g.New,
		BeforeRetained: g.BeforeRetained, AfterRetained: g.AfterRetained, Delta: g.Delta, Holders: g.Holders,
		Summary: holder(g.Path.Steps, g.Class), Path: stepsJSON(g.Path.Steps), Holds: make([]heldJSON, len(g.Holds)),
	}
	for i, h := range g.Holds {
		out.Holds[i] = heldJSON(h)
	}
	return out
}

// newChangesJSON leaves out what is not known where objects were only counted.
func newChangesJSON(c *diff.ClassRow, counted bool) changesJSON {
	out := changesJSON{
		AddedCount: c.AddedCount, RemovedCount: c.RemovedCount, CountDelta: c.CountDelta,
		AddedSize: c.AddedSize, RemovedSize: c.RemovedSize, SizeDelta: c.SizeDelta, InPlaceDelta: c.InPlaceDelta,
		BeforeCount: c.BeforeCount, AfterCount: c.AfterCount,
		BeforeSize: c.BeforeSize, AfterSize: c.AfterSize,
	}
	if !counted {
		out.BeforeRetained, out.AfterRetained, out.RetainedDelta = &c.BeforeRetained, &c.AfterRetained, &c.RetainedDelta
	}
	return out
}

// length is null where there is none.
func length(n int) *int {
	if n < 0 {
		return nil
	}
	return &n
}

// finite keeps what JSON has no words for out of it.
func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}
