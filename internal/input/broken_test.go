package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// Wherever a compressed file is cut, what is read is a beginning of the data,
// and the error says after which decompressed byte.
func TestTruncated(t *testing.T) {
	data := sample(100_000)
	half := len(data) / 2
	for name, stored := range map[string][]byte{
		"gzip":         gzipped(t, data),
		"gzip members": gzipped(t, data[:half], data[half:]),
		"zstd":         zstded(t, data),
		"zstd frames":  zstded(t, data[:half], data[half:]),
		"nested":       gzipped(t, zstded(t, data)),
	} {
		firstEnd := -1 // a cut between two members leaves a whole file
		switch name {
		case "gzip members":
			firstEnd = len(gzipped(t, data[:half]))
		case "zstd frames":
			firstEnd = len(zstded(t, data[:half]))
		}
		step := len(stored)/250 + 1
		for cut := 0; cut < len(stored); {
			checkTruncated(t, name, stored, cut, cut == firstEnd, data)
			switch { // every byte at the ends and around the seam, steps between
			case cut < 30, cut > len(stored)-30, firstEnd >= 0 && cut > firstEnd-30 && cut < firstEnd+30:
				cut++
			case firstEnd > cut && firstEnd-cut < step+30:
				cut = max(cut+1, firstEnd-29)
			default:
				cut = min(cut+step, max(cut+1, len(stored)-29))
			}
		}
	}
}

func checkTruncated(t *testing.T, name string, stored []byte, cut int, whole bool, data []byte) {
	t.Helper()
	s, err := New(t.Context(), name, bytes.NewReader(stored[:cut]), Options{})
	var got []byte
	if err == nil {
		got, err = io.ReadAll(s)
		s.Close()
	}
	if whole {
		if err != nil {
			t.Errorf("%s cut between two parts: %v", name, err)
		}
		return
	}
	if !bytes.HasPrefix(data, got) {
		t.Errorf("%s cut at %d: what is read is not a beginning of the data", name, cut)
	}
	var syntax *SyntaxError
	switch {
	case cut == 0:
		if err == nil || !strings.Contains(err.Error(), "is empty") {
			t.Errorf("%s cut at 0: %v", name, err)
		}
	case !errors.As(err, &syntax) || !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "truncated "):
		t.Errorf("%s cut at %d: %v", name, cut, err)
	case syntax.Hint() == "":
		t.Errorf("%s cut at %d: no hint", name, cut)
	case name != "nested" && len(got) > 0 && syntax.Offset != int64(len(got)):
		t.Errorf("%s cut at %d: said byte %d, %d were read", name, cut, syntax.Offset, len(got))
	}
}

// A flipped bit never goes unnoticed: both formats carry checksums.
func TestCorrupt(t *testing.T) {
	data := sample(100_000)
	for name, stored := range map[string][]byte{"gzip": gzipped(t, data), "zstd": zstded(t, data)} {
		for at := 0; at < len(stored); at += 101 {
			bad := bytes.Clone(stored)
			bad[at] ^= 1 << (at % 8)
			s, err := New(t.Context(), name, bytes.NewReader(bad), Options{})
			var got []byte
			if err == nil {
				got, err = io.ReadAll(s)
				s.Close()
			}
			if err == nil && !bytes.Equal(got, data) && !bytes.Equal(got, bad) {
				t.Errorf("%s with byte %d flipped: %d bytes read without an error", name, at, len(got))
			}
			if err != nil && !errors.As(err, new(*SyntaxError)) {
				t.Errorf("%s with byte %d flipped: %v", name, at, err)
			}
		}
	}
}

func TestNotDecoded(t *testing.T) {
	data := sample(1000)
	var wide bytes.Buffer
	w, err := zstd.NewWriter(&wide, zstd.WithWindowSize(256<<20), zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	// Not known in advance to be small, so the frame asks for the whole window.
	for range 2000 {
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	dictionary := []byte("\x28\xb5\x2f\xfd\x03\x58\x78\x56\x34\x12\x09\x00\x00a")
	for _, test := range []struct {
		stored     []byte
		want, hint string
	}{
		{wide.Bytes(), "needs more than 128.0 MiB to decompress at byte 0", "zstd -d --long=31"},
		{dictionary, "made with a dictionary", "zstd -d -D"},
		{append(gzipped(t, data), "<html>"...), "garbage after the gzip data at byte 1,000", "appended"},
		{append(zstded(t, data), "<html>"...), "corrupt zstd data at byte 1,000", "again"},
	} {
		s, err := New(t.Context(), "x", bytes.NewReader(test.stored), Options{})
		if err == nil {
			_, err = io.Copy(io.Discard, s)
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(Hint(err), test.hint) {
			t.Errorf("%v (hint %q), want %q and %q", err, Hint(err), test.want, test.hint)
		}
	}
}

// FuzzOpen looks for input that the front does not survive: whatever comes in,
// there is an end, and errors are of the package's kinds.
func FuzzOpen(f *testing.F) {
	data := sample(2000)
	for _, seed := range [][]byte{
		nil, data, gzipped(f, data), zstded(f, data), gzipped(f, data, data), zstded(f, data, data),
		gzipped(f, zstded(f, data)), zstded(f, gzipped(f, data)), []byte("\x1f\x8b"), []byte("BZh9"),
		[]byte("\x50\x2a\x4d\x18\x00\x00\x00\x00"),
	} {
		f.Add(seed)
		f.Add(seed[:len(seed)*2/3])
	}
	const most = 4 << 20
	f.Fuzz(func(t *testing.T, stored []byte) {
		var first []byte
		var firstErr error
		for i, r := range []io.Reader{bytes.NewReader(stored), struct{ io.Reader }{bytes.NewReader(stored)}} {
			s, err := New(t.Context(), "fuzz", r, Options{MaxSize: most})
			var got []byte
			if err == nil {
				got, err = io.ReadAll(s)
				if int64(len(got)) != s.Offset() {
					t.Errorf("offset %d after %d bytes", s.Offset(), len(got))
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
			var syntax *SyntaxError
			var open *OpenError
			if err != nil && !errors.As(err, &syntax) && !errors.As(err, &open) {
				t.Errorf("%T: %v", err, err)
			}
			if i == 0 {
				first, firstErr = got, err
			} else if !bytes.Equal(got, first) || fmt.Sprint(err) != fmt.Sprint(firstErr) {
				t.Errorf("by offset %d bytes and %v, as a stream %d bytes and %v", len(first), firstErr, len(got), err)
			}
		}
	})
}
