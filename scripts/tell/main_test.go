package main

import (
	"strings"
	"testing"
)

func TestTell(t *testing.T) {
	const (
		good    = `{"Action":"output","Package":"p","Test":"TestA","Output":"noise\n"}` + "\n" + `{"Action":"pass","Package":"p","Test":"TestA","Elapsed":1.5}` + "\n"
		bad     = `{"Action":"output","Package":"p","Test":"TestB","Output":"b is not c\n"}` + "\n" + `{"Action":"fail","Package":"p","Test":"TestB","Elapsed":2}` + "\n"
		skip    = `{"Action":"output","Package":"p","Test":"TestC","Output":"no node\n"}` + "\n" + `{"Action":"skip","Package":"p","Test":"TestC"}` + "\n"
		room    = `{"Action":"pass","Package":"p","Elapsed":4}` + "\n"
		noTests = `{"Action":"skip","Package":"q"}` + "\n"
		build   = `{"ImportPath":"r","Action":"build-output","Output":"r.go:1: no\n"}` + "\n" + `{"ImportPath":"r","Action":"build-fail"}` + "\n"
	)
	for _, c := range []struct {
		in      string
		strict  bool
		err     string // empty if there must be none
		want    string
		without string
	}{
		{good + room + noTests, true, "", "1 passed, 0 failed, 0 skipped", "noise"},
		{good + bad, false, "a test failed", "failed: p TestB\nb is not c\n", "noise"},
		{good + skip, false, "", "skipped: p TestC\nno node\n", "noise"},
		{good + skip, true, "a test was skipped", "1 passed, 0 failed, 1 skipped", "noise"},
		{good + build, false, "a test failed", "r.go:1: no\n", "noise"},
		{good + "go: cannot find main module\n", false, "a test failed", "cannot find main module", "noise"},
		{noTests, false, "no test ran", "0 passed", "noise"},
		{"", false, "no test ran", "0 passed", "noise"},
		{good + room, false, "", "    4.0 s  p \n    1.5 s  p TestA\n", "noise"},
	} {
		var out strings.Builder
		err := tell(strings.NewReader(c.in), &out, c.strict)
		if (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("%q: error %v, want %q", c.in, err, c.err)
		}
		if !strings.Contains(out.String(), c.want) || strings.Contains(out.String(), c.without) {
			t.Errorf("%q:\n%s\nwant %q", c.in, out.String(), c.want)
		}
	}
}
