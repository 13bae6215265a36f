package proc

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// ForgetCode gives back the memory that this program's own file takes: what it needed
// to start, and what the kernel read along with it. What runs later is read again.
func ForgetCode() {
	exe, err := os.Executable()
	if err != nil {
		return
	}
	text, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return
	}
	var begin, end uintptr
	ours := false
	lines := bufio.NewScanner(strings.NewReader(string(text)))
	for lines.Scan() {
		line := lines.Text()
		var from, to uintptr
		var access string
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &from, &to, &access); n == 3 {
			begin, end = from, to
			ours = strings.HasSuffix(line, " "+exe) && strings.HasPrefix(access, "r-")
		}
		// Only what is as it is in the file can be read again.
		if ours && strings.Join(strings.Fields(line), " ") == "Anonymous: 0 kB" {
			syscall.Syscall(unix.SYS_MADVISE, begin, end-begin, unix.MADV_DONTNEED)
		}
	}
}
