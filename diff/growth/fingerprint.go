package growth

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// ownerNames is how many names that a programmer chose a fingerprint goes back.
const ownerNames = 2

// fingerprint names a finding by its kind and the last part of its path: from
// the last names that the program gave to what accumulates. Numbers, ids and
// hashes are masked in labels, and what comes before those names (which roots
// lead there, and through which modules) is left out, so the name stays the
// same in other runs and versions.
func (t *Tree) fingerprint(kind Kind, links []link) string {
	from, found := 0, 0
	for i := len(links) - 1; i >= 0 && found < ownerNames; i-- {
		if flags := t.edges.flags[links[i].edge]; flags&named != 0 && flags&entry == 0 {
			from, found = i, found+1
		}
	}
	var b strings.Builder
	b.WriteString(string(kind))
	for i, l := range links[from:] {
		b.WriteByte('\n')
		if i > 0 || found > 0 {
			b.WriteString(t.edges.text[l.edge])
		}
		b.WriteByte('\t')
		b.WriteString(t.classes.text[l.class])
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])[:12]
}
