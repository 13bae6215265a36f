//go:build !purego

package decimal

import "golang.org/x/sys/cpu"

// vectors says whether the processor has what vector_amd64.s uses.
var vectors = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasPOPCNT

// findEnds notes, for each number that ends in the blocks of 64 bytes at text,
// the offset of the second byte behind its last digit, and returns how many there
// are. It stops before a block that is not of the plain form. It writes to at
// most 32 places behind the last end.
//
//go:noescape
func findEnds(text *byte, blocks int, ends *uint16) int

// convert makes the numbers that end at ends, whose place before the first is
// read, too: it is where the first number begins. It reads up to 8 bytes behind the
// last end, works on groups of eight, and returns how many of them it did: it
// stops before one with a number that may be beyond 32 bits.
//
//go:noescape
func convert(text *byte, ends *uint16, groups int, numbers *uint32) int
