package budget_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/heapdiff/heapdiff/internal/budget"
)

// TestReserve reads of the kernel what became of a reservation: what is allocated
// after it lies in memory that may have large pages.
func TestReserve(t *testing.T) {
	const reserved = 96 << 20
	if !isAlone(t) {
		return
	}
	setting, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	asked := err == nil && strings.Contains(string(setting), "[madvise]")
	budget.Reserve(reserved, budget.Limit{})
	column := make([]byte, reserved)
	at := uintptr(unsafe.Pointer(unsafe.SliceData(column)))
	if advised := isAdvised(t, at+reserved/2); advised != asked {
		t.Errorf("the kernel has %q, and that memory is asked for in large pages: %v", setting, advised)
	}
	runtime.KeepAlive(column)
}

// TestReserveWithin holds that no more is reserved than there may be used, and as much
// as that if it is asked for.
func TestReserveWithin(t *testing.T) {
	const left = 64 << 20
	if !isAlone(t) {
		return
	}
	setting, _ := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	budget.Reserve(4<<30, budget.Limit{Bytes: before.HeapSys + left})
	runtime.ReadMemStats(&after)
	grown := after.HeapSys - before.HeapSys
	if grown > left+4<<20 {
		t.Errorf("the heap grew by %d bytes beyond its limit", grown-left)
	}
	if grown < left-8<<20 && strings.Contains(string(setting), "[madvise]") {
		t.Errorf("the heap grew by %d bytes of %d", grown, left)
	}
}

// isAlone tells if this process is one whose heap no other test has used. If it is
// not, it has the test run in one that is.
func isAlone(t *testing.T) bool {
	if os.Getenv("ALONE") != "" {
		return true
	}
	test := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	test.Env = append(os.Environ(), "ALONE=1")
	switch out, err := test.CombinedOutput(); {
	case err != nil:
		t.Errorf("%v: %s", err, out)
	case !strings.Contains(string(out), "--- PASS: "+t.Name()):
		t.Errorf("it did not run: %s", out)
	}
	return false
}

// isAdvised tells if the mapping at an address has the flag hg, after proc(5).
func isAdvised(t *testing.T, at uintptr) bool {
	file, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	within := false
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var start, end uintptr
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x ", &start, &end); n == 2 {
			within = start <= at && at < end
		}
		if flags, ok := strings.CutPrefix(lines.Text(), "VmFlags:"); ok && within {
			return strings.Contains(flags+" ", " hg ")
		}
	}
	t.Fatalf("no mapping holds %x", at)
	return false
}
