package v8snapshot

import (
	"fmt"
	"math/bits"
)

// malformed says that the text at a place in a piece is not a record of
// unsigned integers; at is relative to the piece.
type malformed struct {
	at   int
	what string
}

func (m *malformed) Error() string { return m.what }

// scanRecords reads records of n numbers from data, which ends with a comma
// behind each number, and calls store for each. Numbers are unsigned and fit 64
// bits; where negative says so, a minus before a number is allowed, and it is
// stored as its two's complement.
//
// This is the readable form, which also finds the place of an error; the arrays
// that matter are read by loops of their own.
func scanRecords(data []byte, n int, negative uint64, store func(record []uint64) *malformed) (int64, *malformed) {
	var (
		record = make([]uint64, n)
		field  int
		found  int64
	)
	for i := 0; ; {
		i = skipSpace(data, i)
		if i == len(data) {
			break
		}
		start, minus := i, false
		if data[i] == '-' {
			if negative>>field&1 == 0 {
				return found, &malformed{i, "a negative number"}
			}
			minus = true
			i++
		}
		v, digits := uint64(0), i
		for ; i < len(data) && data[i]-'0' <= 9; i++ {
			hi, lo := bits.Mul64(v, 10)
			sum, carry := bits.Add64(lo, uint64(data[i]-'0'), 0)
			if hi != 0 || carry != 0 {
				return found, &malformed{start, "a number beyond 64 bits"}
			}
			v = sum
		}
		if i == digits {
			return found, &malformed{i, fmt.Sprintf("unexpected %q, a number was expected", data[i])}
		}
		i = skipSpace(data, i)
		if i == len(data) || data[i] != ',' {
			return found, &malformed{min(i, len(data)-1), fmt.Sprintf("unexpected %q after a number", data[min(i, len(data)-1)])}
		}
		i++
		if minus {
			v = -v
		}
		record[field] = v
		if field++; field == n {
			field = 0
			if err := store(record); err != nil {
				err.at = start
				return found, err
			}
			found++
		}
	}
	if field != 0 {
		return found, &malformed{len(data) - 1, fmt.Sprintf("the last record has %d of %d numbers", field, n)}
	}
	return found, nil
}

func skipSpace(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\r' || data[i] == '\t') {
		i++
	}
	return i
}

// divider divides by a small constant that is only known at run time, by
// multiplication: exact for all numbers below 2^32.
type divider struct {
	by, inverse uint64
}

func newDivider(by int) divider {
	return divider{uint64(by), ^uint64(0)/uint64(by) + 1}
}

// divide returns n/by and whether nothing remains.
func (d divider) divide(n uint64) (quotient uint64, exact bool) {
	if n>>32 != 0 || d.by == 1 {
		return n / d.by, n%d.by == 0
	}
	quotient, _ = bits.Mul64(n, d.inverse)
	return quotient, quotient*d.by == n
}
