package input

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/heapdiff/heapdiff/internal/near"
)

// Options say how to open.
type Options struct {
	// Stdin is what the path "-" stands for.
	Stdin io.Reader

	// MaxSize is how many decompressed bytes are accepted; 0 is no limit.
	// Apart from it, a file that expands beyond 1 GiB and beyond 500 times its
	// own size is always refused: no snapshot compresses that well.
	MaxSize int64
}

// Open opens the file at path, or standard input if path is "-". It reads the
// first bytes, so that an empty, unreadable or wrongly compressed file fails
// here: with an *OpenError, a *SyntaxError, or the context's error. The context
// also ends all reads of the Source.
func Open(ctx context.Context, path string, o Options) (*Source, error) {
	if path == "-" {
		if o.Stdin == nil {
			return nil, &OpenError{File: stdinName, What: "is not connected"}
		}
		return New(ctx, stdinName, o.Stdin, o)
	}
	info, err := Stat(path)
	if err != nil {
		return nil, err
	}
	file, err := openFile(ctx, path, info.Mode().IsRegular())
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, openError(path, err)
	}
	s, err := New(ctx, path, file, o)
	if err != nil {
		file.Close()
		return nil, err
	}
	s.file = file
	return s, nil
}

// Stat says what is known of a file that is going to be read. If there is none, or
// it is a directory, the error is an *OpenError.
func Stat(path string) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, openError(path, err)
	}
	if info.IsDir() {
		return nil, &OpenError{File: path, What: "is a directory", Try: hintInside(path), Err: syscall.EISDIR}
	}
	return info, nil
}

// New makes a Source of anything that can be read; name stands in its errors.
// Regular files, byte readers and everything else that has ReadAt and Size are
// read by offset, the rest as a stream. Closing r is left to the caller.
func New(ctx context.Context, name string, r io.Reader, o Options) (*Source, error) {
	s := &Source{name: name, total: -1}
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	if by := byOffset(r); by != nil {
		s.plain, s.total = by, by.Size()
		s.stream = &fileReader{s: s, r: by}
	} else {
		// A read of a pipe may never return, so another goroutine does it.
		s.stream = readAhead(s.ctx, pipeReader{s, r}, false, func() {})
	}
	if err := s.unpack(o); err != nil {
		s.cancel(os.ErrClosed)
		return nil, err
	}
	return s, nil
}

// byOffset gives the bytes of r from its current position to its end by
// offset, or nil if it is a stream.
func byOffset(r io.Reader) sized {
	switch r := r.(type) {
	case *os.File:
		info, err := r.Stat()
		if err != nil || !info.Mode().IsRegular() {
			return nil
		}
		at, err := r.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil
		}
		return io.NewSectionReader(r, at, max(info.Size()-at, 0))
	case sized:
		return r
	}
	return nil
}

// openFile opens path. To open a named pipe waits for its writer; this ends
// with the context too.
func openFile(ctx context.Context, path string, regular bool) (*os.File, error) {
	if regular {
		return os.Open(path)
	}
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		file, err := os.Open(path)
		done <- opened{file, err}
	}()
	select {
	case o := <-done:
		return o.file, o.err
	case <-ctx.Done():
		go func() {
			if o := <-done; o.err == nil {
				o.file.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

const stdinName = "standard input"

// openError says in the user's words why path could not be opened.
func openError(path string, err error) *OpenError {
	e := &OpenError{File: path, Err: err}
	var inPath *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.What, e.Try = "no such file", hintSimilar(path)
	case errors.Is(err, fs.ErrPermission):
		e.What, e.Try = "no permission to read it", "see who owns it: ls -l "+path
	case errors.As(err, &inPath):
		e.What = inPath.Err.Error()
	default:
		e.What = err.Error()
	}
	return e
}

// emptyError is what a process leaves that died while it wrote its snapshot.
func emptyError(name, format string) *OpenError {
	e := &OpenError{
		File: name, What: "is empty", Err: io.ErrUnexpectedEOF,
		Try: "the process that wrote it may have died, or still be writing; take the snapshot again",
	}
	switch {
	case format != "":
		e.What = "holds nothing but empty " + format + " data"
	case name == stdinName:
		e.Try = "see whether the command before the pipe failed"
	}
	return e
}

// hintSimilar names a file that differs from path only by what is often
// forgotten or typed too much, or by a few letters.
func hintSimilar(path string) string {
	endings := []string{".gz", ".zst", ".heapsnapshot", ".heapsnapshot.gz", ".heapsnapshot.zst"}
	for _, end := range endings {
		if exists(path + end) {
			return "there is " + path + end
		}
		if cut, ok := strings.CutSuffix(path, end); ok && exists(cut) {
			return "there is " + cut
		}
	}
	dir, base := filepath.Split(path)
	stem, _, _ := strings.Cut(base, ".") // long endings make all names alike
	alike := slices.DeleteFunc(names(cmp.Or(dir, ".")), func(name string) bool {
		its, _, _ := strings.Cut(name, ".")
		return near.Name(stem, []string{its}) == "" || !exists(dir+name)
	})
	if meant := near.Name(base, alike); meant != "" {
		return "there is " + dir + meant
	}
	return "check the path"
}

// names lists what is in a directory, but not more than anybody looks through.
func names(dir string) []string {
	const enough = 1000
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer d.Close()
	list, _ := d.Readdirnames(enough)
	slices.Sort(list)
	return list
}

// hintInside names a snapshot in the directory.
func hintInside(dir string) string {
	for _, name := range names(dir) {
		if strings.Contains(name, ".heapsnapshot") {
			return "name a file in it, such as " + filepath.Join(dir, name)
		}
	}
	return "name a file in it"
}

func exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// tooLarge is the error for a file beyond Options.MaxSize.
func tooLarge(name string, limit int64) *SyntaxError {
	return &SyntaxError{
		File: name, Offset: limit, What: "larger than the limit of " + human.Bytes(limit),
		Try: "allow more, if this file is to be trusted",
	}
}
