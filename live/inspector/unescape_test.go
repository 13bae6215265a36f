package inspector

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// FuzzUnescape holds the quick way against encoding/json.
func FuzzUnescape(f *testing.F) {
	for _, s := range []string{`plain`, `\"\\\/\n\t\r\b\f`, `\u00e9\ud83d\ude00\ud83d`, `\\u00e9`, `\ud83d\u0041`, ``} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, s []byte) {
		var want string
		whole := append(append([]byte{'"'}, s...), '"')
		got := appendUnescaped(nil, s) // never fails, whatever it is
		if !utf8.Valid(s) || json.Unmarshal(whole, &want) != nil {
			return
		}
		if string(got) != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	})
}
