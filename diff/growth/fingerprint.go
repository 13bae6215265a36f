package growth

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// fingerprint names a finding by its kind and by its path from what the program
// itself calls it: a variable and its script, or a name on a global object. How
// that is reached is left out, and numbers, ids and hashes are masked in labels,
// so that the name stays the same in other runs, versions and places.
func (t *Tree) fingerprint(kind Kind, links []link, from variable) string {
	at := from.link
	if p := t.process(links); p > at {
		at = p
	}
	for at == 0 && at < len(links)-1 && t.edges.flags[links[at].edge]&named == 0 {
		links = links[1:]
	}
	script := ""
	if from.script != "" {
		script = string(t.namer.class.mask.mask([]byte(ScriptName(from.script))))
	}
	return digest(string(kind), script, t.spell(links[at:], true))
}

// digest is what a fingerprint is of its parts.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])[:12]
}

// spell writes links by what tells them from others; keys may be all alike, as how
// many there are decides whether they look like names.
func (t *Tree) spell(links []link, keysAlike bool) string {
	var b strings.Builder
	for _, l := range links {
		edge, class := t.edges.text[l.edge], t.classes.text[l.class]
		if keysAlike && t.isKey(l.edge) {
			edge = ".*"
		}
		if name := cmp.Or(l.alias, l.variable); name != "" {
			edge = variablePrefix + name
		}
		if l.original != "" {
			class = l.original
		}
		b.WriteString("\n" + edge + "\t" + class)
	}
	return b.String()
}

// tellApart gives lines that have one fingerprint others, by the whole way to
// each: two findings must never be taken for one.
func (t *Tree) tellApart(drafts []draft) {
	seen := map[string][]int{}
	for i := range drafts {
		seen[drafts[i].Fingerprint] = append(seen[drafts[i].Fingerprint], i)
	}
	for fingerprint, same := range seen {
		if len(same) < 2 {
			continue
		}
		for _, i := range same {
			d := &drafts[i]
			place := ""
			if d.point < 0 {
				place = "in place"
			}
			d.Fingerprint = digest(fingerprint, place, t.spell(d.links, false))
		}
	}
}

// endNames is how many names that a programmer chose the end of a path has.
const endNames = 2

// tail writes the end of a path, from the names of the owner on.
func (t *Tree) tail(links []link) string {
	from, found := 0, 0
	for i := len(links) - 1; i >= 0 && found < endNames; i-- {
		if flags := t.edges.flags[links[i].edge]; flags&named != 0 && flags&entry == 0 {
			from, found = i, found+1
		}
	}
	return t.spell(links[from:], false)
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
