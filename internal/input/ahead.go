package input

import (
	"context"
	"io"

	"github.com/heapdiff/heapdiff/internal/crew"
)

// Reading ahead: a goroutine fills a few buffers, which go round between it and
// the reader, so that decompression and parsing use a core each and nothing is
// allocated on the way.
//
//	        full ──▶ 1 │ 2 ──▶
//	producer                   reader
//	        ◀── 4 │ 3 ◀── free
const (
	aheadBuffers = 4
	aheadSize    = 256 << 10
)

// ahead reads from a stream before it is asked. Its Read returns when its
// context ends, even if the stream's never does.
type ahead struct {
	ctx     context.Context
	full    chan chunk  // filled by the producer, in order; closed after its last
	free    chan []byte // to be filled again
	current chunk
	next    []byte // the part of current that was not read yet
	done    crew.Crew
}

// chunk is a filled buffer and what the stream said after it.
type chunk struct {
	data []byte
	err  error
}

// readAhead starts to read r, until it ends or ctx does. With fill, a buffer is
// handed over when it is full or the stream ends; without, as soon as there is
// something in it. after is called by the goroutine when it needs r no more.
func readAhead(ctx context.Context, r io.Reader, fill bool, after func()) *ahead {
	a := &ahead{
		ctx:  ctx,
		full: make(chan chunk, aheadBuffers),
		free: make(chan []byte, aheadBuffers),
	}
	for range aheadBuffers {
		a.free <- nil // made when first needed: small inputs need only one
	}
	atLeast := 1
	if fill {
		atLeast = aheadSize
	}
	a.done.Go(func() {
		defer close(a.full)
		defer after()
		a.produce(r, atLeast)
	})
	return a
}

func (a *ahead) produce(r io.Reader, atLeast int) {
	for {
		var buf []byte
		select {
		case buf = <-a.free:
		case <-a.ctx.Done():
			return
		}
		if buf == nil {
			buf = make([]byte, aheadSize)
		}
		n, err := 0, error(nil)
		for n < atLeast && err == nil && a.ctx.Err() == nil {
			var more int
			more, err = r.Read(buf[n:])
			n += more
		}
		a.full <- chunk{buf[:n], err} // never blocks: there are as many places as buffers
		if err != nil {
			return
		}
	}
}

// Read gives what was read ahead, and at the end the stream's own error.
func (a *ahead) Read(p []byte) (int, error) {
	for len(a.next) == 0 {
		if a.current.err != nil {
			return 0, a.current.err
		}
		if len(p) == 0 {
			return 0, nil
		}
		if a.current.data != nil {
			a.free <- a.current.data[:aheadSize] // never blocks either
			a.current = chunk{}
		}
		if err := stopped(a.ctx); err != nil {
			return 0, err
		}
		select {
		case c, ok := <-a.full:
			if !ok { // the producer saw the context end
				return 0, stopped(a.ctx)
			}
			a.current, a.next = c, c.data
		case <-a.ctx.Done():
			return 0, stopped(a.ctx)
		}
	}
	n := copy(p, a.next)
	a.next = a.next[n:]
	return n, nil
}

// wait returns when the goroutine has ended.
func (a *ahead) wait() { a.done.Wait() }
