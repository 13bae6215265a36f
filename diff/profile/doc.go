// Package profile compares two profiles: what is measured more of, where in the
// program, and how sure that is.
//
// A profile has no objects and no references, but stacks with values; so where
// package diff follows what holds the growth, this package follows what made it:
//
//	parse/pprof.Profile ─┐  for every sample     flat and cumulative by function, as go tool pprof
//	parse/pprof.Profile ─┴─ one look at its ──▶  sites, packages, kinds: each sample belongs to one,
//	                        stack                so that their growth adds up to the profile's
//
// The site of a stack is the frame nearest to its leaf that is the program's
// own: the line where its author can do something. What dependencies and the
// standard library do below it is told, and decides the kind.
//
// A heap profile is a sample. A block of s bytes is in it with the probability
// p = 1 - exp(-s/R), R being the profile's rate, and stands for 1/p blocks. So
// the variance of n such blocks' bytes is n·s²·(1-p)/p = bytes·s/(exp(s/R)-1):
// bytes·R where blocks are small, nothing where they are large. A difference
// within three standard deviations is noise and said to be.
//
// If both profiles are of one process, what was there before and still is has
// been sampled once and not twice, and only what came and went can be off.
package profile
