package symbols

import (
	"fmt"
	"strings"
)

// Set are the binaries that one run knows.
type Set struct {
	binaries []*Binary
	asked    bool
	used     []bool            // whether any address was of it
	differ   map[string]string // path of a binary -> what says that it is of another build
}

// OpenAll opens several files; a Set of none is nil.
func OpenAll(paths []string) (*Set, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	s := &Set{used: make([]bool, len(paths)), differ: map[string]string{}}
	for _, path := range paths {
		b, err := Open(path)
		if err != nil {
			return nil, err
		}
		s.binaries = append(s.binaries, b)
	}
	return s, nil
}

// Mapping is a part of a file that a process had in its memory, as a profile
// tells it.
type Mapping struct {
	Start, Offset uint64
	File, BuildID string
	Main          bool // it is the program itself
}

// Frames returns what stands at an address of a process, the innermost first;
// nothing if no binary is known to be mapped there.
func (s *Set) Frames(m Mapping, address uint64) []Frame {
	if s == nil {
		return nil
	}
	s.asked = true
	for i, b := range s.binaries {
		same, differ := b.is(m.File, m.BuildID)
		if differ != "" && (m.Main || strings.HasSuffix(m.File, b.Path)) {
			s.differ[b.Path] = differ
		}
		// A program that was given alone, for a profile that does not say what the
		// program's file is, is meant to be it.
		if !same && (differ != "" || len(s.binaries) > 1 || !m.Main || m.File != "") {
			continue
		}
		if found := b.frames(b.linked(m.Start, m.Offset, address)); len(found) > 0 {
			s.used[i] = true
			return found
		}
	}
	return nil
}

// Doubts says which binaries were of no use for any of the addresses that were
// asked for.
func (s *Set) Doubts() []string {
	if s == nil || !s.asked {
		return nil
	}
	var list []string
	for i, b := range s.binaries {
		if s.used[i] {
			continue
		}
		why := "no address without a name is in it"
		if differ := s.differ[b.Path]; differ != "" {
			why = "it is of another build: it has " + differ
		}
		list = append(list, fmt.Sprintf("%s was of no use: %s", b.Path, why))
	}
	return list
}
