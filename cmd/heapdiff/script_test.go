package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write expected outputs anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"heapdiff": main})
}

// TestScripts runs testdata/script/*.txtar, each a behaviour of the program with
// its files, against the snapshots in the repository ($SNAPSHOTS).
func TestScripts(t *testing.T) {
	snapshots, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Condition:     condition,
		Setup: func(e *testscript.Env) error {
			e.Setenv("SNAPSHOTS", snapshots)
			e.Setenv("XDG_CACHE_HOME", cache) // where go build finds what it built before
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"unpack":    unpack,
			"truncate":  truncate,
			"digest":    digest,
			"interrupt": interrupt,
			"closed":    closed,
			"exitcode":  exitCode,
		},
	})
}

// condition knows [race]: whether the race detector watches. It is slow, and
// needs to see no code twice.
func condition(name string) (bool, error) {
	if name != "race" {
		return false, fmt.Errorf("no condition is called %q", name)
	}
	return raceDetector, nil
}

// unpack FILE.zst TO decompresses a snapshot.
func unpack(ts *testscript.TestScript, _ bool, args []string) {
	packed, err := os.Open(args[0])
	ts.Check(err)
	defer packed.Close()
	r, err := zstd.NewReader(packed)
	ts.Check(err)
	defer r.Close()
	to, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	_, err = r.WriteTo(to)
	ts.Check(err)
	ts.Check(to.Close())
}

// truncate FROM TO BYTES copies the start of a file.
func truncate(ts *testscript.TestScript, _ bool, args []string) {
	text, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	size, err := time.ParseDuration(args[2] + "ns") // an integer, checked
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text[:size], 0o666))
}

// digest ORACLE.json.zst compares what heapdiff nodes wrote to stdout with the
// digest over all nodes that Chrome DevTools' own code made.
func digest(ts *testscript.TestScript, _ bool, args []string) {
	packed, err := os.ReadFile(args[0])
	ts.Check(err)
	r, err := zstd.NewReader(nil)
	ts.Check(err)
	defer r.Close()
	oracle, err := r.DecodeAll(packed, nil)
	ts.Check(err)
	want := regexp.MustCompile(`"node_digest": ?"([0-9a-f]{64})"`).FindSubmatch(oracle)
	if want == nil {
		ts.Fatalf("%s has no digest", args[0])
	}
	sum := sha256.New()
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile("stdout"), "\n"), "\n")
	for _, line := range lines[1:] {
		f := strings.Split(line, "\t")
		if len(f) != 10 {
			ts.Fatalf("%d fields: %q", len(f), line)
		}
		sum.Write([]byte(f[0] + " " + f[4] + " " + f[6] + " " + f[7] + " " + f[8] + "\n"))
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != string(want[1]) {
		ts.Fatalf("digest of %d nodes is %s, of DevTools %s", len(lines)-1, got, want[1])
	}
}

// interrupt ARGS... runs heapdiff on a standard input that never ends and
// presses Ctrl-C once it reads.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	cmd := exec.Command("heapdiff", args...)
	program, err := exec.LookPath(filepath.Join(strings.Split(ts.Getenv("PATH"), string(os.PathListSeparator))[0], "heapdiff"))
	ts.Check(err)
	cmd.Path, cmd.Dir = program, ts.MkAbs(".")
	stdin, err := cmd.StdinPipe()
	ts.Check(err)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	ts.Check(cmd.Start())
	// More than a pipe holds: when it is written, it is being read.
	text := `{"snapshot":{"meta":{},` + strings.Repeat(" ", 1<<20)
	_, err = stdin.Write([]byte(text))
	ts.Check(err)
	ts.Check(cmd.Process.Signal(os.Interrupt))
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		ts.Fatalf("exit code %d: %s", code, stderr.String())
	}
	if got := stderr.String(); got != "heapdiff: interrupted\n" {
		ts.Fatalf("stderr is %q", got)
	}
}

// closed ARGS... runs heapdiff with a standard output that nobody reads.
func closed(ts *testscript.TestScript, _ bool, args []string) {
	program, err := exec.LookPath(filepath.Join(strings.Split(ts.Getenv("PATH"), string(os.PathListSeparator))[0], "heapdiff"))
	ts.Check(err)
	r, w, err := os.Pipe()
	ts.Check(err)
	ts.Check(r.Close())
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Stdout = ts.MkAbs("."), w
	var stderr strings.Builder
	cmd.Stderr = &stderr
	err = cmd.Run()
	ts.Check(w.Close())
	ts.Check(err)
	if stderr.String() != "" {
		ts.Fatalf("stderr is %q", stderr.String())
	}
}

// exitcode CODE ARGS... runs heapdiff and holds the code it exits with.
func exitCode(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec("heapdiff", args[1:]...)
	code := 0
	if failed := new(exec.ExitError); errors.As(err, &failed) {
		code = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}
