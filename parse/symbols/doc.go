// Package symbols tells what stands at an address of a program: for profiles
// that have addresses and no names.
//
// What comes in is a program or library in the ELF format; what goes out are the
// functions at an address, the one that was inlined last first. Three tables are
// asked, the one that says most first:
//
//	.debug_info, .debug_line   functions, what was inlined in them, files and lines
//	.gopclntab                 Go's own, also in stripped programs: functions, files and lines
//	.symtab, .dynsym           functions
package symbols
