package input

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/heapdiff/heapdiff/internal/human"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	// A zstd file says how much of its past the decoder must keep. 128 MiB is
	// what the zstd command itself accepts unless told (its --long=27).
	maxWindow = 128 << 20

	// The bomb guard: snapshots compress 5 to 30 times, and a gzip of nothing
	// but zeros 1,030 times.
	bombRatio = 500
	bombFloor = 1 << 30
)

// unpacked is one layer of compression: it counts, guards against bombs and
// explains the decoder's errors.
type unpacked struct {
	s       *Source
	format  string
	decoder decoder
	out     int64 // decompressed bytes
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.decoder.Read(p)
	u.out += int64(n)
	if err != nil && err != io.EOF {
		return n, u.explain(err)
	}
	if stored := u.s.stored.Load(); u.out > bombFloor && u.out/bombRatio > stored {
		return n, &SyntaxError{
			File: u.s.name, Offset: u.out, What: "expands without end",
			Detail: human.Bytes(stored) + " of " + u.format + " data became more than " + human.Bytes(u.out-1),
			Try:    "if it is to be trusted, decompress it first: " + u.format + " -d",
		}
	}
	return n, err
}

// explain says what is wrong with the compressed data, and after which
// decompressed byte.
func (u *unpacked) explain(err error) error {
	if isOwn(err) {
		return err
	}
	e := &SyntaxError{
		File: u.s.name, Offset: u.out, What: "corrupt " + u.format + " data", Detail: err.Error(),
		Try: "copy or download the file again, or take the snapshot again", Err: err,
	}
	switch {
	case cutShort(err):
		e.What, e.Err = "truncated "+u.format+" data", io.ErrUnexpectedEOF
		e.Detail = "the compressed file ends after " + bytesRead(u.s.stored.Load())
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		e.What = "zstd data that needs more than " + human.Bytes(maxWindow) + " to decompress"
		e.Detail, e.Try = "", "decompress it first: zstd -d --long=31"
	case errors.Is(err, zstd.ErrUnknownDictionary):
		e.What = "zstd data made with a dictionary"
		e.Detail, e.Try = "", "decompress it first: zstd -d -D DICTIONARY"
	case errors.Is(err, errGarbage):
		e.What, e.Detail = err.Error(), ""
		e.Try = "see what was appended to the file, or copy it again"
	}
	return e
}

func bytesRead(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	return human.Count(n) + " bytes"
}

// isSystem says whether err comes from reading the file and not from decoding it.
func isSystem(err error) bool {
	var inPath *fs.PathError
	return errors.As(err, &inPath) || errors.Is(err, os.ErrClosed) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// gzipDecoder reads the members of a gzip file one after the other.
type gzipDecoder struct {
	r *bufio.Reader
	z *gzip.Reader
}

var errGarbage = errors.New("garbage after the gzip data")

func newGzip(r *bufio.Reader) (decoder, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return &gzipDecoder{r, z}, nil
}

func (d *gzipDecoder) Read(p []byte) (int, error) {
	for {
		n, err := d.z.Read(p)
		if err == io.EOF {
			err = d.nextMember()
		}
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
	}
}

// nextMember goes on behind the end of a member: to the next one, or to the end
// of the file, which may be padded with zeros.
func (d *gzipDecoder) nextMember() error {
	head, err := d.r.Peek(2)
	switch {
	case len(head) == 0:
		return err
	case head[0] == 0x1f && (len(head) == 1 || head[1] == 0x8b):
		if err := d.z.Reset(d.r); err != nil {
			return noEOF(err)
		}
		d.z.Multistream(false)
		return nil
	}
	for {
		b, err := d.r.ReadByte()
		if err != nil {
			return err
		}
		if b != 0 {
			return errGarbage
		}
	}
}

// noEOF makes an end in the middle of something what it is.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (d *gzipDecoder) Close() { d.z.Close() }

// newZstd decodes in the goroutine that reads, with a bounded window. Frames
// that follow each other are one stream.
func newZstd(r *bufio.Reader) (decoder, error) {
	return zstd.NewReader(r,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindow),
		zstd.WithDecoderMaxMemory(1<<62))
}

// zstdSkippable says whether head begins a zstd frame that holds no data, as
// some writers put before the first one.
func zstdSkippable(head []byte) bool {
	return len(head) >= 4 && head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18"
}
