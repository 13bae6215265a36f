package report

import (
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/diff"
)

// What is as usual is not spoken of, and what is not is said with its level.
func TestPressure(t *testing.T) {
	for _, test := range []struct {
		external, heap uint64
		sockets        int
		want           string
	}{
		{49, 100, 99, ""},
		{50, 100, 0, "Outside the JavaScript heap, in buffers and texts: 0 B → 50 B, 50.0% of the heap's own 100 B, which is a warning; below 50% is normal"},
		{201, 100, 0, "201.0% of the heap's own 100 B, which is critical"},
		{601, 100, 0, "which is how a crash begins; below 50% is normal"},
		{1, 0, 0, "more than the heap's own 0 B, which is how a crash begins"},
		{0, 100, 100, "Sockets, files and other handles: 7 → 100, which is a warning; below 100 is normal"},
		{0, 100, 501, "7 → 501, which is critical"},
	} {
		r := &diff.Result{After: diff.Side{Size: test.external + test.heap}, Classes: []diff.ClassRow{
			{Class: "system / JSArrayBufferData", AfterSize: test.external},
			{Class: "Socket", BeforeCount: 7, AfterCount: test.sockets},
			{Class: "SocketAddress", AfterCount: 9000},
		}}
		var said []string
		for _, p := range pressure(r) {
			said = append(said, plainText(p))
		}
		if got := strings.Join(said, "\n"); !strings.Contains(got, test.want) || (test.want == "") != (got == "") {
			t.Errorf("%d beside %d, %d sockets: %q, want %q", test.external, test.heap, test.sockets, got, test.want)
		}
	}
}
