package symbols_test

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/heapdiff/heapdiff/parse/symbols"
)

// run runs a command and returns what it writes.
func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, stderr.String())
	}
	return string(out)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func openAll(t *testing.T, paths ...string) *symbols.Set {
	t.Helper()
	s, err := symbols.OpenAll(paths)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// goProgram allocates through a function that is inlined, a method, a closure
// and a generic function, and writes a profile that has names for it all.
const goProgram = `package main

import (
	"os"
	"runtime"
	"runtime/pprof"
)

type box struct{ next *box; room [40]int }

var kept *box

func put(b *box) { b.next, kept = kept, b }
func inlined() *box { return new(box) }
func (b *box) method() { put(inlined()) }
func generic[T any](n int) []T { return make([]T, n) }

var lists [][]int

func main() {
	runtime.MemProfileRate = 64
	func() {
		for range 1000 {
			new(box).method()
			lists = append(lists, generic[int](100))
		}
	}()
	if err := pprof.Lookup("allocs").WriteTo(os.Stdout, 0); err != nil {
		panic(err)
	}
}
`

// TestGo holds names against those that the runtime itself gave: with what
// compilers write for debuggers every frame, without it, as in stripped
// programs, the function and the line.
func TestGo(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "main.go"), goProgram)
	write(t, filepath.Join(dir, "go.mod"), "module example.com/box\n\ngo 1.26.0\n")
	for _, flags := range [][]string{{}, {"-ldflags=-s -w"}} {
		t.Run(strings.Join(flags, " "), func(t *testing.T) {
			program := filepath.Join(t.TempDir(), "box")
			run(t, dir, "go", append(append([]string{"build", "-o", program}, flags...), ".")...)
			p, err := profile.ParseData([]byte(run(t, dir, program)))
			if err != nil {
				t.Fatal(err)
			}
			set := openAll(t, program)
			whole := !strings.Contains(fmt.Sprint(flags), "-s")
			compared, inlined := 0, 0
			for _, l := range p.Location {
				m := symbols.Mapping{Start: l.Mapping.Start, Offset: l.Mapping.Offset, File: l.Mapping.File, BuildID: l.Mapping.BuildID, Main: true}
				got := set.Frames(m, l.Address)
				if len(got) == 0 {
					t.Fatalf("nothing at %#x: %v", l.Address, l.Line)
				}
				want := l.Line
				if !whole {
					// The outermost function, at the line of the innermost.
					want = []profile.Line{{Function: &profile.Function{Name: want[len(want)-1].Function.Name, Filename: want[0].Function.Filename}, Line: want[0].Line}}
				}
				if len(got) != len(want) {
					t.Errorf("%#x is %v, want %v", l.Address, got, want)
					continue
				}
				for i, f := range got {
					w := want[i]
					if f.Function != w.Function.Name || f.File != w.Function.Filename || f.Line != w.Line {
						t.Errorf("%#x is %v, want %s %s:%d", l.Address, f, w.Function.Name, w.Function.Filename, w.Line)
					}
					compared++
				}
				if len(got) > 1 {
					inlined++
				}
			}
			if compared < 10 || whole && inlined == 0 {
				t.Errorf("only %d frames compared, %d inlined", compared, inlined)
			}
			if doubts := set.Doubts(); len(doubts) > 0 {
				t.Errorf("doubts: %v", doubts)
			}
		})
	}
}

const cppProgram = `#include <cstdlib>
namespace shop {
template <typename T> struct list {
  T *put(long n) __attribute__((noinline)) { return (T *)malloc(n * sizeof(T)); }
};
inline __attribute__((always_inline)) char *small(list<char> &l, long n) {
  return l.put(n + 1);
}
char *fetch(list<char> &l, long n) { return small(l, n) + n; }
}
int main(int argc, char **argv) {
  shop::list<char> l;
  return *shop::fetch(l, argc);
}
`

