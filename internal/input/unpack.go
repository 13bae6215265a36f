package input

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

const (
	magicLen  = 8         // bytes looked at to recognise a compression
	maxLayers = 2         // a compressed file inside a compressed file, no deeper
	readSize  = 128 << 10 // compressed bytes read at once
)

// compressions are recognised by their first bytes. Those without a decoder are
// there to say what the file is.
var compressions = []struct {
	name  string
	magic string
	open  func(r *bufio.Reader) (decoder, error)
	undo  string // the command that decompresses it
}{
	{"gzip", "\x1f\x8b", newGzip, "gzip -d"},
	{"zstd", "\x28\xb5\x2f\xfd", newZstd, "zstd -d"},
	{"xz", "\xfd7zXZ\x00", nil, "xz -d"},
	{"bzip2", "BZh", nil, "bzip2 -d"},
	{"lz4", "\x04\x22\x4d\x18", nil, "lz4 -d"},
	{"zip", "PK\x03\x04", nil, "unzip"},
}

// decoder is an open compression: it reads decompressed bytes.
type decoder interface {
	io.Reader
	Close()
}

// unpack puts decoders over the stream until it is plain.
func (s *Source) unpack(o Options) error {
	var open []decoder
	closeAll := func() {
		for i := len(open) - 1; i >= 0; i-- {
			open[i].Close()
		}
	}
	err := s.layers(o, func(d decoder) { open = append(open, d) }, closeAll)
	if err != nil {
		closeAll()
	}
	return err
}

func (s *Source) layers(o Options, opened func(decoder), closeAll func()) error {
	r := s.stream
	for depth := 0; ; depth++ {
		head, err := readHead(r)
		if err != nil {
			return err
		}
		if len(head) == 0 {
			return emptyError(s.name, s.format)
		}
		rejoined := io.MultiReader(bytes.NewReader(head), r)
		which := compressionOf(head)
		switch {
		case which < 0 && startOf(head) != "":
			return (&unpacked{s: s, format: startOf(head)}).explain(io.ErrUnexpectedEOF)
		case which < 0 && depth == 0:
			return s.startPlain(head, o)
		case which < 0:
			s.startUnpacked(rejoined, o, closeAll)
			return nil
		}
		c := compressions[which]
		if c.open == nil || depth == maxLayers {
			return s.notRead(c.name, c.undo, depth)
		}
		format := c.name
		if s.format != "" {
			format += " in " + s.format
		}
		s.format = format
		u := &unpacked{s: s, format: c.name}
		if u.decoder, err = c.open(bufio.NewReaderSize(rejoined, readSize)); err != nil {
			return u.explain(err)
		}
		opened(u.decoder)
		r = u
	}
}

// startPlain lets Read give head and then the stream as it is.
func (s *Source) startPlain(head []byte, o Options) error {
	s.peeked = head
	switch {
	case o.MaxSize <= 0:
	case s.Size() > o.MaxSize:
		return tooLarge(s.name, o.MaxSize)
	case s.Size() < 0: // a pipe
		s.peeked = nil
		s.stream = &limited{s, io.MultiReader(bytes.NewReader(head), s.stream), o.MaxSize, o.MaxSize}
	}
	return nil
}

// startUnpacked lets a goroutine decode r from now on.
func (s *Source) startUnpacked(r io.Reader, o Options, after func()) {
	s.plain = nil
	if o.MaxSize > 0 {
		r = &limited{s, r, o.MaxSize, o.MaxSize}
	}
	s.ahead = readAhead(s.ctx, r, true, after)
	s.stream = s.ahead
}

// notRead says which compression stands in the way.
func (s *Source) notRead(name, undo string, depth int) error {
	e := &SyntaxError{
		File: s.name, Offset: -1, What: "is compressed with " + name + ", which is not read",
		Try: "decompress it first: " + undo,
	}
	if depth == maxLayers {
		e.What = "is compressed more than twice (" + name + " in " + s.format + ")"
		e.Try = "decompress it first"
	}
	return e
}

// compressionOf finds the row of compressions that head begins with, or -1.
func compressionOf(head []byte) int {
	for i, c := range compressions {
		if strings.HasPrefix(string(head), c.magic) || c.name == "zstd" && zstdSkippable(head) {
			return i
		}
	}
	return -1
}

// startOf names the compression that a file of these bytes and no more was cut
// short of, or is empty.
func startOf(whole []byte) string {
	for _, c := range compressions {
		if c.open != nil && strings.HasPrefix(c.magic, string(whole)) {
			return c.name
		}
	}
	return ""
}

// readHead reads the first bytes of r, fewer only if there are no more.
func readHead(r io.Reader) ([]byte, error) {
	head := make([]byte, magicLen)
	n := 0
	for n < len(head) {
		more, err := r.Read(head[n:])
		n += more
		if err == io.EOF {
			break
		}
		if err != nil && n < len(head) {
			return nil, err
		}
	}
	return head[:n], nil
}

// limited refuses to read further than Options.MaxSize.
type limited struct {
	s           *Source
	r           io.Reader
	limit, left int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p[:min(int64(len(p)), max(l.left, 0)+1)])
	l.left -= int64(n)
	if l.left < 0 {
		return n - 1, tooLarge(l.s.name, l.limit)
	}
	return n, err
}

// isOwn says whether err is already said as it should be: what is left is
// a decoder's complaint.
func isOwn(err error) bool {
	var syntax *SyntaxError
	return errors.As(err, &syntax) || isSystem(err)
}
