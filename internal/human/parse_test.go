package human

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]uint64{
		"0":            0,
		"512":          512,
		" 512 B ":      512,
		"1 byte":       1,
		"20,000 bytes": 20_000,
		"64KiB":        64 << 10,
		"64k":          64 << 10,
		"5MiB":         5 << 20,
		"5 mib":        5 << 20,
		"5M":           5 << 20,
		"5MB":          5_000_000,
		"1.5 GB":       1_500_000_000,
		"1.5GiB":       3 << 29,
		"1_000_000":    1_000_000,
		"0.1 GB":       100_000_000, // not 99,999,999: no binary floating point
		"0.3KiB":       307,
		"2T":           2 << 40,
		"1PiB":         1 << 50,
	} {
		got, err := ParseSize(text)
		if err != nil || got != want {
			t.Errorf("ParseSize(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
}

func TestParseSizeErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "must begin with a number",
		"MiB":                           "must begin with a number",
		"-5MiB":                         "no sign",
		"+5MiB":                         "no sign",
		"5 MiBs":                        `unknown unit "MiBs"`,
		"5 M iB":                        `unknown unit "M iB"`,
		"1,5 MB":                        `"1,5" is not a number`,
		"1.5.2":                         `"1.5.2" is not a number`,
		"1.":                            `"1." is not a number`,
		",000":                          "is not a number",
		"1,,000":                        "is not a number",
		"1000,000":                      "is not a number",
		".":                             "is not a number",
		"1e3":                           `unknown unit "e3"`,
		"9000 PiB":                      "more than 8 EiB",
		strings.Repeat("9", 1000) + "B": "is not a number",
	} {
		_, err := ParseSize(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseSize(%q): %v, want an error with %q", text, err, want)
		}
		if err != nil && !strings.Contains(err.Error(), "64KiB") {
			t.Errorf("ParseSize(%q): %v does not say how to write a size", text, err)
		}
	}
}

// Whatever Bytes and Count write is read back, within the decimal they keep.
func TestParseSizeReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(0, math.MaxInt64).Draw(t, "n")
		exact, err := ParseSize(Count(n))
		if err != nil || exact != n {
			t.Fatalf("ParseSize(%q) = %d, %v", Count(n), exact, err)
		}
		near, err := ParseSize(Bytes(min(n, 1<<62)))
		if err != nil {
			t.Fatal(err)
		}
		if off := math.Abs(float64(near) - float64(min(n, 1<<62))); off > 0.051*float64(n) && off > 0 {
			t.Fatalf("ParseSize(%q) = %d, was %d", Bytes(n), near, n)
		}
	})
}
