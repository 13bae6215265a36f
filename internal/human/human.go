// Package human writes numbers the way people read them, and reads sizes the
// way people write them.
//
// One style everywhere:
//
//	size       272 B · 1.0 KiB · 11.2 MiB      binary units, one decimal
//	delta      +11.2 MiB · -3 · 0              the sign is always shown; zero has none
//	count      20,000                          thousands separated by commas
//	share      12.3% · <0.1%                   one decimal
//	duration   350 ms · 4.4 s · 2m05s
//	rate       812 MB/s · 3.1 M nodes/s        decimal units, three digits
//
// Every function is pure and locale-free, and its output is ASCII, so that it
// can be aligned by counting bytes and pasted into anything.
package human

import (
	"strconv"
	"time"
)

// Integer is any integer type: the columns of a heap have many of them.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 |
		~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// binary units, each 1,024 times the one before.
var binaryUnits = [...]string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}

// Bytes writes a size in binary units with one decimal: "272 B", "11.2 MiB".
func Bytes[T Integer](n T) string {
	mag, neg := magnitude(n)
	return minus(neg) + bytes(mag)
}

// DeltaBytes writes a change of size with its sign: "+11.2 MiB", "-272 B", "0 B".
func DeltaBytes[T Integer](n T) string {
	mag, neg := magnitude(n)
	return sign(mag, neg) + bytes(mag)
}

// Count writes an integer with separated thousands: "20,000".
func Count[T Integer](n T) string {
	mag, neg := magnitude(n)
	return minus(neg) + group(mag)
}

// DeltaCount writes a change of a count with its sign: "+20,000", "-3", "0".
func DeltaCount[T Integer](n T) string {
	mag, neg := magnitude(n)
	return sign(mag, neg) + group(mag)
}

// Percent writes part as a share of whole: "12.3%". A share that is not zero
// never reads as 0.0%, and one that is not whole never reads as 100.0%.
// There is no share of nothing: Percent(x, 0) is "-".
func Percent(part, whole float64) string {
	if whole == 0 {
		return "-"
	}
	p := part / whole * 100
	switch {
	case p > 0 && p < 0.05:
		return "<0.1%"
	case p < 100 && p >= 99.95:
		return ">99.9%"
	}
	return strconv.FormatFloat(p, 'f', 1, 64) + "%"
}

// DeltaPercent writes how much after differs from before, relative to before:
// "+12.3%", "-4.0%", "0.0%". From nothing to something is "new"; a growth of
// ten times and more loses its decimal and keeps its separators: "+12,300%".
func DeltaPercent(before, after float64) string {
	if before == after {
		return "0.0%"
	}
	if before == 0 {
		return "new"
	}
	p := (after - before) / before * 100
	switch {
	case p >= 1e15:
		return ">+999,999,999,999,999%"
	case p >= 999.95:
		return "+" + group(uint64(p+0.5)) + "%"
	case p > 0 && p < 0.05:
		return "<+0.1%"
	case p < 0 && p > -0.05:
		return ">-0.1%"
	case p > 0:
		return "+" + strconv.FormatFloat(p, 'f', 1, 64) + "%"
	}
	return strconv.FormatFloat(p, 'f', 1, 64) + "%"
}

// Duration writes a time to about three digits: "850 us", "350 ms", "4.4 s",
// "2m05s", "3h20m".
func Duration(d time.Duration) string {
	if d < 0 {
		return "-" + Duration(-max(d, -1<<63+1))
	}
	switch {
	case d < time.Millisecond:
		return strconv.FormatInt(d.Microseconds(), 10) + " us"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < 59*time.Second+950*time.Millisecond:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < time.Hour-500*time.Millisecond:
		s := int64(d.Round(time.Second) / time.Second)
		return strconv.FormatInt(s/60, 10) + "m" + twoDigits(s%60) + "s"
	}
	m := int64(d.Round(time.Minute) / time.Minute)
	return group(uint64(m/60)) + "h" + twoDigits(m%60) + "m"
}

// bytes writes a magnitude in the largest unit that leaves at least 1.0 of it.
func bytes(n uint64) string {
	if n < 1024 {
		return strconv.FormatUint(n, 10) + " B"
	}
	// Tenths of a unit, rounded half up, in integers: 1023.96 KiB is 1.0 MiB.
	for unit, shift := 1, 10; ; unit, shift = unit+1, shift+10 {
		whole, rest := n>>shift, n&(1<<shift-1)
		tenths := rest >> (shift - 10) // 1,024ths of the unit, so that ×10 cannot overflow
		tenths = (tenths*10 + 512) >> 10
		whole, tenths = whole+tenths/10, tenths%10
		if whole < 1024 || unit == len(binaryUnits)-1 {
			return strconv.FormatUint(whole, 10) + "." + strconv.FormatUint(tenths, 10) + " " + binaryUnits[unit]
		}
	}
}

// group writes an integer with a comma before every third digit from the right.
func group(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	out := make([]byte, 0, len(digits)+len(digits)/3)
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, digits[i])
	}
	return string(out)
}

// magnitude splits n into its absolute value and whether it was negative; the
// most negative number has a magnitude too.
func magnitude[T Integer](n T) (mag uint64, neg bool) {
	if n < 0 {
		return -uint64(int64(n)), true
	}
	return uint64(n), false
}

func minus(neg bool) string {
	if neg {
		return "-"
	}
	return ""
}

func sign(mag uint64, neg bool) string {
	switch {
	case neg:
		return "-"
	case mag == 0:
		return ""
	}
	return "+"
}

func twoDigits(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}
