package pprof

import (
	"fmt"
	"io"
	"math"
	"path"
	"strconv"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/parse/symbols"
)

// resolve replaces what refers to something by what it refers to, once all of
// the file has been read, and finds out whether it is all there.
func (r *reader) resolve() error {
	p := r.p
	if len(r.types) == 0 {
		return r.missing("sample_type", "it has no sample types")
	}
	if len(r.strings) == 0 {
		return r.fault(r.at, "", "truncated", "its table of names is missing", io.ErrUnexpectedEOF)
	}
	var err error
	str := func(i uint64, section string) string {
		switch {
		case i < uint64(len(r.strings)):
			return r.strings[i]
		case i != 0 && err == nil:
			err = r.missing(section, fmt.Sprintf("string %d of %d", i, len(r.strings)))
		}
		return ""
	}
	for _, t := range r.types {
		p.SampleTypes = append(p.SampleTypes, ValueType{str(t[0], "sample_type"), str(t[1], "sample_type")})
	}
	p.PeriodType = ValueType{str(r.period[0], "period_type"), str(r.period[1], "period_type")}
	p.Period, p.TimeNanos, p.DurationNanos = int64(r.single[fieldPeriod]), int64(r.single[fieldTime]), int64(r.single[fieldDuration])
	p.DefaultType, p.DocURL = str(r.single[fieldDefault], "default_sample_type"), str(r.single[fieldDoc], "doc_url")
	for _, c := range r.comments {
		p.Comments = append(p.Comments, str(c, "comment"))
	}
	mapping := make(map[uint64]uint32, len(r.mappings))
	for i, m := range r.mappings {
		m.m.File, m.m.BuildID = str(m.file, "mapping"), str(m.made, "mapping")
		p.Mappings = append(p.Mappings, m.m)
		mapping[m.id] = uint32(i) + 1
	}
	function := make(map[uint64]uint32, len(r.functions))
	for i, f := range r.functions {
		p.Functions = append(p.Functions, Function{
			Name: str(f.name, "function"), System: str(f.system, "function"), File: str(f.file, "function"), StartLine: f.start,
		})
		function[f.id] = uint32(i)
	}
	drop, keep := str(r.single[fieldDrop], "drop_frames"), str(r.single[fieldKeep], "keep_frames")
	if err != nil {
		return err
	}
	if err := r.resolveLocations(mapping, function); err != nil {
		return err
	}
	p.rows = newIDTable(p.locations)
	p.rows.sizeKey = -1
	for i, s := range r.strings {
		if s == "bytes" && p.Nature() == Heap {
			p.rows.sizeKey = int64(i)
		}
	}
	p.markPruned(drop, keep)
	return r.check()
}

func (r *reader) resolveLocations(mapping, function map[uint64]uint32) error {
	p := r.p
	p.Frames = make([]Frame, 0, len(r.frames))
	unnamed := map[string]uint32{} // name of what has no symbol -> function
	named := map[Function]uint32{} // what a binary told -> function
	for i := range p.locations {
		l := &p.locations[i]
		if l.id == 0 {
			return r.missing("location", "a location has the id 0, which none may have")
		}
		l.mapping = mapping[r.mapped[i]]
		raw := r.frames[l.first:l.end]
		l.first = uint32(len(p.Frames))
		for _, f := range raw {
			row, ok := function[f.function]
			switch {
			case f.function == 0:
				row = p.unresolved(l, unnamed)
			case !ok:
				return r.missing("location", fmt.Sprintf("location %d is in function %d, which is not there", l.id, f.function))
			}
			p.Frames = append(p.Frames, Frame{row, int32(max(0, min(f.line, math.MaxInt32)))})
		}
		if len(raw) == 0 && !r.symbolize(l, named) {
			p.Frames = append(p.Frames, Frame{Function: p.unresolved(l, unnamed)})
		}
		l.end = uint32(len(p.Frames))
	}
	return nil
}

// symbolize asks the binaries what stands at a place without symbols.
func (r *reader) symbolize(l *location, named map[Function]uint32) bool {
	p := r.p
	m := symbols.Mapping{Main: l.mapping <= 1}
	if l.mapping > 0 {
		of := &p.Mappings[l.mapping-1]
		m.Start, m.Offset, m.File, m.BuildID = of.Start, of.Offset, of.File, of.BuildID
	}
	found := r.o.Symbols.Frames(m, l.address)
	for _, f := range found {
		fn := Function{Name: f.Function, System: f.System, File: f.File}
		row, ok := named[fn]
		if !ok {
			row = uint32(len(p.Functions))
			p.Functions = append(p.Functions, fn)
			named[fn] = row
		}
		p.Frames = append(p.Frames, Frame{row, int32(max(0, min(f.Line, math.MaxInt32)))})
	}
	return len(found) > 0
}

// unresolved makes a function for a place without symbols: its address in the
// file it is from, which is the same in every process.
func (p *Profile) unresolved(l *location, known map[string]uint32) uint32 {
	f := Function{Name: "0x" + strconv.FormatUint(l.address, 16), Unresolved: true}
	if l.mapping > 0 {
		m := &p.Mappings[l.mapping-1]
		f.Object = m.File
		if m.File != "" && l.address >= m.Start {
			f.Name = path.Base(m.File) + "+0x" + strconv.FormatUint(l.address-m.Start+m.Offset, 16)
		}
	}
	row, ok := known[f.Name]
	if !ok {
		row = uint32(len(p.Functions))
		p.Functions = append(p.Functions, f)
		known[f.Name] = row
	}
	return row
}

// check goes through all samples once, so that no later pass needs to doubt them:
// neither what they refer to, nor that their values and differences fit.
func (r *reader) check() error {
	p := r.p
	number := 0
	sums := make([]uint64, len(p.SampleTypes))
	values, ids := []uint64(nil), []uint64(nil)
	for _, piece := range p.samples.pieces {
		for at := 0; at < len(piece); {
			number++
			size, from := uvarint(piece, at)
			at = from + int(size)
			values, ids = values[:0], ids[:0]
			m := message{b: piece[from:at]}
			for m.next() {
				switch m.field {
				case 1:
					ids = m.numbers(ids)
				case 2:
					values = m.numbers(values)
				case 3:
					label := message{b: m.body}
					for label.next() {
						if label.field != 3 && label.v >= uint64(len(r.strings)) && label.v != 0 && label.field <= 4 {
							label.fail("a label whose text is not there")
						}
					}
					m.bad = label.bad
				}
			}
			what := m.bad
			for _, id := range ids {
				if _, ok := p.rows.find(id); !ok && what == "" {
					what = fmt.Sprintf("location %d is not there", id)
				}
			}
			if len(values) != len(p.SampleTypes) && what == "" {
				what = fmt.Sprintf("it has %d values for %d sample types", len(values), len(p.SampleTypes))
			}
			for i := 0; i < len(values) && what == ""; i++ {
				if sums[i] += magnitude(int64(values[i])); sums[i] > math.MaxInt64/2 {
					what = "with it the values add up to more than can be"
				}
			}
			if what != "" {
				return r.missing("sample "+human.Count(int64(number)), what)
			}
		}
	}
	return nil
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

// missing is the error for what refers to nothing.
func (r *reader) missing(section, detail string) error {
	what := "corrupt"
	if len(r.types) == 0 && len(r.strings) == 0 {
		what = "not a profile"
	}
	return r.fault(-1, section, what, detail, nil)
}
