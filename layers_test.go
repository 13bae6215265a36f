package heapdiff_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/heapdiff/heapdiff"

// rooms are the packages in the order of the pipeline: a line may import only
// lines above it, and a package that has no line here fails the test. The
// order is explained in docs/architecture.md.
var rooms = []room{
	{dir: "internal/raw"},
	{dir: "internal/human"},
	{dir: "internal/budget"},
	{dir: "internal/spill", alone: true},
	{dir: "internal/near", alone: true},
	{dir: "internal/sourcemap", alone: true},
	{dir: "internal/crew", alone: true},
	{dir: "internal/decimal", alone: true},
	{dir: "graph", alone: true},
	{dir: "kinds"},
	{dir: "paths"},
	{dir: "internal/input"},
	{dir: "parse/v8snapshot"},
	{dir: "parse/v8snapshot/rules"},
	{dir: "parse/symbols", alone: true},
	{dir: "parse/pprof"},
	{dir: "parse/v8profile"},
	{dir: "parse"},
	{dir: "inspect"},
	{dir: "advice", alone: true},
	{dir: "diff/growth"},
	{dir: "diff/profile"},
	{dir: "diff"},
	{dir: "gate"},
	{dir: "report"},
	{dir: "live/trend", alone: true},
	{dir: "live/proc"},
	{dir: "live/inspector"},
	{dir: "live/goproc"},
	{dir: "live/serve"},
	{dir: "live"},
	{dir: "cmd/heapdiff", program: true},

	// Not part of heapdiff, but of its tests and of the work on it: nothing
	// above imports them, except in tests.
	{dir: "live/livetest"},
	{dir: "internal/synth", alone: true},
	{dir: "scripts", below: true, program: true},
}

// room is one line of the table.
type room struct {
	dir     string
	below   bool // the folders in it belong to it
	alone   bool // imports nothing of ours but memory, internal/raw
	program bool // may know os.Args and os.Exit
}

// roomOf finds the line of a folder.
func roomOf(dir string) int {
	return slices.IndexFunc(rooms, func(r room) bool {
		return dir == r.dir || r.below && strings.HasPrefix(dir, r.dir+"/")
	})
}

// faults says what is wrong with a file of a room, one line a fault. It is a
// function of the text alone, so that the test of the test can show it faults.
func faults(name, text string) []string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		return []string{err.Error()}
	}
	var found []string
	fault := func(at ast.Node, what string) {
		found = append(found, fset.Position(at.Pos()).String()+": "+what)
	}
	isTest := strings.HasSuffix(name, "_test.go")
	here := roomOf(path.Dir(name))
	if here < 0 && path.Dir(name) != "." {
		fault(file.Name, "no line for "+path.Dir(name)+" in the table of rooms")
		return found
	}
	if here < 0 && !isTest {
		fault(file.Name, "the module's root is no package: its code lives in rooms")
		return found
	}
	switch strings.TrimSuffix(file.Name.Name, "_test") {
	case "util", "utils", "common", "helpers", "misc":
		fault(file.Name, "package "+file.Name.Name+" says nothing of what is in it")
	}
	if !isTest {
		for _, spec := range file.Imports {
			if what := importFault(here, spec); what != "" {
				fault(spec, what)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Name.Name == "init" && n.Recv == nil {
				fault(n, "func init: tables, not registration")
			}
		case *ast.SelectorExpr:
			if of, ok := n.X.(*ast.Ident); ok && !isTest && !rooms[here].program && ends(of.Name, n.Sel.Name) {
				fault(n, of.Name+"."+n.Sel.Name+" is for programs")
			}
		}
		return true
	})
	return found
}

// importFault holds the order of the table.
func importFault(here int, spec *ast.ImportSpec) string {
	imported, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return err.Error()
	}
	dir, ours := strings.CutPrefix(imported, module+"/")
	if !ours {
		return ""
	}
	there := roomOf(dir)
	r := rooms[here]
	switch {
	case there < 0:
		return "no line for " + dir + " in the table of rooms"
	case there == here && r.below:
		return ""
	case r.alone && dir != "internal/raw":
		return r.dir + " imports nothing of ours"
	case there >= here:
		return r.dir + " stands above " + dir + " and may not import it"
	}
	return ""
}

// ends says whether a selector ends the process or reads its arguments.
func ends(pkg, name string) bool {
	switch pkg {
	case "os":
		return name == "Exit" || name == "Args"
	case "log":
		return strings.HasPrefix(name, "Fatal")
	}
	return false
}

