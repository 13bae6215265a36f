package live

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a WeakMap holds stands in the names of its edges, too.
func TestRedactWeakMaps(t *testing.T) {
	const text = `{"snapshot":{"meta":{"node_fields":["type","name","id","self_size","edge_count"],` +
		`"node_types":[["string","object"],"string","number","number","number"],` +
		`"edge_fields":["type","name_or_index","to_node"],"edge_types":[["internal"],"string_or_number","node"]},"node_count":1,"edge_count":3},` +
		`"nodes":[1,1,1,0,3],"edges":[0,2,0,0,3,0,0,4,0],` +
		`"strings":["<dummy>","Map",` +
		`"12 / part of key (Object @345) -> value (s3cret \\"quoted\\" @347) pair in WeakMap (table @349)",` +
		`"13 / part of key (s3cret) -> value ( @1) -> value (s3cret @5) pair in WeakMap (table @349)",` +
		`"14 / part of key (s3cret"]}`
	text2 := strings.ReplaceAll(text, `\\"`, `\"`)
	path := filepath.Join(t.TempDir(), "redacted.heapsnapshot")
	if err := redactFile(t, path, strings.NewReader(text2)); err != nil {
		t.Fatal(err)
	}
	out, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(out, []byte("s3cret")) || bytes.Contains(out, []byte("quoted")) {
		t.Errorf("the secret is still there:\n%s", out)
	}
	for _, kept := range []string{`"12 / part of key (<str len=6 `, ` @345) -> value (<str len=`, ` @347) pair in WeakMap (table @349)"`, `"Map"`} {
		if !bytes.Contains(out, []byte(kept)) {
			t.Errorf("%s is not kept:\n%s", kept, out)
		}
	}
}

// redactFile redacts with a new key.
func redactFile(t *testing.T, path string, from io.Reader) error {
	t.Helper()
	r, err := NewRedaction()
	if err != nil {
		t.Fatal(err)
	}
	return r.File(path, from)
}

// TestRedactionKey holds that a key file is made once, for its owner, and that what
// is no key is none.
func TestRedactionKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	first, err := RedactionOf(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := RedactionOf(path)
	if err != nil || !bytes.Equal(first.key, again.key) {
		t.Errorf("another key: %v", err)
	}
	other, err := NewRedaction()
	if err != nil || bytes.Equal(first.key, other.key) {
		t.Errorf("the same key: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	for _, text := range []string{"", "xyz", strings.Repeat("ab", 31)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := RedactionOf(path); err == nil {
			t.Errorf("%q is a key", text)
		}
	}
}
