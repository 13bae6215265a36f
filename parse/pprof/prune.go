package pprof

import (
	"regexp"
	"strings"
)

// cut says what becomes of the frames below a location that the producer does
// not want to be seen, such as those of the allocator.
type cut uint8

const (
	cutNothing cut = iota
	cutBelow       // what it called goes
	cutHere        // it goes, too
)

// markPruned applies the producer's own filter of frames, drop_frames and
// keep_frames, as go tool pprof does.
func (p *Profile) markPruned(drop, keep string) {
	if drop == "" {
		return
	}
	dropRx, err := regexp.Compile("^(" + drop + ")$")
	var keepRx *regexp.Regexp
	if err == nil && keep != "" {
		keepRx, err = regexp.Compile("^(" + keep + ")$")
	}
	if err != nil {
		p.Warnings = append(p.Warnings, "the file names frames to leave out by an expression that is not valid; all are shown")
		return
	}
	dropped := make([]bool, len(p.Functions))
	for i := range p.Functions {
		if f := &p.Functions[i]; f.Name != "" && !f.Unresolved {
			name := withoutArguments(f.Name)
			dropped[i] = dropRx.MatchString(name) && (keepRx == nil || !keepRx.MatchString(name))
		}
	}
	for i := range p.locations {
		l := &p.locations[i]
		for at := l.end; at > l.first; at-- { // from the outermost
			if !dropped[p.Frames[at-1].Function] {
				continue
			}
			if at == l.end {
				l.cut = cutHere
			} else {
				l.cut, l.first = cutBelow, at
			}
			p.rows.pruned = true
			break
		}
	}
}

// prune drops the frames below one that is not wanted, but not before a frame
// was seen that is. Locations come and go leaf first.
func (p *Profile) prune(rows []uint32) []uint32 {
	if !p.rows.pruned {
		return rows
	}
	wanted := false
	for i := len(rows) - 1; i >= 0; i-- {
		switch c := p.locations[rows[i]].cut; {
		case c == cutNothing:
			wanted = true
		case !wanted:
		case c == cutHere:
			return rows[i+1:]
		default:
			return rows[i:]
		}
	}
	return rows
}

// withoutArguments removes the list of arguments of a C++ function's name.
func withoutArguments(name string) string {
	name = strings.TrimPrefix(name, ".")
	for at := 0; ; {
		i := strings.IndexByte(name[at:], '(')
		if i < 0 {
			return name
		}
		i += at
		switch {
		case strings.HasPrefix(name[i:], "(anonymous namespace)"):
			at = i + len("(anonymous namespace)")
		case strings.HasSuffix(name[:i], "operator") && strings.HasPrefix(name[i:], "()"):
			at = i + 2
		default:
			return name[:i]
		}
	}
}
