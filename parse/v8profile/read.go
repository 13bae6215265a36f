// Package v8profile reads the sampling heap profiles of V8: what Node writes
// with --heap-prof and Chrome's Memory panel as "Allocation sampling".
//
//	{"head": {"callFrame": {"functionName", "scriptId", "url", "lineNumber", "columnNumber"},
//	          "selfSize": 0, "id": 1, "children": [ … ]},
//	 "samples": [{"size": 32768, "nodeId": 7, "ordinal": 1}, … ]}
//
// The tree of calls becomes the stacks of a pprof.Profile of one sample type,
// "space" in bytes: what lives, estimated from samples. Lines count from 0 in
// the file and from 1 here.
package v8profile

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-json"
	"github.com/google/pprof/profile"

	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/pprof"
)

// Recognises reports whether a file that begins with these bytes is such a profile.
func Recognises(start []byte) bool {
	start = bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xEF\xBB\xBF")), " \n\r\t")
	rest, ok := bytes.CutPrefix(start, []byte("{"))
	rest = bytes.TrimLeft(rest, " \n\r\t")
	return ok && (bytes.HasPrefix(rest, []byte(`"head"`)) || bytes.HasPrefix(rest, []byte(`"samples":[{"size"`)))
}

// CutShort reports whether a file of these bytes and no more is the beginning of
// such a profile, but not enough of one to recognise it.
func CutShort(whole []byte) bool {
	return strings.HasPrefix(`{"head"`, string(whole)) || strings.HasPrefix(`{"samples":[{"size"`, string(whole))
}

const (
	// maxSize is how long a profile may be: they are as large as the program has
	// places that allocate.
	maxSize = 512 << 20
	// maxDepth is far more than V8 keeps of a stack, and what a parser that
	// calls itself can bear.
	maxDepth = 5000
)

type file struct {
	Head    *node    `json:"head"`
	Samples []sample `json:"samples"`
}

type node struct {
	CallFrame callFrame `json:"callFrame"`
	SelfSize  float64   `json:"selfSize"`
	Children  []*node   `json:"children"`
}

type callFrame struct {
	FunctionName string `json:"functionName"`
	ScriptID     string `json:"scriptId"`
	URL          string `json:"url"`
	LineNumber   int64  `json:"lineNumber"`
}

type sample struct {
	Size float64 `json:"size"`
}

// Read reads a profile to its end. Errors are *input.SyntaxError for what is
// wrong with the file, or those of src.
func Read(ctx context.Context, src *input.Source, o pprof.Options) (*pprof.Profile, error) {
	text, err := io.ReadAll(io.LimitReader(src, maxSize+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxSize {
		return nil, &input.SyntaxError{File: src.Name(), Offset: maxSize, What: "too long for a sampling profile"}
	}
	if o.Admit != nil {
		if err := o.Admit(6 * uint64(len(text))); err != nil {
			return nil, err
		}
	}
	fault := func(at int64, what, detail string) error {
		return &input.SyntaxError{
			File: src.Name(), Offset: at, What: what, Detail: detail,
			Try: "take the profile again and wait until it is written",
		}
	}
	if at := tooDeep(text); at >= 0 {
		return nil, fault(at, "calls nested too deeply", "")
	}
	var f file
	if err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF")), &f); err != nil {
		if e := new(json.SyntaxError); errors.As(err, &e) {
			return nil, fault(e.Offset, "corrupt or truncated JSON", "")
		}
		return nil, fault(-1, "corrupt or truncated JSON", err.Error())
	}
	if f.Head == nil {
		return nil, fault(-1, "not a sampling profile", `it has no "head"`)
	}
	b := newBuilder(f.rate())
	if err := b.add(ctx, f.Head); err != nil {
		return nil, err
	}
	return pprof.From(ctx, src, b.p, o)
}

// tooDeep returns where brackets are nested more than stacks can be, or -1.
func tooDeep(text []byte) int64 {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > 2*maxDepth {
				return int64(i)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return -1
}

// rate is how many bytes lie between two samples. The file does not say it, but
// a sample stands for at least so many bytes, and for hardly more if it is of
// small objects: so the smallest ones tell, to the nearest power of two.
func (f *file) rate() int64 {
	if len(f.Samples) < 10 {
		return 0
	}
	sizes := make([]float64, 0, len(f.Samples))
	for _, s := range f.Samples {
		sizes = append(sizes, s.Size)
	}
	slices.Sort(sizes)
	small := sizes[len(sizes)/10]
	if !(small >= 1 && small < 1<<40) {
		return 0
	}
	return 1 << int(math.Round(math.Log2(small)))
}

// builder turns the tree into stacks.
type builder struct {
	p         *profile.Profile
	functions map[callFrame]*profile.Location
}

func newBuilder(rate int64) *builder {
	return &builder{
		p: &profile.Profile{
			SampleType: []*profile.ValueType{{Type: "space", Unit: "bytes"}},
			PeriodType: &profile.ValueType{Type: "space", Unit: "bytes"}, Period: rate,
		},
		functions: map[callFrame]*profile.Location{},
	}
}

// add walks the tree below head without calling itself.
func (b *builder) add(ctx context.Context, head *node) error {
	type step struct {
		n     *node
		child int
	}
	way := []step{{n: head}}
	stack := []*profile.Location{} // root first; the head itself stands for no function
	b.sample(head, stack)
	for len(way) > 0 {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		top := &way[len(way)-1]
		if top.child == len(top.n.Children) {
			way = way[:len(way)-1]
			if len(stack) > 0 {
				stack = stack[:len(stack)-1]
			}
			continue
		}
		child := top.n.Children[top.child]
		top.child++
		if child == nil {
			continue
		}
		stack = append(stack, b.location(child.CallFrame))
		b.sample(child, stack)
		way = append(way, step{n: child})
	}
	return nil
}

func (b *builder) sample(n *node, stack []*profile.Location) {
	if !(n.SelfSize >= 1 && n.SelfSize < 1<<62) {
		return
	}
	s := &profile.Sample{Value: []int64{int64(n.SelfSize)}}
	for i := len(stack) - 1; i >= 0; i-- {
		s.Location = append(s.Location, stack[i])
	}
	b.p.Sample = append(b.p.Sample, s)
}

func (b *builder) location(c callFrame) *profile.Location {
	if l := b.functions[c]; l != nil {
		return l
	}
	f := &profile.Function{
		ID: uint64(len(b.p.Function)) + 1, Name: functionName(c), SystemName: c.FunctionName, Filename: fileName(c),
		StartLine: max(c.LineNumber+1, 0),
	}
	b.p.Function = append(b.p.Function, f)
	l := &profile.Location{ID: f.ID, Line: []profile.Line{{Function: f, Line: f.StartLine}}}
	b.p.Location = append(b.p.Location, l)
	b.functions[c] = l
	return l
}

// functionName is a name with the script it is in: without it, every program
// has a hundred functions of the same name.
func functionName(c callFrame) string {
	name := c.FunctionName
	if name == "" {
		name = "<anonymous>"
	}
	if c.URL == "" {
		return name
	}
	return name + " (" + path.Base(strings.TrimRight(c.URL, "/")) + ")"
}

// Builtin is the file of what is V8's own, and in no script.
const Builtin = "(V8)"

// fileName is the script, which Node does not always tell.
func fileName(c callFrame) string {
	if c.URL == "" && (c.ScriptID == "0" || c.ScriptID == "") {
		return Builtin
	}
	return c.URL
}
