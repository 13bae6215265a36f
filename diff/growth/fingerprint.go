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
	sum := sha256.Sum256([]byte(string(kind) + t.tail(links)))
	return hex.EncodeToString(sum[:])[:12]
}

// tail writes the last part of a path, from the names of the owner on.
func (t *Tree) tail(links []link) string {
	from, found := 0, 0
	for i := len(links) - 1; i >= 0 && found < ownerNames; i-- {
		if flags := t.edges.flags[links[i].edge]; flags&named != 0 && flags&entry == 0 {
			from, found = i, found+1
		}
	}
	var b strings.Builder
	for i, l := range links[from:] {
		b.WriteByte('\n')
		if i > 0 || found > 0 {
			b.WriteString(t.edges.text[l.edge])
		}
		b.WriteByte('\t')
		b.WriteString(t.classes.text[l.class])
	}
	return b.String()
}

const ambiguous = ^uint32(0)

// ends maps the end of the path of each signature that is wanted to the
// signature, or to ambiguous if several have it.
func (t *Tree) ends(wanted func(sig uint32) bool) map[string]uint32 {
	ends := map[string]uint32{}
	for s := uint32(rootSig + 1); int(s) < len(t.sigs); s++ {
		if !wanted(s) || !t.isNamed(s) {
			continue
		}
		end := t.end(s)
		if ends[end] == 0 {
			ends[end] = s
		} else {
			ends[end] = ambiguous
		}
	}
	return ends
}

// end is the end of the path of a signature that a programmer has named.
func (t *Tree) end(sig uint32) string { return t.tail(t.links(sig)) }

// isNamed reports whether the last step of a path is a name.
func (t *Tree) isNamed(sig uint32) bool {
	flags := t.edges.flags[t.sigs[sig].edge]
	return flags&named != 0 && flags&entry == 0 && t.classes.flags[t.sigs[sig].class]&(runtime|leaf) == 0
}
