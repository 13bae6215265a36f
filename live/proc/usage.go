package proc

import (
	"fmt"
	"math"
	"os"
	"path"
	"strconv"
	"strings"
)

// Usage is what a process has at one time. Sizes are in bytes.
type Usage struct {
	RSS        uint64
	Anonymous  uint64 // of it, memory that is no file's
	Swapped    uint64
	Files      int            // open descriptors; -1 if that is not told
	FilesLimit int            // the most there may be; 0 is no limit
	Kinds      map[string]int // what descriptors are -> how many: "socket", "file", "pipe", …
	Sockets    []Sockets      // the most frequent first

	// Of the control group that is nearest to its limit; the machine's if there is
	// none.
	Memory      uint64 // in use
	MemoryLimit uint64 // 0 is unknown
	Container   bool   // the limit is a control group's
}

// Room is how much more memory there is.
func (u *Usage) Room() uint64 {
	if u.MemoryLimit == 0 {
		return math.MaxUint64
	}
	return u.MemoryLimit - min(u.Memory, u.MemoryLimit)
}

// Usage looks at the process now.
func (p *Process) Usage() (*Usage, error) {
	if !p.Same() {
		return nil, &GoneError{p.PID}
	}
	status, err := p.p.NewStatus()
	if err != nil {
		return nil, &GoneError{p.PID}
	}
	u := &Usage{RSS: status.VmRSS, Anonymous: status.RssAnon, Swapped: status.VmSwap, Files: -1}
	if limits, err := p.p.Limits(); err == nil && limits.OpenFiles < math.MaxInt32 {
		u.FilesLimit = int(limits.OpenFiles)
	}
	targets, err := p.p.FileDescriptorTargets()
	switch {
	case err == nil:
		u.Files, u.Kinds = len(targets), map[string]int{}
		inodes := map[uint64]bool{}
		for _, target := range targets {
			kind, inode := descriptor(target)
			u.Kinds[kind]++
			if inode > 0 {
				inodes[inode] = true
			}
		}
		u.Sockets = p.sockets(inodes)
	case !denied(err):
		return nil, &GoneError{p.PID}
	}
	u.memory(p)
	return u, nil
}

// descriptor says what a link in /proc/PID/fd points at, and the inode of a
// socket.
func descriptor(target string) (kind string, inode uint64) {
	before, rest, _ := strings.Cut(target, ":")
	switch {
	case before == "socket":
		inode, _ = strconv.ParseUint(strings.Trim(rest, "[]"), 10, 64)
		return "socket", inode
	case before == "pipe":
		return "pipe", 0
	case before == "anon_inode":
		return strings.Trim(rest, "[]"), 0
	case strings.HasPrefix(target, "/dev/"):
		return "device", 0
	}
	return "file", 0
}

// memory finds the limit that is reached first.
func (u *Usage) memory(p *Process) {
	text, err := os.ReadFile(p.path("cgroup"))
	if err == nil {
		for line := range strings.Lines(string(text)) {
			u.group("/sys/fs/cgroup", strings.TrimSpace(line))
		}
	}
	total, available := machine()
	if total == 0 || u.MemoryLimit != 0 && u.Room() <= available {
		return
	}
	u.Memory, u.MemoryLimit, u.Container = total-min(available, total), total, false
}

// group reads a line of /proc/PID/cgroup and the limits from there up, in the file
// system of control groups at root.
func (u *Usage) group(root, line string) {
	fields := strings.SplitN(line, ":", 3)
	if len(fields) != 3 {
		return
	}
	var base, limit, current string
	switch {
	case fields[0] == "0" && fields[1] == "":
		base, limit, current = root, "memory.max", "memory.current"
	case strings.Contains(","+fields[1]+",", ",memory,"):
		base, limit, current = path.Join(root, "memory"), "memory.limit_in_bytes", "memory.usage_in_bytes"
	default:
		return
	}
	// The path is as seen from outside; in a container only its end exists.
	for dir := path.Clean("/" + fields[2]); ; dir = path.Dir(dir) {
		most, ok1 := number(path.Join(base, dir, limit))
		used, ok2 := number(path.Join(base, dir, current))
		// Caches that can be dropped at any time are not in use.
		used -= min(used, inactiveFile(path.Join(base, dir, "memory.stat")))
		if ok1 && ok2 && most < 1<<53 && most > 0 && (u.MemoryLimit == 0 || most-min(used, most) < u.Room()) {
			u.Memory, u.MemoryLimit, u.Container = used, most, true
		}
		if dir == "/" {
			return
		}
	}
}

func number(file string) (uint64, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil
}

func inactiveFile(file string) uint64 {
	text, _ := os.ReadFile(file)
	for line := range strings.Lines(string(text)) {
		var n uint64
		if _, err := fmt.Sscanf(line, "inactive_file %d", &n); err == nil {
			return n
		}
	}
	return 0
}

// machine reads how much memory there is and how much of it is free to use.
func machine() (total, available uint64) {
	text, _ := os.ReadFile("/proc/meminfo")
	for line := range strings.Lines(string(text)) {
		var n uint64
		if _, err := fmt.Sscanf(line, "MemTotal: %d kB", &n); err == nil {
			total = n << 10
		}
		if _, err := fmt.Sscanf(line, "MemAvailable: %d kB", &n); err == nil {
			available = n << 10
		}
	}
	return total, available
}
