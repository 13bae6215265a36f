package pprof

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/heapdiff/heapdiff/internal/input"
	"github.com/heapdiff/heapdiff/parse/symbols"
)

// Options say how to read.
type Options struct {
	// Admit is asked now and then whether a profile may take so many bytes of
	// memory; what it returns is the error of Read. It may be nil.
	Admit func(bytes uint64) error

	// Progress is told now and then how many bytes of the stored file were read,
	// of how many; the total is -1 if it is not known. It may be nil.
	Progress func(done, total int64)

	// Symbols tell names where a profile has only addresses; nil if there are none.
	Symbols *symbols.Set
}

// Read reads a profile to its end. Errors are *input.SyntaxError for what is
// wrong with the file, or those of src.
func Read(ctx context.Context, src *input.Source, o Options) (*Profile, error) {
	start, err := src.Peek(peekSize)
	if len(start) == 0 && err != nil {
		return nil, err
	}
	switch {
	case isDump(start):
		return readDump(ctx, src, o)
	case isText(start):
		return readText(ctx, src, o)
	}
	r := &reader{
		src: src, buf: bufio.NewReaderSize(src, 1<<18), o: o,
		p: &Profile{File: src.Name(), Compression: src.Compression()},
	}
	if err := r.read(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, err
	}
	return r.p, nil
}

// reader reads the top level of a profile, field by field.
type reader struct {
	src  *input.Source
	buf  *bufio.Reader
	o    Options
	p    *Profile
	at   int64 // bytes read
	body []byte

	strings   []string
	types     [][2]uint64
	period    [2]uint64
	mappings  []rawMapping
	functions []rawFunction
	frames    []rawFrame // as Profile.Frames, with ids of functions
	mapped    []uint64   // location -> id of its mapping
	comments  []uint64
	single    [16]uint64 // field -> value of the numbers there is one of
	held      uint64     // bytes of memory for all but samples, about
	ticks     int
}

type rawMapping struct {
	id         uint64
	file, made uint64 // strings
	m          Mapping
}

type rawFunction struct {
	id                 uint64
	name, system, file uint64 // strings
	start              int64
}

type rawFrame struct {
	function uint64 // id
	line     int64
}

// The fields of a profile.
const (
	fieldType = iota + 1
	fieldSample
	fieldMapping
	fieldLocation
	fieldFunction
	fieldString
	fieldDrop
	fieldKeep
	fieldTime
	fieldDuration
	fieldPeriodType
	fieldPeriod
	fieldComment
	fieldDefault
	fieldDoc
)

var fieldNames = [...]string{
	"", "sample_type", "sample", "mapping", "location", "function", "string_table", "drop_frames", "keep_frames",
	"time_nanos", "duration_nanos", "period_type", "period", "comment", "default_sample_type", "doc_url",
}

// isMessage says which fields have a length in every profile.
func isMessage(field int) bool {
	return field >= fieldType && field <= fieldString || field == fieldPeriodType
}

func (r *reader) read(ctx context.Context) error {
	for {
		if r.ticks++; r.ticks&0xfff == 0 {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if r.o.Progress != nil {
				r.o.Progress(r.src.Progress())
			}
			if err := r.admit(); err != nil {
				return err
			}
		}
		begin := r.at
		tag, err := r.varint("")
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		field, typ := tag>>3, int(tag&7)
		if field == 0 || field > math.MaxInt32 {
			return r.fault(begin, "", "not a profile", "there is no such field", nil)
		}
		if err := r.readField(int(min(field, 1<<20)), typ, begin); err != nil {
			return err
		}
	}
	if err := r.admit(); err != nil {
		return err
	}
	return r.resolve()
}

// admit asks for the memory that is in use and that resolving will take.
func (r *reader) admit() error {
	if r.o.Admit == nil {
		return nil
	}
	return r.o.Admit(uint64(r.p.samples.size) + 2*r.held + 4<<20)
}

func (r *reader) readField(field, typ int, begin int64) error {
	name := ""
	if field < len(fieldNames) {
		name = fieldNames[field]
		if !mayBe(field, typ) {
			return r.fault(begin, name, "not a profile", fmt.Sprintf("%q is of another type there", name), nil)
		}
	}
	switch typ {
	case wireVarint:
		v, err := r.varint(name)
		if err != nil {
			return r.cut(err, name)
		}
		switch {
		case field == fieldComment:
			r.comments = append(r.comments, v)
		case field == fieldTime && r.single[fieldTime] != 0:
			return r.fault(begin, name, "two profiles in one file", "", nil)
		case field < len(r.single):
			r.single[field] = v
		}
		return nil
	case wireBytes:
		size, err := r.varint(name)
		if err != nil {
			return r.cut(err, name)
		}
		return r.readMessage(field, name, size, begin)
	case wireFixed8, wireFixed4:
		n := 8
		if typ == wireFixed4 {
			n = 4
		}
		_, err := r.bytes(uint64(n), name)
		return err
	}
	return r.fault(begin, name, "not a profile", "a field of a type that is not used", nil)
}

