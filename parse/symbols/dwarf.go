package symbols

import (
	"cmp"
	"debug/dwarf"
	"debug/elf"
	"slices"
	"strings"
)

// dwarfTable is what compilers write for debuggers. A unit, which is a source
// file or a package, is read when the first of its addresses is asked for.
type dwarfTable struct {
	data   *dwarf.Data
	ranges []unitRange // by low
	units  []*unit
	names  map[dwarf.Offset][2]string // abstract function -> readable and system name
}

// unitRange says that addresses belong to a unit.
type unitRange struct {
	low, high uint64
	unit      int
}

// unit is a unit, and what was read of it.
type unit struct {
	entry     *dwarf.Entry
	functions []scope
	lines     []dwarf.LineEntry // by address; the last of a sequence ends it
	read      bool
}

// scope is a function, or a call that was inlined in the one above.
type scope struct {
	ranges   [][2]uint64
	name     [2]string // readable, system
	callFile string    // of an inlined call
	callLine int64
	inlined  []scope
}

func openDwarf(f *elf.File) (t table) {
	defer func() { // debug/dwarf is not made for files that lie
		if recover() != nil {
			t = nil
		}
	}()
	data, err := f.DWARF()
	if err != nil {
		return nil
	}
	d := &dwarfTable{data: data, names: map[dwarf.Offset][2]string{}}
	for r := data.Reader(); ; r.SkipChildren() {
		e, err := r.Next()
		if err != nil || e == nil {
			break
		}
		if e.Tag != dwarf.TagCompileUnit {
			continue
		}
		ranges, err := data.Ranges(e)
		if err != nil {
			continue
		}
		for _, low := range ranges {
			d.ranges = append(d.ranges, unitRange{low[0], low[1], len(d.units)})
		}
		d.units = append(d.units, &unit{entry: e})
	}
	if len(d.ranges) == 0 {
		return nil
	}
	slices.SortFunc(d.ranges, func(a, b unitRange) int { return cmp.Compare(a.low, b.low) })
	return d
}

func (d *dwarfTable) frames(address uint64) (found []Frame) {
	defer func() {
		if recover() != nil {
			found = nil
		}
	}()
	u := d.unitOf(address)
	if u == nil {
		return nil
	}
	if !u.read {
		u.read = true
		d.readFunctions(u)
		d.readLines(u)
	}
	var way []*scope // outermost first
	for inside := u.functions; ; {
		i := slices.IndexFunc(inside, func(s scope) bool { return s.has(address) })
		if i < 0 {
			break
		}
		way = append(way, &inside[i])
		inside = inside[i].inlined
	}
	if len(way) == 0 {
		return nil
	}
	file, line := u.place(address)
	for i := len(way) - 1; i >= 0; i-- {
		found = append(found, Frame{Function: way[i].name[0], System: way[i].name[1], File: file, Line: line})
		file, line = way[i].callFile, way[i].callLine
	}
	return found
}

func (d *dwarfTable) unitOf(address uint64) *unit {
	at, exact := slices.BinarySearchFunc(d.ranges, address, func(r unitRange, a uint64) int { return cmp.Compare(r.low, a) })
	if !exact {
		at--
	}
	if at < 0 || address >= d.ranges[at].high {
		return nil
	}
	return d.units[d.ranges[at].unit]
}

func (s *scope) has(address uint64) bool {
	for _, r := range s.ranges {
		if r[0] <= address && address < r[1] {
			return true
		}
	}
	return false
}

// place is the line of the source at an address.
func (u *unit) place(address uint64) (file string, line int64) {
	at, exact := slices.BinarySearchFunc(u.lines, address, func(l dwarf.LineEntry, a uint64) int { return cmp.Compare(l.Address, a) })
	if exact {
		for at+1 < len(u.lines) && u.lines[at+1].Address == address {
			at++
		}
	} else {
		at--
	}
	if at < 0 || u.lines[at].EndSequence || u.lines[at].File == nil {
		return "", 0
	}
	return u.lines[at].File.Name, int64(u.lines[at].Line)
}

func (d *dwarfTable) readLines(u *unit) {
	r, err := d.data.LineReader(u.entry)
	if err != nil || r == nil {
		return
	}
	var e dwarf.LineEntry
	for r.Next(&e) == nil {
		u.lines = append(u.lines, e)
	}
	// A sequence may end where the next begins: the end goes first.
	slices.SortStableFunc(u.lines, func(a, b dwarf.LineEntry) int {
		if c := cmp.Compare(a.Address, b.Address); c != 0 || a.EndSequence == b.EndSequence {
			return c
		}
		if a.EndSequence {
			return -1
		}
		return 1
	})
}

func (d *dwarfTable) readFunctions(u *unit) {
	r := d.data.Reader()
	r.Seek(u.entry.Offset)
	if e, err := r.Next(); err != nil || e == nil || !e.Children {
		return
	}
	var files []*dwarf.LineFile
	if lines, err := d.data.LineReader(u.entry); err == nil && lines != nil {
		files = lines.Files()
	}
	u.functions = d.scopes(r, files, 0)
}

// maxNesting is deeper than compilers inline.
const maxNesting = 200

// scopes reads the children of an entry up to the end of their list: functions
// with code of their own, and calls that were inlined. Blocks and namespaces
// around them are looked through.
func (d *dwarfTable) scopes(r *dwarf.Reader, files []*dwarf.LineFile, depth int) []scope {
	var list []scope
	for {
		e, err := r.Next()
		if err != nil || e == nil || e.Tag == 0 {
			return list
		}
		if depth > maxNesting {
			r.SkipChildren()
			continue
		}
		switch e.Tag {
		case dwarf.TagSubprogram, dwarf.TagInlinedSubroutine:
			s := scope{callLine: number(e, dwarf.AttrCallLine)}
			if i := number(e, dwarf.AttrCallFile); i >= 0 && i < int64(len(files)) && files[i] != nil {
				s.callFile = files[i].Name
			}
			s.ranges, _ = d.data.Ranges(e)
			if e.Children {
				s.inlined = d.scopes(r, files, depth+1)
			}
			if len(s.ranges) > 0 {
				s.name = d.nameOf(e, 0)
				list = append(list, s)
			}
		case dwarf.TagLexDwarfBlock, dwarf.TagNamespace, dwarf.TagStructType, dwarf.TagClassType, dwarf.TagModule:
			if e.Children {
				list = append(list, d.scopes(r, files, depth+1)...)
			}
		default:
			r.SkipChildren()
		}
	}
}

func number(e *dwarf.Entry, a dwarf.Attr) int64 {
	n, _ := e.Val(a).(int64)
	return n
}

// nameOf finds the name of a function, which may stand where it is declared.
func (d *dwarfTable) nameOf(e *dwarf.Entry, hops int) [2]string {
	if linkage, ok := e.Val(dwarf.AttrLinkageName).(string); ok && linkage != "" {
		return [2]string{readable(linkage), linkage}
	}
	for _, attr := range []dwarf.Attr{dwarf.AttrAbstractOrigin, dwarf.AttrSpecification} {
		at, ok := e.Val(attr).(dwarf.Offset)
		if !ok || hops > 4 {
			continue
		}
		if name, known := d.names[at]; known {
			return name
		}
		r := d.data.Reader()
		r.Seek(at)
		if origin, err := r.Next(); err == nil && origin != nil {
			name := d.nameOf(origin, hops+1)
			d.names[at] = name
			if name[0] != "" {
				return name
			}
		}
	}
	name, _ := e.Val(dwarf.AttrName).(string)
	return [2]string{strings.TrimSpace(name), name}
}
