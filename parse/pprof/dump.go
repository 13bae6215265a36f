package pprof

import (
	"bufio"
	"bytes"
	"context"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/pprof/profile"

	"github.com/heapdiff/heapdiff/internal/input"
)

// CreatedBy stands before the name of a frame that is no longer running: the
// one that started the goroutine. Only dumps of goroutines have it.
const CreatedBy = "created by "

var (
	dumpHead   = regexp.MustCompile(`^goroutine (\d+) .*?\[([^\],]*)[^\]]*\]`)
	dumpSource = regexp.MustCompile(`^\t(.*):(\d+)(?: \+0x[0-9a-f]+)?(?: .*)?$`)
)

// readDump reads the stacks of all goroutines as Go writes them for people:
// /debug/pprof/goroutine?debug=2, or what SIGQUIT prints. The state that each is
// in, such as "(chan receive)", is the leaf of its stack.
func readDump(ctx context.Context, src *input.Source, o Options) (*Profile, error) {
	text, err := readAll(src, o)
	if err != nil {
		return nil, err
	}
	d := &dump{
		p: &profile.Profile{
			SampleType: []*profile.ValueType{{Type: "goroutine", Unit: "count"}},
			PeriodType: &profile.ValueType{Type: "goroutine", Unit: "count"}, Period: 1,
		},
		functions: map[string]*profile.Function{}, locations: map[string]*profile.Location{},
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for lines.Scan() {
		d.line(strings.TrimSuffix(lines.Text(), "\r"))
	}
	d.end()
	if len(d.p.Sample) == 0 {
		return nil, &input.SyntaxError{File: src.Name(), Offset: 0, What: "not a dump of goroutines", Detail: "no goroutine has a stack"}
	}
	return From(ctx, src, d.p, o)
}

// dump is a dump being read.
type dump struct {
	p         *profile.Profile
	functions map[string]*profile.Function
	locations map[string]*profile.Location

	inside bool
	state  string
	stack  []*profile.Location
	called string // the function whose place is in the next line
}

func (d *dump) line(s string) {
	switch {
	case s == "":
		d.end()
	case !d.inside:
		if m := dumpHead.FindStringSubmatch(s); m != nil {
			d.inside, d.state = true, m[2]
		}
	case d.called == "" && s[0] != '\t':
		d.called = calledFunction(s)
	case s[0] == '\t' && d.called != "":
		file, line := "", int64(0)
		if m := dumpSource.FindStringSubmatch(s); m != nil {
			file = m[1]
			line, _ = strconv.ParseInt(m[2], 10, 32)
		}
		d.stack = append(d.stack, d.at(d.called, file, line))
		d.called = ""
	}
}

// calledFunction is the name in a line: without arguments, or who created it.
func calledFunction(s string) string {
	if by, ok := strings.CutPrefix(s, CreatedBy); ok {
		by, _, _ = strings.Cut(by, " in goroutine ")
		return CreatedBy + by
	}
	if i := strings.LastIndexByte(s, '('); i > 0 && strings.HasSuffix(s, ")") {
		return s[:i]
	}
	return s
}

// end ends a goroutine.
func (d *dump) end() {
	if d.inside && len(d.stack) > 0 {
		d.stack = append([]*profile.Location{d.at("("+d.state+")", "", 0)}, d.stack...)
		d.p.Sample = append(d.p.Sample, &profile.Sample{
			Location: d.stack, Value: []int64{1},
		})
	}
	d.inside, d.stack, d.called = false, nil, ""
}

func (d *dump) at(function, file string, line int64) *profile.Location {
	key := function + "\x00" + file + "\x00" + strconv.FormatInt(line, 10)
	if l := d.locations[key]; l != nil {
		return l
	}
	of := function + "\x00" + file
	f := d.functions[of]
	if f == nil {
		f = &profile.Function{ID: uint64(len(d.p.Function)) + 1, Name: function, SystemName: function, Filename: file}
		d.functions[of] = f
		d.p.Function = append(d.p.Function, f)
	}
	l := &profile.Location{ID: uint64(len(d.p.Location)) + 1, Line: []profile.Line{{Function: f, Line: line}}}
	d.locations[key] = l
	d.p.Location = append(d.p.Location, l)
	return l
}
