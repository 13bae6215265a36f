package report

import "github.com/heapdiff/heapdiff/inspect"

type inspectJSON struct {
	Schema     string           `json:"schema"`
	Tool       string           `json:"tool"`
	File       string           `json:"file"`
	Format     string           `json:"format"`
	Nodes      int              `json:"nodes"`
	Edges      int              `json:"edges"`
	SelfSize   uint64           `json:"self_size"`
	Extra      uint64           `json:"extra_size"`
	Unreached  *int             `json:"unreached"`
	Statistics *statisticsJSON  `json:"statistics"`
	Largest    []objectPathJSON `json:"largest"`
	Kinds      []kindCountJSON  `json:"kinds"`
	Classes    []classSizeJSON  `json:"classes"`
	Strings    *duplicatesJSON  `json:"duplicate_strings"`
	Detached   []classSizeJSON  `json:"detached"`
	Warnings   []string         `json:"warnings"`
}

type statisticsJSON struct {
	Total       uint64 `json:"total"`
	Code        uint64 `json:"code"`
	Strings     uint64 `json:"strings"`
	JSArrays    uint64 `json:"js_arrays"`
	TypedArrays uint64 `json:"typed_arrays"`
	System      uint64 `json:"system"`
	OtherJS     uint64 `json:"other_js"`
	OtherNative uint64 `json:"other_native"`
}

type objectJSON struct {
	ID       uint64 `json:"id"`
	Class    string `json:"class"`
	Size     uint64 `json:"size"`
	Retained uint64 `json:"retained"`
	Distance *int   `json:"distance"`
}

type objectPathJSON struct {
	objectJSON
	Summary string     `json:"summary"`
	Path    []stepJSON `json:"path"`
}

type kindCountJSON struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
	Size  uint64 `json:"size"`
}

type classSizeJSON struct {
	Class    string  `json:"class"`
	Key      string  `json:"key"`
	Where    string  `json:"where"`
	Count    int     `json:"count"`
	Size     uint64  `json:"size"`
	Retained *uint64 `json:"retained"`
	Distance *int    `json:"distance"`
}

type duplicatesJSON struct {
	Texts  int             `json:"texts"`
	Copies int             `json:"copies"`
	Wasted uint64          `json:"wasted"`
	Worst  []duplicateJSON `json:"worst"`
}

type duplicateJSON struct {
	Text   *string `json:"text"`
	SHA    string  `json:"sha256_prefix"`
	Length int     `json:"length"`
	Copies int     `json:"copies"`
	Wasted uint64  `json:"wasted"`
}

type retainersJSON struct {
	Schema  string               `json:"schema"`
	Tool    string               `json:"tool"`
	File    string               `json:"file"`
	Target  string               `json:"target"`
	Count   int                  `json:"count"`
	Objects []retainedObjectJSON `json:"objects"`
}

type retainedObjectJSON struct {
	objectJSON
	Paths      []pathJSON     `json:"paths"`
	Dominators []objectJSON   `json:"dominators"`
	Retainers  []retainerJSON `json:"retainers"`
}

type pathJSON struct {
	Summary string     `json:"summary"`
	Steps   []stepJSON `json:"steps"`
}

type retainerJSON struct {
	Edge     string     `json:"edge"`
	EdgeType string     `json:"edge_type"`
	From     objectJSON `json:"from"`
}

func newInspectJSON(s *inspect.Summary, o Options) *inspectJSON {
	out := &inspectJSON{
		Schema: inspectSchema, Tool: o.Tool,
		File: s.File, Format: s.Format, Nodes: s.Nodes, Edges: s.Edges,
		SelfSize: s.Size, Extra: s.Extra,
		Largest:  make([]objectPathJSON, len(s.Largest)),
		Kinds:    make([]kindCountJSON, len(s.Kinds)),
		Classes:  classSizesJSON(s.Classes, s.Counted),
		Detached: classSizesJSON(s.Detached, s.Counted),
		Warnings: warningsJSON(s.Warnings),
	}
	for i := range s.Largest {
		l := &s.Largest[i]
		path := steps(l.Path)
		out.Largest[i] = objectPathJSON{newObjectJSON(l), holder(path, l.Class), stepsJSON(path)}
	}
	for i, k := range s.Kinds {
		out.Kinds[i] = kindCountJSON(k)
	}
	if s.Counted {
		return out // and nothing else is known
	}
	out.Unreached = &s.Unreached
	statistics := statisticsJSON(s.Statistics)
	out.Statistics = &statistics
	out.Strings = &duplicatesJSON{
		Texts: s.Strings.Texts, Copies: s.Strings.Copies, Wasted: s.Strings.Wasted,
		Worst: make([]duplicateJSON, len(s.Strings.Worst)),
	}
	for i := range s.Strings.Worst {
		w := &s.Strings.Worst[i]
		out.Strings.Worst[i] = duplicateJSON{SHA: w.SHA, Length: w.Length, Copies: w.Copies, Wasted: w.Wasted}
		if w.Text != "" {
			out.Strings.Worst[i].Text = &w.Text
		}
	}
	return out
}

func newRetainersJSON(r *inspect.Retainers, o Options) *retainersJSON {
	out := &retainersJSON{
		Schema: retainersSchema, Tool: o.Tool, File: r.File, Target: r.Target, Count: r.Count,
		Objects: make([]retainedObjectJSON, len(r.Object)),
	}
	for i := range r.Object {
		from := &r.Object[i]
		to := retainedObjectJSON{
			objectJSON: newObjectJSON(&from.Object),
			Paths:      make([]pathJSON, len(from.Paths)),
			Dominators: make([]objectJSON, len(from.Dominators)),
			Retainers:  make([]retainerJSON, len(from.Direct)),
		}
		for j, path := range from.Paths {
			to.Paths[j] = pathJSON{holder(steps(path), from.Object.Class), stepsJSON(steps(path))}
		}
		for j := range from.Dominators {
			to.Dominators[j] = newObjectJSON(&from.Dominators[j])
		}
		for j := range from.Direct {
			d := &from.Direct[j]
			to.Retainers[j] = retainerJSON{d.Edge, d.EdgeType, newObjectJSON(&d.From)}
		}
		out.Objects[i] = to
	}
	return out
}

func newObjectJSON(o *inspect.Object) objectJSON {
	return objectJSON{ID: o.ID, Class: o.Class, Size: o.Size, Retained: o.Retained, Distance: length(o.Distance)}
}

// classSizesJSON leaves out what is not known where objects were only counted.
func classSizesJSON(classes []inspect.Class, counted bool) []classSizeJSON {
	out := make([]classSizeJSON, len(classes))
	for i := range classes {
		c := &classes[i]
		out[i] = classSizeJSON{c.Class, c.Key, c.Where, c.Count, c.Size, &c.Retained, length(c.Distance)}
		if counted {
			out[i].Retained = nil
		}
	}
	return out
}
