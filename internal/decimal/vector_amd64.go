//go:build !purego

package decimal

import "golang.org/x/sys/cpu"

// features says whether the processor has what the functions in vector_amd64.s use,
// and what the one of them with AVX-512 uses, too.
func features() (vectors, wide bool) {
	vectors = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasPOPCNT
	return vectors, vectors && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VBMI2
}

// findEnds notes, for each number that ends in the blocks of 64 bytes at text,
// the offset of the second byte behind its last digit, and returns how many there
// are. It stops before a block that is not of the plain form. It writes to at
// most 32 places behind the last end.
func findEnds(text *byte, blocks int, ends *uint16) int {
	if wide {
		return findEnds512(text, blocks, ends)
	}
	return findEnds256(text, blocks, ends)
}

//go:noescape
func findEnds256(text *byte, blocks int, ends *uint16) int

//go:noescape
func findEnds512(text *byte, blocks int, ends *uint16) int

// convert makes the numbers that end at ends, whose place before the first is
// read, too: it is where the first number begins. It reads up to 8 bytes behind the
// last end, works on groups of eight, and returns how many of them it did: it
// stops before one with a number that may be beyond 32 bits.
//
//go:noescape
func convert(text *byte, ends *uint16, groups int, numbers *uint32) int
