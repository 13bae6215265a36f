package input

import (
	"context"
	"errors"
	"io"
	"os"
	"sync/atomic"
)

// A Source is an opened input: a stream of decompressed bytes. It is read by
// one goroutine at a time; Progress and ReaderAt may be used from any.
type Source struct {
	name   string
	format string          // "gzip", "zstd", "gzip in zstd", …; empty if plain
	ctx    context.Context // ends with the caller's or by Close
	cancel context.CancelCauseFunc

	stream io.Reader // decompressed bytes
	peeked []byte    // read from stream, not yet by Read
	failed error     // what stream said after the last of peeked
	offset int64     // decompressed bytes given out by Read
	plain  sized     // the same bytes by offset, for plain regular files

	stored atomic.Int64 // bytes read of the file as it is stored
	total  int64        // and how many there are, or -1
	ahead  *ahead       // the decoding goroutine; nil if plain
	file   io.Closer    // nil if it is not ours to close
}

// sized is what a regular file and a byte slice have in common: it can be read
// in pieces, and its end is known.
type sized interface {
	io.ReaderAt
	Size() int64
}

// Name is the file as the user named it, or "standard input".
func (s *Source) Name() string { return s.name }

// Compression names what the file is compressed with, outermost last: "gzip",
// "zstd", "gzip in zstd"; it is empty for a plain file.
func (s *Source) Compression() string { return s.format }

// Offset is the number of decompressed bytes that Read has given out.
func (s *Source) Offset() int64 { return s.offset }

// Size is the number of decompressed bytes, or -1 if it is not known before
// they are read: it is for a plain regular file.
func (s *Source) Size() int64 {
	if s.plain == nil {
		return -1
	}
	return s.plain.Size()
}

// Progress is how many bytes of the stored (that is, compressed) file were read
// and how many there are, or -1 for a pipe. Any goroutine may call it.
func (s *Source) Progress() (done, total int64) {
	done = s.stored.Load()
	if s.total >= 0 { // what was peeked at may have been read twice
		done = min(done, s.total)
	}
	return done, s.total
}

// ReaderAt gives the bytes of a plain regular file by offset, from 0 to Size,
// for readers that split it or read pieces of their own: any number of
// goroutines may use it at once. ok is false for pipes and compressed files.
// Reads by offset do not move Read, and stop like it when the context ends.
func (s *Source) ReaderAt() (r io.ReaderAt, size int64, ok bool) {
	if s.plain == nil {
		return nil, 0, false
	}
	return readerAt{s}, s.plain.Size(), true
}

// Read reads decompressed bytes. Its errors are io.EOF, the context's, a
// *SyntaxError for broken compression, or the operating system's.
func (s *Source) Read(p []byte) (int, error) {
	if err := stopped(s.ctx); err != nil {
		return 0, err
	}
	if len(s.peeked) == 0 && s.failed == nil {
		n, err := s.stream.Read(p)
		s.offset += int64(n)
		return n, err
	}
	n := copy(p, s.peeked)
	s.peeked = s.peeked[n:]
	s.offset += int64(n)
	if len(s.peeked) == 0 {
		return n, s.failed
	}
	return n, nil
}

// Peek returns the next n bytes without moving Read, or as many as there are
// until the end. The error is nil if there are n, io.EOF if the stream ends
// before, or what stopped it. The bytes are good until the next Read or Peek.
func (s *Source) Peek(n int) ([]byte, error) {
	for len(s.peeked) < n && s.failed == nil {
		if err := stopped(s.ctx); err != nil {
			return s.peeked, err
		}
		grown := make([]byte, n)
		have := copy(grown, s.peeked)
		more, err := io.ReadAtLeast(s.stream, grown[have:], 1)
		s.peeked, s.failed = grown[:have+more], err
	}
	if len(s.peeked) >= n {
		return s.peeked[:n], nil
	}
	return s.peeked, s.failed
}

// Close stops reading ahead, frees the buffers and closes the file. It does not
// wait for a read of standard input that never returns. Closing twice is fine.
func (s *Source) Close() error {
	s.cancel(os.ErrClosed)
	if s.ahead != nil {
		s.ahead.wait()
	}
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	return file.Close()
}

// stopped says whether and why reading must stop: the context's error, or
// os.ErrClosed.
func stopped(ctx context.Context) error {
	err := ctx.Err()
	if err != nil && errors.Is(context.Cause(ctx), os.ErrClosed) {
		return os.ErrClosed
	}
	return err
}

// fileReader reads a sized input from its start to its end.
type fileReader struct {
	s  *Source
	r  sized
	at int64
}

func (f *fileReader) Read(p []byte) (int, error) {
	if err := stopped(f.s.ctx); err != nil {
		return 0, err
	}
	n, err := f.r.ReadAt(p[:min(int64(len(p)), max(f.r.Size()-f.at, 0))], f.at)
	f.at += int64(n)
	f.s.stored.Add(int64(n))
	if n > 0 && err == io.EOF {
		err = nil
	}
	if n == 0 && err == nil && len(p) > 0 {
		err = io.EOF
	}
	return n, err
}

// pipeReader counts what is read from a stream without a known end.
type pipeReader struct {
	s *Source
	r io.Reader
}

func (f pipeReader) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	f.s.stored.Add(int64(n))
	return n, err
}

// readerAt is what Source.ReaderAt gives out.
type readerAt struct{ s *Source }

func (r readerAt) ReadAt(p []byte, off int64) (int, error) {
	if err := stopped(r.s.ctx); err != nil {
		return 0, err
	}
	n, err := r.s.plain.ReadAt(p, off)
	r.s.stored.Add(int64(n))
	return n, err
}
