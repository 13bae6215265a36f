package human

import (
	"math"
	"testing"
	"time"
)

func TestBytes(t *testing.T) {
	for _, test := range []struct {
		n           int64
		size, delta string
	}{
		{0, "0 B", "0 B"},
		{1, "1 B", "+1 B"},
		{272, "272 B", "+272 B"},
		{-272, "-272 B", "-272 B"},
		{1023, "1023 B", "+1023 B"},
		{1024, "1.0 KiB", "+1.0 KiB"},
		{1075, "1.0 KiB", "+1.0 KiB"},
		{1076, "1.1 KiB", "+1.1 KiB"},
		{1<<20 - 1, "1.0 MiB", "+1.0 MiB"},
		{1<<20 - 52, "1023.9 KiB", "+1023.9 KiB"},
		{11_744_051, "11.2 MiB", "+11.2 MiB"},
		{-11_744_051, "-11.2 MiB", "-11.2 MiB"},
		{4 << 30, "4.0 GiB", "+4.0 GiB"},
		{math.MaxInt64, "8.0 EiB", "+8.0 EiB"},
		{math.MinInt64, "-8.0 EiB", "-8.0 EiB"},
	} {
		if got := Bytes(test.n); got != test.size {
			t.Errorf("Bytes(%d) = %q, want %q", test.n, got, test.size)
		}
		if got := DeltaBytes(test.n); got != test.delta {
			t.Errorf("DeltaBytes(%d) = %q, want %q", test.n, got, test.delta)
		}
	}
	if got := Bytes(uint64(math.MaxUint64)); got != "16.0 EiB" {
		t.Errorf("Bytes(MaxUint64) = %q", got)
	}
}

func TestCount(t *testing.T) {
	for _, test := range []struct {
		n            int64
		count, delta string
	}{
		{0, "0", "0"},
		{7, "7", "+7"},
		{-3, "-3", "-3"},
		{999, "999", "+999"},
		{1000, "1,000", "+1,000"},
		{20_000, "20,000", "+20,000"},
		{-123_456, "-123,456", "-123,456"},
		{18_204_113, "18,204,113", "+18,204,113"},
		{math.MinInt64, "-9,223,372,036,854,775,808", "-9,223,372,036,854,775,808"},
	} {
		if got := Count(test.n); got != test.count {
			t.Errorf("Count(%d) = %q, want %q", test.n, got, test.count)
		}
		if got := DeltaCount(test.n); got != test.delta {
			t.Errorf("DeltaCount(%d) = %q, want %q", test.n, got, test.delta)
		}
	}
	if got := Count(int8(-128)); got != "-128" {
		t.Errorf("Count(int8 -128) = %q", got)
	}
	if got := Count(uint32(math.MaxUint32)); got != "4,294,967,295" {
		t.Errorf("Count(MaxUint32) = %q", got)
	}
}

func TestPercent(t *testing.T) {
	for _, test := range []struct {
		part, whole float64
		want        string
	}{
		{0, 100, "0.0%"},
		{1, 3, "33.3%"},
		{100, 100, "100.0%"},
		{99_999, 100_000, ">99.9%"},
		{1, 100_000, "<0.1%"},
		{150, 100, "150.0%"},
		{-1, 4, "-25.0%"},
		{5, 0, "-"},
	} {
		if got := Percent(test.part, test.whole); got != test.want {
			t.Errorf("Percent(%v, %v) = %q, want %q", test.part, test.whole, got, test.want)
		}
	}
	for _, test := range []struct {
		before, after float64
		want          string
	}{
		{0, 0, "0.0%"},
		{5, 5, "0.0%"},
		{0, 5, "new"},
		{100, 112.3, "+12.3%"},
		{100, 96, "-4.0%"},
		{100, 0, "-100.0%"},
		{1e6, 1e6 + 1, "<+0.1%"},
		{1e6, 1e6 - 1, ">-0.1%"},
		{100, 1099.9, "+999.9%"},
		{100, 1099.96, "+1,000%"},
		{1, 124, "+12,300%"},
		{1, 1e18, ">+999,999,999,999,999%"},
	} {
		if got := DeltaPercent(test.before, test.after); got != test.want {
			t.Errorf("DeltaPercent(%v, %v) = %q, want %q", test.before, test.after, got, test.want)
		}
	}
}

func TestDuration(t *testing.T) {
	for _, test := range []struct {
		d    time.Duration
		want string
	}{
		{0, "0 us"},
		{850 * time.Microsecond, "850 us"},
		{350 * time.Millisecond, "350 ms"},
		{999*time.Millisecond + 999*time.Microsecond, "999 ms"},
		{time.Second, "1.0 s"},
		{4430 * time.Millisecond, "4.4 s"},
		{59*time.Second + 960*time.Millisecond, "1m00s"},
		{125 * time.Second, "2m05s"},
		{time.Hour - time.Millisecond, "1h00m"},
		{3*time.Hour + 20*time.Minute + 29*time.Second, "3h20m"},
		{-350 * time.Millisecond, "-350 ms"},
		{math.MinInt64, "-2,562,047h47m"},
	} {
		if got := Duration(test.d); got != test.want {
			t.Errorf("Duration(%d) = %q, want %q", test.d, got, test.want)
		}
	}
}

func TestRate(t *testing.T) {
	for _, test := range []struct {
		n    uint64
		d    time.Duration
		want string
		of   string
	}{
		{812_000_000, time.Second, "812 MB/s", "812 M nodes/s"},
		{2_140_000_000, time.Second, "2.14 GB/s", "2.14 G nodes/s"},
		{31_400_000, 2 * time.Second, "15.7 MB/s", "15.7 M nodes/s"},
		{999_600, time.Second, "1.00 MB/s", "1.00 M nodes/s"},
		{12_000, time.Second, "12.0 kB/s", "12.0 k nodes/s"},
		{12, time.Second, "12 B/s", "12 nodes/s"},
		{12, 0, "-", "-"},
	} {
		if got := Rate(test.n, test.d); got != test.want {
			t.Errorf("Rate(%d, %v) = %q, want %q", test.n, test.d, got, test.want)
		}
		if got := RateOf(test.n, test.d, "nodes"); got != test.of {
			t.Errorf("RateOf(%d, %v) = %q, want %q", test.n, test.d, got, test.of)
		}
	}
}
