package symbols

import (
	"bytes"
	"debug/elf"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Frame is a function at an address, and the place in it.
type Frame struct {
	Function string
	System   string // the name before it was made readable
	File     string // may be empty
	Line     int64  // counted from 1; 0 if not known
}

// Binary is a program or a library that knows names for its addresses.
type Binary struct {
	Path     string
	Name     string   // of the file itself, if Path is a link
	BuildIDs []string // GNU's in hexadecimal, and Go's; may be empty

	segments []elf.ProgHeader
	fixed    bool    // it lies in memory where it was linked to
	tables   []table // the one that says most first
}

// table is one of the tables that are asked. It returns nothing for an address
// that it does not know.
type table interface{ frames(address uint64) []Frame }

// FileError says why a file gives no names.
type FileError struct {
	File, What, Try string
	Err             error // the cause; may be nil
}

func (e *FileError) Error() string { return e.File + ": " + e.What }

// Hint is what to try.
func (e *FileError) Hint() string { return e.Try }

func (e *FileError) Unwrap() error { return e.Err }

// Open reads what a program says of its own addresses. The file is not needed
// afterwards.
func Open(name string) (*Binary, error) {
	f, err := elf.Open(name)
	if err != nil {
		if path := new(fs.PathError); errors.As(err, &path) {
			return nil, &FileError{File: name, What: "cannot be read: " + path.Err.Error(), Try: "check the path, and who owns it: ls -l " + name, Err: err}
		}
		return nil, &FileError{
			File: name, What: "is no ELF program or library: " + err.Error(), Try: "name the program that the profile is of, as it ran", Err: err,
		}
	}
	defer f.Close()
	file, err := filepath.EvalSymlinks(name)
	if err != nil {
		return nil, err
	}
	b := &Binary{Path: name, Name: filepath.Base(file), fixed: f.Type == elf.ET_EXEC, BuildIDs: buildIDs(f)}
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD {
			b.segments = append(b.segments, p.ProgHeader)
		}
	}
	if t := openDwarf(f); t != nil {
		b.tables = append(b.tables, t)
	}
	if t := openGo(f); t != nil {
		b.tables = append(b.tables, t)
	}
	if t := openSymbols(f); t != nil {
		b.tables = append(b.tables, t)
	}
	if len(b.tables) == 0 {
		return nil, &FileError{
			File: name, What: "has no symbols: neither DWARF, nor Go's line table, nor a symbol table",
			Try: "name the same program before it was stripped, or the file of its debug information",
		}
	}
	return b, nil
}

// frames returns what stands at an address as linked, the innermost first.
func (b *Binary) frames(address uint64) []Frame {
	for _, t := range b.tables {
		if found := t.frames(address); len(found) > 0 {
			return found
		}
	}
	return nil
}

// linked turns an address in a process into one as linked. The process had a
// part of the file from offset on at start; a start of 0 says nothing.
func (b *Binary) linked(start, offset, address uint64) uint64 {
	if b.fixed || start == 0 || address < start {
		return address
	}
	at := address - start + offset // in the file
	for _, s := range b.segments {
		if s.Off <= at && at < s.Off+s.Filesz {
			return at - s.Off + s.Vaddr
		}
	}
	return address - start
}

// is says whether a mapping is of this file, and why not if both say what build
// they are of.
func (b *Binary) is(file, buildID string) (same bool, differ string) {
	if buildID != "" && len(b.BuildIDs) > 0 {
		if slices.Contains(b.BuildIDs, buildID) {
			return true, ""
		}
		if isHex(buildID) == isHex(b.BuildIDs[0]) {
			return false, fmt.Sprintf("build id %s, not %s", b.BuildIDs[0], buildID)
		}
	}
	base := path.Base(file)
	return base == b.Name || base == filepath.Base(b.Path), ""
}

func isHex(id string) bool { return strings.Trim(id, "0123456789abcdef") == "" }

// buildIDs reads the notes in which linkers write what build a file is of.
func buildIDs(f *elf.File) []string {
	var ids []string
	for _, note := range []struct {
		section, owner string
		kind           uint32
		hex            bool
	}{
		{".note.gnu.build-id", "GNU\x00", 3, true},
		{".note.go.buildid", "Go\x00\x00", 4, false},
	} {
		s := f.Section(note.section)
		if s == nil {
			continue
		}
		data, err := s.Data()
		if err != nil || len(data) < 16 || !bytes.Equal(data[12:16], []byte(note.owner)) {
			continue
		}
		size, kind := f.ByteOrder.Uint32(data[4:]), f.ByteOrder.Uint32(data[8:])
		if kind != note.kind || uint64(size) > uint64(len(data)-16) {
			continue
		}
		id := string(data[16 : 16+size])
		if note.hex {
			id = hex.EncodeToString([]byte(id))
		}
		ids = append(ids, id)
	}
	return ids
}
