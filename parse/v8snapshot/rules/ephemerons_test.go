package rules

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// ephemeronPattern is DevTools' own test, in Go's words.
var ephemeronPattern = regexp.MustCompile(`^\d+( / part of key \([^\n\r\x{2028}\x{2029}]*? @\d+\) -> value \([^\n\r\x{2028}\x{2029}]*? @\d+\) pair in WeakMap \(table @(\d+)\))$`)

func TestEphemeronNames(t *testing.T) {
	parts := []string{
		"1", "42", "007", " / part of key (", "Object", " @345", " @", ") -> value (", "Array", ") pair in WeakMap (table @", "349", ")", "(", " ", "\n",
		"\u2028", "é", "12 / part of key (Object @345) -> value (Array @347) pair in WeakMap (table @349)", "+7", "-7",
	}
	check := func(t interface{ Errorf(string, ...any) }, name string) bool {
		pair, table, ok := ephemeron([]byte(name))
		m := ephemeronPattern.FindStringSubmatch(name)
		if ok != (m != nil) {
			t.Errorf("ephemeron(%q) = %v, DevTools says %v", name, ok, m != nil)
			return false
		}
		if ok && (string(pair) != m[1] || strconv.FormatUint(table, 10) != strings.TrimLeft(m[2], "0") && table != 0) {
			t.Errorf("ephemeron(%q) = %q of table %d, DevTools says %q of %s", name, pair, table, m[1], m[2])
		}
		return ok
	}
	if !check(t, "12 / part of key (Object @345) -> value (Array @347) pair in WeakMap (table @349)") {
		t.Error("the usual name is not recognised")
	}
	check(t, "12 / part of key (a) -> value ( @3) -> value (b @5) pair in WeakMap (table @7)")
	rapid.Check(t, func(t *rapid.T) {
		pick := rapid.SliceOfN(rapid.SampledFrom(parts), 0, 14).Draw(t, "parts")
		check(t, strings.Join(pick, ""))
		mutated := []string{"12", " / part of key (", "", " @345", ") -> value (", "", " @347", ") pair in WeakMap (table @", "349", ")"}
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			mutated[rapid.IntRange(0, len(mutated)-1).Draw(t, "where")] = rapid.SampledFrom(parts).Draw(t, "what")
		}
		check(t, strings.Join(mutated, ""))
	})
}