// The files themselves are read, so that a cached result is never older than they are.
func TestLayers(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rooms {
		if seen[r.dir] {
			t.Errorf("%s has two lines in the table of rooms", r.dir)
		}
		seen[r.dir] = true
	}
	files := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			base := entry.Name()
			if name != "." && (base == "testdata" || base == "node_modules" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(os.DirFS("."), name)
		if err != nil {
			return err
		}
		files++
		for _, fault := range faults(name, string(text)) {
			t.Error(fault)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 {
		t.Errorf("only %d Go files were found: is this the module's root?", files)
	}
}

// TestArchitecture holds that docs/architecture.md names every room, in the
// order of the table, and every module that is imported.
func TestArchitecture(t *testing.T) {
	text, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	table, modules, _ := strings.Cut(string(text), "## Dependencies")
	for _, twice := range doubled(string(text)) {
		t.Errorf("docs/architecture.md has two lines for %s", twice)
	}
	at := 0
	for _, r := range rooms {
		line := strings.Index(table, "\n| `"+r.dir+"/` | ")
		switch {
		case line < 0:
			t.Errorf("docs/architecture.md has no line for %s/ in its table of rooms", r.dir)
		case line < at:
			t.Errorf("docs/architecture.md has %s/ in another place than layers_test.go", r.dir)
		}
		at = max(at, line)
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mod)) {
		fields := strings.Fields(line)
		if !strings.HasPrefix(line, "\t") || strings.Contains(line, "// indirect") {
			continue
		}
		name := regexp.MustCompile(`/v[0-9]+$`).ReplaceAllString(fields[0], "")
		if !strings.Contains(modules, name) {
			t.Errorf("docs/architecture.md does not say what %s is for", name)
		}
	}
}

// doubled returns what the first column of a table names again.
func doubled(text string) []string {
	var twice []string
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 || cells[0] != "" || strings.HasPrefix(cells[1], "--") {
			continue
		}
		for name := range strings.SplitSeq(cells[1], ",") {
			if name = strings.TrimSpace(name); seen[name] {
				twice = append(twice, name)
			}
			seen[name] = true
		}
	}
	return twice
}

// TestDoubled shows that a doubled line is seen, also beside others.
func TestDoubled(t *testing.T) {
	got := doubled("| room | for |\n|---|---|\n| `a/` | x |\n| b, c | y |\n| `a/` | z |\n| c | y |\n")
	if want := []string{"`a/`", "c"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestSize holds that the test data stays what one may ask people to download.
func TestSize(t *testing.T) {
	const most = 12_000_000
	var sum int64
	err := fs.WalkDir(os.DirFS("testdata"), ".", func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	if err != nil || sum > most {
		t.Errorf("testdata has %d bytes, and should have %d at the most; %v", sum, most, err)
	}
}

// TestLayersFaults shows that each rule is held.
func TestLayersFaults(t *testing.T) {
	from := func(dir string) string { return "package x\nimport _ \"" + module + "/" + dir + "\"\n" }
	for _, test := range []struct{ name, text, want string }{
		{"graph/x.go", "package graph\n", ""},
		{"graph/x.go", from("internal/human"), "graph imports nothing of ours"},
		{"graph/x.go", from("internal/raw"), ""},
		{"graph/x_test.go", from("internal/human"), ""},
		{"parse/x.go", from("parse/v8snapshot"), ""},
		{"parse/v8snapshot/x.go", from("parse"), "stands above parse"},
		{"diff/x.go", from("graph"), ""},
		{"diff/x.go", from("report"), "stands above report"},
		{"diff/x.go", from("nowhere"), "no line for nowhere"},
		{"report/x.go", from("internal/synth"), "stands above internal/synth"},
		{"cmd/heapdiff/x.go", from("scripts/gensnapshot"), "stands above scripts"},
		{"scripts/gensnapshot/x.go", from("internal/synth"), ""},
		{"somewhere/x.go", "package somewhere\n", "no line for somewhere"},
		{"x.go", "package heapdiff\n", "root is no package"},
		{"diff/x.go", "package util\n", "package util says nothing"},
		{"diff/x.go", "package diff\nfunc init() {}\n", "func init"},
		{"diff/x.go", "package diff\nfunc (t T) init() {}\n", ""},
		{"diff/x.go", "package diff\nvar x = os.Args\n", "os.Args is for programs"},
		{"diff/x.go", "package diff\nfunc f() { log.Fatalf(``) }\n", "log.Fatalf is for programs"},
		{"cmd/heapdiff/x.go", "package main\nfunc main() { os.Exit(run(os.Args)) }\n", ""},
		{"diff/x.go", "package diff\nfunc {", "expected"},
	} {
		got := strings.Join(faults(test.name, test.text), "\n")
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s with %q: %q, want %q", test.name, test.text, got, test.want)
		}
	}
}
