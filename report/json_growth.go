package report

import (
	"github.com/heapdiff/heapdiff/diff"
	"github.com/heapdiff/heapdiff/diff/growth"
)

type growthJSON struct {
	Fingerprint  string      `json:"fingerprint"`
	Tier         growth.Tier `json:"tier"`
	Kind         growth.Kind `json:"kind"`
	Payload      growth.Kind `json:"payload"`
	InPlace      bool        `json:"in_place"`
	Summary      string      `json:"summary"`
	Path         string      `json:"path"`
	Owner        string      `json:"owner"`
	Holders      uint64      `json:"holders"`
	HolderID     uint64      `json:"holder_id"`
	Class        string      `json:"class"`
	Location     string      `json:"location"`
	Located      string      `json:"located"`
	CountBefore  uint64      `json:"count_before"`
	CountAfter   uint64      `json:"count_after"`
	SizeBefore   uint64      `json:"size_before"`
	SizeAfter    uint64      `json:"size_after"`
	Share        uint64      `json:"share"`
	Exclusive    uint64      `json:"exclusive"`
	Own          uint64      `json:"own"`
	CoOwners     []coownJSON `json:"coowners"`
	PerIteration *rateJSON   `json:"per_iteration"`
	Counts       []uint64    `json:"counts"`
	Sizes        []uint64    `json:"sizes"`
	Children     []childJSON `json:"children"`
	SampleIDs    []uint64    `json:"sample_ids"`
	Steps        []placeJSON `json:"steps"`
	Dominators   []placeJSON `json:"dominators"`
	Allocated    []madeJSON  `json:"allocated_at"`
	Advice       *adviceJSON `json:"advice"`
}

type explainJSON struct {
	Schema string `json:"schema"`
	Tool   string `json:"tool"`
	Before string `json:"before"`
	After  string `json:"after"`
	growthJSON
}

type coownJSON struct {
	Fingerprint string `json:"fingerprint"`
	Owner       string `json:"owner"`
	Size        uint64 `json:"size"`
}

type rateJSON struct {
	Count float64 `json:"count"`
	Size  float64 `json:"size"`
}

type childJSON struct {
	Path  string `json:"path"`
	Class string `json:"class"`
	Count uint64 `json:"count"`
	Size  uint64 `json:"size"`
}

type placeJSON struct {
	Edge  string `json:"edge"`
	Class string `json:"class"`
	Where string `json:"where"`
}

type adviceJSON struct {
	Pattern string   `json:"pattern"`
	Title   string   `json:"title"`
	Cause   string   `json:"cause"`
	Look    []string `json:"look"`
	Fix     string   `json:"fix"`
	Code    string   `json:"code"`
}

type reconciliationJSON struct {
	Accumulated  uint64  `json:"accumulated"`
	Own          uint64  `json:"own"`
	InPlace      uint64  `json:"in_place"`
	Unattributed uint64  `json:"unattributed"`
	Freed        uint64  `json:"freed"`
	Growth       int64   `json:"growth"`
	Coverage     float64 `json:"coverage"`
	HiddenLines  int     `json:"hidden_lines"`
	HiddenSize   uint64  `json:"hidden_size"`
}

// newGrowthJSON is the growth of a result by place; the lists are empty and the
// reconciliation is null if it was not ranked.
func newGrowthJSON(r *diff.Result) ([]growthJSON, *reconciliationJSON) {
	if r.Ranking == nil {
		return []growthJSON{}, nil
	}
	lines := make([]growthJSON, len(r.Ranking.Lines))
	for i := range lines {
		lines[i] = newLineJSON(&r.Ranking.Lines[i])
	}
	rec, hidden := &r.Ranking.Reconciliation, &r.Ranking.Hidden
	return lines, &reconciliationJSON{
		Accumulated: rec.Accumulated, Own: rec.Own, InPlace: rec.InPlace, Unattributed: rec.Unattributed, Freed: rec.Freed,
		Growth: rec.Growth, Coverage: finite(rec.Coverage), HiddenLines: hidden.Lines, HiddenSize: hidden.Size,
	}
}

func newLineJSON(l *growth.Line) growthJSON {
	out := growthJSON{
		Fingerprint: l.Fingerprint, Tier: l.Tier, Kind: l.Kind, Payload: l.Payload, InPlace: l.InPlace,
		Holders: l.Holders, HolderID: l.HolderID,
		Summary: plainText(sentence(l)), Path: l.Path, Owner: l.Owner, Class: l.Class, Location: l.Location, Located: l.Located,
		CountBefore: l.CountBefore, CountAfter: l.CountAfter, SizeBefore: l.SizeBefore, SizeAfter: l.SizeAfter,
		Share: l.Share, Exclusive: l.Exclusive, Own: l.Own,
		CoOwners:  make([]coownJSON, len(l.CoOwners)),
		Counts:    append([]uint64{}, l.Counts...),
		Sizes:     append([]uint64{}, l.Sizes...),
		Children:  make([]childJSON, len(l.Children)),
		SampleIDs: append([]uint64{}, l.SampleIDs...),
		Steps:     make([]placeJSON, len(l.Steps)), Dominators: make([]placeJSON, len(l.Dominators)),
		Allocated: newMadeJSON(l.Allocated),
		Advice:    newAdviceJSON(l),
	}
	if l.PerIteration != (growth.Rate{}) {
		out.PerIteration = &rateJSON{Count: finite(l.PerIteration.Count), Size: finite(l.PerIteration.Size)}
	}
	for i, c := range l.CoOwners {
		out.CoOwners[i] = coownJSON(c)
	}
	for i, c := range l.Children {
		out.Children[i] = childJSON(c)
	}
	for i, s := range l.Steps {
		out.Steps[i] = placeJSON{s.Edge, s.Class, s.Where}
	}
	for i, s := range l.Dominators {
		out.Dominators[i] = placeJSON{s.Edge, s.Class, s.Where}
	}
	return out
}

// plainText writes a phrase for those who read no numbers out of it.
func plainText(p Phrase) string {
	var s string
	for _, v := range p {
		s += v.format(false)
	}
	return s
}
