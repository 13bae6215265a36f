//go:build !amd64 || purego

package decimal

func features() (vectors, wide bool) { return false, false }

func findEnds(*byte, int, *uint16) int         { return 0 }
func convert(*byte, *uint16, int, *uint32) int { return 0 }
