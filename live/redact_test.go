package live

import (
	"bytes"
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
	if err := RedactFile(path, strings.NewReader(text2)); err != nil {
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
