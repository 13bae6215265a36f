package spill

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestMake(t *testing.T) {
	if runtime.GOOS != "linux" {
		if _, err := Make[uint32](t.TempDir(), 1); err == nil {
			t.Error("no error where it cannot work")
		}
		return
	}
	dir := t.TempDir()
	const n = 3 << 20
	s, err := Make[uint32](dir, n)
	if err != nil {
		t.Fatal(err)
	}
	if len(s) != n {
		t.Fatalf("%d elements, want %d", len(s), n)
	}
	for i := range s {
		if s[i] != 0 {
			t.Fatalf("element %d is %d", i, s[i])
		}
		s[i] = uint32(i)
	}
	runtime.GC()
	for i := range s {
		if s[i] != uint32(i) {
			t.Fatalf("element %d is %d after a collection", i, s[i])
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%s is left in the folder", left[0].Name())
	}
}

func TestMakeWithoutRoom(t *testing.T) {
	if _, err := Make[uint64](filepath.Join(t.TempDir(), "none"), 1); err == nil {
		t.Error("a folder that does not exist is no error")
	}
	if _, err := Make[uint64](t.TempDir(), 1<<50); err == nil {
		t.Error("a disk that is too small is no error")
	}
}
