package budget

import (
	"math"
	"strings"
	"testing"
	"testing/fstest"
)

func files(pairs ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return m
}

func TestDefault(t *testing.T) {
	const gib = 1 << 30
	meminfo := "MemTotal:       16777216 kB\nMemFree:  1 kB\n"
	for _, c := range []struct {
		name   string
		root   fstest.MapFS
		want   uint64
		source string
	}{
		{"nothing known", files(), math.MaxUint64, "no limit"},
		{"a machine", files("proc/meminfo", meminfo), 12 * gib, "the machine's 16.0 GiB"},
		{"version 2, own group", files("proc/meminfo", meminfo, "proc/self/cgroup", "0::/a/b\n",
			"sys/fs/cgroup/a/b/memory.max", "2147483648\n", "sys/fs/cgroup/a/memory.max", "max\n"), 1.5 * gib, "the container's 2.0 GiB"},
		{"version 2, a group above", files("proc/meminfo", meminfo, "proc/self/cgroup", "0::/a/b\n",
			"sys/fs/cgroup/a/b/memory.max", "max\n", "sys/fs/cgroup/a/memory.max", "1073741824\n"), 0.75 * gib, "the container's 1.0 GiB"},
		{"version 2, path from outside", files("proc/meminfo", meminfo, "proc/self/cgroup", "0::/kubepods/x\n",
			"sys/fs/cgroup/memory.max", "4294967296\n"), 3 * gib, "the container's 4.0 GiB"},
		{"version 1", files("proc/meminfo", meminfo, "proc/self/cgroup", "5:cpu,cpuacct:/\n4:memory:/docker/x\n",
			"sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes", "1073741824\n"), 0.75 * gib, "the container's"},
		{"version 1 without a limit", files("proc/meminfo", meminfo, "proc/self/cgroup", "4:memory:/\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"), 12 * gib, "the machine's"},
		{"more than the machine", files("proc/meminfo", meminfo, "proc/self/cgroup", "0::/\n",
			"sys/fs/cgroup/memory.max", "99999999999999\n"), 12 * gib, "the machine's"},
		{"an address space", files("proc/meminfo", meminfo, "proc/self/limits", "Max address space         5368709120           unlimited            bytes\n",
			"proc/self/status", "VmSize:\t 1048576 kB\n"), 3 * gib, "what ulimit -v leaves, 4.0 GiB"},
		{"an address space that is used up", files("proc/self/limits", "Max address space 1024 1024 bytes\n",
			"proc/self/status", "VmSize:\t 1048576 kB\n"), 1, "ulimit"},
		{"any address space", files("proc/meminfo", meminfo, "proc/self/limits", "Max address space unlimited unlimited bytes\n"), 12 * gib, "the machine's"},
		{"nonsense", files("proc/meminfo", "MemTotal: x\n", "proc/self/cgroup", "::\n0::/\nx\n", "sys/fs/cgroup/memory.max", "?"), math.MaxUint64, "no limit"},
	} {
		got := Default(c.root)
		if got.Bytes != c.want || !strings.Contains(got.Source, c.source) {
			t.Errorf("%s: %d (%s), want %d (%s)", c.name, got.Bytes, got.Source, c.want, c.source)
		}
	}
}

func TestError(t *testing.T) {
	e := &Error{File: "after.heapsnapshot", Need: 3 << 30, Limit: Given(1 << 30)}
	if got, want := e.Error(), "after.heapsnapshot: needs about 3.0 GiB of memory, over the limit of 1.0 GiB (--max-memory)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !strings.Contains(e.Hint(), "--max-memory") {
		t.Errorf("the hint does not say what to try: %q", e.Hint())
	}
}
