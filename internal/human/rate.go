package human

import (
	"math"
	"strconv"
	"time"
)

// Rate writes how fast bytes went by, in decimal units as disks and networks
// are sold: "812 MB/s", "2.14 GB/s". A time of zero gives "-".
func Rate[T Integer](n T, d time.Duration) string {
	perSecond, ok := rate(n, d)
	if !ok {
		return "-"
	}
	value, unit := decimal(perSecond)
	if unit == "k" {
		return value + " kB/s"
	}
	return value + " " + unit + "B/s"
}

// RateOf writes how fast things went by: RateOf(n, d, "nodes") is
// "3.14 M nodes/s". A time of zero gives "-".
func RateOf[T Integer](n T, d time.Duration, things string) string {
	perSecond, ok := rate(n, d)
	if !ok {
		return "-"
	}
	value, unit := decimal(perSecond)
	if unit != "" {
		value += " " + unit
	}
	return value + " " + things + "/s"
}

func rate[T Integer](n T, d time.Duration) (perSecond float64, ok bool) {
	if d <= 0 {
		return 0, false
	}
	return float64(n) / d.Seconds(), true
}

// decimal scales v to three digits and the unit they count.
func decimal(v float64) (value, unit string) {
	units := [...]string{"", "k", "M", "G", "T", "P", "E"}
	i := 0
	for math.Abs(v) >= 999.5 && i < len(units)-1 {
		v /= 1000
		i++
	}
	decimals := 0
	switch abs := math.Abs(v); {
	case i == 0 || abs >= 99.95:
	case abs >= 9.995:
		decimals = 1
	default:
		decimals = 2
	}
	return strconv.FormatFloat(v, 'f', decimals, 64), units[i]
}
