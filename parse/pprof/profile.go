package pprof

import (
	"fmt"
	"strconv"
	"strings"
)

// Profile is one profile. It is read once; readers share it.
type Profile struct {
	File        string
	Compression string // of the file, as input.Source names it

	SampleTypes []ValueType
	DefaultType string // the producer's choice among them; may be empty

	PeriodType    ValueType
	Period        int64 // what lies between two samples, in units of PeriodType; 0 if not known
	TimeNanos     int64 // when it was taken, since 1970; 0 if not known
	DurationNanos int64 // how long it took; 0 for a moment
	Comments      []string
	DocURL        string

	Mappings  []Mapping
	Functions []Function
	Frames    []Frame

	locations []location
	samples   samples
	rows      idTable // location id -> row

	// Warnings are doubts about the file that a reader must know of.
	Warnings []string
}

// ValueType is what a number means.
type ValueType struct {
	Type string // such as "inuse_space"
	Unit string // such as "bytes"
}

// Mapping is a part of a file that the process had in its memory.
type Mapping struct {
	Start, Limit, Offset uint64
	File, BuildID        string
	symbolized           bool
}

// Function is something that has frames.
type Function struct {
	Name      string
	System    string // the name before it was made readable; may be empty
	File      string // where the source stands, as the producer names it
	StartLine int64  // counted from 1; 0 if not known
	// Object is set if there are no symbols: the name is then an address, in
	// this file if it is known.
	Object     string
	Unresolved bool
}

// Frame is a function and the line that is being executed.
type Frame struct {
	Function uint32 // row of Functions
	Line     int32  // counted from 1; 0 if not known
}

// location is a place in the program: the frames of a call and of what was
// inlined there, innermost first.
type location struct {
	id, address uint64
	mapping     uint32 // row of Mappings + 1, or 0
	first, end  uint32 // rows of Frames
	cut         cut    // see prune.go
}

// NumSamples returns how many samples there are.
func (p *Profile) NumSamples() int { return p.samples.count }

// NumLocations returns how many locations there are.
func (p *Profile) NumLocations() int { return len(p.locations) }

// At returns the frames of a location, innermost first.
func (p *Profile) At(row uint32) []Frame {
	l := &p.locations[row]
	return p.Frames[l.first:l.end]
}

// SampleIndex returns which value of a sample is meant by a name or a number.
// An empty name is the producer's choice, and else the last, as go tool pprof
// chooses; "inuse_space" finds "space", too.
func (p *Profile) SampleIndex(name string) (int, error) {
	if name == "" {
		if i := p.typeNamed(p.DefaultType); i >= 0 {
			return i, nil
		}
		return len(p.SampleTypes) - 1, nil
	}
	if i, err := strconv.Atoi(name); err == nil {
		if i < 0 || i >= len(p.SampleTypes) {
			return 0, fmt.Errorf("%s: there is no sample type %d, the last is %d", p.File, i, len(p.SampleTypes)-1)
		}
		return i, nil
	}
	for _, n := range []string{name, strings.TrimPrefix(name, "inuse_")} {
		if i := p.typeNamed(n); i >= 0 {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%s: there is no sample type %q; there are %s", p.File, name, strings.Join(p.TypeNames(), ", "))
}

// TypeNames returns the names of the sample types.
func (p *Profile) TypeNames() []string {
	names := make([]string, len(p.SampleTypes))
	for i, t := range p.SampleTypes {
		names[i] = t.Type
	}
	return names
}

// TypeNamed returns the index of a sample type by its exact name, or -1.
func (p *Profile) TypeNamed(name string) int { return p.typeNamed(name) }

func (p *Profile) typeNamed(name string) int {
	for i, t := range p.SampleTypes {
		if t.Type == name && name != "" {
			return i
		}
	}
	return -1
}

// Nature is what a profile is a profile of.
type Nature string

const (
	// Heap profiles say where memory was allocated.
	Heap Nature = "heap profile"
	// References say what is alive, by the ways references lead to it: nothing in
	// them is estimated.
	References Nature = "reference profile"
	// Goroutines say where goroutines stand.
	Goroutines Nature = "goroutine profile"
	// Contention profiles say where goroutines waited for each other.
	Contention Nature = "contention profile"
	// CPU profiles say where time went.
	CPU Nature = "CPU profile"
	// OtherNature is anything else.
	OtherNature Nature = "profile"
)

// Nature finds out what p is a profile of, from its sample types.
func (p *Profile) Nature() Nature {
	has := func(names ...string) bool {
		for _, n := range names {
			if p.typeNamed(n) >= 0 {
				return true
			}
		}
		return false
	}
	switch {
	case p.isReferences():
		return References
	case has("contentions", "delay"):
		return Contention
	case has("goroutine", "goroutines", "goroutineleak"):
		return Goroutines
	case has("inuse_space", "alloc_space", "inuse_objects", "space", "objects", "heap", "heap-space", "heap_space"):
		return Heap
	case has("cpu", "samples", "wall"):
		return CPU
	case len(p.SampleTypes) == 1 && p.PeriodType.Type == "goroutine":
		return Goroutines
	}
	for _, t := range p.SampleTypes {
		if t.Unit == "bytes" {
			return Heap
		}
	}
	return OtherNature
}

// isReferences recognises what goref writes: the types of a heap profile, names
// without a file or an address, one mapping that is none, and no period.
func (p *Profile) isReferences() bool {
	if len(p.Mappings) != 1 || p.Mappings[0].File != "-" || p.Period != 0 || p.PeriodType != (ValueType{}) {
		return false
	}
	if len(p.SampleTypes) != 2 || p.typeNamed("inuse_objects") != 0 || p.typeNamed("inuse_space") != 1 {
		return false
	}
	for i := range p.locations {
		if p.locations[i].address != 0 || p.locations[i].mapping != 0 {
			return false
		}
	}
	for i := range p.Functions {
		if p.Functions[i].File != "" {
			return false
		}
	}
	return true
}

// Rate returns how many bytes lie between two samples of a heap profile on
// average: 1 if everything was counted, 0 if it is not known or means nothing.
func (p *Profile) Rate() int64 {
	switch {
	case p.Nature() == References || p.Nature() == Goroutines:
		return 1
	case p.Nature() != Heap || p.PeriodType.Unit != "bytes" && p.PeriodType.Type != "space":
		return 0
	}
	return max(p.Period, 0)
}
