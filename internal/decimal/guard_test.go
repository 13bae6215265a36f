//go:build unix

package decimal

import (
	"testing"

	"golang.org/x/sys/unix"
)

// Nothing beside the text is read: the pages before and behind it are not there.
func TestNothingBeside(t *testing.T) {
	page := unix.Getpagesize()
	all, err := unix.Mmap(-1, 0, 6*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(all)
	for _, side := range [][]byte{all[:page], all[5*page:]} {
		if err := unix.Mprotect(side, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	room := all[page : 5*page]
	r := random(t)
	var b Batch
	for size := 1; size < len(room); size += 1 + size/50 {
		for digits := 1; digits <= 10; digits += 3 {
			text := list(size, 3, digits, r)[:size]
			for _, place := range [][]byte{room[:size], room[len(room)-size:]} {
				copy(place, text)
				check(t, &b, place, 3)
			}
		}
	}
}
