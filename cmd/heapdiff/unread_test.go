package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// unread is standard output of which nobody reads on.
type unread struct{}

func (unread) Write([]byte) (int, error) { return 0, syscall.EPIPE }

// TestVerdictWhenNobodyReads holds that a rule that is broken stays broken if
// the report goes to head.
func TestVerdictWhenNobodyReads(t *testing.T) {
	var stderr bytes.Buffer
	w := world{stdout: unread{}, stderr: &stderr, getenv: func(string) string { return "" }}
	pair := filepath.Join("..", "..", "testdata", "node24")
	args := []string{"check", "--no-config", "--fail-on", "growth > 1", pair + "-before.heapsnapshot.zst", pair + "-after.heapsnapshot.zst"}
	if code := run(context.Background(), args, w); code != 1 {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
}

// TestWeakMapValuesAreSecret holds that the names of WeakMap edges, which V8
// makes of their keys and values, tell no value.
func TestWeakMapValuesAreSecret(t *testing.T) {
	const text = `{"snapshot":{"meta":{"node_fields":["type","name","id","self_size","edge_count"],
"node_types":[["synthetic","object","string"],"string","number","number","number"],
"edge_fields":["type","name_or_index","to_node"],"edge_types":[["internal","property"],"string_or_number","node"]},"node_count":3,"edge_count":2},
"nodes":[0,1,1,0,1,1,2,3,16,1,2,3,5,16,0],"edges":[1,2,5,0,4,10],
"strings":["<dummy>","","Key","s3cret","12 / part of key (Key @3) -> value (s3cret @5) pair in WeakMap (table @7)"]}`
	path := filepath.Join(t.TempDir(), "weak.heapsnapshot")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"--text", "--json", "--md", "--html"} {
		var stdout, stderr bytes.Buffer
		w := world{stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }}
		if code := run(context.Background(), []string{"retainers", path, "@5", format, "-"}, w); code != exitDone {
			t.Fatalf("exit code %d: %s", code, stderr.String())
		}
		if strings.Contains(stdout.String(), "s3cret") || !strings.Contains(stdout.String(), "WeakMap value") {
			t.Errorf("%s tells the value, or not that it is one:\n%s", format, stdout.String())
		}
	}
}
