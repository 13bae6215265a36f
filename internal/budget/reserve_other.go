//go:build !linux

package budget

import "io/fs"

func asksForLargePages(fs.FS) bool { return false }

func canMap(uint64) bool { return false }

func adviseLargePages([]byte) {}
