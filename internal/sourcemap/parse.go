package sourcemap

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-json"
)

// file is one source map.
type file struct {
	generated string    // path of the file that it is of
	segments  []segment // by where they begin in it
	sources   []source
	names     []string
	code      *code // of the file; nil if it is not there
}

type source struct{ name, text string }

// segment is a piece of the generated code: it goes on to where the next begins.
type segment struct {
	line, column             int32 // in the generated code
	source                   int32 // -1 if it is of none
	sourceLine, sourceColumn int32
	name                     int32 // what it was called; -1 if that did not change
}

func compareSegments(a, b segment) int {
	return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
}

// format is the JSON of a source map, revision 3 (ECMA-426).
type format struct {
	Version        int       `json:"version"`
	SourceRoot     string    `json:"sourceRoot"`
	Sources        []*string `json:"sources"`
	SourcesContent []*string `json:"sourcesContent"`
	Names          []string  `json:"names"`
	Mappings       string    `json:"mappings"`
	Sections       []section `json:"sections"`
}

// section is a map of a part of the generated code, from an offset on.
type section struct {
	Offset struct {
		Line   int32 `json:"line"`
		Column int32 `json:"column"`
	} `json:"offset"`
	Map format `json:"map"`
}

// parse reads a source map.
func parse(text []byte) (*file, error) {
	var m format
	// Servers may put a line in front that is no JavaScript.
	if rest, ok := strings.CutPrefix(string(text), ")]}'"); ok {
		text = []byte(rest)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("no source map: %w", err)
	}
	if m.Version != 3 {
		return nil, fmt.Errorf("no source map of version 3: its version is %d", m.Version)
	}
	f := &file{}
	if err := f.add(&m, 0, 0); err != nil {
		return nil, err
	}
	for i := range m.Sections {
		s := &m.Sections[i]
		if err := f.add(&s.Map, s.Offset.Line, s.Offset.Column); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(f.segments, compareSegments)
	return f, nil
}

// add adds a map that begins at a place.
func (f *file) add(m *format, line, column int32) error {
	sources, names := int32(len(f.sources)), int32(len(f.names))
	for i, name := range m.Sources {
		s := source{}
		if name != nil {
			s.name = cleaned(m.SourceRoot, *name)
		}
		if i < len(m.SourcesContent) && m.SourcesContent[i] != nil {
			s.text = *m.SourcesContent[i]
		}
		f.sources = append(f.sources, s)
	}
	f.names = append(f.names, m.Names...)
	d := decoder{text: m.Mappings}
	at := segment{line: line, column: column, source: sources, name: names}
	for len(d.text) > 0 {
		switch d.text[0] {
		case ';':
			at.line, at.column = at.line+1, 0
			d.text = d.text[1:]
			continue
		case ',':
			d.text = d.text[1:]
			continue
		}
		s, err := d.segment(&at)
		if err != nil {
			return err
		}
		if s.source >= int32(len(f.sources)) || s.name >= int32(len(f.names)) || s.line < 0 || s.column < 0 ||
			s.source >= 0 && (s.source < sources || s.sourceLine < 0 || s.sourceColumn < 0) || s.name >= 0 && s.name < names {
			return errors.New("no source map: a mapping leads nowhere")
		}
		f.segments = append(f.segments, s)
	}
	return nil
}

// cleaned is the name of a source without what bundlers put before it.
func cleaned(root, name string) string {
	if root != "" && !strings.Contains(name, "://") {
		name = strings.TrimSuffix(root, "/") + "/" + name
	}
	for _, scheme := range []string{"webpack://", "file://"} {
		name = strings.TrimPrefix(name, scheme)
	}
	return strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, `\`, "/")), "./")
}

// decoder reads mappings: numbers in base 64, five bits a digit and the lowest
// first, of which the very lowest is the sign; each the difference to the one
// before.
type decoder struct{ text string }

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// segment reads a segment and moves on to it.
func (d *decoder) segment(at *segment) (segment, error) {
	var fields [5]int32
	n := 0
	for len(d.text) > 0 && d.text[0] != ',' && d.text[0] != ';' {
		if n == len(fields) {
			return segment{}, errors.New("no source map: a mapping has too many fields")
		}
		value, err := d.number()
		if err != nil {
			return segment{}, err
		}
		fields[n] = value
		n++
	}
	at.column += fields[0]
	s := segment{line: at.line, column: at.column, source: -1, name: -1}
	if n >= 4 {
		at.source, at.sourceLine, at.sourceColumn = at.source+fields[1], at.sourceLine+fields[2], at.sourceColumn+fields[3]
		s.source, s.sourceLine, s.sourceColumn = at.source, at.sourceLine, at.sourceColumn
		if s.source < 0 {
			return segment{}, errors.New("no source map: a mapping leads nowhere")
		}
	}
	if n == 5 {
		at.name += fields[4]
		if s.name = at.name; s.name < 0 {
			return segment{}, errors.New("no source map: a mapping leads nowhere")
		}
	}
	return s, nil
}

func (d *decoder) number() (int32, error) {
	var value uint32
	for shift := 0; shift < 32 && len(d.text) > 0; shift += 5 {
		digit := strings.IndexByte(digits, d.text[0])
		if digit < 0 {
			break
		}
		d.text = d.text[1:]
		value |= uint32(digit&31) << shift
		if digit&32 == 0 {
			if value&1 != 0 {
				return -int32(value >> 1), nil
			}
			return int32(value >> 1), nil
		}
	}
	return 0, errors.New("no source map: its mappings are damaged")
}
