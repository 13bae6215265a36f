package symbols

import (
	"cmp"
	"debug/elf"
	"debug/gosym"
	"slices"

	"github.com/ianlancetaylor/demangle"
)

// goTable is Go's own table.
type goTable struct{ table *gosym.Table }

func openGo(f *elf.File) (t table) {
	defer func() { // gosym believes what it reads
		if recover() != nil {
			t = nil
		}
	}()
	var data []byte
	for _, name := range []string{".gopclntab", ".data.rel.ro.gopclntab"} {
		if s := f.Section(name); s != nil {
			data, _ = s.Data()
		}
	}
	text := f.Section(".text")
	if len(data) == 0 || text == nil {
		return nil
	}
	start := text.Addr
	if symbols, err := f.Symbols(); err == nil {
		for _, s := range symbols {
			if s.Name == "runtime.text" {
				start = s.Value
			}
		}
	}
	table, err := gosym.NewTable(nil, gosym.NewLineTable(data, start))
	if err != nil || len(table.Funcs) == 0 {
		return nil
	}
	return &goTable{table}
}

func (t *goTable) frames(address uint64) (found []Frame) {
	defer func() {
		if recover() != nil {
			found = nil
		}
	}()
	file, line, fn := t.table.PCToLine(address)
	if fn == nil {
		return nil
	}
	return []Frame{{Function: fn.Name, System: fn.Name, File: file, Line: int64(line)}}
}

// symbolTable are the functions of the linker's tables, by address.
type symbolTable []elf.Symbol

func openSymbols(f *elf.File) table {
	static, _ := f.Symbols() // the error is that there are none
	dynamic, _ := f.DynamicSymbols()
	var t symbolTable
	for _, s := range append(static, dynamic...) {
		if elf.ST_TYPE(s.Info) == elf.STT_FUNC && s.Value != 0 && s.Name != "" {
			t = append(t, s)
		}
	}
	if len(t) == 0 {
		return nil
	}
	slices.SortStableFunc(t, func(a, b elf.Symbol) int { return cmp.Compare(a.Value, b.Value) })
	return t
}

func (t symbolTable) frames(address uint64) []Frame {
	at, exact := slices.BinarySearchFunc(t, address, func(s elf.Symbol, a uint64) int { return cmp.Compare(s.Value, a) })
	if !exact {
		at--
	}
	if at < 0 || t[at].Size > 0 && address >= t[at].Value+t[at].Size {
		return nil
	}
	return []Frame{{Function: readable(t[at].Name), System: t[at].Name}}
}

// readable is the name of a function as its programmer wrote it, without the
// types of its arguments.
func readable(name string) string {
	return demangle.Filter(name, demangle.NoParams, demangle.NoEnclosingParams)
}
