package human

import (
	"fmt"
	"math"
	"math/big"
	"strings"
)

// unitBytes is what people write after a number, in lower case, and the bytes
// it stands for. A bare letter is binary, as in Docker, systemd and the JVM.
var unitBytes = map[string]uint64{
	"": 1, "b": 1, "byte": 1, "bytes": 1,
	"k": 1 << 10, "kib": 1 << 10, "kb": 1e3,
	"m": 1 << 20, "mib": 1 << 20, "mb": 1e6,
	"g": 1 << 30, "gib": 1 << 30, "gb": 1e9,
	"t": 1 << 40, "tib": 1 << 40, "tb": 1e12,
	"p": 1 << 50, "pib": 1 << 50, "pb": 1e15,
	"e": 1 << 60, "eib": 1 << 60, "eb": 1e18,
}

// ParseSize reads a size as people write it and returns bytes, rounded to the
// nearest: "5MiB", "1.5 GB", "64KiB", "512", "20,000 bytes". Case does not
// matter; KiB, MiB, GiB and the bare letters K, M, G count by 1,024 and kB, MB,
// GB by 1,000. A size has no sign. Everything Bytes writes is read back.
func ParseSize(s string) (uint64, error) {
	text := strings.TrimSpace(s)
	end := strings.IndexFunc(text, func(r rune) bool {
		return (r < '0' || r > '9') && r != '.' && r != ',' && r != '_'
	})
	if end < 0 {
		end = len(text)
	}
	number, unit := text[:end], strings.TrimSpace(text[end:])
	if number == "" {
		if unit != "" && (unit[0] == '-' || unit[0] == '+') {
			return 0, sizeError(s, "a size has no sign")
		}
		return 0, sizeError(s, "it must begin with a number")
	}
	scale, known := unitBytes[strings.ToLower(unit)]
	if !known {
		return 0, sizeError(s, fmt.Sprintf("unknown unit %q", unit))
	}
	digits, ok := ungroup(number)
	if !ok {
		return 0, sizeError(s, fmt.Sprintf("%q is not a number", number))
	}
	value, ok := new(big.Rat).SetString(digits)
	if !ok {
		return 0, sizeError(s, fmt.Sprintf("%q is not a number", number))
	}
	value.Mul(value, new(big.Rat).SetInt(new(big.Int).SetUint64(scale)))
	value.Add(value, big.NewRat(1, 2))
	bytes := new(big.Int).Quo(value.Num(), value.Denom())
	if !bytes.IsUint64() || bytes.Uint64() > math.MaxInt64 {
		return 0, sizeError(s, "it is more than 8 EiB")
	}
	return bytes.Uint64(), nil
}

// ungroup takes the thousands separators out of a decimal number. Every group
// after the first must have three digits, so that "1,5" is not taken for 15.
func ungroup(number string) (digits string, ok bool) {
	const longest = 40 // more digits than any size has: keeps hostile input cheap
	whole, fraction, point := strings.Cut(number, ".")
	if len(number) > longest || whole == "" || (point && fraction == "") ||
		strings.ContainsAny(fraction, ".,_") {
		return "", false
	}
	groups := strings.FieldsFunc(whole, func(r rune) bool { return r == ',' || r == '_' })
	if len(groups) != strings.Count(whole, ",")+strings.Count(whole, "_")+1 {
		return "", false
	}
	if len(groups) > 1 && len(groups[0]) > 3 {
		return "", false
	}
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return "", false
		}
	}
	digits = strings.Join(groups, "")
	if point {
		digits += "." + fraction
	}
	return digits, true
}

func sizeError(s, why string) error {
	return fmt.Errorf("%q is not a size: %s (write it like 512, 64KiB, 5MiB or 1.5GB)", s, why)
}
