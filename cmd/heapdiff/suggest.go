package main

import "github.com/heapdiff/heapdiff/internal/near"

// nearest returns the candidate that was probably meant by what was typed, or
// nothing if none is near.
func nearest(typed string, candidates []string) string { return near.Name(typed, candidates) }
