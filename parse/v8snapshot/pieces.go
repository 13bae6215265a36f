package v8snapshot

import (
	"bytes"
	"sync"

	"github.com/heapdiff/heapdiff/internal/crew"
	"github.com/heapdiff/heapdiff/internal/decimal"
)

// A piece is a part of an array of integers that holds whole records, and
// nothing of the brackets around them.
type piece struct {
	data   []byte // ends with a comma, which may have been added
	buf    []byte
	first  int64 // number of the first record
	offset int64 // of data[0] in the file
	batch  decimal.Batch
}

// pieceSize is what stays in the cache of a core from when it is read to when it
// is parsed.
const pieceSize = 512 << 10

// records reads an array of integers, cut into records of per numbers, and
// gives them to parse from as many goroutines as jobs; parse returns how many
// records it found. The number of all records is returned. If several pieces are
// wrong, the error is that of the first.
//
// The workers take turns in reading a piece and cutting it, which only counts
// commas: the standard library does that with vector instructions. Each parses
// what it has read itself.
func (t *text) records(per, jobs int, parse func(worker int, p *piece) (int64, error)) (int64, error) {
	if err := t.expect('['); err != nil {
		return 0, err
	}
	jobs = max(jobs, 1)
	for len(t.pieces) < jobs {
		t.pieces = append(t.pieces, &piece{})
	}
	c := &cutter{t: t, per: per}
	found := make([]int64, jobs)
	work := func(worker int) {
		defer c.close()
		for p := t.pieces[worker]; c.next(p); {
			n, err := parse(worker, p)
			found[worker] += n
			if err != nil {
				c.fail(p, err)
			}
		}
	}
	if jobs == 1 {
		work(0)
	} else {
		var hands crew.Crew
		for worker := range jobs {
			hands.Go(func() { work(worker) })
		}
		hands.Wait()
	}
	var sum int64
	for _, n := range found {
		sum += n
	}
	return sum, c.err
}

// cutter cuts an array into pieces, for one worker at a time.
type cutter struct {
	mu    sync.Mutex
	t     *text
	per   int
	carry []byte // the start of the next record
	done  int64  // records cut so far
	ended bool   // nobody gets another piece

	err   error // of the first piece that is wrong,
	wrong int64 // whose first record is this
}

// next fills p with the next records, if there are any.
func (c *cutter) next(p *piece) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return false
	}
	if p.buf == nil { // most arrays of a small file are one piece
		p.buf = make([]byte, pieceSize+1)
	}
	last, err := c.cut(p)
	c.ended = last || err != nil
	if err != nil {
		c.note(p, err)
	}
	return err == nil
}

// fail ends the work because of what is wrong with p.
func (c *cutter) fail(p *piece, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	c.note(p, err)
}

// note keeps the error of the first piece: those before it were cut before it,
// and whoever has one of them parses it to its end.
func (c *cutter) note(p *piece, err error) {
	if c.err == nil || p.first < c.wrong {
		c.err, c.wrong = err, p.first
	}
}

// close ends the work; a worker that panics leaves nothing to the others.
func (c *cutter) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
}

// cut fills p with the next records and says whether the array ended.
func (c *cutter) cut(p *piece) (last bool, err error) {
	t := c.t
	n := copy(p.buf[:pieceSize], c.carry)
	p.offset = t.position() - int64(n)
	p.first = c.done
	for {
		if n == pieceSize {
			return false, t.badAt(p.offset, "a record without an end", "")
		}
		more, err := t.take(p.buf[n:pieceSize])
		if err != nil {
			return false, t.fail(err)
		}
		fresh := p.buf[n : n+more]
		n += more
		if end := bytes.IndexByte(fresh, ']'); end >= 0 {
			t.giveBack(fresh[end+1:])
			p.data = p.buf[:n-len(fresh)+end]
			if len(bytes.TrimRight(p.data, " \n\r\t")) > 0 {
				p.data = append(p.data, ',') // in the byte of the bracket
			} else {
				p.data = nil
			}
			return true, nil
		}
		if n < pieceSize && !t.ended {
			continue // a pipe gives little at a time
		}
		commas := bytes.Count(p.buf[:n], comma)
		whole := commas / c.per
		if whole == 0 {
			continue
		}
		end := n
		for range commas - whole*c.per + 1 {
			end = bytes.LastIndexByte(p.buf[:end], ',')
		}
		p.data = p.buf[:end+1]
		c.carry = append(c.carry[:0], p.buf[end+1:n]...)
		c.done += int64(whole)
		return false, nil
	}
}

var comma = []byte{','}