// readMessage reads a field that has a length.
func (r *reader) readMessage(field int, name string, size uint64, begin int64) error {
	if size > math.MaxInt32 {
		return r.fault(begin, name, "not a profile", "a length that cannot be", nil)
	}
	body, err := r.bytes(size, name)
	if err != nil {
		return err
	}
	m := message{b: body}
	switch field {
	case fieldSample:
		r.p.samples.add(body)
		return nil
	case fieldString:
		r.strings = append(r.strings, string(body))
		r.held += 16 + uint64(len(body))
	case fieldType:
		r.types = append(r.types, pair(&m))
	case fieldPeriodType:
		r.period = pair(&m)
	case fieldMapping:
		r.mappings = append(r.mappings, readMapping(&m))
		r.held += 128
	case fieldFunction:
		r.functions = append(r.functions, readFunction(&m))
		r.held += 128
	case fieldLocation:
		r.location(&m)
	case fieldComment:
		m.typ, m.body = wireBytes, body
		r.comments = m.numbers(r.comments)
	}
	if m.bad != "" {
		return r.fault(begin, name, "corrupt", m.bad, nil)
	}
	return nil
}

func pair(m *message) (v [2]uint64) {
	for m.next() {
		if m.field <= 2 {
			v[m.field-1] = m.v
		}
	}
	return v
}

func readMapping(m *message) (raw rawMapping) {
	for m.next() {
		switch m.field {
		case 1:
			raw.id = m.v
		case 2:
			raw.m.Start = m.v
		case 3:
			raw.m.Limit = m.v
		case 4:
			raw.m.Offset = m.v
		case 5:
			raw.file = m.v
		case 6:
			raw.made = m.v
		case 7:
			raw.m.symbolized = m.v != 0
		}
	}
	return raw
}

func readFunction(m *message) (raw rawFunction) {
	for m.next() {
		switch m.field {
		case 1:
			raw.id = m.v
		case 2:
			raw.name = m.v
		case 3:
			raw.system = m.v
		case 4:
			raw.file = m.v
		case 5:
			raw.start = int64(m.v)
		}
	}
	return raw
}

func (r *reader) location(m *message) {
	l := location{first: uint32(len(r.frames))}
	mapping := uint64(0)
	for m.next() {
		switch m.field {
		case 1:
			l.id = m.v
		case 2:
			mapping = m.v
		case 3:
			l.address = m.v
		case 4:
			line := message{b: m.body}
			var f rawFrame
			for line.next() {
				switch line.field {
				case 1:
					f.function = line.v
				case 2:
					f.line = int64(line.v)
				}
			}
			if line.bad != "" {
				m.bad = line.bad
			}
			r.frames = append(r.frames, f)
			r.held += 32
		}
	}
	l.end = uint32(len(r.frames))
	r.p.locations = append(r.p.locations, l)
	r.mapped = append(r.mapped, mapping)
	r.held += 64
}

// varint reads a number. At the very end of the file the error is io.EOF.
func (r *reader) varint(section string) (uint64, error) {
	var v uint64
	for shift := uint(0); ; shift += 7 {
		c, err := r.buf.ReadByte()
		if err != nil {
			if shift > 0 {
				return 0, r.cut(err, section)
			}
			return 0, err
		}
		r.at++
		if shift == 63 && c > 1 {
			return 0, r.fault(r.at-1, section, "corrupt", "a number that does not end", nil)
		}
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v, nil
		}
	}
}

// bytes reads n bytes, which are good until the next call. What a file says of
// its own length is not believed until the bytes are there.
func (r *reader) bytes(n uint64, section string) ([]byte, error) {
	r.body = r.body[:0]
	for left := int(n); left > 0; {
		step := min(left, 1<<20)
		from := len(r.body)
		if cap(r.body)-from < step {
			r.body = append(r.body, make([]byte, step)...)
		} else {
			r.body = r.body[:from+step]
		}
		got, err := io.ReadFull(r.buf, r.body[from:])
		r.at += int64(got)
		if err != nil {
			return nil, r.cut(err, section)
		}
		left -= step
	}
	return r.body, nil
}

// cut explains an input that ends too soon; other errors stay what they are.
func (r *reader) cut(err error, section string) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	var known *input.SyntaxError
	if errors.As(err, &known) {
		return err
	}
	return r.fault(r.at, section, "truncated", "", io.ErrUnexpectedEOF)
}

func (r *reader) fault(at int64, section, what, detail string, cause error) error {
	e := &input.SyntaxError{File: r.src.Name(), Offset: at, Section: section, What: what, Detail: detail, Err: cause}
	switch what {
	case "truncated":
		e.Try = "take the profile again and wait until it is written"
	case "two profiles in one file":
		e.Try = "merge them with go tool pprof -proto, or give them one at a time"
	default:
		e.Try = "take the profile again; go tool pprof -raw says what it makes of it"
	}
	return e
}
