package paths

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/heapdiff/heapdiff/graph"
)

// chain makes a way of one-letter edges to classes of the same letter.
func chain(letters string) []Step {
	var way []Step
	for i, c := range letters {
		way = append(way, Step{Edge: string(c), Class: strings.ToUpper(string(c)), Node: graph.NodeID(i)})
	}
	return way
}

func said(way []Step) string {
	var b strings.Builder
	for _, s := range way {
		b.WriteString(s.Edge)
	}
	return b.String()
}

func TestShorten(t *testing.T) {
	for _, test := range []struct{ way, want string }{
		{"", ""},
		{"a", "a"},
		{"abc", "abc"},
		{"aa", "aa"},
		{"xaa", "xaa"},
		{"xaaa", "xa(… ×2)"},
		{"xaaaaaay", "xa(… ×5)y"},
		{"xababy", "xababy"},
		{"xabababy", "xab(… ×2)y"},
		{"xabababay", "xab(… ×2)ay"},
		{"abcabcabcd", "abc(… ×2)d"},
		{"aaabbb", "a(… ×2)b(… ×2)"},
		{strings.Repeat("abcdef", 1000), "abcdef(… ×999)"},
	} {
		if got := said(shorten(chain(test.way))); got != test.want {
			t.Errorf("%.20s: %s, want %s", test.way, got, test.want)
		}
	}
}

// What is left out is a repetition, and the way still ends where it ended.
func TestShortenKeepsTheEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		way := chain(rapid.StringMatching(`[ab]{1,30}`).Draw(t, "way"))
		short := shorten(way)
		if len(short) > len(way) || short[len(short)-1].Node != way[len(way)-1].Node || short[0].Node != 0 {
			t.Fatalf("%s becomes %s", said(way), said(short))
		}
		for i := 1; i < len(short); i++ {
			if short[i].Node <= short[i-1].Node {
				t.Fatalf("%s becomes %s", said(way), said(short))
			}
		}
	})
}

func TestInternalName(t *testing.T) {
	for _, test := range []struct{ name, want string }{
		{"reactions_or_result", "reactions_or_result"},
		{"12", "12"},
		{"12 / native_to_javascript", "native_to_javascript"},
		{"3 / part of key (Object @1) -> value (Map @3) pair in WeakMap (table @5)", "WeakMap value"},
		{" / x", " / x"},
	} {
		if got := internalName(test.name); got != test.want {
			t.Errorf("%q: %q, want %q", test.name, got, test.want)
		}
	}
	if got := abridged("T *blink::Something() const@../../third_party/x.cc:79"); got != "T *blink::Something() const" {
		t.Errorf("%q", got)
	}
	if got := abridged(strings.Repeat("é", 100)); got != strings.Repeat("é", 60)+"…" {
		t.Errorf("%q", got)
	}
}
