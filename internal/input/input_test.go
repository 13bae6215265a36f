package input

import (
	"bytes"
	stdgzip "compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/klauspost/compress/zstd"
)

// sample is n bytes that look like a snapshot and compress like one.
func sample(n int) []byte {
	b := append(make([]byte, 0, n+100), `{"snapshot":{"meta":{}},"nodes":[`...)
	for i := int64(0); len(b) < n; i++ {
		for _, field := range [...]int64{i % 14, i * 7 % 1000, i*2 + 1, i % 97 * 8, i % 5, 0} {
			b = append(strconv.AppendInt(b, field, 10), ',')
		}
		b = append(b, '\n')
	}
	return b[:n]
}

func gzipped(t testing.TB, data ...[]byte) []byte {
	var b bytes.Buffer
	for _, d := range data {
		w := stdgzip.NewWriter(&b)
		if _, err := w.Write(d); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func zstded(t testing.TB, data ...[]byte) []byte {
	var b bytes.Buffer
	for _, d := range data {
		w, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(128<<10))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(d); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func write(t testing.TB, name string, data []byte) string {
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadsEveryForm(t *testing.T) {
	data := sample(400_000)
	half := len(data) / 2
	skippable := "\x5a\x2a\x4d\x18\x03\x00\x00\x00abc"
	for _, test := range []struct {
		name        string
		stored      []byte
		compression string
	}{
		{"plain", data, ""},
		{"gzip", gzipped(t, data), "gzip"},
		{"gzip of three members", gzipped(t, data[:half], nil, data[half:]), "gzip"},
		{"gzip padded with zeros", append(gzipped(t, data), make([]byte, 512)...), "gzip"},
		{"zstd", zstded(t, data), "zstd"},
		{"zstd of two frames", zstded(t, data[:half], data[half:]), "zstd"},
		{"zstd after a skippable frame", append([]byte(skippable), zstded(t, data)...), "zstd"},
		{"gzip in zstd", zstded(t, gzipped(t, data)), "gzip in zstd"},
		{"gzip in gzip", gzipped(t, gzipped(t, data)), "gzip in gzip"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := write(t, "no.extension", test.stored)
			check := func(s *Source, err error, plainFile, pipe bool) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				if s.Compression() != test.compression {
					t.Errorf("compression %q, want %q", s.Compression(), test.compression)
				}
				if head, err := s.Peek(300_000); err != nil || !bytes.Equal(head, data[:300_000]) {
					t.Errorf("Peek: %d bytes, %v", len(head), err)
				}
				if err := iotest.TestReader(struct{ io.Reader }{s}, data); err != nil {
					t.Error(err)
				}
				if s.Offset() != int64(len(data)) {
					t.Errorf("offset %d after %d bytes", s.Offset(), len(data))
				}
				done, total := s.Progress()
				if done != int64(len(test.stored)) || (total != done && !pipe) || (pipe && total != -1) {
					t.Errorf("progress %d of %d, stored are %d", done, total, len(test.stored))
				}
				r, size, ok := s.ReaderAt()
				if ok != plainFile || ok && size != int64(len(data)) || ok != (s.Size() >= 0) {
					t.Fatalf("ReaderAt: size %d, %v", size, ok)
				}
				if ok {
					piece := make([]byte, 1000)
					if _, err := r.ReadAt(piece, 5000); err != nil || !bytes.Equal(piece, data[5000:6000]) {
						t.Errorf("ReadAt: %v", err)
					}
				}
			}
			plain := test.compression == ""
			s, err := Open(t.Context(), path, Options{})
			check(s, err, plain, false)
			s, err = New(t.Context(), "bytes", bytes.NewReader(test.stored), Options{})
			check(s, err, plain, false)
			s, err = Open(t.Context(), "-", Options{Stdin: iotest.HalfReader(bytes.NewReader(test.stored))})
			check(s, err, false, true)
			s, err = Open(t.Context(), "-", Options{Stdin: iotest.DataErrReader(bytes.NewReader(test.stored))})
			check(s, err, false, true)

			// Standard input that is a file counts from where it stands.
			file, err := os.Open(write(t, "with-a-head", append([]byte("head"), test.stored...)))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			if _, err := file.Seek(4, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			s, err = Open(t.Context(), "-", Options{Stdin: file})
			check(s, err, plain, false)
		})
	}
}

func TestNamedPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	data := sample(200_000)
	wrote := make(chan error, 1)
	go func() { wrote <- os.WriteFile(path, zstded(t, data), 0) }()
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got, err := io.ReadAll(s)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("read %d of %d bytes: %v", len(got), len(data), err)
	}
	if err := <-wrote; err != nil {
		t.Error(err)
	}
}

func TestCannotOpen(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	touch := func(name, content string, mode os.FileMode) {
		if err := os.WriteFile(name, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
	touch("a.heapsnapshot.gz", "x", 0o600)
	touch("b.heapsnapshot", "x", 0o600)
	touch("empty", "", 0o600)
	touch("empty.gz", string(gzipped(t, nil)), 0o600)
	touch("x.xz", "\xfd7zXZ\x00\x00\x04", 0o600)
	touch("x.zip", "PK\x03\x04\x14\x00\x00\x00", 0o600)
	touch("thrice.gz", string(gzipped(t, gzipped(t, zstded(t, []byte("{}"))))), 0o600)
	touch("secret", "x", 0)
	for _, test := range []struct{ path, want, hint string }{
		{"nothing", "nothing: no such file", "check the path"},
		{"emty", "emty: no such file", "there is empty"},
		{filepath.Join(dir, "secert"), "secert: no such file", "there is " + filepath.Join(dir, "secret")},
		{"a.heapsnapshot", "a.heapsnapshot: no such file", "there is a.heapsnapshot.gz"},
		{"b.heapsnapshot.gz", "b.heapsnapshot.gz: no such file", "there is b.heapsnapshot"},
		{".", ".: is a directory", "name a file in it, such as"},
		{"empty", "empty: is empty", "take the snapshot again"},
		{"empty.gz", "empty.gz: holds nothing but empty gzip data", "take the snapshot again"},
		{"x.xz", "x.xz: is compressed with xz, which is not read", "xz -d"},
		{"x.zip", "x.zip: is compressed with zip, which is not read", "unzip"},
		{"thrice.gz", "is compressed more than twice (zstd in gzip in gzip)", "decompress it first"},
		{"empty/x", "empty/x: not a directory", ""},
		{"a\x1b[2J\n", "a\uFFFD[2J\uFFFD: no such file", "check the path"},
		{"-", "standard input: is empty", "before the pipe"},
		{"secret", "secret: no permission to read it", "ls -l secret"},
	} {
		s, err := Open(t.Context(), test.path, Options{Stdin: strings.NewReader("")})
		if err == nil && test.path == "secret" && os.Geteuid() == 0 {
			s.Close() // root reads everything
			continue
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %q", test.path, err, test.want)
		}
		if hint := Hint(fmt.Errorf("wrapped: %w", err)); !strings.Contains(hint, test.hint) || (test.hint == "") != (hint == "") {
			t.Errorf("%q: hint %q, want %q", test.path, hint, test.hint)
		}
	}
	if _, err := Open(t.Context(), "nothing", Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
	if err := openError("x", &fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "no permission") {
		t.Errorf("permission: %v", err)
	}
}

func TestSyntaxError(t *testing.T) {
	e := &SyntaxError{
		File: "after.heapsnapshot", Offset: 18_204_113, Section: "edges", What: "truncated",
		Detail: "expected 444,267 edges, found 391,002", Try: "take it again", Err: io.ErrUnexpectedEOF,
	}
	want := `after.heapsnapshot: truncated at byte 18,204,113 inside "edges" (expected 444,267 edges, found 391,002)`
	if e.Error() != want {
		t.Errorf("got  %s\nwant %s", e, want)
	}
	if Hint(e) != "take it again" || !errors.Is(e, io.ErrUnexpectedEOF) {
		t.Errorf("hint %q, cause %v", Hint(e), errors.Unwrap(e))
	}
	if got := (&SyntaxError{Offset: -1, What: "a\x1b[31mb\nc"}).Error(); got != "a\uFFFD[31mb\uFFFDc" {
		t.Errorf("not made printable: %q", got)
	}
}

func TestMaxSize(t *testing.T) {
	data := sample(100_000)
	for name, stored := range map[string][]byte{"plain": data, "gzip": gzipped(t, data), "zstd": zstded(t, data)} {
		for max, ok := range map[int64]bool{0: true, 100_000: true, 100_001: true, 99_999: false, 4: false} {
			for _, r := range []io.Reader{bytes.NewReader(stored), iotest.OneByteReader(bytes.NewReader(stored))} {
				s, err := New(t.Context(), name, r, Options{MaxSize: max})
				n := int64(0)
				if err == nil {
					n, err = io.Copy(io.Discard, s)
					s.Close()
				}
				if ok && (err != nil || n != 100_000) {
					t.Errorf("%s, limit %d: %d bytes, %v", name, max, n, err)
				}
				if !ok && (err == nil || n > max || !strings.Contains(err.Error(), "larger than the limit")) {
					t.Errorf("%s, limit %d: %d bytes, %v", name, max, n, err)
				}
			}
		}
	}
}

func TestBomb(t *testing.T) {
	zeros := make([]byte, 1<<20)
	for name, one := range map[string][]byte{"gzip": gzipped(t, zeros), "zstd": zstded(t, zeros)} {
		bomb := bytes.Repeat(one, 1100)
		s, err := New(t.Context(), name, bytes.NewReader(bomb), Options{})
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, s)
		if err == nil || !strings.Contains(err.Error(), "expands without end at byte 1,07") {
			t.Errorf("%s: %v after %d bytes", name, err, n)
		}
		s.Close()
	}
}

func TestContextEndsReads(t *testing.T) {
	never, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer never.Close()
	defer w.Close()
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	compressed := zstded(t, sample(2<<20))
	for name, open := range map[string]func(context.Context) (*Source, error){
		"a pipe that says nothing": func(ctx context.Context) (*Source, error) {
			return Open(ctx, "-", Options{Stdin: never})
		},
		"a named pipe that nobody writes": func(ctx context.Context) (*Source, error) {
			return Open(ctx, fifo, Options{})
		},
		"a pipe that stops in its middle": func(ctx context.Context) (*Source, error) {
			return Open(ctx, "-", Options{Stdin: io.MultiReader(bytes.NewReader(compressed[:len(compressed)/2]), never)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				time.Sleep(20 * time.Millisecond)
				cancel()
			}()
			s, err := open(ctx)
			if err == nil {
				_, err = io.Copy(io.Discard, s)
				s.Close()
			}
			if !errors.Is(err, context.Canceled) {
				t.Errorf("ended with %v", err)
			}
		})
	}
	for name, stored := range map[string][]byte{"plain": sample(2 << 20), "compressed": compressed} {
		ctx, cancel := context.WithCancel(t.Context())
		s, err := New(ctx, name, bytes.NewReader(stored), Options{})
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		if _, err := io.Copy(io.Discard, s); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		if r, _, ok := s.ReaderAt(); ok {
			if _, err := r.ReadAt(make([]byte, 1), 0); !errors.Is(err, context.Canceled) {
				t.Errorf("%s by offset: %v", name, err)
			}
		}
		s.Close()
	}
}

func TestClosed(t *testing.T) {
	for _, stored := range [][]byte{sample(1 << 20), gzipped(t, sample(2<<20))} {
		s, err := Open(t.Context(), write(t, "x", stored), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.Close(), s.Close()); err != nil {
			t.Error(err)
		}
		if _, err := s.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
			t.Errorf("read after Close: %v", err)
		}
	}
}

// A system's own error is passed on as it is, and not taken for corruption.
func TestReadError(t *testing.T) {
	broken := &fs.PathError{Op: "read", Path: "x", Err: syscall.EIO}
	compressed := gzipped(t, sample(1<<20))
	for name, start := range map[string][]byte{"plain": sample(1000), "gzip": compressed[:len(compressed)/2]} {
		s, err := New(t.Context(), name, io.MultiReader(bytes.NewReader(start), iotest.ErrReader(broken)), Options{})
		if err == nil {
			_, err = io.Copy(io.Discard, s)
			s.Close()
		}
		if !errors.Is(err, syscall.EIO) || errors.As(err, new(*SyntaxError)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
