// Package sourcemap turns places and names of generated code, minified or
// compiled, into those of the code that people wrote.
//
//	folder with *.map ── Open ──▶ Maps ── Place, Function, Variable ──▶ where and what it was
//
// A map says for pieces of the generated code which piece of which source they
// come from and, where a name was changed, what it was. The name of the function
// that begins at a place stands in a piece near to it, or in the source itself;
// the name of a variable stands wherever the generated code uses it, which is why
// that is looked at, too, if it lies next to its map.
package sourcemap

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Maps are the source maps of a folder.
type Maps struct{ files []*file }

// Place is where something stands in a source, counted from 0 as in V8.
type Place struct {
	Source       string // as its map calls it
	Line, Column int
}

// ErrNone says that a folder has no source maps.
var ErrNone = errors.New("no *.map file in it")

// Open reads all source maps in a folder and in the folders of it.
func Open(folder string) (*Maps, error) {
	m := &Maps{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "node_modules" && path != folder:
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".map"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := parse(text)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		f.place(strings.TrimSuffix(path, ".map"))
		m.files = append(m.files, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(m.files) == 0 {
		return nil, fmt.Errorf("%s: %w", folder, ErrNone)
	}
	return m, nil
}

// place says where the generated file lies, or should, and reads it.
func (f *file) place(path string) {
	f.generated = strings.ReplaceAll(path, `\`, "/")
	if code, err := os.ReadFile(path); err == nil {
		f.code = newCode(string(code))
	}
}

// Place returns where a place of a script comes from.
func (m *Maps) Place(script string, line, column int) (Place, bool) {
	f := m.of(script)
	if f == nil {
		return Place{}, false
	}
	s := f.at(line, column)
	if s == nil || s.source < 0 {
		return Place{}, false
	}
	return Place{f.sources[s.source].name, int(s.sourceLine), int(s.sourceColumn)}, true
}

// Function returns what the function or the class was called whose code begins
// at a place of a script, or "".
func (m *Maps) Function(script string, line, column int) string {
	f := m.of(script)
	if f == nil {
		return ""
	}
	s := f.at(line, column)
	switch {
	case s == nil || s.source < 0:
		return ""
	case s.name >= 0:
		return f.names[s.name]
	}
	return functionAt(f.sources[s.source].text, int(s.sourceLine), int(s.sourceColumn))
}

// Variable returns what a variable was called that the function sees which
// begins at a place of a script, and the source that it is first met in; or
// nothing.
func (m *Maps) Variable(script string, line, column int, name string) (was, source string) {
	f := m.of(script)
	if f == nil || f.code == nil {
		return "", ""
	}
	return f.variable(line, column, name)
}

// of returns the map of a script: that of the file of its name, and of several
// such the one with most folders in common.
func (m *Maps) of(script string) *file {
	if m == nil {
		return nil
	}
	script, _, _ = strings.Cut(script, "?")
	parts := strings.Split(strings.ReplaceAll(script, `\`, "/"), "/")
	var best *file
	most := 0
	for _, f := range m.files {
		if n := commonEnd(parts, strings.Split(f.generated, "/")); n > most {
			best, most = f, n
		}
	}
	return best
}

func commonEnd(a, b []string) int {
	n := 0
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// at returns the last piece that begins at a place or before it in its line.
func (f *file) at(line, column int) *segment {
	i, found := slices.BinarySearchFunc(f.segments, segment{line: int32(line), column: int32(column)}, compareSegments)
	if !found {
		i--
	}
	if i < 0 || f.segments[i].line != int32(line) {
		return nil
	}
	return &f.segments[i]
}
