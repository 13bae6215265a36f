package budget

import (
	"io/fs"
	"strconv"
	"strings"
)

// Usage is the memory of this process as the kernel counts it, in bytes: what
// it has now, and the most it ever had. It is zero where the kernel does not say.
type Usage struct{ Now, Peak uint64 }

// Used reads the usage from root, the file system as in [Default].
func Used(root fs.FS) Usage {
	text, err := fs.ReadFile(root, "proc/self/status")
	if err != nil {
		return Usage{}
	}
	return Usage{Now: kibibytes(string(text), "VmRSS:"), Peak: kibibytes(string(text), "VmHWM:")}
}

// kibibytes returns the number of a line such as "VmRSS:	 1234 kB", in bytes, or 0.
func kibibytes(text, key string) uint64 {
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(line, key)
		if !ok {
			continue
		}
		if fields := strings.Fields(rest); len(fields) > 0 {
			if kib, err := strconv.ParseUint(fields[0], 10, 54); err == nil {
				return kib << 10
			}
		}
	}
	return 0
}
