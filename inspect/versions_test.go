package inspect_test

import (
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/inspect"
)

func TestVersions(t *testing.T) {
	for name, want := range map[string]inspect.Versions{
		"node14-before": {Node: "14.", V8: "8.4."}, "node18-before": {Node: "18.", V8: "10.2."}, "node20-before": {Node: "20.", V8: "11.3."},
		"node22-after": {Node: "22.", V8: "12.4."}, "node26-after": {Node: "26.", V8: "14."}, "chromium156-before": {},
	} {
		h := load(t, "../testdata/"+name+".heapsnapshot.zst")
		got := inspect.FindVersions(h.Graph)
		if !strings.HasPrefix(got.Node, want.Node) || !strings.HasPrefix(got.V8, want.V8) || (got.V8 == "") != (want.V8 == "") {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}
