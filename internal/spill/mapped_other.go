//go:build !linux

package spill

import "errors"

func mapped(string, int64) ([]byte, error) {
	return nil, errors.New("heaps can be kept on disk on Linux only")
}
