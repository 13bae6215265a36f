// Package proc sees a process from outside, with what Linux tells of it: memory,
// descriptors, sockets and whom they talk to, the limits of its container. It works
// for every runtime and asks nothing of the process.
//
// What belongs to other users is not told; functions then say less, not wrong.
package proc
