package spill

import (
	"os"
	"syscall"
)

// mapped reserves size bytes in a file without a name and maps it.
func mapped(dir string, size int64) ([]byte, error) {
	file, err := os.CreateTemp(dir, ".heapdiff-*")
	if err != nil {
		return nil, err
	}
	defer file.Close() // the mapping keeps it
	if err := os.Remove(file.Name()); err != nil {
		return nil, err
	}
	if err := syscall.Fallocate(int(file.Fd()), 0, 0, size); err != nil {
		return nil, err
	}
	return syscall.Mmap(int(file.Fd()), 0, int(size), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
}
