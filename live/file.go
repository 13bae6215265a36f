package live

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// output is a file that is written beside its place and renamed when it is whole.
// Only its owner may read it: a heap holds secrets.
type output struct {
	path   string
	file   *os.File
	packed io.WriteCloser // nil if it is not compressed
	closed bool
}

// create begins a file; an end of .gz or .zst compresses it. Links are not
// followed: whoever may write to the folder could have put one there.
func create(path string) (*output, error) {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, &TargetError{path, "is no regular file and is not written to: " + info.Mode().Type().String(), "name another file"}
	}
	f, err := os.OpenFile(path+".partial", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, &TargetError{path + ".partial", "is there already: another capture is at work, or was killed", "remove it if none is"}
	}
	if err != nil {
		return nil, cannotWrite(path, err)
	}
	o := &output{path: path, file: f}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".gz":
		o.packed, err = gzip.NewWriterLevel(f, gzip.BestSpeed)
	case ".zst":
		o.packed, err = zstd.NewWriter(f, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	}
	if err != nil {
		o.abort()
		return nil, cannotWrite(path, err)
	}
	return o, nil
}

func (o *output) Write(p []byte) (int, error) {
	var n int
	var err error
	if o.packed != nil {
		n, err = o.packed.Write(p)
	} else {
		n, err = o.file.Write(p)
	}
	if err != nil {
		err = cannotWrite(o.path, err)
	}
	return n, err
}

// commit gives the file its name and returns its size.
func (o *output) commit() (int64, error) {
	defer o.abort()
	var err error
	if o.packed != nil {
		err = o.packed.Close()
	}
	if err == nil {
		err = o.file.Sync()
	}
	info, statErr := o.file.Stat()
	if err = errors.Join(err, statErr, o.file.Close()); err != nil {
		return 0, cannotWrite(o.path, err)
	}
	if err := os.Rename(o.file.Name(), o.path); err != nil {
		return 0, cannotWrite(o.path, err)
	}
	o.closed = true
	return info.Size(), nil
}

// abort leaves nothing behind; after commit it does nothing.
func (o *output) abort() {
	if o.closed {
		return
	}
	o.closed = true
	o.file.Close()
	os.Remove(o.file.Name())
}

// cannotWrite names the file once, and the cause without the system call.
func cannotWrite(path string, err error) error {
	if inPath := new(fs.PathError); errors.As(err, &inPath) {
		err = inPath.Err
	}
	return fmt.Errorf("%s: cannot be written: %w", path, err)
}
