package gate

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/heapdiff/heapdiff/diff"
)

// Baseline is a heap, or the mean of several, to be compared with later ones
// instead of a snapshot. It has the names of classes and properties, and no
// values of strings.
type Baseline struct {
	Node, V8 []string // versions the heaps were taken with, sorted; empty if not known
	Commits  []string // of the program, sorted; empty if not known
	Masks    []string // what was taken out of names, sorted
	Wasted   uint64   // bytes of duplicate strings, of all heaps
	Heap     *diff.Stored
}

// MixedError says that two things cannot be compared, and what can be done.
type MixedError struct{ What, Try string }

func (e *MixedError) Error() string { return e.What }

// Hint says what to try.
func (e *MixedError) Hint() string { return e.Try }

// MergeBaselines makes one of several: comparisons are then with their mean.
// The order does not matter, nor whether some were merged before. Baselines of
// different major versions of V8 are refused unless mixed says otherwise.
func MergeBaselines(mixed bool, list ...*Baseline) (*Baseline, error) {
	out := &Baseline{}
	heaps := make([]*diff.Stored, len(list))
	for i, b := range list {
		if i > 0 {
			if b.Heap.Format != list[0].Heap.Format {
				return nil, &MixedError{What: fmt.Sprintf("baselines of different formats: %s and %s", list[0].Heap.Format, b.Heap.Format)}
			}
			if !slices.Equal(b.Masks, list[0].Masks) {
				return nil, &MixedError{What: "baselines whose names were masked differently", Try: "make them anew with the same configuration"}
			}
		}
		out.Node, out.V8, out.Commits = append(out.Node, b.Node...), append(out.V8, b.V8...), append(out.Commits, b.Commits...)
		out.Wasted += b.Wasted
		heaps[i] = b.Heap
	}
	if len(list) > 0 {
		out.Masks = list[0].Masks
	}
	for _, set := range []*[]string{&out.Node, &out.V8, &out.Commits} {
		slices.Sort(*set)
		*set = slices.Compact(*set)
	}
	if majors := out.majors(); len(majors) > 1 && !mixed {
		return nil, &MixedError{
			What: "baselines of V8 " + strings.Join(majors, " and ") + ", whose heaps differ where no program does",
			Try:  "merge those of one version, or say --allow-mixed",
		}
	}
	out.Heap = diff.MergeStored(heaps...)
	return out, nil
}

// Fits says why a heap that was taken with a version of V8, and whose names are
// masked like this, cannot be compared with the baseline; nil if it can.
func (b *Baseline) Fits(v8 string, masks []*regexp.Regexp, mixed bool) error {
	if !slices.Equal(b.Masks, MaskTexts(masks)) {
		return &MixedError{What: "the baseline's names were masked differently", Try: "make it anew with this configuration"}
	}
	majors := b.majors()
	if mixed || v8 == "" || len(majors) == 0 || slices.Equal(majors, []string{major(v8)}) {
		return nil
	}
	return &MixedError{
		What: fmt.Sprintf("the baseline is of V8 %s (Node %s) and the heap of V8 %s: heaps of different major versions differ where no program does",
			strings.Join(b.V8, ", "), cmp.Or(strings.Join(b.Node, ", "), "unknown"), v8),
		Try: "make the baseline anew with this version, or say --allow-mixed",
	}
}

// MaskTexts are expressions as a baseline keeps them.
func MaskTexts(masks []*regexp.Regexp) []string {
	var out []string
	for _, m := range masks {
		out = append(out, m.String())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (b *Baseline) majors() []string {
	var out []string
	for _, v := range b.V8 {
		out = append(out, major(v))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// SameMajor reports whether two versions of V8 are of one major version, or may
// be: those that are not known are empty.
func SameMajor(a, b string) bool { return a == "" || b == "" || major(a) == major(b) }

func major(version string) string {
	m, _, _ := strings.Cut(version, ".")
	return m
}

// Origin says in a line what the baseline is of.
func (b *Baseline) Origin() string {
	parts := []string{plural(int(min(b.Heap.Heaps, 1<<30)), "heap")}
	if len(b.Node) > 0 {
		parts = append(parts, "Node "+strings.Join(b.Node, ", "))
	}
	switch n := len(b.Commits); {
	case n == 1:
		parts = append(parts, "commit "+b.Commits[0][:min(12, len(b.Commits[0]))])
	case n > 1:
		parts = append(parts, plural(n, "commit"))
	}
	return strings.Join(parts, ", ")
}
