package pprof

import (
	"bytes"
	"regexp"
	"strconv"

	"github.com/google/pprof/profile"
)

// symbolLine is a comment in the text forms of Go: what an address is.
var symbolLine = regexp.MustCompile(`(?m)^#\t0x([0-9a-f]+)\t+(\S+?)\+0x[0-9a-f]+[\t ]+(.*):(\d+)\r?$`)

// addSymbols uses the comments of a text form, which say what most addresses
// are. Go leaves those of its allocator and scheduler out; where the others are
// known these say nothing and go, as they do in the protobuf form.
func addSymbols(p *profile.Profile, text []byte) {
	if !bytes.Contains(text, []byte("\n#\t0x")) {
		return
	}
	functions := map[[2]string]*profile.Function{}
	lines := map[uint64]profile.Line{}
	for _, m := range symbolLine.FindAllSubmatch(text, -1) {
		address, err := strconv.ParseUint(string(m[1]), 16, 64)
		if err != nil {
			continue
		}
		number, _ := strconv.ParseInt(string(m[4]), 10, 32)
		key := [2]string{string(m[2]), string(m[3])}
		f := functions[key]
		if f == nil {
			f = &profile.Function{ID: uint64(len(p.Function)) + 1, Name: key[0], SystemName: key[0], Filename: key[1]}
			functions[key] = f
			p.Function = append(p.Function, f)
		}
		lines[address] = profile.Line{Function: f, Line: number}
	}
	for _, l := range p.Location {
		if line, ok := lines[l.Address]; ok && len(l.Line) == 0 {
			l.Line = []profile.Line{line}
		}
	}
	for _, s := range p.Sample {
		s.Location = withSymbols(s.Location)
	}
}

// withSymbols leaves only locations that are known, if any is.
func withSymbols(stack []*profile.Location) []*profile.Location {
	var known []*profile.Location
	for _, l := range stack {
		if len(l.Line) > 0 {
			known = append(known, l)
		}
	}
	if len(known) == 0 {
		return stack
	}
	return known
}
