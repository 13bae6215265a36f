package report

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/diff/growth"
)

// TestReadGrowth holds that what JSON says of a place is all there is to say.
func TestReadGrowth(t *testing.T) {
	r := rankedSeries()
	list, err := ReadGrowth(bytes.NewReader(write(t, Formats()[3], Compare(r, Options{}))))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(r.Ranking.Lines) {
		t.Fatalf("%d places, want %d", len(list), len(r.Ranking.Lines))
	}
	for i, e := range list {
		if e.Before != r.Before.File || e.After != r.After.File || e.Growth != r.Growth() {
			t.Errorf("of %s and %s, %d bytes", e.Before, e.After, e.Growth)
		}
		if got, want := newLineJSON(e.Line), newLineJSON(&r.Ranking.Lines[i]); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestReadGrowthRefuses(t *testing.T) {
	unranked := string(write(t, Formats()[3], Compare(grown(), Options{})))
	for _, text := range []string{"", "{", "[]", `{"snapshot":{}}`, `{"schema":"heapdiff/report/1"}`, unranked} {
		if list, err := ReadGrowth(strings.NewReader(text)); err == nil {
			t.Errorf("%.30q is read as %d places", text, len(list))
		}
	}
}

// TestSentences holds that the sentence about a place says who holds what.
func TestSentences(t *testing.T) {
	for _, c := range []struct {
		line growth.Line
		want string
	}{
		{growth.Line{Path: "global.cache (Map) → [*] Record", Class: "Record", CountAfter: 20000}, "global.cache (Map) holds 20,000 more Record"},
		{growth.Line{Path: "global.hooks (Array) → [*] ()", Class: "()", CountBefore: 1, CountAfter: 3}, "global.hooks (Array) holds 2 more closures"},
		{growth.Line{Path: "global.latest (Visit)", Class: "Visit", CountBefore: 100, CountAfter: 500}, "global.latest (Visit) leads to 400 more Visit"},
		{growth.Line{Path: "global.log (string)", Class: "(string)", InPlace: true, SizeBefore: 1024, SizeAfter: 4096}, "global.log (string) grew in place: 1.0 KiB → 4.0 KiB"},
		{growth.Line{Path: "global.a → [*] B", Class: "B", CountBefore: 5, CountAfter: 5}, "global.a holds more B"},
	} {
		if got := plainText(sentence(&c.line)); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
