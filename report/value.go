package report

import (
	"github.com/heapdiff/heapdiff/internal/human"
)

// Kind says what a Value is, and so how it is written and aligned.
type Kind uint8

const (
	// Blank is nothing: a cell of a total row that has no meaning.
	Blank Kind = iota
	// Words are this program's own.
	Words
	// Name is text that somebody else chose: a class, a path, a file. It is hostile.
	Name
	// Count is a number of things.
	Count
	// CountDelta is a change of a number of things.
	CountDelta
	// Size is bytes.
	Size
	// SizeDelta is a change in bytes.
	SizeDelta
	// Share is a part of a whole, in percent.
	Share
)

// Value is a piece of a report: words, a name or a number.
type Value struct {
	Kind   Kind
	Text   string // of Words, Name and Share
	Number uint64 // of the others, without its sign
	Minus  bool   // the number is negative
}

// Phrase is values that are read one after the other. Spaces are in the words.
type Phrase []Value

// dot separates the parts of a phrase that stand for themselves.
var dot = Value{Kind: Words, Text: " · "}

// plural is the word for n things.
func plural(n int, one, many string) Value {
	if n == 1 {
		return words(one)
	}
	return words(many)
}

func words(s string) Value         { return Value{Kind: Words, Text: s} }
func name(s string) Value          { return Value{Kind: Name, Text: s} }
func size(n uint64) Value          { return Value{Kind: Size, Number: n} }
func sizeDelta(n int64) Value      { return signed(SizeDelta, n) }
func countDelta[T ~int](n T) Value { return signed(CountDelta, int64(n)) }
func count[T ~int](n T) Value      { return signed(Count, int64(n)) }

func share(part, whole uint64) Value {
	return Value{Kind: Share, Text: human.Percent(float64(part), float64(whole))}
}

func signed(k Kind, n int64) Value {
	if n < 0 {
		return Value{Kind: k, Number: -uint64(n), Minus: true}
	}
	return Value{Kind: k, Number: uint64(n)}
}

// IsNumber says that v is aligned right and can be added up.
func (v Value) IsNumber() bool { return v.Kind >= Count }

// Trend is 1 for a change upwards, -1 for one downwards, 0 for everything else.
func (v Value) Trend() int {
	switch {
	case v.Kind != CountDelta && v.Kind != SizeDelta, v.Number == 0:
		return 0
	case v.Minus:
		return -1
	}
	return 1
}

// plus adds two numbers of one kind; they saturate instead of wrapping around.
func (v Value) plus(w Value) Value {
	if v.Kind == Blank {
		return w
	}
	if v.Minus == w.Minus {
		sum := v.Number + w.Number
		if sum < v.Number {
			sum = 1<<64 - 1
		}
		v.Number = sum
		return v
	}
	if v.Number < w.Number {
		v, w = w, v
	}
	v.Number -= w.Number
	v.Minus = v.Minus && v.Number != 0
	return v
}

// format writes a value as one line of text without escaping. Exact sizes are
// bytes to the last one.
func (v Value) format(exact bool) string {
	switch v.Kind {
	case Words, Name, Share:
		return v.Text
	case Count:
		return v.sign("") + human.Count(v.Number)
	case CountDelta:
		return v.sign("+") + human.Count(v.Number)
	case Size:
		return v.sign("") + sizeText(v.Number, exact)
	case SizeDelta:
		return v.sign("+") + sizeText(v.Number, exact)
	}
	return ""
}

func sizeText(n uint64, exact bool) string {
	if exact {
		return human.Count(n) + " B"
	}
	return human.Bytes(n)
}

func (v Value) sign(plus string) string {
	switch {
	case v.Minus:
		return "-"
	case v.Number == 0:
		return ""
	}
	return plus
}
