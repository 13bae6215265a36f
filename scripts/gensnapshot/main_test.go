package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	prefix := filepath.Join(dir, "pair")
	var stdout, stderr bytes.Buffer
	if code := run([]string{"-nodes", "5000", "-leak", "100", "-pair", prefix}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit %d: %s", code, &stderr)
	}
	for _, name := range []string{prefix + "-before.heapsnapshot", prefix + "-after.heapsnapshot"} {
		data, err := os.ReadFile(name)
		if err != nil || !json.Valid(data) {
			t.Errorf("%s: %d bytes, %v", name, len(data), err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
	if code := run([]string{"-nodes", "5000", "-shape", "list", "-size", "50", "-o", "-"}, &stdout, &stderr); code != 0 || !json.Valid(stdout.Bytes()) {
		t.Errorf("to standard output: exit %d, %d bytes", code, stdout.Len())
	}
}

func TestWrongUse(t *testing.T) {
	for _, test := range []struct {
		args string
		code int
		want string
	}{
		{"", 2, "give either"},
		{"-o a -pair b -leak 1", 2, "give either"},
		{"-pair b", 2, "give either"},
		{"-o - extra", 2, "give either"},
		{"-o - -shape torus", 2, "no shape named"},
		{"-torus", 2, "not defined"},
		{"-o /nowhere/x", 1, "no such file"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(strings.Fields(test.args), &stdout, &stderr); code != test.code || !strings.Contains(stderr.String(), test.want) {
			t.Errorf("%q: exit %d, %s", test.args, code, &stderr)
		}
	}
}