// TestCpp puts a program somewhere in memory and holds names against addr2line's,
// with debugging information, and without it those of the symbol table.
func TestCpp(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "shop.cc"), cppProgram)
	program := filepath.Join(dir, "shop")
	run(t, dir, "g++", "-g", "-O1", "-o", program, "shop.cc")
	f, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	set := openAll(t, program)
	m := symbols.Mapping{Start: 0x7f00_0000_0000, File: program, Main: true}
	var text elf.ProgHeader // what is mapped there
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD && p.Flags&elf.PF_X != 0 {
			text = p.ProgHeader
		}
	}
	m.Offset = text.Off
	compared := 0
	for _, s := range list {
		if elf.ST_TYPE(s.Info) != elf.STT_FUNC || !strings.Contains(s.Name, "shop") && s.Name != "main" {
			continue
		}
		for at := s.Value; at < s.Value+s.Size; at++ {
			want := strings.Split(strings.TrimSpace(run(t, dir, "addr2line", "-f", "-i", "-C", "-e", program, fmt.Sprintf("%#x", at))), "\n")
			var got []string
			for _, f := range set.Frames(m, at-text.Vaddr+m.Start) {
				got = append(got, f.Function, fmt.Sprintf("%s:%d", f.File, f.Line))
			}
			for i := range want {
				want[i], _, _ = strings.Cut(want[i], "(") // arguments, and discriminators
				want[i] = strings.TrimSpace(want[i])
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Fatalf("%#x is\n%v\nwant\n%v", at, got, want)
			}
			compared++
		}
	}
	if compared < 50 {
		t.Errorf("only %d addresses compared", compared)
	}
	stripped := filepath.Join(dir, "stripped")
	run(t, dir, "strip", "-g", "-o", stripped, program)
	for _, s := range list {
		if s.Name == "_ZN4shop5fetchERNS_4listIcEEl" {
			got := openAll(t, stripped).Frames(symbols.Mapping{File: stripped}, s.Value+1)
			if len(got) != 1 || got[0].Function != "shop::fetch" || got[0].System != s.Name {
				t.Errorf("without debugging information it is %v", got)
			}
		}
	}
}

// TestLink holds that a program may be given by a link to it, such as python3:
// processes have the file's own name.
func TestLink(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "shop.cc"), cppProgram)
	program, link := filepath.Join(dir, "shop3.11"), filepath.Join(dir, "shop3")
	run(t, dir, "g++", "-no-pie", "-o", program, "shop.cc")
	if err := os.Symlink("shop3.11", link); err != nil {
		t.Fatal(err)
	}
	f, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := openAll(t, link).Frames(symbols.Mapping{File: program}, f.Entry); len(got) == 0 {
		t.Error("no names")
	}
}

// TestOtherBuild: names of another build are worse than none.
func TestOtherBuild(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "shop.cc"), cppProgram)
	program := filepath.Join(dir, "shop")
	run(t, dir, "g++", "-Wl,--build-id", "-o", program, "shop.cc")
	set := openAll(t, program)
	if got := set.Frames(symbols.Mapping{File: program, BuildID: "0123456789abcdef", Main: true}, 0x1140); got != nil {
		t.Errorf("taken for the same build: %v", got)
	}
	if doubts := strings.Join(set.Doubts(), "\n"); !strings.Contains(doubts, "of another build") {
		t.Errorf("doubts: %s", doubts)
	}
	set = openAll(t, program)
	set.Frames(symbols.Mapping{File: "/usr/lib/libother.so"}, 0x1140)
	if doubts := strings.Join(set.Doubts(), "\n"); !strings.Contains(doubts, "was of no use: no address without a name is in it") {
		t.Errorf("doubts: %s", doubts)
	}
}

func TestNoBinary(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	write(t, text, "no program")
	for path, want := range map[string]string{text: "is no ELF program", filepath.Join(dir, "none"): "no such file"} {
		if _, err := symbols.OpenAll([]string{path}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
