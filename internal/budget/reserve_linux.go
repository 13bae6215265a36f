package budget

import (
	"io/fs"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// asksForLargePages tells if the kernel gives large pages to who asks for them:
// "always" gives them to all, "never" to none.
func asksForLargePages(root fs.FS) bool {
	setting, err := fs.ReadFile(root, "sys/kernel/mm/transparent_hugepage/enabled")
	return err == nil && strings.Contains(string(setting), "[madvise]")
}

// canMap tells if so much more memory may be mapped, whatever limits that: the Go heap
// does not survive it if not.
func canMap(bytes uint64) bool {
	memory, err := unix.Mmap(-1, 0, int(bytes), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	return err == nil && unix.Munmap(memory) == nil
}

// adviseLargePages asks for them where whole pages of memory lie. A kernel that
// refuses leaves all as it was.
func adviseLargePages(memory []byte) {
	page := os.Getpagesize()
	start := -int(uintptr(unsafe.Pointer(unsafe.SliceData(memory)))) & (page - 1)
	if end := len(memory) &^ (page - 1); start < end {
		_ = unix.Madvise(memory[start:end], unix.MADV_HUGEPAGE)
	}
}
