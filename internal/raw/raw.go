// Package raw allocates memory that nobody has cleared: where every value is
// written before it is read, clearing it first is half of the work; and where more
// room is made than may be needed, it would have the kernel give pages for all of it.
package raw

import (
	"reflect"
	"strings"
	"unsafe"
)

// Slice returns n values that may be anything. It panics if a T could hold a pointer,
// which the collector would follow.
func Slice[T any](n int) []T {
	if t := reflect.TypeFor[T](); !isPlain(t) {
		panic("raw.Slice of " + t.String())
	}
	var b strings.Builder // clears nothing
	b.Grow(max(n, 1)*int(unsafe.Sizeof(*new(T))) + 1)
	b.WriteByte(0)
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.StringData(b.String()))), n)
}

// Room returns an empty slice with room for n values.
func Room[T any](n int) []T { return Slice[T](n)[:0] }

// isPlain tells if values of a type hold no pointers.
func isPlain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return isPlain(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !isPlain(t.Field(i).Type) {
				return false
			}
		}
		return true
	default:
		return t.Kind() >= reflect.Bool && t.Kind() <= reflect.Complex128
	}
}
