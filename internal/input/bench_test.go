package input

import (
	"bytes"
	"io"
	"testing"
)

// BenchmarkRead shows decompressed MB/s, as a parser with a core of its own sees them.
func BenchmarkRead(b *testing.B) {
	data := sample(32 << 20)
	for _, form := range []struct {
		name   string
		stored []byte
	}{{"plain", data}, {"gzip", gzipped(b, data)}, {"zstd", zstded(b, data)}} {
		b.Run(form.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			buf := make([]byte, 1<<20)
			for b.Loop() {
				s, err := New(b.Context(), form.name, bytes.NewReader(form.stored), Options{})
				if err != nil {
					b.Fatal(err)
				}
				for err == nil {
					_, err = s.Read(buf)
				}
				if err != io.EOF {
					b.Fatal(err)
				}
				s.Close()
			}
		})
	}
}
