// Package catalog keeps every version of a tree: recursion, type parameters and
// closures on the way to what leaks.
package catalog

type node[T any] struct {
	value    T
	children []*node[T]
	pad      [20]int
}

var versions []*node[int]

// Publish keeps one more tree.
func Publish(n int) {
	versions = append(versions, grow(n, 4, func(depth int) int { return n + depth }))
}

func grow[T any](n, depth int, value func(int) T) *node[T] {
	made := &node[T]{value: value(depth)}
	if depth > 0 {
		add := func() { made.children = append(made.children, grow(n, depth-1, value)) }
		add()
		add()
	}
	return made
}
