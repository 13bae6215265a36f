package pprof

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/pprof/profile"
)

// jeprofStart begins what jeprof and pprof of old write with --raw: the names of
// addresses, and behind them the profile as it was.
//
//	--- symbol
//	binary=./shop
//	0x0000564da46be256 shop::fetch()<0000000000001248>
//	0x0000564da46be3d8 main<00000000000013cc>--shop::handle(int)
//	---
//	--- heap
//	heap_v2/524288
//	…
const jeprofStart = "--- symbol\n"

var (
	jeprofLine  = regexp.MustCompile(`^0x([0-9a-f]+) (.+)$`)
	jeprofPlace = regexp.MustCompile(`<[0-9a-f]{16}>$`)
)

// cutSymbols takes the names off a file, and returns the functions of each
// address, the innermost first; nil if it has none.
func cutSymbols(text []byte) (names map[uint64][]string, rest []byte) {
	if !bytes.HasPrefix(text, []byte(jeprofStart)) {
		return nil, text
	}
	table, rest, ok := bytes.Cut(text, []byte("\n---\n"))
	if !ok {
		return nil, text
	}
	names = map[uint64][]string{}
	for line := range strings.Lines(string(table)) {
		m := jeprofLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		address, err := strconv.ParseUint(m[1], 16, 64)
		if err != nil {
			continue
		}
		var inner []string
		for _, name := range strings.Split(m[2], "--") { // the outermost first
			inner = append([]string{jeprofPlace.ReplaceAllString(name, "")}, inner...)
		}
		names[address] = inner
	}
	if _, body, ok := bytes.Cut(rest, []byte("\n")); ok && bytes.HasPrefix(rest, []byte("--- ")) {
		rest = body
	}
	return names, rest
}

// addNames gives the locations of a profile the names of their addresses.
func addNames(p *profile.Profile, names map[uint64][]string) {
	functions := map[string]*profile.Function{}
	for _, l := range p.Location {
		if len(l.Line) > 0 {
			continue
		}
		for _, name := range names[l.Address] {
			f := functions[name]
			if f == nil {
				f = &profile.Function{ID: uint64(len(p.Function)) + 1, Name: name, SystemName: name}
				functions[name] = f
				p.Function = append(p.Function, f)
			}
			l.Line = append(l.Line, profile.Line{Function: f})
		}
	}
}
