package advice_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heapdiff/heapdiff/advice"
)

func TestTable(t *testing.T) {
	seen := map[advice.Pattern]bool{}
	for _, a := range advice.All() {
		if a.Pattern == advice.None || seen[a.Pattern] {
			t.Errorf("pattern %q is empty or there twice", a.Pattern)
		}
		seen[a.Pattern] = true
		if a.Title == "" || a.Cause == "" || a.Fix == "" || len(a.Look) == 0 {
			t.Errorf("%s: something is missing: %+v", a.Pattern, a)
		}
		for _, text := range append([]string{a.Cause, a.Fix}, a.Title) {
			if strings.TrimSpace(text) != text {
				t.Errorf("%s: white space around %q", a.Pattern, text)
			}
		}
		if got, ok := advice.Of(a.Pattern); !ok || got.Title != a.Title {
			t.Errorf("Of(%q) = %+v, %v", a.Pattern, got, ok)
		}
	}
	if _, ok := advice.Of(advice.None); ok {
		t.Error("there is advice for nothing")
	}
	if _, ok := advice.Of("no such pattern"); ok {
		t.Error("there is advice for a pattern that does not exist")
	}
}

// The code of each fix is JavaScript that parses.
func TestCodeParses(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no node")
	}
	dir := t.TempDir()
	for _, a := range advice.All() {
		if a.Code == "" {
			continue
		}
		file := filepath.Join(dir, string(a.Pattern)+".js")
		if err := os.WriteFile(file, []byte("async function f() {\n"+a.Code+"\n}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(node, "--check", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", a.Pattern, err, out)
		}
	}
}

func TestExternal(t *testing.T) {
	for _, test := range []struct {
		external, heap uint64
		want           advice.Level
	}{
		{0, 0, advice.Normal},
		{0, 100, advice.Normal},
		{49, 100, advice.Normal},
		{50, 100, advice.Warning},
		{200, 100, advice.Warning},
		{201, 100, advice.Critical},
		{600, 100, advice.Critical},
		{601, 100, advice.Imminent},
		{1, 0, advice.Imminent},
		{494_017, 26_271, advice.Imminent},
	} {
		if got := advice.External(test.external, test.heap); got != test.want {
			t.Errorf("%d beside %d is %v, want %v", test.external, test.heap, got, test.want)
		}
	}
}

func TestHandles(t *testing.T) {
	for n, want := range map[int]advice.Level{0: advice.Normal, 99: advice.Normal, 100: advice.Warning, 500: advice.Warning, 501: advice.Critical, 1033: advice.Critical} {
		if got := advice.Handles(n); got != want {
			t.Errorf("%d handles are %v, want %v", n, got, want)
		}
	}
}
