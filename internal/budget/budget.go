// Package budget says how much memory there is and stops work that needs more
// before it begins: a person who waits for a minute should not be told by the
// kernel's OOM killer.
package budget

import (
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"

	"github.com/heapdiff/heapdiff/internal/human"
)

// share is the part of the memory that is used if nobody says otherwise.
const share = 0.75

// Limit is how much memory may be used, and who says so.
type Limit struct {
	Bytes  uint64 // 0 is no limit
	Source string // such as "75 % of the container's 2.0 GiB"
}

// Default returns three quarters of what the machine or, where it is less, the
// container has, or ulimit -v leaves. root is the file system, os.DirFS("/"); where it tells nothing,
// there is no limit.
func Default(root fs.FS) Limit {
	total, of := machine(root), "the machine's"
	for _, limit := range containers(root) {
		if limit < total {
			total, of = limit, "the container's"
		}
	}
	if left := addressSpace(root); left < total {
		total, of = left, "what ulimit -v leaves,"
	}
	if total == math.MaxUint64 {
		return Limit{Bytes: total, Source: "no limit is known"}
	}
	return Limit{Bytes: max(uint64(float64(total)*share), 1), Source: "75 % of " + of + " " + human.Bytes(total)}
}

// Given returns a limit that the user named.
func Given(bytes uint64) Limit { return Limit{Bytes: bytes, Source: "--max-memory"} }

// Admit returns an *Error if a file needs more bytes than there may be used.
func (l Limit) Admit(file string, need uint64) error {
	if l.Bytes == 0 || need <= l.Bytes {
		return nil
	}
	return &Error{File: file, Need: need, Limit: l}
}

// machine reads the size of the memory from /proc/meminfo.
func machine(root fs.FS) uint64 {
	text, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return math.MaxUint64
	}
	if total := kibibytes(string(text), "MemTotal:"); total > 0 {
		return total
	}
	return math.MaxUint64
}

// addressSpace returns how much more memory the process may map. Its collector
// has mapped much already that it may never use.
func addressSpace(root fs.FS) uint64 {
	text, err := fs.ReadFile(root, "proc/self/limits")
	if err != nil {
		return math.MaxUint64
	}
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(line, "Max address space")
		if !ok {
			continue
		}
		fields := strings.Fields(rest)
		if len(fields) == 0 {
			break
		}
		limit, err := strconv.ParseUint(fields[0], 10, 64)
		if err != nil {
			break // unlimited
		}
		status, _ := fs.ReadFile(root, "proc/self/status")
		return limit - min(kibibytes(string(status), "VmSize:"), limit-1) // 0 would be no limit
	}
	return math.MaxUint64
}

// containers reads the limits of the control groups that the process is in, its
// own and all above, in version 1 and 2.
func containers(root fs.FS) []uint64 {
	text, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return nil
	}
	var limits []uint64
	for line := range strings.Lines(string(text)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) != 3 {
			continue
		}
		base, file := "", ""
		switch {
		case fields[0] == "0" && fields[1] == "":
			base, file = "sys/fs/cgroup", "memory.max"
		case contains(fields[1], "memory"):
			base, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		default:
			continue
		}
		// A path from outside the container does not exist in it; its root does.
		for dir := path.Clean("/" + fields[2]); ; dir = path.Dir(dir) {
			if limit, ok := readLimit(root, path.Join(base, dir, file)); ok {
				limits = append(limits, limit)
			}
			if dir == "/" {
				break
			}
		}
	}
	return limits
}

func contains(list, name string) bool {
	for item := range strings.SplitSeq(list, ",") {
		if item == name {
			return true
		}
	}
	return false
}

// readLimit reads a limit; "max" and numbers close to the largest are none.
func readLimit(root fs.FS, name string) (uint64, bool) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, false
	}
	limit, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
	return limit, err == nil && limit < 1<<60
}

// Error says that a heap needs more memory than there may be used.
type Error struct {
	File  string
	Need  uint64 // bytes, predicted
	Limit Limit
}

// Error is one line.
func (e *Error) Error() string {
	return e.File + ": needs about " + human.Bytes(e.Need) + " of memory, over the limit of " +
		human.Bytes(e.Limit.Bytes) + " (" + e.Limit.Source + ")"
}

// Hint says what to do about it.
func (e *Error) Hint() string {
	return "allow more with --max-memory, let it use the disk with --tmp DIR, or count classes only with --fast"
}
